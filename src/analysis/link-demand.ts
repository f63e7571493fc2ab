/** Demand and utilisation from counted links (link-load.ts): of a link, of a link over time, of the busiest link of every PE. */
import { Port } from '../machine/fabric.ts';
import { Buckets } from './buckets.ts';
import type { Departures, LinkLoad, LinkSeries, LinkTimes } from './link-load.ts';

/** Wavelets a cycle on a link over the whole run, 0 to 1. */
export const linkUtilisation = ({ wavelets }: LinkLoad, cycles: number): number => wavelets / Math.max(1, cycles);

/** Wavelets that moved or could have moved but for what held them, a cycle; above 1 where several wait at once. */
export const linkDemand = ({ wavelets, waited }: LinkLoad, cycles: number): number => (wavelets + waited) / Math.max(1, cycles);

/** A part of a run on one link: wavelets a cycle, and heads that waited a cycle; both together are the demand. */
export interface LinkPart {
  readonly begin: number;
  readonly end: number;
  readonly moved: number;
  readonly waited: number;
}

/** A link over the run in at most `most` parts of equal length, whole buckets each. */
export function linkParts({ moves, waits }: LinkSeries, bucketCycles: number, cycles: number, most: number): LinkPart[] {
  const each = Math.max(1, Math.ceil(moves.length / most));
  const parts: LinkPart[] = [];
  for (let b = 0; b < moves.length; b += each) {
    const [begin, end] = [b * bucketCycles, Math.min(cycles, (b + each) * bucketCycles)];
    if (end <= begin) break;
    parts.push({ begin, end, moved: sum(moves, b, b + each) / (end - begin), waited: sum(waits, b, b + each) / (end - begin) });
  }
  return parts;
}

/** A link over the cycles [from, to) in at most `most` parts of whole cycles, the shortest of one; what lies outside is cut off. */
export function linkPartsIn({ since, tick }: Departures, from: number, to: number, most: number): LinkPart[] {
  const each = Math.max(1, Math.ceil((to - from) / most));
  const count = Math.max(1, Math.ceil((to - from) / each));
  const [moves, waits] = [new Buckets(count, each), new Buckets(count, each)];
  for (let i = 0; i < tick.length; i++) {
    if (tick[i] < from || since[i] >= to) continue;
    if (tick[i] < to) moves.add(tick[i] - from, tick[i] - from + 1, 1);
    waits.add(Math.max(0, since[i] - from), Math.min(tick[i], to) - from, 1);
  }
  const [moved, waited] = [moves.sums(), waits.sums()];
  return Array.from({ length: count }, (_, b) => {
    const [begin, end] = [from + b * each, Math.min(to, from + (b + 1) * each)];
    return { begin, end, moved: moved[b] / (end - begin), waited: waited[b] / (end - begin) };
  });
}

function sum(counts: Uint32Array, from: number, to: number): number {
  let total = 0;
  for (let b = from; b < Math.min(to, counts.length); b++) total += counts[b];
  return total;
}

/** Demand for the busiest outgoing link of each PE in the buckets that touch the cycles [from, to); ramps are no links. */
export function busiestDemand({ bucketCycles, links }: LinkTimes, from: number, to: number, cycles: number, out: Float32Array): void {
  const [first, last] = [Math.floor(from / bucketCycles), Math.ceil(to / bucketCycles)];
  const length = Math.max(1, Math.min(cycles, last * bucketCycles) - first * bucketCycles);
  out.fill(0);
  for (const { pe, port, moves, waits } of links) {
    if (port === Port.RAMP) continue;
    out[pe] = Math.max(out[pe], (sum(moves, first, last) + sum(waits, first, last)) / length);
  }
}
