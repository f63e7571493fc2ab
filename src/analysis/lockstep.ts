/** Landmarks of a run: the cycles on which two runs can be laid over one another. */

import type { TraceReader } from '../trace/reader.ts';
import { latencyOf } from './latency.ts';

/** Cycles of a run: its begin (0), its first multiply-add, its first result at the edge, its end. What never happens is at 0. */
export interface Landmarks {
  readonly start: number;
  readonly mac: number;
  readonly result: number;
  readonly end: number;
}

export function landmarks(reader: TraceReader): Landmarks {
  const { firstMac, atEdge } = latencyOf(reader);
  return { start: 0, mac: earliest(firstMac), result: earliest(atEdge), end: reader.trace.cycles };
}

/** How many results of two runs differ in their bits; null where they are not as many. */
export function unequalResults(a: Float32Array, b: Float32Array): number | null {
  if (a.length !== b.length) return null;
  const [bitsA, bitsB] = [a, b].map((y) => new Uint32Array(y.buffer, y.byteOffset, y.length));
  return bitsA.reduce((sum, bits, i) => sum + (bits === bitsB[i] ? 0 : 1), 0);
}

/** The smallest tick at or above 0; 0 if there is none. */
function earliest(ticks: Int32Array): number {
  let first = Number.POSITIVE_INFINITY;
  for (const tick of ticks) if (tick >= 0 && tick < first) first = tick;
  return Number.isFinite(first) ? first : 0;
}
