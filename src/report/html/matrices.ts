/** A report over many products as one HTML file. */
import { duration, factor, grouped, prefixed } from '../../base/numbers.ts';
import { type MatricesReport, SEQUENCE } from '../matrices.ts';
import { matricesWords, matrixFormats, matrixHead, matrixRow } from '../matrices-table.ts';
import { productsChart } from './chart-products.ts';
import { h, type Markup } from './markup.ts';
import { figure, right, section, table } from './parts.ts';
import { htmlDocument } from './sheet.ts';
import { calibration } from './trust.ts';
import { numberAndUnit } from './words.ts';

export function matricesHtml(report: MatricesReport): string {
  const date = report.date === null ? '' : ` · ${report.date}`;
  const head = matrixHead(report);
  const rows = report.entries.map((entry) => matrixRow(report, entry));
  return htmlDocument(report.title, `Cycle estimate${date} · model version ${report.modelVersion}`, [
    h('h1', {}, report.title),
    h('p', { class: 'lead' }, `${matrixFormats(report)} weights, kernel ${report.kernel}, ${report.machineName} preset. ${report.attribution}`.trim()),
    numbers(report),
    h('p', { class: 'verdict' }, matricesWords(report).join(' ')),
    section(
      'Where the cycles go',
      figure((width) => productsChart(report, width)),
    ),
    section('Products', table(head, right(head.length - 1), rows, 'Products'), h('p', { class: 'note' }, SEQUENCE)),
    unplaced(report),
    section(
      'How rows become products',
      h(
        'ul',
        { class: 'list' },
        report.rules.map((rule) => h('li', {}, rule)),
      ),
    ),
    section(
      `Constants of the ${report.machineName} preset`,
      table(
        ['constant', 'value', 'source'],
        ['left', 'left', 'left'],
        report.constants.map((c) => [c.name, c.value, c.assumed ? h('em', {}, c.source) : c.source]),
        'Constants',
      ),
    ),
    section(
      'Known limits of the model',
      h(
        'ul',
        { class: 'list' },
        report.limits.map((limit) => h('li', {}, limit)),
      ),
    ),
    calibration(report),
    section('Reproduce', h('pre', {}, report.reproduce.command), h('p', { class: 'note' }, report.reproduce.note)),
  ]);
}

function numbers({ totals, clockHz }: MatricesReport): Markup {
  const cell = (name: string, value: string, more: string): Markup => h('div', {}, h('dt', {}, name), h('dd', { class: 'big' }, value), h('dd', {}, more));
  const placed = totals.products - totals.unplaced;
  return h(
    'dl',
    { class: 'numbers' },
    cell('Closed form, all', grouped(totals.cycles), 'cycles'),
    cell(`At ${grouped(clockHz / 1e6)}\u202fMHz`, ...numberAndUnit(duration(totals.microseconds))),
    cell('Lower bound', totals.lowerBound === 0 ? '' : factor(totals.cycles / totals.lowerBound), `${grouped(totals.lowerBound)} cycles`),
    cell('Placed', grouped(placed), `of ${grouped(totals.products)} products`),
    totals.scaleSim === null
      ? cell('Multiply-adds', prefixed(totals.multiplyAdds), 'in all products')
      : cell('SCALE-Sim', grouped(totals.scaleSim), 'cycles, on its array'),
  );
}

function unplaced({ entries }: MatricesReport): Markup | null {
  const rows = entries.filter((e) => e.placed === null).map((e) => [e.name, e.reason]);
  return rows.length === 0 ? null : section('Not placed', table([], ['left', 'left'], rows, 'Not placed'));
}
