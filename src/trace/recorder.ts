/**
 * Turns an engine's events into trace columns while it runs. Lanes may be fed in any order; within a lane ticks rise.
 * Memory grows with runs and intervals, not with cycles. Nothing is allocated per event except when a column doubles.
 */
import type { Channels } from '../machine/channels.ts';
import { type Intervals, MAX_PERIOD, type Runs, TRACE_VERSION, type Trace } from './schema.ts';

/** A column that doubles. */
class Column {
  private data = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  at(i: number): number {
    return this.data[i];
  }
}

/** Fields of an open run: `open[lane * 8 + field]`; side by side because an event touches them all. */
const BEGIN = 0;
const LAST = 1;
const COUNT = 2;
const PERIOD = 3;
const TX = 4;
const FIELDS = 8;

/** Run-length encoder over many lanes; an open run per lane. */
class RunRecorder {
  private readonly open: Int32Array;
  private readonly closed = { lane: new Column(), tx: new Column(), begin: new Column(), count: new Column(), period: new Column() };

  constructor(lanes: number) {
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
      this.close(lane);
    }
    o[at + BEGIN] = tick;
    o[at + LAST] = tick;
    o[at + COUNT] = 1;
    o[at + PERIOD] = 1;
    o[at + TX] = tx;
  }

  /** `count` events in consecutive ticks: the same as that many calls of event. */
  burst(lane: number, tx: number, tick: number, count: number): void {
    const single = Math.min(count, 3);
    for (let i = 0; i < single; i++) this.event(lane, tx, tick + i);
    // After three consecutive events the open run has period 1, so the rest only lengthens it.
    this.open[lane * FIELDS + COUNT] += count - single;
    this.open[lane * FIELDS + LAST] += count - single;
  }

  private close(lane: number): void {
    const at = lane * FIELDS;
    const o = this.open;
    this.closed.lane.push(lane);
    this.closed.tx.push(o[at + TX]);
    this.closed.begin.push(o[at + BEGIN]);
    this.closed.count.push(o[at + COUNT]);
    this.closed.period.push(o[at + PERIOD]);
    o[at + COUNT] = 0;
  }

  finish(): Runs {
    const lanes = this.open.length / FIELDS;
    for (let lane = 0; lane < lanes; lane++) if (this.open[lane * FIELDS + COUNT] > 0) this.close(lane);
    const c = this.closed;
    const order = orderByLane(c.lane, lanes);
    const take = (column: Column): Uint32Array => Uint32Array.from(order, (i) => column.at(i));
    return { lane: take(c.lane), tx: Uint8Array.from(order, (i) => c.tx.at(i)), begin: take(c.begin), count: take(c.count), period: take(c.period) };
  }
}

/** Interval recorder: one open interval per (PE, thread), keyed by pe * 9 + thread. */
class IntervalRecorder {
  private readonly open: { kind: Int8Array; mark: Int32Array; begin: Int32Array; end: Int32Array };
  private readonly closed = { lane: new Column(), kind: new Column(), mark: new Column(), begin: new Column(), end: new Column() };

  constructor(pes: number) {
    const lanes = pes * 9;
    this.open = { kind: new Int8Array(lanes).fill(-1), mark: new Int32Array(lanes), begin: new Int32Array(lanes), end: new Int32Array(lanes) };
  }

  add(lane: number, kind: number, mark: number, begin: number, end: number): void {
    const o = this.open;
    if (o.kind[lane] === kind && o.mark[lane] === mark && o.end[lane] === begin) {
      o.end[lane] = end;
      return;
    }
    if (o.kind[lane] >= 0) this.close(lane);
    o.kind[lane] = kind;
    o.mark[lane] = mark;
    o.begin[lane] = begin;
    o.end[lane] = end;
  }

  private close(lane: number): void {
    const [o, c] = [this.open, this.closed];
    c.lane.push(lane);
    c.kind.push(o.kind[lane]);
    c.mark.push(o.mark[lane]);
    c.begin.push(o.begin[lane]);
    c.end.push(o.end[lane]);
    o.kind[lane] = -1;
  }

