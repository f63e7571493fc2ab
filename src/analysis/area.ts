/** A rectangle of PEs: what they do at a cycle, how busy they are in a part of the run, when their results leave. */
import { IDLE, type TraceReader } from '../trace/reader.ts';
import { KIND, KINDS } from '../trace/schema.ts';
import { IDLE_COUNT, type Region } from './fabric-frame.ts';
import { latencyOf } from './latency.ts';
import { summary } from './timeline.ts';

/** Its PEs in fabric order, at most `most` of them. */
export function pesIn({ x0, y0, x1, y1 }: Region, width: number, most = Number.POSITIVE_INFINITY): number[] {
  const list: number[] = [];
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1 && list.length < most; x++) list.push(y * width + x);
  return list;
}

/** How many of the PEs are of each kind at a cycle; the last entry counts the idle ones. */
export function countsIn(reader: TraceReader, pes: readonly number[], cycle: number): number[] {
  const states = new Uint8Array(reader.pes);
  reader.statesAt(cycle, states);
  const counts = new Array<number>(KINDS.length + 1).fill(0);
  for (const pe of pes) counts[states[pe] === IDLE ? IDLE_COUNT : states[pe]]++;
  return counts;
}

/** Shares of the cycles [from, to) in which each of the PEs multiplies and adds. */
export function computeShares(reader: TraceReader, pes: readonly number[], from: number, to: number): ReturnType<typeof summary> {
  const length = Math.max(1, to - from);
  return summary(pes.map((pe) => reader.spans.cyclesIn(pe, 1 << KIND.compute, from, to) / length));
}

/** When the last result of each of the PEs leaves the fabric; null where none of them sends any. */
export const leavingOf = (reader: TraceReader, pes: readonly number[]): ReturnType<typeof summary> => summary(pes.map((pe) => latencyOf(reader).atEdge[pe]));
