/** A figure as a table: what it shows, in numbers. */
import type { Figure } from '../../lessons/types.ts';
import { bytes, grouped, percent } from '../format.ts';
import { STATE_NAMES } from '../strings.ts';
import { FIGURE_TEXT, shotName, WHAT } from './strings.ts';

interface Table {
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

export function tableOf(figure: Figure): Table {
  if (figure.kind === 'bytes') return bytesTable(figure);
  return figure.kind === 'curves' ? curvesTable(figure) : stripsTable(figure);
}

function bytesTable({ capacity, bars }: Extract<Figure, { kind: 'bytes' }>): Table {
  const { code, weights, rest, total, over } = FIGURE_TEXT;
  const rows = bars.map((bar) => {
    const sum = bar.code + bar.weights + bar.rest;
    return [shotName(bar), ...[bar.code, bar.weights, bar.rest, sum, Math.max(0, sum - capacity)].map(bytes)];
  });
  return { head: ['', code, weights, rest, total, over], rows };
}

function curvesTable({ x, y, curves }: Extract<Figure, { kind: 'curves' }>): Table {
  const value = (v: number | undefined): string => (v === undefined ? '' : y === 'share' ? percent(v) : grouped(v));
  const xs = [...new Set(curves.flatMap(({ closed }) => closed.map(([at]) => at)))].sort((a, b) => a - b);
  const at = (points: ReadonlyArray<readonly [number, number]>, where: number): number | undefined => points.find(([px]) => px === where)?.[1];
  const names = curves.flatMap(({ what }) => [`${WHAT[what]}, ${FIGURE_TEXT.closed}`, `${WHAT[what]}, ${FIGURE_TEXT.simulated}`]);
  return {
    head: [FIGURE_TEXT.x[x], ...names],
    rows: xs.map((where) => [grouped(where), ...curves.flatMap(({ closed, simulated }) => [value(at(closed, where)), value(at(simulated, where))])]),
  };
}

/** Each PE with each thing it did: when first, until when, and for how many cycles. */
function stripsTable({ strips }: Extract<Figure, { kind: 'strips' }>): Table {
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
    head: [pe, kind, from, to, cycles],
    rows: rows.map((r) => [String(r.row), STATE_NAMES[r.kind], grouped(r.begin), grouped(r.end), grouped(r.cycles)]),
  };
}
