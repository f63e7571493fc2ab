/**
 * Trains: many words of a stream moved in one visit. Where a source's next words find the whole way before them free, so that
 * every FIFO passes one in every tick and every input queue at its end is read by a stream, all their departures and uses are
 * known at once; they are made then and there, early, and nothing but the looks of it differs from one event a word.
 *
 * A FIFO of which words departed early says so by LAST and RUN: departures in every tick from RUN to LAST, some to come.
 *
 * Why it is exact. A head departs at the first tick at which it is ready, its FIFO has had no departure and every place it goes
 * to has room (docs/tick.md 3). Along the way of a train one FIFO feeds each next one, alone; no position turns, because the words
 * carry no control and no advance bit and no other port is open; who shares ports with another color is not on the way. The
 * queues at its ends are read by streams, which nothing disturbs before the horizon. So the ticks follow from the heads'
 * alone. plan() computes them, FIFO by FIFO, and gives up where a word would have to wait for room.
 */
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { FabricFlow } from './fabric-flow.ts';
import { FIFO, GENERAL, LANE, LINKS, linksOf, MULTIPLYING, NOBODY, SPECIAL } from './fabric-state.ts';
import { ActorList, type EventWheel } from './wheel.ts';

const { RING, WAITER, LAST, RUN, LINK, INTO } = FIFO;
const W = FIFO.FIELDS;
const L = LANE.FIELDS;

/** Shorter trains are not worth looking down the way for; longer ones do not stay in the cache. */
const LEAST = 4;
const MOST = 1024;
/** Ticks until a source that found no way looks again: doubled up to this. */
const PATIENCE = 64;

/** A FIFO on the way: its id, the tick of its first departure, words ahead of the train (its own among them), first use in its queue. */
const STOP = { ID: 0, HEAD: 1, AHEAD: 2, OWN: 3, USE: 4, FIELDS: 5 } as const;
const S = STOP.FIELDS;

