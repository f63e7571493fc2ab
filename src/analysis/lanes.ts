/** One PE over time: its time by kind, as shares per bucket and in all. The fabric's shares are in timeline.ts. */
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KINDS } from '../trace/schema.ts';
import { bucketed, type StateShares } from './timeline.ts';

/** Shares of one PE's cycles [from, to) by kind, in at most `most` buckets of whole cycles; exact when a bucket is one cycle. */
export function peShares(reader: TraceReader, pe: number, to: number, most: number, from = 0): StateShares {
  return bucketed(from, to, most, 1, (add) => forCounted(reader, pe, from, to, (kind, begin, end) => add(kind, begin, end, 1)));
}

/** Cycles [from, to) of one PE by kind of schema.ts, and idle; they sum to `to - from`. */
export function peCycles(reader: TraceReader, pe: number, to: number, from = 0): Readonly<Record<string, number>> {
  const totals: Record<string, number> = Object.fromEntries(KINDS.map((name) => [name, 0]));
  let busy = 0;
  forCounted(reader, pe, from, to, (kind, begin, end) => {
    const cycles = Math.min(end, to) - Math.max(begin, from);
    totals[KINDS[kind]] += cycles;
    busy += cycles;
  });
  return { ...totals, idle: Math.max(0, to - from - busy) };
}

/** Spans that count and touch the cycles [from, to): what issues, and the main thread's stalls. */
function forCounted(reader: TraceReader, pe: number, from: number, to: number, visit: (kind: number, begin: number, end: number) => void): void {
  for (let thread = 0; thread <= MAIN_THREAD; thread++) {
    const count = (kind: number, _: number, begin: number, end: number): void => {
      if (!isStall(kind) || thread === MAIN_THREAD) visit(kind, begin, end);
    };
    reader.spans.forThread(pe, thread, count, from, to);
  }
}
