/**
 * A run in phases, from the marks a program leaves in its intervals: the first digit of a mark (the column of B, for the
 * row-per-PE kernels) names the phase. Also where a PE changes what it does, which is what stepping by phase stops at.
 */
import { toEnd } from '../base/pieces.ts';
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

/** The first digit of a mark, -1 for none; each mark is taken apart once. */
export function firstDigits(marks: readonly MarkDigit[]): (mark: number) => number {
  const known = new Map<number, number>();
  return (mark) => {
    let digit = known.get(mark);
    if (digit === undefined) {
      digit = markDigits(marks, mark)?.[0] ?? -1;
      known.set(mark, digit);
    }
    return digit;
  };
}

/** The run's phases in time order; empty when the program has no marks. */
export const phases = (reader: TraceReader, cycles: number): readonly Phase[] => toEnd(findingPhases(reader, cycles));

/** The same in pieces. */
export function* findingPhases(reader: TraceReader, cycles: number): Generator<void, readonly Phase[]> {
  const { marks } = reader.program;
  if (marks.length === 0) return [];
  const firsts = new Map<number, number>();
  const digitOf = firstDigits(marks);
  yield* reader.spans.telling((_, mark, begin) => {
    const digit = digitOf(mark);
    if (digit >= 0 && begin < (firsts.get(digit) ?? Number.POSITIVE_INFINITY)) firsts.set(digit, begin);
  });
  const order = [...firsts].sort((a, b) => a[1] - b[1]);
  return order.map(([digit, start], i) => ({ name: `${marks[0].name} ${digit}`, begin: start, end: i + 1 < order.length ? order[i + 1][1] : cycles }));
}

/** Phases in which PEs are, as digits. */
export interface PhaseRange {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

let lastRange: { readonly reader: TraceReader; readonly cycle: number; readonly range: PhaseRange | null } | null = null;

/** Smallest and largest phase any PE is in at `cycle`; null when none is. The last answer is kept: several views ask for it. */
export function phaseRange(reader: TraceReader, cycle: number): PhaseRange | null {
  if (lastRange?.reader !== reader || lastRange.cycle !== cycle) lastRange = { reader, cycle, range: rangeAt(reader, cycle) };
  return lastRange.range;
}

function rangeAt(reader: TraceReader, cycle: number): PhaseRange | null {
  const { marks } = reader.program;
  let [from, to] = [Number.POSITIVE_INFINITY, -1];
  const digitOf = firstDigits(marks);
  reader.spans.forMainAt(cycle, (_, mark) => {
    const digit = digitOf(mark);
    if (digit < 0) return;
    from = Math.min(from, digit);
    to = Math.max(to, digit);
  });
  return to < 0 ? null : { name: marks[0].name, from, to };
}

/** The nearest cycle after (or before) `cycle` at which the PE's main thread begins or ends an interval; else the run's end. */
export function nextBoundary(reader: TraceReader, pe: number, cycle: number, direction: 1 | -1): number {
  let best = direction === 1 ? reader.trace.cycles : 0;
  for (const { begin, end } of reader.spans.listOf(pe, MAIN_THREAD)) {
    for (const edge of [begin, end]) {
      if (direction === 1 ? edge > cycle && edge < best : edge < cycle && edge > best) best = edge;
    }
  }
  return best;
}
