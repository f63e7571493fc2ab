/** The end of every report: published cycles beside ours, what the model leaves out, what each number means, how to repeat it. */

import type { CalibrationRow } from '../../analysis/calibration.ts';
import { grouped, percent, signed } from '../../base/numbers.ts';
import type { Report } from '../types.ts';
import { h, type Markup } from './markup.ts';
import { columns, right, section, table } from './parts.ts';

export function trust(report: Report): Markup[] {
  return [limits(report), calibration(report), definitions(report), reproduction(report)];
}

const limits = ({ limits: list }: Report): Markup =>
  section(
    'Known limits of the model',
    h(
      'ul',
      { class: 'list' },
      list.map((limit) => h('li', {}, limit)),
    ),
  );

export function calibration({ calibration: { families, rows } }: Pick<Report, 'calibration'>): Markup {
  const line = (f: (typeof families)[number]): string[] => [f.family, grouped(f.n), grouped(f.exact), percent(f.meanError, 2), percent(f.worstError, 2)];
  const one = ({ family, what, source, published, ours }: CalibrationRow): string[] => [
    `${family}, ${what}`,
    source,
    grouped(published),
    grouped(ours),
    ours === published ? '0' : `${signed(ours - published)} (${signed((ours / published - 1) * 100, 2)}\u202f%)`,
  ];
  return section(
    'Calibration against published cycles',
    table(['family', 'n', 'exact', 'mean error', 'worst error'], right(4), families.map(line), 'Calibration by family'),
    h(
      'p',
      { class: 'note' },
      'Published by others for their programs, measured here with ours; sources S2, S3 and S6 of docs/machine.md, conditions in docs/fidelity.md. None of it is silicon measured by us.',
    ),
    h(
      'details',
      {},
      h('summary', {}, `All ${grouped(rows.length)} rows`),
      table(['configuration', 'source', 'published', 'ours', 'difference'], ['left', 'left', 'right', 'right', 'right'], rows.map(one), 'Calibration rows'),
    ),
  );
}

function definitions({ definitions: all }: Report): Markup {
  const rows = Object.values(all).map((d) => [d.name, d.unit, d.meaning]);
  return section('Definitions', table(['number', 'unit', 'meaning'], ['left', 'left', 'left'], rows, 'Definitions'));
}

function reproduction({ reproduce, summary, date }: Report): Markup {
  const rows = [
    ['Model version', summary.modelVersion],
    ['Engine', summary.engine],
    ['Trace hash', h('code', {}, summary.traceHash)],
    ['State hash', h('code', {}, summary.stateHash)],
    ...(date === null ? [] : [['Date', date]]),
  ];
  const isAddress = /^https?:\/\//.test(reproduce.link);
  const link = reproduce.link === '' ? null : isAddress ? h('a', { href: reproduce.link }, reproduce.link) : h('code', {}, reproduce.link);
  const where = isAddress ? 'The link holds the whole configuration.' : 'Put this after the page’s address; it holds the whole configuration.';
  return section(
    'Reproduce',
    h('pre', {}, reproduce.command),
    link === null ? null : h('p', { class: 'link' }, link),
    link === null ? null : h('p', { class: 'note' }, where),
    columns(h('p', {}, reproduce.note), table([], right(1), rows, 'Hashes')),
  );
}