  finish(): Intervals {
    const lanes = this.open.kind.length;
    for (let lane = 0; lane < lanes; lane++) if (this.open.kind[lane] >= 0) this.close(lane);
    const c = this.closed;
    const order = orderByLane(c.lane, lanes);
    return {
      pe: Uint32Array.from(order, (i) => Math.floor(c.lane.at(i) / 9)),
      thread: Uint8Array.from(order, (i) => c.lane.at(i) % 9),
      kind: Uint8Array.from(order, (i) => c.kind.at(i)),
      mark: Int32Array.from(order, (i) => c.mark.at(i)),
      begin: Uint32Array.from(order, (i) => c.begin.at(i)),
      end: Uint32Array.from(order, (i) => c.end.at(i)),
    };
  }
}

/** Stable counting sort of rows by lane: within a lane rows are already in time order. */
function orderByLane(lane: Column, lanes: number): Uint32Array {
  const start = new Uint32Array(lanes + 1);
  for (let i = 0; i < lane.length; i++) start[lane.at(i) + 1]++;
  for (let l = 0; l < lanes; l++) start[l + 1] += start[l];
  const order = new Uint32Array(lane.length);
  for (let i = 0; i < lane.length; i++) order[start[lane.at(i)]++] = i;
  return order;
}

/** What an engine reports. All ticks are absolute; see docs/tick.md for when each event happens. */
export class Recorder {
  private readonly intervals: IntervalRecorder;
  private readonly moves: RunRecorder;
  private readonly uses: RunRecorder;
  private readonly sends: RunRecorder;
  private readonly hostIn: RunRecorder;
  private readonly hostOut: RunRecorder;
  /** Step, begin, end; few. */
  private readonly hostSteps: (readonly [number, number, number])[] = [];

  constructor(pes: number, channels: Channels, sources: number, sinks: number) {
    this.intervals = new IntervalRecorder(pes);
    this.moves = new RunRecorder(channels.count);
    this.uses = new RunRecorder(channels.inputCount);
    this.sends = new RunRecorder(channels.outputCount);
    this.hostIn = new RunRecorder(sources);
    this.hostOut = new RunRecorder(sinks);
  }

  /** A wavelet left FIFO `channel` through the ports of `tx` at `tick`. */
  move(channel: number, tx: number, tick: number): void {
    this.moves.event(channel, tx, tick);
  }

  /** `count` wavelets left FIFO `channel` through the ports of `tx` in consecutive ticks from `begin` on. */
  moveRun(channel: number, tx: number, begin: number, count: number): void {
    this.moves.burst(channel, tx, begin, count);
  }

  /** Host step `step` took [begin, end). */
  hostStep(step: number, begin: number, end: number): void {
    this.hostSteps.push([step, begin, end]);
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

  /** Source `index` put a wavelet onto its link. */
  sourceWord(index: number, tick: number): void {
    this.hostIn.event(index, 0, tick);
  }

  /** A wavelet left the fabric into sink `index`. */
  sinkWord(index: number, tick: number): void {
    this.hostOut.event(index, 0, tick);
  }

  /** Thread `thread` of `pe` was in `kind` (see schema.ts) during [begin, end). */
  span(pe: number, thread: number, kind: number, mark: number, begin: number, end: number): void {
    if (end > begin) this.intervals.add(pe * 9 + thread, kind, mark, begin, end);
  }

  /** Closes all lanes. `cycles` is the engine's cycle count at the end. */
  finish(width: number, height: number, cycles: number): Trace {
    return {
      version: TRACE_VERSION,
      width,
      height,
      cycles,
      intervals: this.intervals.finish(),
      moves: this.moves.finish(),
      uses: this.uses.finish(),
      sends: this.sends.finish(),
      hostIn: this.hostIn.finish(),
      hostOut: this.hostOut.finish(),
      hostSteps: {
        step: Uint32Array.from(this.hostSteps, ([step]) => step),
        begin: Uint32Array.from(this.hostSteps, ([, begin]) => begin),
        end: Uint32Array.from(this.hostSteps, ([, , end]) => end),
      },
    };
  }
}
