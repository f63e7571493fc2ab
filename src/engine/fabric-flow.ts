/**
 * How wavelets come and go in the fabric's queues, who sleeps for room or for a word, and who is woken; the runs that the
 * recorder is told. What a router decides is fabric.ts. Rules: docs/tick.md 1, 3 and 6.
 */
import { each } from '../base/pieces.ts';
import { lanePassed } from '../machine/host.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { distanceOf, FARTHEST, FIFO, LANE, MAX_TICK, MULTIPLYING, NOBODY, OWN_ELEMENT, QUIET, SLEEPING, txOf, withoutHead } from './fabric-fields.ts';
import { FabricState } from './fabric-state.ts';
import { TickBits } from './tick-bits.ts';
import type { EventWheel } from './wheel.ts';

const { RING, WAITER, LAST, RUN } = FIFO;
const { STATE, USED, FROM } = LANE;
/** FIFOs whose runs are told from one yield to the next. */
const FIFOS = 1 << 15;

/** Fields of a FIFO and of an input queue. */
const W = FIFO.FIELDS;
const L = LANE.FIELDS;

/** The compute elements' streams, which use words as they are delivered (element-streams.ts). */
export interface Streams {
  /** The memories of all PEs. */
  readonly f32: Float32Array;
  /** A word is delivered, ready at `ready`, and the queue's ring is empty: uses it if that is before the horizon. False if not. */
  take(pe: number, into: number, word: number, ready: number): boolean;
  /** `count` of the words from `from` on are used in consecutive ticks from `use` on, all before the horizon. */
  takeRun(pe: number, into: number, words: Int32Array, floats: Float32Array, from: number, count: number, use: number): void;
  /**
   * First tick at which a PE can issue the next element of what takes a word a cycle from queue `into`, without a stream and
   * undisturbed until its last element but one; -1 if it does no such thing. How many elements that are; the FIFO of the
   * ramp into which each puts a word, or -1.
   */
  relayBegins(pe: number, into: number): number;
  relayLeft(pe: number): number;
  relayOutput(pe: number): number;
  /** The next elements take `count` words from `from` on in consecutive ticks from `use` on; what they send goes to the words from `to` on. */
  relay(pe: number, into: number, words: Int32Array, floats: Float32Array, from: number, count: number, use: number, to: number): void;
  /** A PE that has issued an element that sends at t sends the next ones as a train, if they can go. */
  sendTrain(pe: number, t: number): void;
  /** The stream stood still before the use at tick `use`. */
  gap(pe: number, into: number, use: number): void;
  /** Its last word is used at the lane's USED. */
  complete(pe: number, into: number): void;
}

