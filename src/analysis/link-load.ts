/**
 * Demand and utilisation of links, kept apart: what a link carried, and what wanted to go over it. A wavelet that stands at
 * the head of its FIFO and does not depart adds to the demand, cycle by cycle, whatever holds it: a full FIFO behind the link,
 * another color on it, or a switch. Links with the same history (link-classes.ts) are followed once.
 */
import { toEnd } from '../base/pieces.ts';
import { PORTS } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import { type Cycles, Feeders, follow } from './departures.ts';
import { fifosBefore, type LinkClasses, linkClasses } from './link-classes.ts';

export interface LinkLoad {
  readonly pe: number;
  /** Port through which the PE's router sends: 0 to 3 links, 4 the ramp to its compute element. */
  readonly port: number;
  readonly colors: readonly number[];
  readonly wavelets: number;
  /** Cycles in which a head waited for this link, summed over FIFOs. */
  readonly waited: number;
}

/** A link over time. What departs in a cycle and the heads that wait in it count in the bucket of that cycle. */
export interface LinkSeries extends LinkLoad {
  readonly moves: Uint32Array;
  readonly waits: Uint32Array;
}

/** Links that carried anything or were waited for in some cycles, in buckets of `bucketCycles` whole cycles (the last may be shorter). */
export interface LinkTimes extends Cycles {
  readonly bucketCycles: number;
  readonly classes: LinkClasses;
  /** The first link of every class, busiest first; and the same by class, without those that did nothing. */
  readonly links: readonly LinkSeries[];
  readonly byClass: readonly (LinkSeries | undefined)[];
}

/** More departures than this are not followed one by one. */
const MOST_EVENTS = 8e7;
/** Numbers kept for all links together: two a link and bucket. */
const MOST_NUMBERS = 1 << 23;
/** PEs between two pauses of {@link linkTimes}. */
const AT_ONCE = 8;

/** Every link that carried anything, busiest first; null where there are too many wavelets for a list of links to be of use. */
export function linkLoads(reader: TraceReader): readonly LinkLoad[] | null {
  if (totalOf(reader) > MOST_EVENTS) return null;
  const work = linkTimes(reader, 1);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value === null ? null : everyLink(step.value);
}

/** The links of all PEs, busiest first. */
export function everyLink({ classes, byClass }: LinkTimes): LinkLoad[] {
  const list: LinkLoad[] = [];
  for (const [at, own] of classes.classOf.entries()) {
    const link = own === 0 ? undefined : byClass[own - 1];
    if (link !== undefined) list.push(placed(link, Math.floor(at / PORTS)));
  }
  return list.sort(busier);
}

/** The link of another PE of the same class. */
export const placed = ({ port, colors, wavelets, waited }: LinkLoad, pe: number): LinkLoad => ({ pe, port, colors, wavelets, waited });

const busier = (a: LinkLoad, b: LinkLoad): number => b.wavelets + b.waited - a.wavelets - a.waited || a.pe - b.pe || a.port - b.port;

/** Classes of a run's links, found once. */
const found = new WeakMap<TraceReader, LinkClasses>();

/**
 * The links over time in at most `most` buckets (fewer where there are very many links), of the whole run or of a part. Yields
 * the share done, 0 to 1, every few PEs, so that a page can draw in between; returns null where the trace is too long to be
 * followed.
 */
