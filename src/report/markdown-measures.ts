/** The measured parts of the evidence as Markdown: PEs, links, roofline, sensitivity, difference, calibration. */
import type { Distribution } from '../analysis/pe-load.ts';
import { count, duration, grouped, percent, real, signed } from '../base/numbers.ts';
import { changeRow, settingRows } from './comparison.ts';
import { inlineCode, markdown as text } from './escape.ts';
import { type Align, table } from './markdown-table.ts';
import type { Report, SensitivityEnd } from './types.ts';

const right = (n: number): Align[] => ['left', ...Array<Align>(n).fill('right')];
const STATS = ['', 'least', 'mean', '95th percentile', 'largest'];
const stats = (name: string, d: Distribution | null, word: (n: number) => string): string[][] =>
  d === null ? [] : [[name, ...[d.min, d.mean, d.p95, d.max].map(word)]];

export function pes({ peBusy, peFinish }: Report): string[] {
  const rows = [
    ...stats('Busy share of a PE', peBusy.distribution, (share) => percent(share)),
    ...stats('Last result at the edge, cycle', peFinish.distribution, (cycle) => grouped(cycle)),
  ];
  return ['## PEs', table(STATS, right(4), rows)];
}

export function links({ links: report }: Report): string[] {
  if (report === null) return [];
  const word = (share: number): string => percent(share);
  const rows = report.busiest.map((l) => [`${l.x},${l.y} ${l.direction}`, l.colors.join(' '), grouped(l.wavelets), word(l.utilisation), word(l.demand)]);
  return [
    '## Links: demand and utilisation',
    table(STATS, right(4), [...stats('Utilisation', report.utilisation, word), ...stats('Demand', report.demand, word)]),
    `The links with the largest demand of ${count(report.used, 'link')} that carried anything, by the PE whose router sends:`,
    table(['link', 'colors', 'wavelets', 'utilisation', 'demand'], right(4), rows),
  ];
}

export function roofline({ roofline: r }: Report): string[] {
  return [
    '## Roofline of a PE',
    table(['multiply-adds a cycle', ''], right(1), [
      [`Achieved, at ${real(r.intensity, 3)} multiply-adds a word from the fabric`, real(r.achieved, 3)],
      ['Roof of the ramp, a wavelet a cycle', real(r.ramp, 3)],
      ['Roof of the row dot', real(r.peak, 3)],
      ['The same with every block dequantised and set up for every column', real(r.withOverheads, 3)],
    ]),
  ];
}

export function sensitivity({ sensitivity: s }: Report): string[] {
  if (s === null) return [];
  const end = (e: SensitivityEnd | null): string[] => (e === null ? ['', ''] : [e.value, `${signed(e.cycles - s.cycles)}, ${duration(e.microseconds)}`]);
  const rows = s.bars.map((bar) => [bar.parameter, bar.value, ...end(bar.less), ...end(bar.more)]);
  return [
    '## Sensitivity',
    table(['constant', 'now', 'less', 'cycles, time', 'more', 'cycles, time'], ['left', 'left', 'left', 'right', 'left', 'right'], rows),
    `${s.method} As it is: ${grouped(s.cycles)} cycles, ${duration(s.microseconds)}.`,
  ];
}

export function difference({ comparison: c }: Report): string[] {
  if (c === null) return [];
  const rows = c.changes.map((change) => changeRow(change).map(text));
  const settings = settingRows(c).map((row) => row.map(text));
  return [
    `## Difference from ${inlineCode(c.baseline)}`,
    ...(settings.length === 0 ? [] : [table(['setting', 'baseline', 'here'], ['left', 'left', 'left'], settings)]),
    ...(rows.length === 0 ? [] : [table(['metric', 'baseline', 'here', 'difference', 'share'], right(4), rows)]),
    `${count(c.within, 'metric')} moved by no more than ${percent(c.threshold)}.`,
  ];
}

/** Families; the rows are in the CSV bundle, the JSON and the HTML report. */
export function calibration({ calibration: { families, rows } }: Pick<Report, 'calibration'>): string[] {
  return [
    '## Calibration against published cycles',
    table(
      ['family', 'n', 'exact', 'mean error', 'worst error'],
      right(4),
      families.map((f) => [text(f.family), grouped(f.n), grouped(f.exact), percent(f.meanError, 2), percent(f.worstError, 2)]),
    ),
    `${grouped(rows.length)} rows, published by others for their programs and measured here with ours (docs/fidelity.md). None of it is silicon measured by us.`,
  ];
}
