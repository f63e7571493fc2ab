/** Demand and utilisation from counted links (link-load.ts): of a link, of a link over time, of the busiest link of every PE. */
import { once } from '../base/once.ts';
import { PORTS, Port } from '../machine/fabric.ts';
import { Buckets } from './buckets.ts';
import type { Departures } from './departures.ts';
import { type LinkClasses, shiftOf } from './link-classes.ts';
import { type LinkLoad, type LinkSeries, type LinkTimes, placed } from './link-load.ts';

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

/** A link's load up to the begin of each bucket, and to the end of the last; nothing is added but in cycles [from, to). */
interface Running {
  readonly sums: Float64Array;
  readonly from: number;
  readonly to: number;
}

function running({ moves, waits }: LinkSeries, bucketCycles: number): Running {
  const sums = new Float64Array(moves.length + 1);
  let [first, past] = [moves.length, 0];
  for (let b = 0; b < moves.length; b++) {
    const load = moves[b] + waits[b];
    sums[b + 1] = sums[b] + load;
    if (load === 0) continue;
    first = Math.min(first, b);
    past = b + 1;
  }
  return { sums, from: first * bucketCycles, to: past * bucketCycles };
}

/** The load of links before a cycle, a bucket taken evenly. */
function loadBefore(sums: Float64Array, bucketCycles: number, cycle: number): number {
  const at = Math.min(sums.length - 1, Math.max(0, cycle / bucketCycles));
  const bucket = Math.min(sums.length - 2, Math.floor(at));
  return sums[bucket] + (at - bucket) * (sums[bucket + 1] - sums[bucket]);
}

/** By class, the running load of a link to another PE; ramps are no links. */
const loadsOf = once(({ byClass, bucketCycles }: LinkTimes) =>
  Array.from(byClass, (link) => (link === undefined || link.port === Port.RAMP ? undefined : running(link, bucketCycles))),
);

/** Told of a PE and a number for each of its outgoing links, by port of machine/fabric.ts. */
export type VisitLinks = (pe: number, north: number, east: number, south: number, west: number) => void;

/** Demand for the outgoing links of each PE in the cycles [from, to); inside a bucket it is taken to be even. */
export function eachDemand(times: LinkTimes, from: number, to: number, visit: VisitLinks): void {
  const { bucketCycles, classes } = times;
  const loads = loadsOf(times);
  const length = Math.max(1, to - from);
  const demandOf = (load: Running | undefined, late: number): number => {
    const [begin, end] = [from - late - times.from, to - late - times.from];
    // Most links of results carry nothing most of the time.
    if (load === undefined || end <= load.from || begin >= load.to) return 0;
    return (loadBefore(load.sums, bucketCycles, end) - loadBefore(load.sums, bucketCycles, begin)) / length;
  };
  const plain = Float64Array.from(loads, (load) => demandOf(load, 0));
  const ofLink = (pe: number, port: number): number => {
    const own = classes.classOf[pe * PORTS + port] - 1;
    if (own < 0) return 0;
    const late = shiftOf(classes, own, pe);
    return late === 0 ? plain[own] : demandOf(loads[own], late);
  };
  const pes = classes.classOf.length / PORTS;
  for (let pe = 0; pe < pes; pe++) visit(pe, ofLink(pe, Port.N), ofLink(pe, Port.E), ofLink(pe, Port.S), ofLink(pe, Port.W));
}

/** What links can be listed by: places and colors ascend, numbers descend. */
export type LinkOrder = 'place' | 'colors' | 'wavelets' | 'utilisation' | 'demand';

const RANK: Readonly<Record<Exclude<LinkOrder, 'place'>, (link: LinkLoad) => number>> = {
  colors: ({ colors }) => -(colors[0] ?? 0),
  wavelets: ({ wavelets }) => wavelets,
  utilisation: ({ wavelets }) => wavelets,
  demand: ({ wavelets, waited }) => wavelets + waited,
};

/** The links of a PE, busiest first. */
export function linksOf(times: LinkTimes, pe: number): LinkLoad[] {
  return placedIn(times, pe * PORTS, (pe + 1) * PORTS, PORTS).sort((a, b) => RANK.demand(b) - RANK.demand(a));
}

/** How many links there are. */
export const countOf = ({ classes, links }: LinkTimes): number => links.reduce((sum, link) => sum + classes.sizes[classOf(classes, link)], 0);

const classOf = ({ classOf: of }: LinkClasses, { pe, port }: LinkLoad): number => of[pe * PORTS + port] - 1;

/** The first `most` links in an order; those with the same history stand together, in the order of the fabric. */
export function listLinks(times: LinkTimes, by: LinkOrder, most: number): LinkLoad[] {
  const { classes, links } = times;
  if (by === 'place') return placedIn(times, 0, classes.classOf.length, most);
  const order: LinkSeries[] = [];
  let enough = 0;
  for (const link of links.toSorted((a, b) => RANK[by](b) - RANK[by](a))) {
    if (enough >= most) break;
    order.push(link);
    enough += classes.sizes[classOf(classes, link)];
  }
  const members = new Map<number, number[]>(order.map((link) => [classOf(classes, link) + 1, []]));
  for (let at = 0; at < classes.classOf.length; at++) {
    const list = members.get(classes.classOf[at]);
    if (list !== undefined && list.length < most) list.push(Math.floor(at / PORTS));
  }
  return order.flatMap((link) => (members.get(classOf(classes, link) + 1) ?? []).map((pe) => placed(link, pe))).slice(0, most);
}

/** The first links at the places [from, to) of PE * PORTS + port. */
function placedIn({ classes, byClass }: LinkTimes, from: number, to: number, most: number): LinkLoad[] {
  const list: LinkLoad[] = [];
  for (let at = from; at < to && list.length < most; at++) {
    const link = classes.classOf[at] === 0 ? undefined : byClass[classes.classOf[at] - 1];
    if (link !== undefined) list.push(placed(link, Math.floor(at / PORTS)));
  }
  return list;
}
