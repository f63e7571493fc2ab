/**
 * How a run spends its time: shares of PEs by kind over time, per-PE utilisation in a window, results over time.
 */
import { MAIN_THREAD } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, KINDS } from '../trace/schema.ts';
import type { LatencyMap } from './latency.ts';

/** Mean share of PEs by kind per bucket of cycles. `shares[kind][bucket]` sums to 1 with `idle[bucket]`. */
export interface StateShares {
  readonly buckets: number;
  /** Cycles per bucket (the last may be shorter). */
  readonly bucketCycles: number;
  readonly cycles: number;
  readonly shares: readonly Float32Array[];
  readonly idle: Float32Array;
}

/** Shares over `cycles` cycles in at most `most` buckets of whole cycles. */
export function stateShares(reader: TraceReader, cycles: number, most: number): StateShares {
  const bucketCycles = Math.max(1, Math.ceil(cycles / most));
  const buckets = Math.max(1, Math.ceil(cycles / bucketCycles));
  const sums = KINDS.map(() => new Float64Array(buckets));
  reader.spans.forAll((kind, _, begin, end, _pe, thread, times) => {
    if (!isStall(kind) || thread === MAIN_THREAD) spread(sums[kind], begin, Math.min(end, cycles), bucketCycles, times);
  });
  const size = (b: number): number => Math.min(bucketCycles, cycles - b * bucketCycles) * reader.pes;
  const shares = sums.map((s) => Float32Array.from(s, (v, b) => v / size(b)));
  const idle = new Float32Array(buckets).map((_, b) => Math.max(0, 1 - shares.reduce((a, s) => a + s[b], 0)));
  return { buckets, bucketCycles, cycles, shares, idle };
}

function spread(sums: Float64Array, begin: number, end: number, bucketCycles: number, times: number): void {
  for (let t = begin; t < end; ) {
    const bucket = Math.floor(t / bucketCycles);
    const next = Math.min(end, (bucket + 1) * bucketCycles);
    sums[bucket] += times * (next - t);
    t = next;
  }
}

/** Share of cycles in [from, to) in which each PE issued `kinds` (default: compute), into `out`, 0 to 1. */
export function utilisationIn(reader: TraceReader, from: number, to: number, out: Float32Array, kinds: readonly number[] = [KIND.compute]): void {
  const length = Math.max(1, to - from);
  const mask = kinds.reduce((all, kind) => all | (1 << kind), 0);
  for (let pe = 0; pe < out.length; pe++) out[pe] = reader.spans.cyclesIn(pe, mask, from, to) / length;
}

/** For each latency stage, how many PEs have reached it by the end of each bucket: the latency distribution over time. */
export function latencyCurves(map: LatencyMap, cycles: number, buckets: number): Readonly<Record<keyof LatencyMap, Float32Array>> {
  const curve = (ticks: Int32Array): Float32Array => {
    const counts = new Float32Array(buckets);
    for (const t of ticks) if (t >= 0) counts[Math.min(buckets - 1, Math.floor((t / Math.max(1, cycles)) * buckets))]++;
    for (let b = 1; b < buckets; b++) counts[b] += counts[b - 1];
    return counts;
  };
  return { firstX: curve(map.firstX), firstMac: curve(map.firstMac), sent: curve(map.sent), atEdge: curve(map.atEdge) };
}

/** Count, mean, 95th percentile, maximum and minimum of the values at or above 0; null when there is none. */
export function summary(values: ArrayLike<number>): { count: number; mean: number; p95: number; max: number; min: number } | null {
  const list = new Float64Array(values.length);
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v < 0) continue;
    list[count++] = v;
    sum += v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  if (count === 0) return null;
  const p95 = nthSmallest(list.subarray(0, count), Math.min(count - 1, Math.floor(count * 0.95)));
  return { count, mean: sum / count, p95, max, min };
}

/** The value at place `n` of the list if it were sorted; puts the list into another order. On a whole wafer sorting takes longer than a frame. */
function nthSmallest(list: Float64Array, n: number): number {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const pivot = list[(low + high) >> 1];
    let [i, j] = [low, high];
    while (i <= j) {
      while (list[i] < pivot) i++;
      while (list[j] > pivot) j--;
      if (i > j) break;
      [list[i], list[j]] = [list[j], list[i]];
      i++;
      j--;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else return list[n];
  }
  return list[n];
}
