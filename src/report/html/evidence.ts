/** The evidence behind the first page, a section a question, in the order of the Markdown report. */
import { KIND_DEFINITIONS } from '../../analysis/definitions.ts';
import { count, duration, grouped, percent, real, signed } from '../../base/numbers.ts';
import { type Price, priceTotal } from '../../machine/price.ts';
import { changeRow, settingRows } from '../comparison.ts';
import type { Report } from '../types.ts';
import { formatWord, plainLoopWord } from '../words.ts';
import { h, type Markup } from './markup.ts';
import { links, pes, roofline, sram } from './measured.ts';
import { type Align, columns, mark, right, section, table } from './parts.ts';

const LEFT: readonly Align[] = ['left', 'left', 'left'];

/** Sections about the machine and the run. */
export function evidence(report: Report): Markup[] {
  return [
    configuration(report),
    phases(report),
    peTime(report),
    pes(report),
    links(report),
    sram(report),
    roofline(report),
    latency(report),
    prices(report),
    facts(report),
    numerics(report),
    sensitivity(report),
    difference(report),
    checks(report),
    host(report),
  ].filter((part) => part !== null);
}

function configuration({ summary, constants, machineName }: Report): Markup {
  const c = summary.config;
  const rows = [
    ['Model', c.model],
    ...(c.tensor === '' ? [] : [['Tensor', c.tensor]]),
    ['Product', `C = A · B; A ${grouped(c.m)} × ${grouped(c.k)}, B ${grouped(c.k)} × ${grouped(c.n)}, C ${grouped(c.m)} × ${grouped(c.n)}`],
    ['Weights', `${formatWord(c.format)}; ${c.activations === 'given' ? `activations given, hash ${c.inputHash}` : 'activations from the seed'} in f32`],
    [
      'Placement',
      `${grouped(c.pes.width)} × ${grouped(c.pes.height)} PEs, row-major; ${count(c.usedPes, 'PE')} with rows, at most ${count(c.rowsPerPe, 'row')} each`,
    ],
    ['Seed, engine', `${c.seed}, ${summary.engine}, model version ${summary.modelVersion}`],
  ];
  return section(
    'Configuration and assumptions',
    table([], ['left', 'left'], rows, 'Configuration in full'),
    h('h3', {}, `Constants of the ${machineName} preset`),
    table(
      ['constant', 'value', 'source'],
      LEFT,
      constants.map((k) => [k.name, k.value, k.assumed ? h('em', {}, k.source) : k.source]),
      'Constants',
    ),
    h('p', { class: 'note' }, 'Source keys are those of docs/machine.md; assumed, in italics, marks what no source gives.'),
  );
}

function phases({ phases: list, summary }: Report): Markup | null {
  if (list.length === 0) return null;
  const rows = list.map((p) => [p.name, grouped(p.begin), grouped(p.end), grouped(p.end - p.begin), percent((p.end - p.begin) / summary.simulatedCycles)]);
  return section(
    'Phases',
    table(['phase', 'from', 'to', 'cycles', 'share'], right(4), rows, 'Phases'),
    h('p', { class: 'note' }, 'Each from the first PE that works in it to the first that works in the next.'),
  );
}

function peTime({ peCycles, overTime }: Report): Markup {
  const names = overTime.kinds.map((kind) => KIND_DEFINITIONS[kind].name.toLowerCase());
  return section(
    'PE time',
    table(
      ['', 'PE-cycles', 'share', 'meaning'],
      ['left', 'right', 'right', 'left'],
      peCycles.map((k) => [[h('i', { class: `swatch b-${k.kind}` }), k.name], grouped(k.cycles), percent(k.share), KIND_DEFINITIONS[k.kind].meaning]),
      'PE time by kind',
    ),
    table(
      ['cycles', ...names],
      right(names.length),
      overTime.buckets.map((b) => [`${grouped(b.from)} to ${grouped(b.to)}`, ...b.shares.map((share) => percent(share))]),
      'PE time over the run',
    ),
  );
}

function latency({ stages, wavelets }: Report): Markup {
  return section(
    'Latency',
    table(
      ['stage', 'PEs', 'first', 'mean', '95th percentile', 'last'],
      right(5),
      stages.map((s) => [s.name, grouped(s.count), grouped(s.first), grouped(s.mean, 1), grouped(s.p95), grouped(s.last)]),
      'Latency',
    ),
    h(
      'p',
      { class: 'note' },
      `Cycles since the first activation entered. ${grouped(wavelets.hops)} wavelet-hops over links, ${grouped(wavelets.ramp)} ramp deliveries, ${grouped(wavelets.used)} wavelets consumed.`,
    ),
  );
}

