/** One PE over time: its time by kind, as shares per bucket and in all. The fabric's shares are in timeline.ts. */
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KINDS } from '../trace/schema.ts';
import type { StateShares } from './timeline.ts';

/** Shares of one PE's cycles by kind, in at most `most` buckets of whole cycles; exact when a bucket is one cycle. */
export function peShares(reader: TraceReader, pe: number, cycles: number, most: number): StateShares {
  const bucketCycles = Math.max(1, Math.ceil(cycles / most));
  const buckets = Math.max(1, Math.ceil(cycles / bucketCycles));
  const sums = KINDS.map(() => new Float32Array(buckets));
  for (const { kind, begin, end } of spansOf(reader, pe, cycles)) {
    for (let t = begin; t < end; ) {
      const bucket = Math.floor(t / bucketCycles);
      const next = Math.min(end, (bucket + 1) * bucketCycles);
      sums[kind][bucket] += next - t;
      t = next;
    }
  }
  const size = (bucket: number): number => Math.min(bucketCycles, cycles - bucket * bucketCycles);
  const shares = sums.map((s) => s.map((v, b) => v / size(b)));
  const idle = new Float32Array(buckets).map((_, b) => Math.max(0, 1 - shares.reduce((a, s) => a + s[b], 0)));
  return { buckets, bucketCycles, cycles, shares, idle };
}

/** Cycles of one PE by kind of schema.ts, and idle; they sum to `cycles`. */
export function peCycles(reader: TraceReader, pe: number, cycles: number): Readonly<Record<string, number>> {
  const totals: Record<string, number> = Object.fromEntries(KINDS.map((name) => [name, 0]));
  let busy = 0;
  for (const { kind, begin, end } of spansOf(reader, pe, cycles)) {
    totals[KINDS[kind]] += end - begin;
    busy += end - begin;
  }
  return { ...totals, idle: Math.max(0, cycles - busy) };
}

/** Spans that count: what issues, and the main thread's stalls; cut at `cycles`. */
function* spansOf(reader: TraceReader, pe: number, cycles: number): Generator<{ kind: number; begin: number; end: number }> {
  for (let thread = 0; thread <= MAIN_THREAD; thread++) {
    for (const { kind, begin, end } of reader.spans.listOf(pe, thread)) {
      if (begin < cycles && (!isStall(kind) || thread === MAIN_THREAD)) yield { kind, begin, end: Math.min(end, cycles) };
    }
  }
}
