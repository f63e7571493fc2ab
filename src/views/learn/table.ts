/** A figure as a table: what it shows, in numbers. */
import type { Figure } from '../../lessons/types.ts';
import { bytes, percent } from '../format.ts';
import { STATE_NAMES } from '../strings.ts';
import type { Cell, ChartData, Column } from '../table/chart-data.ts';
import { FIGURE_TEXT, LEARN_TEXT, shotName, WHAT } from './strings.ts';

export function tableOf(figure: Figure): ChartData {
  if (figure.kind === 'bytes') return bytesTable(figure);
  return figure.kind === 'curves' ? curvesTable(figure) : stripsTable(figure);
}

const keyOf = (words: string): string => words.toLowerCase().replace(/\W+/g, '_');

function bytesTable({ capacity, bars }: Extract<Figure, { kind: 'bytes' }>): ChartData {
  const { code, weights, rest, total, over } = FIGURE_TEXT;
  const column = (name: string): Column => ({ name, key: `${keyOf(name)}_bytes`, show: bytes });
  return {
    title: LEARN_TEXT.table,
    columns: [{ name: LEARN_TEXT.runs, key: 'run' }, ...[code, weights, rest, total, over].map(column)],
    rows: bars.map((bar) => {
      const sum = bar.code + bar.weights + bar.rest;
      return [shotName(bar), bar.code, bar.weights, bar.rest, sum, Math.max(0, sum - capacity)];
    }),
  };
}

function curvesTable({ x, y, curves }: Extract<Figure, { kind: 'curves' }>): ChartData {
  const xs = [...new Set(curves.flatMap(({ closed }) => closed.map(([at]) => at)))].sort((a, b) => a - b);
  const at = (points: ReadonlyArray<readonly [number, number]>, where: number): Cell => points.find(([px]) => px === where)?.[1] ?? null;
  const show = y === 'share' ? { show: (share: number) => percent(share) } : {};
  const names = curves.flatMap(({ what }) => [`${WHAT[what]}, ${FIGURE_TEXT.closed}`, `${WHAT[what]}, ${FIGURE_TEXT.simulated}`]);
  return {
    title: LEARN_TEXT.table,
    columns: [{ name: FIGURE_TEXT.x[x], key: keyOf(FIGURE_TEXT.x[x]) }, ...names.map((name) => ({ name, key: keyOf(name), ...show }))],
    rows: xs.map((where) => [where, ...curves.flatMap(({ closed, simulated }) => [at(closed, where), at(simulated, where)])]),
  };
}

/** Each PE with each thing it did: when first, until when, and for how many cycles. */
function stripsTable({ strips }: Extract<Figure, { kind: 'strips' }>): ChartData {
  const sums = new Map<string, { row: number; kind: keyof typeof STATE_NAMES; begin: number; end: number; cycles: number }>();
  for (const { row, kind, begin, end } of strips) {
    const key = `${row} ${kind}`;
    const known = sums.get(key);
    if (known) Object.assign(known, { begin: Math.min(known.begin, begin), end: Math.max(known.end, end), cycles: known.cycles + end - begin });
    else sums.set(key, { row, kind, begin, end, cycles: end - begin });
  }
  const rows = [...sums.values()].sort((a, b) => a.row - b.row || a.begin - b.begin);
  const { pe, kind, from, to, cycles } = FIGURE_TEXT;
  return {
    title: LEARN_TEXT.table,
    columns: [
      { name: pe, key: 'pe' },
      { name: kind, key: 'state' },
      { name: from, key: 'from_cycle' },
      { name: to, key: 'to_cycle' },
      { name: cycles, key: 'cycles' },
    ],
    rows: rows.map((r) => [r.row, STATE_NAMES[r.kind], r.begin, r.end, r.cycles]),
  };
}
