/**
 * Turns an engine's events into trace columns while it runs. Lanes may be fed in any order; within a lane ticks rise.
 * Memory grows with runs and intervals, not with cycles; with a writer (writer.ts) that takes the closed rows away it does
 * not grow at all. Nothing is allocated per event except when a column grows.
 */
import { each, toEnd } from '../base/pieces.ts';
import type { Channels } from '../machine/channels.ts';
import { Column, Rows } from './rows.ts';
import { type Intervals, MAX_PERIOD, type Runs, TRACE_VERSION, type Trace } from './schema.ts';
import type { TableName } from './tables.ts';
import type { TraceWriter } from './writer.ts';

/** Fields of an open run: `open[lane * 8 + field]`; side by side because an event touches them all. */
const BEGIN = 0;
const LAST = 1;
const COUNT = 2;
const PERIOD = 3;
const TX = 4;
const FIELDS = 8;

/** Lanes that are closed from one yield to the next. */
const LANES = 1 << 15;

/** Closing tick of a row that nothing follows. */
const NEVER = 2 ** 31 - 1;

/** The closed rows of a table, with the ticks at which they were closed where a writer takes them away. */
class Closed {
  readonly rows = new Rows();
  readonly closes: Column | null;

  constructor(writer: TraceWriter | undefined) {
    this.closes = writer ? new Column() : null;
  }
}

/** Run-length encoder over many lanes; an open run per lane. */
class RunRecorder extends Closed {
  private readonly open: Int32Array;

  constructor(lanes: number, writer: TraceWriter | undefined) {
    super(writer);
    this.open = new Int32Array(lanes * FIELDS);
  }

  event(lane: number, tx: number, tick: number): void {
    const at = lane * FIELDS;
    const o = this.open;
    const count = o[at + COUNT];
    if (count > 0) {
      const gap = tick - o[at + LAST];
      if (o[at + TX] === tx && (count === 1 ? gap <= MAX_PERIOD : gap === o[at + PERIOD])) {
        o[at + PERIOD] = gap;
        o[at + COUNT] = count + 1;
        o[at + LAST] = tick;
        return;
      }
      this.close(lane, tick);
    }
    o[at + BEGIN] = tick;
    o[at + LAST] = tick;
    o[at + COUNT] = 1;
    o[at + PERIOD] = 1;
    o[at + TX] = tx;
  }

  /** `count` events, one every `period` ticks (at most MAX_PERIOD): the same as that many calls of event. */
  burst(lane: number, tx: number, tick: number, count: number, period = 1): void {
    const single = Math.min(count, 3);
    for (let i = 0; i < single; i++) this.event(lane, tx, tick + i * period);
    // After three of them the open run has their period, so the rest only lengthens it.
    this.open[lane * FIELDS + COUNT] += count - single;
    this.open[lane * FIELDS + LAST] += (count - single) * period;
  }

  /** The events at the first `count` of `ticks`. */
  all(lane: number, tx: number, ticks: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.event(lane, tx, ticks[i]);
  }

  private close(lane: number, tick: number): void {
    const at = lane * FIELDS;
    const o = this.open;
    this.rows.push(lane, o[at + TX], o[at + BEGIN], o[at + COUNT], o[at + PERIOD]);
    this.closes?.push(tick);
    o[at + COUNT] = 0;
  }

  closing(): Generator<void, void> {
    const close = (lane: number): void => {
      if (this.open[lane * FIELDS + COUNT] > 0) this.close(lane, NEVER);
    };
    return each(this.open.length / FIELDS, close, LANES);
  }

  *finish(): Generator<void, Runs> {
    yield* this.closing();
    const runs = yield* this.rows.toRuns(this.open.length / FIELDS);
    this.rows.clear();
    return runs;
  }
}

/** Interval recorder: one open interval per (PE, thread), keyed by pe * 9 + thread. */
class IntervalRecorder extends Closed {
  private readonly open: { kind: Int8Array; mark: Int32Array; begin: Int32Array; end: Int32Array };

  constructor(pes: number, writer: TraceWriter | undefined) {
    super(writer);
    const lanes = pes * 9;
    this.open = { kind: new Int8Array(lanes).fill(-1), mark: new Int32Array(lanes), begin: new Int32Array(lanes), end: new Int32Array(lanes) };
  }

