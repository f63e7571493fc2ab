/**
 * A run in phases, from the marks a program leaves in its intervals: the first digit of a mark (the column of B, for the
 * row-per-PE kernels) names the phase. Also where a PE changes what it does, which is what stepping by phase stops at.
 */
import { MAIN_THREAD, type MarkDigit } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';

export interface Phase {
  /** "column 1". */
  readonly name: string;
  /** First cycle in which any PE works in the phase. */
  readonly begin: number;
  /** Begin of the next phase, or the end of the run. */
  readonly end: number;
}

/** Digits of a mark in the order of `marks`; null for the mark -1 (before the first). */
export function markDigits(marks: readonly MarkDigit[], mark: number): readonly number[] | null {
  if (mark < 0 || marks.length === 0) return null;
  const digits: number[] = [];
  let rest = mark;
  for (let i = marks.length - 1; i >= 0; i--) {
    digits.unshift(i === 0 ? rest : rest % marks[i].size);
    rest = Math.floor(rest / marks[i].size);
  }
  return digits;
}

/** The run's phases in time order; empty when the program has no marks. */
export function phases(reader: TraceReader, cycles: number): readonly Phase[] {
  const { marks } = reader.program;
  if (marks.length === 0) return [];
  const firsts = new Map<number, number>();
  const { mark, begin } = reader.trace.intervals;
  for (let i = 0; i < mark.length; i++) {
    const digit = markDigits(marks, mark[i])?.[0];
    if (digit !== undefined && begin[i] < (firsts.get(digit) ?? Number.POSITIVE_INFINITY)) firsts.set(digit, begin[i]);
  }
  const order = [...firsts].sort((a, b) => a[1] - b[1]);
  return order.map(([digit, start], i) => ({ name: `${marks[0].name} ${digit}`, begin: start, end: i + 1 < order.length ? order[i + 1][1] : cycles }));
}

/** Smallest and largest phase any PE is in at `cycle`, as digits; null when none is. */
export function phaseRange(reader: TraceReader, cycle: number): { readonly name: string; readonly from: number; readonly to: number } | null {
  const { marks } = reader.program;
  const { mark } = reader.trace.intervals;
  let [from, to] = [Number.POSITIVE_INFINITY, -1];
  for (let pe = 0; pe < reader.pes; pe++) {
    const row = reader.spanRow(pe, MAIN_THREAD, cycle);
    const digit = row < 0 ? undefined : markDigits(marks, mark[row])?.[0];
    if (digit === undefined) continue;
    from = Math.min(from, digit);
    to = Math.max(to, digit);
  }
  return to < 0 ? null : { name: marks[0].name, from, to };
}

/** The nearest cycle after (or before) `cycle` at which the PE's main thread begins or ends an interval; else the run's end. */
export function nextBoundary(reader: TraceReader, pe: number, cycle: number, direction: 1 | -1): number {
  const { begin, end } = reader.trace.intervals;
  const [first, last] = reader.spanRows(pe, MAIN_THREAD);
  let best = direction === 1 ? reader.trace.cycles : 0;
  for (let row = first; row < last; row++) {
    for (const edge of [begin[row], end[row]]) {
      if (direction === 1 ? edge > cycle && edge < best : edge < cycle && edge > best) best = edge;
    }
  }
  return best;
}
