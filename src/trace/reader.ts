/**
 * Questions to a trace: what was the state at a cycle, what moved, what waited. Every answer is a binary search in the
 * columns, or in the rows that lanes share; nothing is stored per frame, nothing is expanded. Occupancies follow docs/tick.md: a slot is taken when the sender departs (in
 * flight included) and free one tick after the entry left.
 */
import { toEnd } from '../base/pieces.ts';
import type { Color, Cycle, PeId } from '../base/units.ts';
import { type Channels, enumerating, findChannel } from '../machine/channels.ts';
import { neighbour, OPPOSITE, Port } from '../machine/fabric.ts';
import { MAIN_THREAD, type Program } from '../machine/program.ts';
import { LaneIndex, type LaneTables, tabulatingRuns, tabulatingShapes } from './lane-index.ts';
import { type AnyTrace, isShared } from './shared-columns.ts';
import { listing, partitioning, SpanIndex, type SpanLists, type SpanTables } from './span-index.ts';
import { NONE, type Span } from './span-part.ts';

/** State of a PE that has no interval. The others are the kinds of schema.ts. */
export const IDLE = NONE;

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

/** What a reader computes before it answers, as plain data. Whoever is given it with the trace has a reader at once. */
export interface ReaderTables {
  readonly channels: Channels;
  readonly moves: LaneTables;
  readonly uses: LaneTables;
  readonly sends: LaneTables;
  readonly hostIn: LaneTables;
  readonly hostOut: LaneTables;
  /** Of a trace in columns. */
  readonly spans: SpanLists | null;
  /** Of a trace whose lanes share shapes. */
  readonly parts: SpanTables | null;
}

/** What a reader needs of a trace, in pieces. */
export function* tabulating(program: Program, trace: AnyTrace): Generator<void, ReaderTables> {
  const channels = yield* enumerating(program);
  if (isShared(trace)) {
    return {
      channels,
      moves: yield* tabulatingShapes(trace.moves),
      uses: yield* tabulatingShapes(trace.uses),
      sends: yield* tabulatingShapes(trace.sends),
      hostIn: yield* tabulatingShapes(trace.hostIn),
      hostOut: yield* tabulatingShapes(trace.hostOut),
      spans: null,
      parts: yield* partitioning(trace.spans),
    };
  }
  return {
    channels,
    moves: yield* tabulatingRuns(trace.moves, channels.count),
    uses: yield* tabulatingRuns(trace.uses, channels.inputCount),
    sends: yield* tabulatingRuns(trace.sends, channels.outputCount),
    hostIn: yield* tabulatingRuns(trace.hostIn, program.sources.length),
    hostOut: yield* tabulatingRuns(trace.hostOut, program.sinks.length),
    spans: yield* listing(trace.intervals, trace.width * trace.height),
    parts: null,
  };
}

/** A reader of a trace, made in pieces. */
export function* reading<T extends AnyTrace>(program: Program, trace: T): Generator<void, TraceReader<T>> {
  const tables = yield* tabulating(program, trace);
  yield;
  return new TraceReader(program, trace, tables);
}

export class TraceReader<T extends AnyTrace = AnyTrace> {
  readonly program: Program;
  readonly trace: T;
  readonly tables: ReaderTables;
  readonly channels: Channels;
  /** Departures from FIFOs, uses of input queues, pushes into output queues, words of host sources and sinks. */
  readonly moves: LaneIndex;
  readonly uses: LaneIndex;
  readonly sends: LaneIndex;
  readonly hostIn: LaneIndex;
  readonly hostOut: LaneIndex;
  /** What threads did. */
  readonly spans: SpanIndex;
  /** By class and color, the place of the output queue. */
  private readonly outputs: ReadonlyArray<Readonly<Record<number, number>>>;

  /** `tables` are those of {@link tabulating}. */
  constructor(program: Program, trace: T, tables: ReaderTables = toEnd(tabulating(program, trace))) {
    const { channels } = tables;
    this.program = program;
    this.trace = trace;
    this.tables = tables;
    this.channels = channels;
    this.outputs = program.classes.map((cls) => Object.fromEntries(cls.outputs.map(({ color }, place) => [color, place])));
    if (isShared(trace)) {
      const { pe, inputFirst, outputFirst } = channels;
      this.moves = LaneIndex.ofShared(trace.moves, pe, tables.moves);
      this.uses = LaneIndex.ofShared(trace.uses, ownersOf(inputFirst), tables.uses);
      this.sends = LaneIndex.ofShared(trace.sends, ownersOf(outputFirst), tables.sends);
      this.hostIn = LaneIndex.ofShared(trace.hostIn, null, tables.hostIn);
      this.hostOut = LaneIndex.ofShared(trace.hostOut, null, tables.hostOut);
      this.spans = SpanIndex.ofShared(trace.spans, this.pes, tables.parts ?? { parts: [], groups: null });
    } else {
      this.moves = LaneIndex.ofRuns(trace.moves, channels.count, tables.moves);
      this.uses = LaneIndex.ofRuns(trace.uses, channels.inputCount, tables.uses);
      this.sends = LaneIndex.ofRuns(trace.sends, channels.outputCount, tables.sends);
      this.hostIn = LaneIndex.ofRuns(trace.hostIn, program.sources.length, tables.hostIn);
      this.hostOut = LaneIndex.ofRuns(trace.hostOut, program.sinks.length, tables.hostOut);
      this.spans = SpanIndex.ofIntervals(trace.intervals, this.pes, tables.spans ?? []);
    }
  }

  get pes(): number {
    return this.trace.width * this.trace.height;
  }

  /** What a thread of a PE does in `cycle`; null if nothing. */
  spanAt(pe: PeId, thread: number, cycle: Cycle): Span | null {
    return this.spans.at(pe, thread, cycle);
  }

  /** What the threads of a PE do in `cycle`; idle threads are left out. */
  spansAt(pe: PeId, cycle: Cycle): Span[] {
    const list: Span[] = [];
    for (let thread = this.spans.multithreaded ? 0 : MAIN_THREAD; thread <= MAIN_THREAD; thread++) {
      const span = this.spans.at(pe, thread, cycle);
      if (span) list.push(span);
    }
    return list;
  }

  /** The kind of what a PE does in `cycle`: what the thread does that rankOf of states.ts puts first, else {@link IDLE}. */
  stateOf(pe: PeId, cycle: Cycle): number {
    return this.spans.stateAt(pe, cycle);
  }

  /** State of every PE in `cycle`, into `out` (one byte a PE). */
  statesAt(cycle: Cycle, out: Uint8Array): void {
    this.spans.fillStates(cycle, out);
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
    return this.channels.outputFirst[pe] + this.outputs[this.program.classOf[pe]][color];
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

  /** The FIFO (PE, port, color), or -1. */
  channel(pe: PeId, port: number, color: Color): number {
    return findChannel(this.channels, pe, port, color);
  }

  /** Words ever consumed from an input queue. */
  useTotal(lane: number): number {
    return this.uses.total(lane);
  }
}

/** The owner of each lane; null where owner and lane have one number. */
function ownersOf(first: Uint32Array): Uint32Array | null {
  let own = 0;
  while (own < first.length && first[own] === own) own++;
  if (own === first.length) return null;
  const owners = new Uint32Array(first[first.length - 1]);
  for (let owner = 0; owner + 1 < first.length; owner++) owners.fill(owner, first[owner], first[owner + 1]);
  return owners;
}