  add(lane: number, kind: number, mark: number, begin: number, end: number): void {
    const o = this.open;
    if (o.kind[lane] === kind && o.mark[lane] === mark && o.end[lane] === begin) {
      o.end[lane] = end;
      return;
    }
    if (o.kind[lane] >= 0) this.close(lane, begin);
    o.kind[lane] = kind;
    o.mark[lane] = mark;
    o.begin[lane] = begin;
    o.end[lane] = end;
  }

  /** Nothing lasts beyond `cycle`. */
  endAt(cycle: number): void {
    const { rows, closes, open } = this;
    const kept: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      rows.extent.cap(i, cycle);
      if (rows.begin.at(i) < cycle) kept.push(i);
    }
    if (kept.length < rows.length) {
      rows.keep(kept);
      closes?.keep(kept);
    }
    for (let lane = 0; lane < open.kind.length; lane++) {
      if (open.begin[lane] >= cycle) open.kind[lane] = -1;
      open.end[lane] = Math.min(open.end[lane], cycle);
    }
  }

  private close(lane: number, tick: number): void {
    const o = this.open;
    this.rows.push(lane, o.kind[lane], o.begin[lane], o.end[lane], o.mark[lane]);
    this.closes?.push(tick);
    o.kind[lane] = -1;
  }

  closing(): Generator<void, void> {
    const close = (lane: number): void => {
      if (this.open.kind[lane] >= 0) this.close(lane, NEVER);
    };
    return each(this.open.kind.length, close, LANES);
  }

  *finish(): Generator<void, Intervals> {
    yield* this.closing();
    const intervals = yield* this.rows.toIntervals(this.open.kind.length);
    this.rows.clear();
    return intervals;
  }
}

/** What an engine reports. All ticks are absolute; see docs/tick.md for when each event happens. */
export class Recorder {
  private readonly intervals: IntervalRecorder;
  private readonly moves: RunRecorder;
  private readonly uses: RunRecorder;
  private readonly sends: RunRecorder;
  private readonly hostIn: RunRecorder;
  private readonly hostOut: RunRecorder;
  private readonly hostSteps: Closed;
  private readonly writer: TraceWriter | undefined;

  /** With a `writer` (of the same program) the rows go there, by drain() and end(); without one finish() gives them. */
  constructor(pes: number, channels: Pick<Channels, 'count' | 'inputCount' | 'outputCount'>, sources: number, sinks: number, writer?: TraceWriter) {
    this.writer = writer;
    this.intervals = new IntervalRecorder(pes, writer);
    this.moves = new RunRecorder(channels.count, writer);
    this.uses = new RunRecorder(channels.inputCount, writer);
    this.sends = new RunRecorder(channels.outputCount, writer);
    this.hostIn = new RunRecorder(sources, writer);
    this.hostOut = new RunRecorder(sinks, writer);
    this.hostSteps = new Closed(writer);
  }

  /** A wavelet left FIFO `channel` through the ports of `tx` at `tick`. */
  move(channel: number, tx: number, tick: number): void {
    this.moves.event(channel, tx, tick);
  }

  /** `count` wavelets left FIFO `channel` through the ports of `tx`, one every `period` ticks from `begin` on. */
  moveRun(channel: number, tx: number, begin: number, count: number, period = 1): void {
    this.moves.burst(channel, tx, begin, count, period);
  }

  /** Wavelets left FIFO `channel` through the ports of `tx` at the first `count` of `ticks`. */
  moveAll(channel: number, tx: number, ticks: Int32Array, count: number): void {
    this.moves.all(channel, tx, ticks, count);
  }

  /** Words were consumed from input queue `lane` at the first `count` of `ticks`. */
  useAll(lane: number, ticks: Int32Array, count: number): void {
    this.uses.all(lane, 0, ticks, count);
  }

  /** Host step `step` took [begin, end). */
  hostStep(step: number, begin: number, end: number): void {
    this.hostSteps.rows.push(step, 0, begin, end, -1);
    this.hostSteps.closes?.push(NEVER);
  }

  /** A word was consumed from input queue `lane`. */
  use(lane: number, tick: number): void {
    this.uses.event(lane, 0, tick);
  }

