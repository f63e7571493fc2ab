/** Points of a sweep as lines of a chart: one line for each value of the second parameter; where lines cross; what is best of two kinds of cost. */
import type { PointResult } from '../api/point.ts';
import { exactly } from '../base/numbers.ts';
import type { PointRecord } from './journal.ts';

/** A number of a point, `NaN` where it has none. */
export type Measure = (result: PointResult) => number;

export interface SeriesPoint {
  /** Value of the first parameter. */
  readonly x: string | number;
  readonly value: number;
  /** By the closed form; NaN where the measure has none. */
  readonly closedForm: number;
  readonly record: PointRecord;
}

export interface Series {
  /** The second parameter and its value, "m = 64", or the value alone where it says of what it is; empty without one. */
  readonly name: string;
  readonly points: readonly SeriesPoint[];
}

/** Lines in the order of the second parameter's values, points in the order of the first's. Failed points are left out. */
export function seriesOf(records: readonly PointRecord[], x: string, y: string, measure: Measure, closedForm: Measure): Series[] {
  const lines = new Map<string, SeriesPoint[]>();
  for (const record of records) {
    if (!('result' in record)) continue;
    const name = y === '' ? '' : lineName(y, record.config[y]);
    const point = { x: record.config[x], value: measure(record.result), closedForm: closedForm(record.result), record };
    lines.set(name, [...(lines.get(name) ?? []), point]);
  }
  return [...lines].map(([name, points]) => ({ name, points: points.toSorted((a, b) => compare(a.x, b.x)) }));
}

/** Parameters whose values say of what they are: "streaming". */
const SELF_EVIDENT: ReadonlySet<string> = new Set(['kernel', 'machine', 'format']);

const lineName = (parameter: string, value: string | number): string => (SELF_EVIDENT.has(parameter) ? valueText(value) : `${parameter} = ${valueText(value)}`);

/** A value of a parameter as it is read. */
export const valueText = (value: string | number): string => (typeof value === 'number' ? exactly(value) : value);

const compare = (a: string | number, b: string | number): number => (typeof a === 'number' && typeof b === 'number' ? a - b : 0);

export interface Crossing {
  readonly lower: string;
  readonly upper: string;
  /** From this value of the first parameter on `lower` is the smaller one; at `before` it was not yet. */
  readonly at: number;
  readonly before: number;
  /** Where the lines meet, between the two. */
  readonly x: number;
  readonly value: number;
}

/** Where two lines over a number change places: from which computed value on, and the straight line's guess between. */
export function crossingsOf(series: readonly Series[]): Crossing[] {
  return series.flatMap((a, i) => series.slice(i + 1).flatMap((b) => crossings(a, b)));
}

function crossings(a: Series, b: Series): Crossing[] {
  const shared = a.points.flatMap((p) => {
    const q = b.points.find(({ x }) => x === p.x);
    return q && typeof p.x === 'number' ? [{ x: p.x, a: p.value, b: q.value }] : [];
  });
  return shared.slice(1).flatMap((now, i) => {
    const was = shared[i];
    const [d0, d1] = [was.a - was.b, now.a - now.b];
    if (!(d0 * d1 < 0 || (d0 === 0 && i === 0 && d1 !== 0))) return [];
    const share = d0 / (d0 - d1);
    const names = d1 < 0 ? [a.name, b.name] : [b.name, a.name];
    return [{ lower: names[0], upper: names[1], at: now.x, before: was.x, x: was.x + share * (now.x - was.x), value: was.a + share * (now.a - was.a) }];
  });
}

/** Points that no other is at least as good as in both and better in one, by the first cost. */
export function paretoOf<T>(points: readonly T[], a: (point: T) => number, b: (point: T) => number): T[] {
  const sorted = points.filter((p) => Number.isFinite(a(p)) && Number.isFinite(b(p))).toSorted((p, q) => a(p) - a(q) || b(p) - b(q));
  let best = Number.POSITIVE_INFINITY;
  return sorted.filter((p) => {
    if (b(p) >= best) return false;
    best = b(p);
    return true;
  });
}
