/**
 * Questions to a trace: what was the state at a cycle, what moved, what waited. Every answer is a binary search in the
 * columns; nothing is stored per frame. Occupancies follow docs/tick.md: a slot is taken when the sender departs (in
 * flight included) and free one tick after the entry left.
 */
import type { Color, Cycle, PeId } from '../base/units.ts';
import { type Channels, enumerateChannels, findChannel } from '../machine/channels.ts';
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { MAIN_THREAD, type Program } from '../machine/program.ts';
import { LaneIndex } from './lane-index.ts';
import type { Trace } from './schema.ts';

/** State of a PE that has no interval. The others are the kinds of schema.ts. */
export const IDLE = 255;

/** A thread interval. */
export interface Span {
  readonly thread: number;
  readonly kind: number;
  readonly mark: number;
  readonly begin: Cycle;
  readonly end: Cycle;
}

/** A wavelet on its way: left `from` through `port` at tick `departed`, ready at `arrives`. `ordinal` counts the departures of its FIFO, `channel`. */
export interface Flight {
  readonly from: PeId;
  readonly channel: number;
  readonly port: number;
  readonly color: Color;
  readonly ordinal: number;
  readonly departed: Cycle;
  readonly arrives: Cycle;
}

/** Wavelets waiting at a place: how many, and the ordinal of the head among all that ever came there. */
export interface Occupancy {
  readonly count: number;
  readonly head: number;
}

export class TraceReader {
  readonly program: Program;
  readonly trace: Trace;
  readonly channels: Channels;
  private readonly moves: LaneIndex;
  private readonly uses: LaneIndex;
  private readonly sends: LaneIndex;
  private readonly hostIn: LaneIndex;
  private readonly hostOut: LaneIndex;
  /** Intervals of lane pe * 9 + thread are spanFirst[lane] .. spanFirst[lane + 1] - 1. */
  private readonly spanFirst: Uint32Array;
  /** Interval found last, at [thread * PEs + pe], so that the main threads' lie together; past the last interval for an empty lane. */
  private readonly spanRecent: Uint32Array;
  private readonly multithreaded: boolean;

  constructor(program: Program, trace: Trace) {
    this.program = program;
    this.trace = trace;
    this.channels = enumerateChannels(program);
    this.moves = new LaneIndex(trace.moves, this.channels.count);
    this.uses = new LaneIndex(trace.uses, this.channels.inputCount);
    this.sends = new LaneIndex(trace.sends, this.channels.outputCount);
    this.hostIn = new LaneIndex(trace.hostIn, program.sources.length);
    this.hostOut = new LaneIndex(trace.hostOut, program.sinks.length);
    const lanes = trace.width * trace.height * 9;
    this.spanFirst = new Uint32Array(lanes + 1);
    const { pe, thread } = trace.intervals;
    for (let i = 0; i < pe.length; i++) this.spanFirst[pe[i] * 9 + thread[i] + 1]++;
    for (let l = 0; l < lanes; l++) this.spanFirst[l + 1] += this.spanFirst[l];
    this.spanRecent = new Uint32Array(lanes).fill(pe.length);
    for (let l = 0; l < lanes; l++)
      if (this.spanFirst[l] < this.spanFirst[l + 1]) this.spanRecent[(l % 9) * (lanes / 9) + Math.floor(l / 9)] = this.spanFirst[l];
    this.multithreaded = trace.intervals.thread.some((t) => t !== MAIN_THREAD);
  }

  get pes(): number {
    return this.trace.width * this.trace.height;
  }