export class FabricFlow extends FabricState {
  /** Which FIFOs try to depart when. */
  readonly attempts: TickBits;
  /** Set by the compute elements. */
  streams: Streams | null = null;
  /** Streams use no word at this tick or later: somebody may look. */
  horizon = 0;
  /** The tick that is being executed. */
  now = 0;
  protected readonly hop: number;
  protected readonly ramp: number;
  protected readonly actors: EventWheel;
  protected readonly sourceActor: number;
  protected readonly recorder: Recorder | undefined;
  /** `actors` wakes compute elements (by PE) and host sources (by PEs + index). */
  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c);
    this.attempts = new TickBits(c.channels.count);
    this.actors = actors;
    this.recorder = recorder;
    this.sourceActor = program.width * program.height;
    this.hop = program.machine.hop;
    this.ramp = program.machine.ramp;
  }

  protected colorOf(channel: number): number {
    return this.c.channels.color[this.c.channelOf[channel]];
  }

  protected peOf(channel: number): number {
    return this.c.channels.pe[this.c.channelOf[channel]];
  }

  protected waitForRoom(channel: number, target: number, t: number): void {
    const free = this.freedAfter(target, t);
    if (free > t) this.attempts.schedule(channel, free);
    else this.fifo[target * W + WAITER] = channel;
  }

  /** An element or a source waits for room in a FIFO. */
  protected waitFor(target: number, waiter: number, t: number): void {
    const free = this.freedAfter(target, t);
    if (free > t) this.wake(target, waiter, free);
    else this.fifo[target * W + WAITER] = waiter;
  }

  /** First tick at which a FIFO that is full at t has room, if departures that are made already give it; else t. */
  private freedAfter(target: number, t: number): number {
    const f = target * W;
    const leaving = this.leaving(f, t);
    return leaving > 0 ? this.pipes.lastOf(f) - (leaving - 1) * distanceOf(this.fifo[f + RUN]) + 1 : t;
  }

  /** An input queue is full: the FIFO tries again after the stream's next use, or sleeps until a word is taken. */
  protected waitForUse(into: number, channel: number, t: number): void {
    const l = into * L;
    if (this.before[2 * into + 1] >= t) this.attempts.schedule(channel, Math.max(t, this.before[2 * into]) + 1);
    else if (this.lane[l + USED] >= t) this.attempts.schedule(channel, Math.max(t, this.lane[l + FROM]) + 1);
    else this.lane[l + LANE.WAITER] = channel;
  }

  /** Whether a departure at t belongs to the run of the FIFO whose fields begin at f. */
  protected isRunOn(f: number, t: number): boolean {
    const run = this.fifo[f + RUN];
    const gap = t - this.fifo[f + LAST];
    return run >= 0 && (gap === distanceOf(run) || (run >> 2 === this.fifo[f + LAST] && gap <= FARTHEST));
  }

  /** The head of a FIFO leaves at t, after all before it. */
  protected noteDeparture(id: number, t: number): void {
    const { fifo } = this;
    const f = id * W;
    if (fifo[f + LAST] >= MAX_TICK) this.pipes.takeApart(f);
    if (!this.isRunOn(f, t)) this.openRun(id, t);
    else if (fifo[f + RUN] >> 2 === fifo[f + LAST]) fifo[f + RUN] += t - fifo[f + LAST] - 1;
    fifo[f + LAST] = t;
  }

  /** Words leave a FIFO in `count` ticks from `begin` on. */
  protected noteDepartures(id: number, begin: number, count: number): void {
    const { fifo } = this;
    const f = id * W;
    if (fifo[f + LAST] >= MAX_TICK) this.pipes.takeApart(f);
    if (fifo[f + LAST] !== begin - 1 || fifo[f + RUN] < 0 || distanceOf(fifo[f + RUN]) !== 1) this.openRun(id, begin);
    fifo[f + LAST] = begin + count - 1;
  }

  /** Tells the recorder of the FIFO's last run of departures, and begins another at t. */
  private openRun(channel: number, t: number): void {
    this.closeRun(channel);
    this.fifo[channel * W + RUN] = t * 4;
    if (t > this.last[0]) this.last[0] = t;
  }

  protected closeRun(channel: number): void {
    const { fifo, recorder } = this;
    const f = channel * W;
    if (fifo[f + LAST] >= MAX_TICK) this.pipes.takeApart(f);
    const run = fifo[f + RUN];
    if (run < 0) return;
    const last = fifo[f + LAST];
    if (recorder) {
      const tx = txOf(this.slots[this.place[channel] >> 3]);
      const distance = distanceOf(run);
      recorder.moveRun(this.c.channelOf[channel], tx, run >> 2, Math.floor((last - (run >> 2)) / distance) + 1, distance);
    }
    if (last > this.last[0]) this.last[0] = last;
    fifo[f + RUN] = -1;
  }

  /** All FIFOs try again from `tick` on: after a snapshot was restored. */
  rebuild(tick: number): void {
    this.attempts.clear(tick);
    this.before.fill(-1);
    for (let channel = 0; channel < this.c.channels.count; channel++) this.wakeFifo(channel, tick);
  }

  /** Tells the recorder everything, and brings `last` up to date: at once where that is little, else in the pieces that it gives. */
  flushing(): Generator<void, void> | undefined {
    const { count } = this.c.channels;
    if (count > FIFOS) return each(count, (channel) => this.closeRun(channel), FIFOS);
    // Small machines are advanced in many small steps, which are to take nothing of the heap.
    for (let channel = 0; channel < count; channel++) this.closeRun(channel);
    return undefined;
  }

  /** Puts a word into a FIFO; the caller has seen room. `bits` are those of the entry's tag. */
  push(channel: number, word: number, ready: number, bits: number): void {
    const { fifo, ring } = this;
    const f = channel * W;
    const queue = fifo[f];
    const at = this.entryAt(queue, fifo[f + RING], (queue >> 8) & 255);
    ring[at] = word;
    ring[at + 1] = ready * 4 + bits;
    fifo[f] = queue + 256;
    if ((queue & 0xff00) === 0) this.attempts.schedule(channel, ready);
  }

  protected deliver(into: number, word: number, ready: number, bits: number): void {
    const { lane, laneRing } = this;
    const l = into * L;
    const queue = lane[l];
    const waiting = (queue >> 8) & 255;
    const state = lane[l + STATE];
    if (state >= MULTIPLYING && waiting === 0 && this.streams?.take(this.lanePe[into], into, word, ready)) return;
    const at = this.entryAt(queue, lane[l + 1], waiting);
    laneRing[at] = word;
    laneRing[at + 1] = ready * 4 + bits;
    lane[l] = queue + 256;
    if (state === QUIET) return;
    if (state === SLEEPING) lane[l + STATE] = QUIET;
    this.actors.schedule(this.lanePe[into], state === SLEEPING ? ready : Math.max(ready, lane[l + USED] + 1));
  }

  protected toSink(sink: number, word: number, t: number): void {
    const n = this.sinkCount[sink]++;
    if (n < this.sinkWords[sink].length) this.sinkWords[sink][n] = word;
    this.sinkDue[sink] = lanePassed(this.program.sinks[sink].rate, this.sinkDue[sink], t);
    this.recorder?.sinkWord(sink, t);
  }

  /** Takes the head of an input queue at t; the caller has seen it ready. */
  pop(lane: number, t: number): number {
    const word = this.laneRing[this.inputAt(lane, 0)];
    this.drop(lane);
    this.wakeFeeder(lane, t + 1);
    return word;
  }

  /** A word of an input queue was taken: who sleeps for its room may go on at `next`. */
  wakeFeeder(lane: number, next: number): void {
    const l = lane * L;
    const waiter = this.lane[l + LANE.WAITER];
    if (waiter === NOBODY) return;
    this.lane[l + LANE.WAITER] = NOBODY;
    this.wakeFifo(waiter, next);
  }

  /** Takes the head of an input queue away, without waking anybody. */
  drop(lane: number): void {
    const l = lane * L;
    this.lane[l] = withoutHead(this.lane[l]);
  }

  /** Tick at which the n-th waiting word (n = 1 is the head) of an input queue is ready, or -1 when it has not come. */
  inputReady(lane: number, n: number): number {
    return this.inputLength(lane) < n ? -1 : this.laneRing[this.inputAt(lane, n - 1) + 1] >> 2;
  }

  /** Whether the n-th waiting word of an input queue is a control wavelet. */
  inputControl(lane: number, n: number): boolean {
    return (this.laneRing[this.inputAt(lane, n - 1) + 1] & 2) !== 0;
  }

  /** The compute element will be woken by the next word that comes to this queue. */
  wakeElementOnWord(lane: number): void {
    this.lane[lane * L + STATE] = SLEEPING;
  }

  /** The compute element of this FIFO's PE will be woken when it has room. */
  wakeElementOnRoom(channel: number, t: number): void {
    this.waitFor(channel, OWN_ELEMENT, t);
  }

  protected wakeWaiter(channel: number, next: number): void {
    const waiter = this.fifo[channel * W + WAITER];
    this.fifo[channel * W + WAITER] = NOBODY;
    this.wake(channel, waiter, next);
  }

  protected wake(channel: number, waiter: number, next: number): void {
    if (waiter >= 0) this.wakeFifo(waiter, next);
    else if (waiter === OWN_ELEMENT) this.actors.schedule(this.peOf(channel), next);
    else this.actors.schedule(this.sourceActor - 3 - waiter, next);
  }

  /** Wakes a FIFO whose head may leave from `next` on; a head still in flight keeps its own time. */
  protected wakeFifo(channel: number, next: number): void {
    const ready = this.headReady(channel);
    if (ready !== Number.POSITIVE_INFINITY) this.attempts.schedule(channel, Math.max(ready, next));
  }
}
