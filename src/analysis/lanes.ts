/** One PE over time: its time by kind, as shares per bucket and in all. The fabric's shares are in timeline.ts. */
import type { TraceReader } from '../trace/reader.ts';
import { KINDS } from '../trace/schema.ts';
import type { SpanVisitor } from '../trace/span-part.ts';
import { bucketed, type StateShares } from './timeline.ts';

/** Shares of one PE's cycles [from, to) by kind, in at most `most` buckets of whole cycles; exact when a bucket is one cycle. */
export function peShares(reader: TraceReader, pe: number, to: number, most: number, from = 0): StateShares {
  return bucketed(from, to, most, 1, (add) => reader.spans.statesOf(pe, (kind, _, begin, end) => add(kind, begin, end, 1), from, to));
}

/** Cycles [from, to) of one PE by kind of schema.ts, and idle; they sum to `to - from`. */
export function peCycles(reader: TraceReader, pe: number, to: number, from = 0): Readonly<Record<string, number>> {
  const totals: Record<string, number> = Object.fromEntries(KINDS.map((name) => [name, 0]));
  let busy = 0;
  const add: SpanVisitor = (kind, _, begin, end) => {
    const cycles = Math.min(end, to) - Math.max(begin, from);
    totals[KINDS[kind]] += cycles;
    busy += cycles;
  };
  reader.spans.statesOf(pe, add, from, to);
  return { ...totals, idle: to - from - busy };
}