  /** Row of the interval of (pe, thread) that covers `cycle`, or -1. */
  spanRow(pe: PeId, thread: number, cycle: Cycle): number {
    const { begin, end } = this.trace.intervals;
    const lane = pe * 9 + thread;
    const near = this.spanRecent[thread * this.pes + pe];
    if (begin[near] <= cycle && end[near] > cycle) return near;
    let [low, high] = [this.spanFirst[lane], this.spanFirst[lane + 1]];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (begin[mid] <= cycle) low = mid + 1;
      else high = mid;
    }
    const row = low - 1;
    if (row < this.spanFirst[lane]) return -1;
    this.spanRecent[thread * this.pes + pe] = row;
    return end[row] > cycle ? row : -1;
  }

  /** First and past-the-last interval row of (pe, thread); rows are in time order. */
  spanRows(pe: PeId, thread: number): readonly [number, number] {
    return [this.spanFirst[pe * 9 + thread], this.spanFirst[pe * 9 + thread + 1]];
  }

  /** What the threads of a PE do in `cycle`; idle threads are left out. */
  spansAt(pe: PeId, cycle: Cycle): Span[] {
    const list: Span[] = [];
    const { kind, mark, begin, end } = this.trace.intervals;
    for (let thread = this.multithreaded ? 0 : MAIN_THREAD; thread <= MAIN_THREAD; thread++) {
      const row = this.spanRow(pe, thread, cycle);
      if (row >= 0) list.push({ thread, kind: kind[row], mark: mark[row], begin: begin[row], end: end[row] });
    }
    return list;
  }

  /** The kind shown for a PE in `cycle`: what issues, else main's stall, else a microthread's, else {@link IDLE}. */
  stateOf(pe: PeId, cycle: Cycle): number {
    const { kind } = this.trace.intervals;
    const row = this.spanRow(pe, MAIN_THREAD, cycle);
    if (!this.multithreaded) return row < 0 ? IDLE : kind[row];
    let best = row < 0 ? IDLE : kind[row];
    for (let thread = 0; thread < MAIN_THREAD; thread++) {
      const other = this.spanRow(pe, thread, cycle);
      if (other >= 0 && (best === IDLE || kind[other] < Math.min(best, 5))) best = kind[other];
    }
    return best;
  }

  /** State of every PE in `cycle`, into `out` (one byte a PE). */
  statesAt(cycle: Cycle, out: Uint8Array): void {
    for (let pe = 0; pe < out.length; pe++) out[pe] = this.stateOf(pe, cycle);
  }

  /** For every PE a bit mask of the ports through which a wavelet departs in `cycle`. */
  departuresAt(cycle: Cycle, out: Uint8Array): void {
    out.fill(0);
    for (let c = 0; c < this.channels.count; c++) {
      out[this.channels.pe[c]] |= this.moves.txAt(c, cycle);
    }
  }

  /** Wavelets between routers, or between router and compute element, that started from `pe` and are under way in `cycle`. */
  flightsFrom(pe: PeId, cycle: Cycle): Flight[] {
    const { hop, ramp } = this.program.machine;
    const list: Flight[] = [];
    for (let c = this.channels.first[pe]; c < this.channels.first[pe + 1]; c++) {
      for (let departed = Math.max(0, cycle - Math.max(hop, ramp) + 1); departed <= cycle; departed++) {
        const tx = this.moves.txAt(c, departed);
        if (tx === 0) continue;
        const ordinal = this.moves.ordinalAt(c, departed);
        for (let port = 0; port <= Port.RAMP; port++) {
          const arrives = departed + (port === Port.RAMP ? ramp : hop);
          if ((tx >> port) & 1 && arrives > cycle) {
            list.push({ from: pe, channel: c, port, color: this.channels.color[c], ordinal, departed, arrives });
          }
        }
      }
    }
    return list;
  }

  /** Wavelets in an input queue (lane of channels.inputFirst) at the start of `cycle`, in flight on the ramp included. */
  inputAt(lane: number, pe: PeId, cycle: Cycle): Occupancy {
    return { count: this.inputCount(lane, pe, cycle), head: this.uses.countBefore(lane, cycle) };
  }

  /** The count of {@link inputAt}. */
  inputCount(lane: number, pe: PeId, cycle: Cycle): number {
    const color = this.channels.inputColor[lane];
    let came = 0;
    for (let c = this.channels.first[pe]; c < this.channels.first[pe + 1]; c++) {
      if (this.channels.color[c] === color) came += this.moves.countThrough(c, 1 << Port.RAMP, cycle);
    }
    return came - this.uses.countBefore(lane, cycle);
  }

  /** Wavelets in a router FIFO at the start of `cycle`, in flight on the link included. */
  fifoAt(channel: number, cycle: Cycle): Occupancy {
    return { count: this.fifoCount(channel, cycle), head: this.moves.countBefore(channel, cycle) };
  }

  /** The count of {@link fifoAt}. */
  fifoCount(channel: number, cycle: Cycle): number {
    return this.arrivedBefore(channel, cycle) - this.moves.countBefore(channel, cycle);
  }

  /** Words that entered a FIFO before `cycle`: from the neighbour, the host or the own compute element. */
  private arrivedBefore(channel: number, cycle: Cycle): number {
    const { pe, port, color } = this.channels;
    const { width, height } = this.trace;
    if (port[channel] === Port.RAMP) return this.sends.countBefore(this.outputLane(pe[channel], color[channel]), cycle);
    const from = neighbour(pe[channel], port[channel], width, height);
    if (from < 0) {
      const source = this.program.sources.findIndex((s) => s.pe === pe[channel] && s.port === port[channel] && s.color === color[channel]);
      return source < 0 ? 0 : this.hostIn.countBefore(source, cycle);
    }
    let came = 0;
    for (let c = this.channels.first[from]; c < this.channels.first[from + 1]; c++) {
      if (color[c] === color[channel]) came += this.moves.countThrough(c, 1 << OPPOSITE[port[channel]], cycle);
    }
    return came;
  }

  private outputLane(pe: PeId, color: Color): number {
    const outputs = this.program.classes[this.program.classOf[pe]].outputs;
    return this.channels.outputFirst[pe] + outputs.findIndex((o) => o.color === color);
  }

  /** Departures from one FIFO at ticks < cycle. */
  movesBefore(channel: number, cycle: Cycle): number {
    return this.moves.countBefore(channel, cycle);
  }

  /** Departures from one FIFO through any port of `mask` at ticks < cycle. */
  movesThrough(channel: number, mask: number, cycle: Cycle): number {
    return this.moves.countThrough(channel, mask, cycle);
  }

  /** Ports through which the head of a FIFO departs in `cycle`, as a mask; 0 when it stays. */
  departureAt(channel: number, cycle: Cycle): number {
    return this.moves.txAt(channel, cycle);
  }

  /** Whether the head of a FIFO departs in `cycle`; a filtered control wavelet does through no port. */
  departsAt(channel: number, cycle: Cycle): boolean {
    return this.moves.ordinalAt(channel, cycle) >= 0;
  }

  /** Tick of the n-th (from 0) departure from a FIFO, or -1. */
  moveTick(channel: number, ordinal: number): number {
    return this.moves.tickOf(channel, ordinal);
  }

  /** Ordinal (from 0) of the use of an input queue at exactly `cycle`, of several the first, or -1. */
  useOrdinalAt(lane: number, cycle: Cycle): number {
    return this.uses.ordinalAt(lane, cycle);
  }

  /** Tick of the n-th (from 0) use of an input queue, or -1. */
  useTick(lane: number, ordinal: number): number {
    return this.uses.tickOf(lane, ordinal);
  }

  /** Tick of the n-th word leaving the fabric at a sink, or -1. */
  sinkTick(sink: number, ordinal: number): Cycle {
    return this.hostOut.tickOf(sink, ordinal);
  }

  /** Words a host source has sent at ticks < cycle. */
  sourceCount(source: number, cycle: Cycle): number {
    return this.hostIn.countBefore(source, cycle);
  }

  /** Words a host sink has received at ticks < cycle. */
  sinkCount(sink: number, cycle: Cycle): number {
    return this.hostOut.countBefore(sink, cycle);
  }

  /** Tick of the n-th word of a host source entering the fabric, or -1. */
  sourceTick(source: number, ordinal: number): number {
    return this.hostIn.tickOf(source, ordinal);
  }

  /** Tick of the n-th word pushed by a PE on a color, or -1. */
  sendTick(pe: PeId, color: Color, ordinal: number): number {
    return this.sends.tickOf(this.outputLane(pe, color), ordinal);
  }

  /** Words ever pushed by a PE on a color. */
  sendTotal(pe: PeId, color: Color): number {
    return this.sends.total(this.outputLane(pe, color));
  }

  /** The FIFO (PE, port, color), or -1. */
  channel(pe: PeId, port: number, color: Color): number {
    return findChannel(this.channels, pe, port, color);
  }

  /** Words ever consumed from an input queue. */
  useTotal(lane: number): number {
    return this.uses.total(lane);
  }
}
