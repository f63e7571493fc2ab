/**
 * Demand and utilisation of links, kept apart: what a link carried, and what wanted to go over it. A wavelet that stands at
 * the head of its FIFO and does not depart adds to the demand, cycle by cycle, whatever holds it: a full FIFO behind the link,
 * another color on it, or a switch. Readiness is that of docs/tick.md, rules 3, 6, 7 and 15 (a result is taken to be ready one
 * issue cycle and the ramp latency after its push).
 */
import { neighbour, OPPOSITE, PORTS, Port } from '../machine/fabric.ts';
import type { LaneIndex } from '../trace/lane-index.ts';
import type { TraceReader } from '../trace/reader.ts';

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

/** Links that carried anything, busiest first, each in buckets of `bucketCycles` whole cycles (the last may be shorter). */
export interface LinkTimes {
  readonly bucketCycles: number;
  readonly links: readonly LinkSeries[];
}

/** What left over one link, FIFO by FIFO: since when each could have gone, and the tick in which it went. */
export interface Departures {
  readonly since: Int32Array;
  readonly tick: Int32Array;
}

/** The departures over a link of a PE; to be asked only of links that {@link linkTimes} has counted, which bounds their number. */
export function departuresOver(reader: TraceReader, pe: number, port: number): Departures {
  const { channels, moves } = reader;
  const feeders = new Feeders(reader);
  let most = 0;
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) most += moves.total(c);
  const [since, tick] = [new Int32Array(most), new Int32Array(most)];
  let count = 0;
  const link = [
    {
      add(ready: number, left: number): void {
        since[count] = ready;
        tick[count++] = left;
      },
    },
  ];
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (moves.from(c) < moves.to(c)) follow(moves, c, feeders.readyTicks(c), (tx) => ((tx >> port) & 1 ? link : []));
  }
  return { since: since.subarray(0, count), tick: tick.subarray(0, count) };
}

/** More departures than this are not followed one by one. */
const MOST_EVENTS = 8e7;
/** Numbers kept for all links together: two a link and bucket. */
const MOST_NUMBERS = 1 << 23;
/** FIFOs between two pauses of {@link linkTimes}. */
const AT_ONCE = 32;

/** Links that carried anything, busiest first; null where the trace is too long to be followed here. */
export function linkLoads(reader: TraceReader): readonly LinkLoad[] | null {
  const work = linkTimes(reader, 1);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value?.links.map(({ pe, port, colors, wavelets, waited }) => ({ pe, port, colors, wavelets, waited })) ?? null;
}

/**
 * The same over time, in at most `most` buckets (fewer where there are very many links). Yields the share done, 0 to 1, every
 * few FIFOs, so that a page can draw in between; returns null where the trace is too long to be followed.
 */
export function* linkTimes(reader: TraceReader, most: number): Generator<number, LinkTimes | null> {
  const { channels, trace, moves } = reader;
  if (total(moves) > MOST_EVENTS) return null;
  const buckets = Math.max(1, Math.min(most, trace.cycles, Math.floor(MOST_NUMBERS / Math.max(1, channels.count * 4))));
  const bucketCycles = Math.max(1, Math.ceil(trace.cycles / buckets));
  const links = new Map<number, Counted>();
  const feeders = new Feeders(reader);
  for (let c = 0; c < channels.count; c++) {
    if (c % AT_ONCE === AT_ONCE - 1) yield c / channels.count;
    if (moves.from(c) === moves.to(c)) continue;
    const linksOf = (tx: number): readonly Counted[] => countedLinks(links, channels.pe[c], channels.color[c], tx, buckets, bucketCycles);
    follow(moves, c, feeders.readyTicks(c), linksOf);
  }
  const list = [...links.values()].map((link) => ({ ...link.load(), moves: link.moves, waits: link.waits }));
  list.sort((a, b) => b.wavelets + b.waited - a.wavelets - a.waited || a.pe - b.pe || a.port - b.port);
  return { bucketCycles, links: list };
}

function total(runs: LaneIndex): number {
  let sum = 0;
  runs.forGroups((lane, times) => {
    sum += times * runs.total(lane);
  });
  return sum;
}

/** A link while its departures are followed. */
class Counted {
  readonly colors = new Set<number>();
  readonly moves: Uint32Array;
  readonly waits: Uint32Array;
  private readonly key: number;
  private readonly bucketCycles: number;
  private wavelets = 0;
  private waited = 0;