export class FabricTrains extends FabricFlow {
  /** The way of the train that is being planned: FIFOs in the order of a walk that goes deep first. */
  private stops = new Int32Array(64 * S);
  private stopCount = 0;
  /** Forks still to be walked: FIFO, tick of the first word pushed, words ahead. */
  private readonly forks = new ActorList();
  /** How many words the way takes so far, and the most words ahead of the train anywhere. */
  private length = 0;
  private ahead = 0;
  /** Words of the train, behind those that lie in the FIFOs on the way. */
  private trainWords = new Int32Array(0);
  private trainFloats = new Float32Array(0);
  /** Turns of switches at the end of the tick: FIFO, command, pairwise. */
  protected readonly turns = new ActorList();
  private readonly patience: Int32Array;
  private readonly retry: Int32Array;

  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c, actors, recorder);
    this.patience = new Int32Array(program.sources.length).fill(1);
    this.retry = new Int32Array(program.sources.length);
  }

  /** The next words of a host source go as a train from tick t on, if they can. Returns how many went. */
  protected sendTrain(index: number, t: number): number {
    const { words, rate, controls } = this.program.sources[index];
    const first = this.sourceNext[index];
    if (rate || controls || this.turns.length > 0 || words.length - first < LEAST || t < this.retry[index]) return 0;
    const count = this.plan(this.c.sourceFifo[index], t, this.hop, Math.min(words.length - first, MOST), t);
    if (count === 0) {
      this.retry[index] = t + this.patience[index];
      this.patience[index] = Math.min(2 * this.patience[index], PATIENCE);
      return 0;
    }
    this.patience[index] = 1;
    this.reserve(count);
    for (let i = 0; i < count; i++) this.trainWords[this.ahead + i] = words[first + i];
    this.go(count);
    return count;
  }

  /**
   * How many words that are pushed into FIFO `root` in consecutive ticks from `begin` on, ready `delay` later each, go all the
   * way in consecutive ticks: up to `most`, or 0 if not even a few. Tick t's departures are made. The way is in `stops`.
   */
  private plan(root: number, begin: number, delay: number, most: number, t: number): number {
    this.length = most;
    this.ahead = 0;
    this.stopCount = 0;
    const { forks } = this;
    forks.length = 0;
    let id = root;
    let push = begin;
    let lag = delay;
    let ahead = 0;
    for (;;) {
      const next = this.addStop(id, push, lag, ahead, t);
      if (this.length < LEAST) return 0;
      const at = (this.stopCount - 1) * S;
      if (next >= 0) {
        id = next;
        push = this.stops[at + STOP.HEAD];
        ahead = this.stops[at + STOP.AHEAD];
      } else if (forks.length > 0) {
        const { data } = forks;
        forks.length -= 3;
        id = data[forks.length];
        push = data[forks.length + 1];
        ahead = data[forks.length + 2];
      } else return this.length;
      lag = this.hop;
    }
  }

  /**
   * The next FIFO on the way: words are pushed into it in every tick from `push` on, of which `before` are ahead of the train.
   * Shortens the train to what it can take, to 0 or less if that is nothing. Returns the one FIFO behind it, or -1.
   */
  private addStop(id: number, push: number, lag: number, before: number, t: number): number {
    const { fifo } = this;
    const f = id * W;
    const queue = fifo[f];
    const own = (queue >> 8) & 255;
    const last = fifo[f + LAST];
    const free = last > t ? last + 1 : t + 1;
    const head = own === 0 ? Math.max(push + lag, free) : this.headOf(id, own, free, push + lag);
    if (head < 0) return this.giveUp();
    // Room for a word in every tick from `push` on: departures in every tick from `leaves` on make it.
    let held = own + (last >= push ? last - Math.max(fifo[f + RUN], push) + 1 : 0);
    if (own > 0 && head < push) held -= Math.min(own, push - head);
    const leaves = last >= push && head === last + 1 ? Math.max(fifo[f + RUN], push) : Math.max(head, push);
    this.limit((queue >> 16) - held, leaves - push, before);
    const ahead = before + own;
    if (ahead > this.ahead) this.ahead = ahead;
    const at = this.stopCount++ * S;
    if (at + S > this.stops.length) this.growStops();
    const { stops } = this;
    stops[at] = id;
    stops[at + STOP.HEAD] = head;
    stops[at + STOP.AHEAD] = ahead;
    stops[at + STOP.OWN] = own;
    const into = fifo[f + INTO];
    stops[at + STOP.USE] = into >= 0 ? this.firstUse(into, head, ahead) : head;
    this.length = Math.min(this.length, this.horizon - stops[at + STOP.USE] - ahead);
    const link = fifo[f + LINK];
    return link === GENERAL ? this.addForks(id, head, ahead) : link;
  }

  /** At most `spare` words, if the first place is given back only `later` ticks after the first word comes. */
  private limit(spare: number, later: number, ahead: number): void {
    if (later >= spare || spare <= 0) this.length = Math.min(this.length, spare - ahead);
  }

  private giveUp(): number {
    this.length = 0;
    return -1;
  }

  /** Tick at which the first word of a FIFO departs if all of its words, and then one that is ready at `next`, can do so in consecutive ticks; else -1. */
  private headOf(id: number, own: number, free: number, next: number): number {
    const { ring } = this;
    let head = free;
    for (let n = 0; n < own; n++) {
      const tag = ring[this.entryAt(this.fifo[id * W], this.fifo[id * W + RING], n) + 1];
      if ((tag & 3) !== 0) return -1;
      if (n === 0) head = Math.max(free, tag >> 2);
      else if (tag >> 2 > head + n) return -1;
    }
    return next > head + own ? -1 : head;
  }

  /** Tick at which the first of the words that are delivered in every tick from `head` on is used in an input queue. */
  private firstUse(into: number, head: number, ahead: number): number {
    const { lane } = this;
    const l = into * L;
    const queue = lane[l];
    if (lane[l + LANE.STATE] < MULTIPLYING || (queue & 0xff00) !== 0) return this.giveUp();
    const used = lane[l + LANE.USED];
    const use = Math.max(head + this.ramp, used + 1);
    const frees = used >= head && use === used + 1 ? Math.max(lane[l + LANE.FROM], head) : use;
    this.limit((queue >> 16) - this.usedEarly(into, head), frees - head, ahead);
    this.length = Math.min(this.length, lane[l + LANE.LEFT] - ahead);
    return use;
  }

  /** A FIFO that goes several ways: all but the last wait in `forks`. */
  private addForks(id: number, head: number, ahead: number): number {
    const { slots } = this;
    const place = this.place[id];
    const s = place >> 3;
    const masks = slots[s];
    const links = linksOf(masks);
    if (masks & SPECIAL || ((masks >> (place & 7)) & 1) === 0) return this.giveUp();
    for (let k = s + LINKS; k < s + LINKS + links; k++) {
      if (slots[k] < 0) return this.giveUp();
      this.forks.push(slots[k]);
      this.forks.push(head);
      this.forks.push(ahead);
    }
    return -1;
  }

  /** Moves a train of `count` words along the way that plan() has found. */
  private go(count: number): void {
    const { stops, fifo } = this;
    for (let at = 0; at < this.stopCount * S; at += S) {
      const id = stops[at];
      const f = id * W;
      const head = stops[at + STOP.HEAD];
      const ahead = stops[at + STOP.AHEAD];
      const own = stops[at + STOP.OWN];
      const from = this.ahead - ahead;
      if (own > 0) this.takeOut(id, own, from);
      if (fifo[f + LAST] !== head - 1 || fifo[f + RUN] < 0) this.openRun(id, head);
      fifo[f + LAST] = head + ahead + count - 1;
      if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, head + 1);
      const into = fifo[f + INTO];
      if (into >= 0) this.streams?.takeRun(this.lanePe[into], into, this.trainWords, this.trainFloats, from, ahead + count, stops[at + STOP.USE]);
    }
  }

  /** The words that lie in a FIFO go ahead of the train. */
  private takeOut(id: number, own: number, to: number): void {
    const f = id * W;
    const queue = this.fifo[f];
    for (let n = 0; n < own; n++) this.trainWords[to + n] = this.ring[this.entryAt(queue, this.fifo[f + RING], n)];
    const first = (queue & 255) + own;
    const capacity = queue >> 16;
    this.fifo[f] = (capacity << 16) | (first >= capacity ? first - capacity : first);
  }

  private reserve(count: number): void {
    if (this.trainWords.length >= this.ahead + count) return;
    this.trainWords = new Int32Array(2 * (this.ahead + count));
    this.trainFloats = new Float32Array(this.trainWords.buffer);
  }

  private growStops(): void {
    const grown = new Int32Array(this.stops.length * 2);
    grown.set(this.stops);
    this.stops = grown;
  }
}