function prices({ prices: list, closedFormTerms, lowerBoundTerms: lower }: Report): Markup {
  const cells = (p: Price): string[] => [p.element, p.setup, p.scalar, priceTotal(p)].map((n) => grouped(n));
  const rows = list.flatMap(({ name, price }) => [
    [`${name}, dequantise`, ...cells(price.dequantise)],
    [`${name}, row dot`, ...cells(price.dot)],
  ]);
  const sum = closedFormTerms.reduce((total, term) => total + term.cycles, 0);
  const terms = [...closedFormTerms.map((term) => [term.name, grouped(term.cycles)]), ['Sum', grouped(sum)]];
  const bounds = [
    ['Issue cycles of the fullest PE', grouped(lower.issue)],
    ['Wavelets over the busiest link', grouped(lower.link)],
    ['Longest path', grouped(lower.path)],
  ];
  return h(
    'div',
    {},
    section('What a block of 256 weights costs', table(['issue cycles', 'elements', 'set-up', 'scalar', 'sum'], right(4), rows, 'Prices')),
    columns(
      section('Closed form', table(['', 'cycles'], right(1), terms, 'Closed form')),
      section('Lower bound', table(['', 'cycles'], right(1), bounds, 'Lower bound')),
    ),
  );
}

function facts({ summary }: Report): Markup | null {
  if (summary.facts.length === 0) return null;
  const value = (fact: (typeof summary.facts)[number]): string =>
    `${Number.isInteger(fact.value) ? grouped(fact.value) : real(fact.value, 3)} ${fact.unit}`.trim();
  const rows = summary.facts.map((fact) => [fact.name, value(fact), fact.meaning]);
  return section(`Of the kernel ${summary.config.kernel}`, table(['', 'value', 'meaning'], ['left', 'right', 'left'], rows, 'Facts'));
}

function numerics(report: Report): Markup {
  const { errors } = report.summary;
  const name = (key: string): string => report.definitions[`errors.${key}`].name;
  const values: ReadonlyArray<readonly [string, number | null]> = [
    ['maxAbsVsF64', errors.maxAbsVsF64],
    ['relRmsVsF64', errors.relRmsVsF64],
    ['maxRelVsSumAbs', errors.maxRelVsSumAbs],
    ['relRmsVsUnquantised', errors.relRmsVsUnquantised],
    ['relRmsVsF32Sequential', errors.relRmsVsF32Sequential],
    ['maxAbsVsIntegerDot', errors.maxAbsVsIntegerDot],
    ['relRmsVsIntegerDot', errors.relRmsVsIntegerDot],
  ];
  const rows = values.flatMap(([key, value]) => (value === null ? [] : [[name(key), real(value, 3)]]));
  const word = mark(errors.vsPlainLoop === 0, plainLoopWord(report));
  return section('Numbers against references', table([], right(1), [[name('vsPlainLoop'), word], ...rows], 'Numerics'));
}

function sensitivity({ sensitivity: s }: Report): Markup | null {
  if (s === null) return null;
  const end = (e: { readonly value: string; readonly cycles: number; readonly microseconds: number } | null): string[] =>
    e === null ? ['', '', ''] : [e.value, signed(e.cycles - s.cycles), duration(e.microseconds)];
  const rows = s.bars.map((bar) => [bar.parameter, bar.value, ...end(bar.less), ...end(bar.more)]);
  return section(
    'Sensitivity',
    table(
      ['constant', 'now', 'less', 'cycles', 'time', 'more', 'cycles', 'time'],
      ['left', 'left', 'left', 'right', 'right', 'left', 'right', 'right'],
      rows,
      'Sensitivity',
    ),
    h('p', { class: 'note' }, s.method),
  );
}

function difference({ comparison: c }: Report): Markup | null {
  if (c === null) return null;
  const rows = c.changes.map(changeRow);
  const settings = settingRows(c);
  return section(
    `Difference from ${c.baseline}`,
    settings.length === 0 ? null : table(['setting', 'baseline', 'here'], LEFT, settings, 'Settings that differ'),
    rows.length === 0 ? null : table(['metric', 'baseline', 'here', 'difference', 'share'], right(4), rows, 'Metrics that differ'),
    h('p', { class: 'note' }, `${count(c.within, 'metric')} moved by no more than ${percent(c.threshold)}.`),
  );
}

function checks({ summary }: Report): Markup {
  const rows = summary.conservation.map((check) => [check.name, mark(check.holds, check.holds ? 'holds' : 'broken'), check.detail]);
  return section('Physics checks', table(['check', 'result', 'detail'], LEFT, rows, 'Physics checks'));
}

function host({ summary }: Report): Markup {
  const rows = [
    ['Load of the weights', grouped(summary.loadCycles)],
    ['Activations in', grouped(summary.hostInCycles)],
    ['Results out', grouped(summary.hostOutCycles)],
  ];
  const note = summary.includesLoad ? 'All three are part of the cycles on the first page.' : 'None of the three is part of the cycles on the first page.';
  return section('Host', table(['transfer', 'cycles'], right(1), rows, 'Host'), h('p', { class: 'note' }, note));
}
