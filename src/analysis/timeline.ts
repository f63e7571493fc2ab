/**
 * How a run spends its time: shares of PEs by kind over time, per-PE utilisation in a window, results over time.
 */
import { toEnd } from '../base/pieces.ts';
import type { TraceReader } from '../trace/reader.ts';
import { KIND, KINDS } from '../trace/schema.ts';
import { Buckets } from './buckets.ts';
import type { LatencyMap } from './latency.ts';

/** Mean share of PEs by kind per bucket of cycles. `shares[kind][bucket]` sums to 1 with `idle[bucket]`. */
export interface StateShares {
  readonly buckets: number;
  /** Cycles per bucket (the last may be shorter). */
  readonly bucketCycles: number;
  /** The cycles counted: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly shares: readonly Float32Array[];
  readonly idle: Float32Array;
}

/** Shares of all PEs over the cycles [from, to) in at most `most` buckets of whole cycles, the finest of one. */
export function stateShares(reader: TraceReader, to: number, most: number, from = 0): StateShares {
  return toEnd(findingShares(reader, to, most, from));
}

/** The same in pieces. */
export function* findingShares(reader: TraceReader, to: number, most: number, from = 0): Generator<void, StateShares> {
  const { add, shares } = bucketing(from, to, most, reader.pes);
  yield* reader.spans.states((kind, _, begin, end, _pe, _thread, times) => add(kind, begin, end, times), from, to);
  return shares();
}

/** Adds a span of a kind that `times` PEs have. */
type Add = (kind: number, begin: number, end: number, times: number) => void;

/** Shares of the cycles [from, to) of `pes` PEs, from the spans that `tell` adds; what lies outside is cut off. */
export function bucketed(from: number, to: number, most: number, pes: number, tell: (add: Add) => void): StateShares {
  const { add, shares } = bucketing(from, to, most, pes);
  tell(add);
  return shares();
}

function bucketing(from: number, to: number, most: number, pes: number): { readonly add: Add; readonly shares: () => StateShares } {
  const cycles = to - from;
  const bucketCycles = Math.max(1, Math.ceil(cycles / most));
  const buckets = Math.max(1, Math.ceil(cycles / bucketCycles));
  const counted: (Buckets | undefined)[] = [];
  const add: Add = (kind, begin, end, times) => {
    counted[kind] ??= new Buckets(buckets, bucketCycles);
    counted[kind].add(Math.max(0, begin - from), Math.min(end, to) - from, times);
  };
  const sums = (): StateShares => {
    const shares = KINDS.map(() => new Float32Array(buckets));
    const busy = new Float64Array(buckets);
    counted.forEach((kind, k) => {
      if (kind === undefined) return;
      const sums = kind.sums();
      const share = shares[k];
      for (let b = 0; b < buckets; b++) {
        share[b] = sums[b] / (Math.min(bucketCycles, cycles - b * bucketCycles) * pes);
        busy[b] += share[b];
      }
    });
    return { buckets, bucketCycles, from, to, shares, idle: Float32Array.from(busy, (share) => Math.max(0, 1 - share)) };
  };
  return { add, shares: sums };
}

/** Share of cycles in [from, to) in which each PE issued `kinds` (default: compute), into `out`, 0 to 1. */
export function utilisationIn(reader: TraceReader, from: number, to: number, out: Float32Array, kinds: readonly number[] = [KIND.compute]): void {
  const length = Math.max(1, to - from);
  const mask = kinds.reduce((all, kind) => all | (1 << kind), 0);
  reader.spans.fillCycles(mask, from, to, out);
  for (let pe = 0; pe < out.length; pe++) out[pe] /= length;
}

/**
 * For each latency stage, how many PEs have reached it by the end of each of `buckets` equal parts of the cycles [from, to]: the
 * latency distribution over time. What was reached before `from` counts from the first part on.
 */
export function latencyCurves(map: LatencyMap, to: number, buckets: number, from = 0): Readonly<Record<keyof LatencyMap, Float32Array>> {
  const length = Math.max(1, to - from);
  const curve = (ticks: Int32Array): Float32Array => {
    const counts = new Float32Array(buckets);
    let before = 0;
    for (let i = 0; i < ticks.length; i++) {
      const t = ticks[i];
      if (t < from) before += t < 0 ? 0 : 1;
      else if (t <= to) counts[Math.min(buckets - 1, Math.floor(((t - from) / length) * buckets))]++;
    }
    counts[0] += before;
    for (let b = 1; b < buckets; b++) counts[b] += counts[b - 1];
    return counts;
  };
  return { firstX: curve(map.firstX), firstMac: curve(map.firstMac), sent: curve(map.sent), atEdge: curve(map.atEdge) };
}

/** The ticks in the cycles [from, to], the others -1; the list itself where that is all of them. */
export function reachedIn(ticks: Int32Array, { from, to }: { readonly from: number; readonly to: number }): Int32Array {
  return ticks.every((tick) => tick < 0 || (tick >= from && tick <= to)) ? ticks : ticks.map((tick) => (tick >= from && tick <= to ? tick : -1));
}

/** Count, sum, mean, 95th percentile, maximum and minimum of the values at or above 0; null when there is none. */
export function summary(values: ArrayLike<number>): { count: number; sum: number; mean: number; p95: number; max: number; min: number } | null {
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
  return { count, sum, mean: sum / count, p95, max, min };
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