  /** `count` words were consumed from input queue `lane` in consecutive ticks from `tick` on. */
  useBurst(lane: number, tick: number, count: number): void {
    this.uses.burst(lane, 0, tick, count);
  }

  /** A word was pushed into output queue `lane`. */
  send(lane: number, tick: number): void {
    this.sends.event(lane, 0, tick);
  }

  /** `count` words were pushed into output queue `lane` in consecutive ticks from `tick` on. */
  sendBurst(lane: number, tick: number, count: number): void {
    this.sends.burst(lane, 0, tick, count);
  }

  /** Source `index` put a wavelet onto its link. */
  sourceWord(index: number, tick: number): void {
    this.hostIn.event(index, 0, tick);
  }

  /** Source `index` put `count` wavelets onto its link in consecutive ticks from `tick` on. */
  sourceBurst(index: number, tick: number, count: number): void {
    this.hostIn.burst(index, 0, tick, count);
  }

  /** A wavelet left the fabric into sink `index`. */
  sinkWord(index: number, tick: number): void {
    this.hostOut.event(index, 0, tick);
  }

  /** `count` wavelets left the fabric into sink `index` in consecutive ticks from `tick` on. */
  sinkBurst(index: number, tick: number, count: number): void {
    this.hostOut.burst(index, 0, tick, count);
  }

  /** Thread `thread` of `pe` was in `kind` (see schema.ts) during [begin, end). */
  span(pe: number, thread: number, kind: number, mark: number, begin: number, end: number): void {
    if (end > begin) this.intervals.add(pe * 9 + thread, kind, mark, begin, end);
  }

  /** The run got stuck at `cycle`. Elements that followed words in flight beyond it may have told why they would wait then. */
  stuckAt(cycle: number): void {
    this.intervals.endAt(cycle);
  }

  /**
   * Closes all lanes. `cycles` is the engine's cycle count at the end. Lanes are then as at the beginning, so that another run may be
   * recorded in their storage; host steps stay.
   */
  finish(width: number, height: number, cycles: number): Trace {
    return toEnd(this.finishing(width, height, cycles));
  }

  /** The same in pieces. */
  *finishing(width: number, height: number, cycles: number): Generator<void, Trace> {
    return {
      version: TRACE_VERSION,
      width,
      height,
      cycles,
      intervals: yield* this.intervals.finish(),
      moves: yield* this.moves.finish(),
      uses: yield* this.uses.finish(),
      sends: yield* this.sends.finish(),
      hostIn: yield* this.hostIn.finish(),
      hostOut: yield* this.hostOut.finish(),
      hostSteps: this.hostSteps.rows.toSteps(),
    };
  }

  private get tables(): ReadonlyArray<readonly [TableName, Closed]> {
    const { intervals, moves, uses, sends, hostIn, hostOut, hostSteps } = this;
    return Object.entries({ intervals, moves, uses, sends, hostIn, hostOut, hostSteps }) as [TableName, Closed][];
  }

  /** Closed rows that wait for drain(), host steps apart: they are few and stay to the end. */
  get waiting(): number {
    return this.tables.reduce((sum, [name, { rows }]) => (name === 'hostSteps' ? sum : sum + rows.length), 0);
  }

  /** Whether as many rows wait as make it worth to drain. */
  get isFull(): boolean {
    return this.writer !== undefined && this.waiting >= this.writer.chunkRows;
  }

  /** Hands the writer all rows closed before tick `until`; the engine must have told all that began before it (Engine.tell). */
  drain(until: number): void {
    for (const [name, { rows, closes }] of this.tables) if (closes) this.writer?.take(name, rows, closes, until);
    this.writer?.flush();
  }

  /** Closes all lanes and hands the writer the rest of a run that ends after `cycles` cycles, by an error perhaps. */
  end(cycles: number): void {
    for (const lanes of [this.intervals, this.moves, this.uses, this.sends, this.hostIn, this.hostOut]) toEnd(lanes.closing());
    for (const [name, { rows, closes }] of this.tables) if (closes) this.writer?.takeLast(name, rows, closes, cycles);
    this.writer?.finish(cycles);
  }
}