export function* linkTimes(reader: TraceReader, most: number, cycles: Cycles = { from: 0, to: reader.trace.cycles }): Generator<number, LinkTimes | null> {
  const classes = found.get(reader) ?? (yield* linkClasses(reader));
  found.set(reader, classes);
  if (eventsOf(reader, classes) > MOST_EVENTS) return null;
  const { channels, moves } = reader;
  const { from, to } = cycles;
  const fit = Math.floor(MOST_NUMBERS / Math.max(1, 2 * classes.firsts.length));
  const buckets = Math.max(1, Math.min(most, to - from, fit));
  const bucketCycles = Math.max(1, Math.ceil((to - from) / buckets));
  const feeders = new Feeders(reader);
  const byClass: LinkSeries[] = [];
  let pes = 0;
  // First links of classes are in the order of the fabric, those of a PE beside one another.
  for (let own = 0; own < classes.firsts.length; ) {
    if (pes++ % AT_ONCE === AT_ONCE - 1) yield own / classes.firsts.length;
    const pe = Math.floor(classes.firsts[own] / PORTS);
    const links = new PeLinks(pe, cycles, buckets, bucketCycles);
    const begin = own;
    let ports = 0;
    for (; own < classes.firsts.length && Math.floor(classes.firsts[own] / PORTS) === pe; own++) ports |= 1 << (classes.firsts[own] % PORTS);
    for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
      if (moves.from(c) < moves.to(c) && moves.mask(c) & ports) follow(feeders, c, cycles, (tx) => links.of(channels.color[c], tx & ports));
    }
    for (const link of links.series()) byClass[classes.firsts.indexOf(pe * PORTS + link.port, begin)] = link;
  }
  const links = byClass.filter((link) => link !== undefined).sort(busier);
  return { ...cycles, bucketCycles, classes, links, byClass };
}

function totalOf({ moves }: TraceReader): number {
  let sum = 0;
  const add = (lane: number, times: number): void => {
    sum += times * moves.total(lane);
  };
  toEnd(moves.groups(add));
  return sum;
}

/** Departures that are followed: those of a FIFO once for all links of its PE. */
function eventsOf(reader: TraceReader, { firsts }: LinkClasses): number {
  let sum = 0;
  let before: readonly number[] = [];
  for (const link of firsts) {
    const fifos = fifosBefore(reader, Math.floor(link / PORTS), link % PORTS);
    for (const c of fifos) if (!before.includes(c)) sum += reader.moves.total(c);
    before = fifos;
  }
  return sum;
}

/** The links of a PE while their departures are followed. */
class PeLinks {
  private readonly links: (Counted | undefined)[] = [];
  private readonly pe: number;
  private readonly make: () => Counted;

  constructor(pe: number, cycles: Cycles, buckets: number, bucketCycles: number) {
    this.pe = pe;
    this.make = () => new Counted(cycles, buckets, bucketCycles);
  }

  /** The links that the port mask `tx` names, made where they are new. */
  of(color: number, tx: number): readonly Counted[] {
    const list: Counted[] = [];
    for (let port = 0; port < PORTS; port++) {
      if (!((tx >> port) & 1)) continue;
      const link = this.links[port] ?? this.make();
      this.links[port] = link;
      link.colors.add(color);
      list.push(link);
    }
    return list;
  }

  series(): LinkSeries[] {
    return this.links.flatMap((link, port) => (link && link.wavelets + link.waited > 0 ? [{ pe: this.pe, port, ...link.series() }] : []));
  }
}

class Counted {
  readonly colors = new Set<number>();
  wavelets = 0;
  waited = 0;
  private readonly cycles: Cycles;
  private readonly bucketCycles: number;
  private readonly moves: Uint32Array;
  private readonly waits: Uint32Array;

  constructor(cycles: Cycles, buckets: number, bucketCycles: number) {
    this.cycles = cycles;
    this.bucketCycles = bucketCycles;
    this.moves = new Uint32Array(buckets);
    this.waits = new Uint32Array(buckets);
  }

  /** A departure at `tick` whose head had waited since `since`; what is outside of the cycles does not count. */
  add(since: number, tick: number): void {
    const { from, to } = this.cycles;
    if (tick >= from && tick < to) {
      this.wavelets++;
      this.moves[Math.floor((tick - from) / this.bucketCycles)]++;
    }
    const end = Math.min(tick, to) - from;
    for (let t = Math.max(0, since - from); t < end; ) {
      const bucket = Math.floor(t / this.bucketCycles);
      const next = Math.min(end, (bucket + 1) * this.bucketCycles);
      this.waits[bucket] += next - t;
      this.waited += next - t;
      t = next;
    }
  }

  series(): Omit<LinkSeries, 'pe' | 'port'> {
    const { colors, wavelets, waited, moves, waits } = this;
    return { colors: [...colors].sort((a, b) => a - b), wavelets, waited, moves, waits };
  }
}