  constructor(key: number, buckets: number, bucketCycles: number) {
    this.key = key;
    this.bucketCycles = bucketCycles;
    this.moves = new Uint32Array(buckets);
    this.waits = new Uint32Array(buckets);
  }

  /** A departure at `tick` whose head had waited since `since`. */
  add(since: number, tick: number): void {
    this.wavelets++;
    this.waited += tick - since;
    this.moves[Math.floor(tick / this.bucketCycles)]++;
    for (let t = since; t < tick; ) {
      const bucket = Math.floor(t / this.bucketCycles);
      const next = Math.min(tick, (bucket + 1) * this.bucketCycles);
      this.waits[bucket] += next - t;
      t = next;
    }
  }

  load(): LinkLoad {
    const { key, wavelets, waited } = this;
    return { pe: Math.floor(key / PORTS), port: key % PORTS, colors: [...this.colors].sort((a, b) => a - b), wavelets, waited };
  }
}

/** The links of a PE that the port mask `tx` names, made where they are new. */
function countedLinks(links: Map<number, Counted>, pe: number, color: number, tx: number, buckets: number, bucketCycles: number): readonly Counted[] {
  const list: Counted[] = [];
  for (let port = 0; port < PORTS; port++) {
    if (!((tx >> port) & 1)) continue;
    const key = pe * PORTS + port;
    const link = links.get(key) ?? new Counted(key, buckets, bucketCycles);
    links.set(key, link);
    link.colors.add(color);
    list.push(link);
  }
  return list;
}

/** Adds every departure of a FIFO to its links, with the cycle since which its head could have gone. */
function follow(moves: LaneIndex, lane: number, ready: Float64Array, linksOf: (tx: number) => readonly Pick<Counted, 'add'>[]): void {
  let [event, free] = [0, 0];
  for (let row = moves.from(lane); row < moves.to(lane); row++) {
    const links = linksOf(moves.txOf(lane, row));
    const [first, count, period] = [moves.begin[row] + moves.offset(lane), moves.count[row], moves.period[row]];
    for (let i = 0; i < count; i++) {
      const tick = first + i * period;
      const since = Math.min(tick, Math.max(ready[event] ?? tick, free));
      for (const link of links) link.add(since, tick);
      free = tick + 1;
      event++;
    }
  }
}

/** One feeder's ticks are in order already; sorting them again takes longer than all the rest. */
function inOrder(ticks: Float64Array): Float64Array {
  for (let i = 1; i < ticks.length; i++) if (ticks[i] < ticks[i - 1]) return ticks.sort();
  return ticks;
}

/** When each wavelet of a FIFO is ready to go on. */
class Feeders {
  private readonly reader: TraceReader;

  constructor(reader: TraceReader) {
    this.reader = reader;
  }

  readyTicks(channel: number): Float64Array {
    const { channels, program, trace, moves, sends, hostIn } = this.reader;
    const { hop, ramp } = program.machine;
    const [pe, port, color] = [channels.pe[channel], channels.port[channel], channels.color[channel]];
    const ticks: number[] = [];
    if (port === Port.RAMP) this.add(ticks, sends, this.outputLane(pe, color), 1 + ramp, -1);
    else {
      const from = neighbour(pe, port, trace.width, trace.height);
      if (from < 0) this.add(ticks, hostIn, this.source(pe, port, color), hop, -1);
      else
        for (let c = channels.first[from]; c < channels.first[from + 1]; c++) if (channels.color[c] === color) this.add(ticks, moves, c, hop, OPPOSITE[port]);
    }
    return inOrder(new Float64Array(ticks));
  }

  /** Adds the events of a lane, of those through `through` only unless it is -1, each `late` cycles after its tick. */
  private add(ticks: number[], runs: LaneIndex, lane: number, late: number, through: number): void {
    if (lane < 0) return;
    const since = runs.offset(lane) + late;
    for (let row = runs.from(lane); row < runs.to(lane); row++) {
      if (through >= 0 && !((runs.txOf(lane, row) >> through) & 1)) continue;
      const [first, count, period] = [runs.begin[row] + since, runs.count[row], runs.period[row]];
      for (let i = 0; i < count; i++) ticks.push(first + i * period);
    }
  }

  private outputLane(pe: number, color: number): number {
    const { program, channels } = this.reader;
    const place = program.classes[program.classOf[pe]].outputs.findIndex((o) => o.color === color);
    return place < 0 ? -1 : channels.outputFirst[pe] + place;
  }

  private source(pe: number, port: number, color: number): number {
    return this.reader.program.sources.findIndex((s) => s.pe === pe && s.port === port && s.color === color);
  }
}
