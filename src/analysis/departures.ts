/**
 * What left over links, event by event: since when each wavelet could have gone, and the tick in which it went. Readiness is that
 * of docs/tick.md, rules 3, 6, 7 and 15 (a result is taken to be ready one issue cycle and the ramp latency after its push). Only
 * the events of the cycles asked for are followed, row by row of the trace; rows before and after them are passed over whole.
 */
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import type { LaneIndex } from '../trace/lane-index.ts';
import type { TraceReader } from '../trace/reader.ts';

/** The cycles [from, to). */
export interface Cycles {
  readonly from: number;
  readonly to: number;
}

/** FIFO by FIFO, each in order of time. */
export interface Departures {
  readonly since: Int32Array;
  readonly tick: Int32Array;
}

/** The wavelets that left over a link of a PE in some cycles or waited for it in them; the last one of a FIFO may have left later. */
export function departuresOver(reader: TraceReader, pe: number, port: number, cycles: Cycles): Departures {
  const { channels, moves } = reader;
  const feeders = new Feeders(reader);
  const fifos: number[] = [];
  let most = 0;
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    // A mask of -1, of rows that differ, holds every port.
    if (moves.total(c) === 0 || !((moves.mask(c) >> port) & 1)) continue;
    fifos.push(c);
    most += moves.countIn(c, cycles.from, cycles.to) + 1;
  }
  const [since, tick] = [new Int32Array(most), new Int32Array(most)];
  let count = 0;
  const link = {
    add(ready: number, left: number): void {
      since[count] = ready;
      tick[count++] = left;
    },
  };
  const over = [link];
  for (const c of fifos) follow(feeders, c, cycles, (tx) => ((tx >> port) & 1 ? over : NONE));
  return { since: since.subarray(0, count), tick: tick.subarray(0, count) };
}

const NONE: readonly never[] = [];

/** What hears of a departure: since when it could have been, and its tick. */
export interface Follower {
  add(since: number, tick: number): void;
}

/** Tells every departure of a FIFO that is or waits in the cycles to its links, with the cycle since which its head could have gone. */
export function follow(feeders: Feeders, fifo: number, { from, to }: Cycles, linksOf: (tx: number) => readonly Follower[]): void {
  const { moves } = feeders.reader;
  const first = moves.countBefore(fifo, from);
  const past = Math.min(moves.total(fifo), moves.countBefore(fifo, to) + 1);
  if (first >= past) return;
  const ready = feeders.readyTicks(fifo, first, past);
  const offset = moves.offset(fifo);
  let free = first === 0 ? 0 : moves.tickOf(fifo, first - 1) + 1;
  let [event, before] = [first, 0];
  for (let row = moves.from(fifo); event < past; row++) {
    const [begin, count, period] = [moves.begin[row] + offset, moves.count[row], moves.period[row]];
    const links = before + count > event ? linksOf(moves.txOf(fifo, row)) : NONE;
    for (const end = Math.min(past, before + count); event < end; event++) {
      const tick = begin + (event - before) * period;
      const since = Math.min(tick, Math.max(event - first < ready.length ? ready[event - first] : tick, free));
      for (const link of links) link.add(since, tick);
      free = tick + 1;
    }
    before += count;
  }
}

/** A lane whose events enter a FIFO, each `late` cycles after its tick. */
export interface Feeder {
  readonly runs: LaneIndex;
  readonly lane: number;
  readonly late: number;
  /** Port through which they must go; -1 takes all. */
  readonly through: number;
}

/** When each wavelet of a FIFO is ready to go on. */
export class Feeders {
  readonly reader: TraceReader;

  constructor(reader: TraceReader) {
    this.reader = reader;
  }

  /** The ready ticks of a FIFO's words first .. past - 1; fewer where fewer came. */
  readyTicks(fifo: number, first: number, past: number): Int32Array {
    const lanes = this.of(fifo);
    if (lanes.length === 1) {
      const ticks = new Int32Array(past - first);
      return ticks.subarray(0, fill(ticks, 0, lanes[0], first, past));
    }
    const sizes = lanes.map(({ runs, lane }) => runs.total(lane));
    const ticks = new Int32Array(sizes.reduce((sum, n) => sum + n, 0));
    let count = 0;
    for (const [i, feeder] of lanes.entries()) count = fill(ticks, count, feeder, 0, sizes[i]);
    return inOrder(ticks.subarray(0, count)).subarray(first, past);
  }

  /** The lanes that feed a FIFO: the own compute element's, the host's, or FIFOs of the neighbour. */
  of(fifo: number): readonly Feeder[] {
    const { channels, program, trace, moves, sends, hostIn } = this.reader;
    const { hop, ramp } = program.machine;
    const [pe, port, color] = [channels.pe[fifo], channels.port[fifo], channels.color[fifo]];
    if (port === Port.RAMP) return one(sends, this.outputLane(pe, color), 1 + ramp);
    const from = neighbour(pe, port, trace.width, trace.height);
    if (from < 0) return one(hostIn, this.source(pe, port, color), hop);
    const lanes: Feeder[] = [];
    const through = OPPOSITE[port];
    for (let c = channels.first[from]; c < channels.first[from + 1]; c++) {
      if (channels.color[c] === color && moves.total(c) > 0 && (moves.mask(c) >> through) & 1) lanes.push({ runs: moves, lane: c, late: hop, through });
    }
    return lanes;
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

const one = (runs: LaneIndex, lane: number, late: number): readonly Feeder[] => (lane < 0 ? [] : [{ runs, lane, late, through: -1 }]);

/** Writes the ticks of a lane's words first .. past - 1 from `at` on; returns where it ended. */
function fill(ticks: Int32Array, at: number, { runs, lane, late, through }: Feeder, first: number, past: number): number {
  const since = runs.offset(lane) + late;
  let before = 0;
  let place = at;
  for (let row = runs.from(lane); row < runs.to(lane) && before < past; row++) {
    if (through >= 0 && !((runs.txOf(lane, row) >> through) & 1)) continue;
    const [begin, count, period] = [runs.begin[row] + since, runs.count[row], runs.period[row]];
    const end = Math.min(count, past - before);
    for (let i = Math.max(0, first - before); i < end; i++) ticks[place++] = begin + i * period;
    before += count;
  }
  return place;
}

/** One feeder's ticks are in order already; sorting them again takes longer than all the rest. */
function inOrder(ticks: Int32Array): Int32Array {
  for (let i = 1; i < ticks.length; i++) if (ticks[i] < ticks[i - 1]) return ticks.sort();
  return ticks;
}
