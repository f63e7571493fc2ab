/**
 * Trains: many words of a stream moved in one visit. Where the next words of a host source or of a sending element find the whole
 * way before them free, so that every FIFO passes one in every tick and every input queue at its end is read by a stream or
 * a relay, all their departures and uses are known at once; they are made then and there, early, and nothing but the speed
 * differs from an event for each.
 *
 * A FIFO of which words departed early says so by LAST and RUN: some of that run of departures are to come.
 *
 * Why it is exact. A head departs at the first tick at which it is ready, its FIFO has had no departure and every place it goes
 * to has room (docs/tick.md 3). Along the way of a train one FIFO feeds each next one, alone; no position turns, because the words
 * carry no control and no advance bit and no other port is open; a router whose colors share a port is not on the way. The
 * queues at its ends are read by threads that nothing disturbs before the horizon. So the ticks follow from the heads'
 * alone. plan() computes them, FIFO by FIFO, and gives up where a word would have to wait for room.
 */
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { distanceOf, FIFO, GENERAL, LANE, LINKS, linksOf, MULTIPLYING, NOBODY, SPECIAL } from './fabric-fields.ts';
import { FabricFlights } from './fabric-flights.ts';
import { ActorList, type EventWheel } from './wheel.ts';

const { RING, WAITER, RUN, LINK, INTO } = FIFO;
const W = FIFO.FIELDS;
const L = LANE.FIELDS;

/** Shorter trains are not worth looking down the way for; longer ones do not stay in the cache, and all of their words must have a place. */
const LEAST = 4;
const MOST = 1024;
const PLACES = 2 ** 20;
/** Words that pass stops from one look up to the next. */
const PASSING = 2 ** 19;
/** Ticks until who found no way looks again: doubled up to this. */
const PATIENCE = 64;

/**
 * A FIFO on the way: its id, the tick of its first departure, words ahead of the train (its own among them), and its own. If a
 * queue is behind it: the tick of its first use, the words that wait there for a relay (-1: a stream reads it). The line (below)
 * of its words, and the one of what the relay sends on.
 */
const STOP = { ID: 0, HEAD: 1, AHEAD: 2, OWN: 3, USE: 4, WAITING: 5, LINE: 6, ON: 7, FIELDS: 8 } as const;
const S = STOP.FIELDS;

/** Who waits to be walked: FIFO, tick of the first word pushed, ticks until it is ready, words ahead, line. */
const FORK = 5;

export class FabricTrains extends FabricFlights {
  /** Who has just sent a word and may send the next ones as a train: PEs, and sources from sourceActor on. */
  readonly hopeful = new ActorList();
  /** The way of the train that is being planned: FIFOs in the order of a walk that goes deep first. */
  private readonly stops = new ActorList();
  private readonly forks = new ActorList();
  /** How many of the hopeful have been asked, and where the train under way is among its stops. */
  private sent = 0;
  private passed = 0;
  /**
   * A line is a train's words between two relays, behind those that lie in the FIFOs on the way: where FIFO after FIFO puts its own
   * before the rest. How many there are at most before each line's train, and where it begins in the words.
   */
  private readonly lineAhead = new ActorList();
  private readonly lineBegin = new ActorList();
  /** How many words the way takes so far. */
  private length = 0;
  /** The tick that was executed last. */
  private past = 0;
  private trainWords = new Int32Array(0);
  private trainFloats = new Float32Array(0);
  private readonly patience: Uint8Array;
  private readonly retry: Int32Array;

  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c, actors, recorder);
    this.patience = new Uint8Array(this.sourceActor + program.sources.length).fill(1);
    this.retry = new Int32Array(this.patience.length);
  }

  /** Notes that `who` may have `left` words for a train from tick t + 1 on. */
  hope(who: number, left: number, t: number): void {
    if (left >= LEAST && t >= this.retry[who]) this.hopeful.push(who);
  }

  /** After tick t is executed and its switches have turned: words go ahead of their time. False if some are still to: to be called again before anything else. */
  sendAhead(t: number): boolean {
    return this.sendFlights() && (this.hopeful.length === 0 || this.sendTrains(t));
  }

  /** Who hopes to sends a train. False if a train is still under way. */
  private sendTrains(t: number): boolean {
    const { hopeful } = this;
    this.now = t + 1;
    while (this.passStops()) {
      if (this.sent === hopeful.length) {
        this.forgetTrains();
        return true;
      }
      const who = hopeful.data[this.sent++];
      if (who < this.sourceActor) this.streams?.sendTrain(who, t);
      else this.sendFromSource(who - this.sourceActor, t);
    }
    return false;
  }

  /** Nobody hopes any more, and no train is under way. */
  private forgetTrains(): void {
    this.hopeful.length = 0;
    this.sent = 0;
    this.stops.length = 0;
    this.passed = 0;
  }

  override rebuild(tick: number): void {
    super.rebuild(tick);
    this.forgetTrains();
  }

  private sendFromSource(index: number, t: number): void {
    const { words } = this.program.sources[index];
    const first = this.sourceNext[index];
    const who = this.sourceActor + index;
    const count = this.train(who, this.c.sourceFifo[index], t + 1, this.hop, words.length - first, words, first, 1);
    if (count === 0) return;
    this.sourceNext[index] += count;
    this.recorder?.sourceBurst(index, t + 1, count);
    if (t + count > this.last[0]) this.last[0] = t + count;
    this.actors.cancel(who);
    if (first + count < words.length) this.actors.schedule(who, t + 1 + count);
  }

  /**
   * Moves up to `left` words, at `place`, `place + step`, ..., that `who` pushes into FIFO `root` in consecutive ticks from `begin` on,
   * ready `delay` later each, the whole way. The tick before is executed. Returns how many went: 0 if not even a few can.
   */
  train(who: number, root: number, begin: number, delay: number, left: number, words: Int32Array | Uint32Array, place: number, step: number): number {
    this.passed = 0;
    if (!this.plan(root, begin, delay, Math.min(left, MOST))) {
      this.stops.length = 0;
      this.retry[who] = begin - 1 + this.patience[who];
      this.patience[who] = Math.min(2 * this.patience[who], PATIENCE);
      return 0;
    }
    this.patience[who] = 1;
    this.layLines();
    const to = this.lineAhead.data[0];
    for (let i = 0; i < this.length; i++) this.trainWords[to + i] = words[place + i * step];
    return this.length;
  }

  /** The train under way passes its next stops. False if some are left. */
  private passStops(): boolean {
    const { stops } = this;
    const most = Math.min(stops.length, this.passed + S * Math.ceil(PASSING / this.length));
    this.ahead += ((most - this.passed) / S) | 0;
    for (; this.passed < most; this.passed += S) this.pass(this.passed);
    return this.passed === stops.length;
  }

  /** Finds the way of a train of at most `most` words and how long it may be. False if not even short ones go. */
  private plan(root: number, begin: number, delay: number, most: number): boolean {
    const { forks, lineAhead } = this;
    this.length = most;
    this.past = begin - 1;
    this.stops.length = 0;
    lineAhead.length = 0;
    lineAhead.push(0);
    forks.length = 0;
    this.addFork(root, begin, delay, 0, 0);
    while (forks.length > 0) {
      forks.length -= FORK;
      const at = forks.length;
      const { data } = forks;
      const line = data[at + 4];
      let ahead = data[at + 3];
      let lag = data[at + 2];
      let push = data[at + 1];
      for (let id = data[at]; id >= 0; ) {
        id = this.addStop(id, push, lag, ahead, line);
        if (this.length < LEAST) return false;
        const stop = this.stops.length - S;
        push = this.stops.data[stop + STOP.HEAD];
        ahead = this.stops.data[stop + STOP.AHEAD];
        lag = this.hop;
      }
    }
    this.length = Math.min(this.length, (PLACES / lineAhead.length) | 0);
    return this.length >= LEAST;
  }

  private addFork(id: number, push: number, lag: number, ahead: number, line: number): void {
    const { forks } = this;
    forks.push(id);
    forks.push(push);
    forks.push(lag);
    forks.push(ahead);
    forks.push(line);
  }

  /**
   * The next FIFO on the way: words are pushed into it in every tick from `push` on, of which `before` are ahead of the train.
   * Shortens the train to what it can take, to 0 or less if that is nothing. Returns the one FIFO behind it, or -1.
   */
  private addStop(id: number, push: number, lag: number, before: number, line: number): number {
    const { fifo, stops } = this;
    const f = id * W;
    const queue = fifo[f];
    const own = (queue >> 8) & 255;
    const last = this.pipes.lastOf(f);
    const free = Math.max(last, this.past) + 1;
    const head = own === 0 ? Math.max(push + lag, free) : this.headOf(this.ring, queue, fifo[f + RING], free, push + lag);
    if (head < 0) return this.giveUp();
    // Room for a word in every tick from `push` on: departures in every tick from `leaves` on make it.
    const leaving = this.leaving(f, push);
    let held = own + leaving;
    if (head < push) held -= Math.min(own, push - head);
    const joined = head === last + 1 && (leaving === 1 || (leaving > 0 && distanceOf(fifo[f + RUN]) === 1));
    // Departures that the train's run does not tell must be over when the next word comes.
    if (!joined && last >= push + LEAST) return this.giveUp();
    const leaves = joined ? last - leaving + 1 : Math.max(head, push);
    this.limit((queue >> 16) - held, leaves - push, before);
    const ahead = before + own;
    this.putAhead(line, ahead);
    const at = stops.length;
    stops.push(id);
    stops.push(head);
    stops.push(ahead);
    stops.push(own);
    stops.push(head);
    stops.push(-1);
    stops.push(line);
    stops.push(-1);
    const into = fifo[f + INTO];
    if (into >= 0 && this.lane[into * L + LANE.STATE] >= MULTIPLYING) this.addStream(at, into);
    else if (into >= 0) this.addRelay(at, into);
    this.length = Math.min(this.length, this.horizon - stops.data[at + STOP.USE] - ahead);
    const link = fifo[f + LINK];
    return link <= GENERAL ? this.addLinks(id, head, ahead, line) : link;
  }

  private putAhead(line: number, ahead: number): void {
    const { data } = this.lineAhead;
    if (ahead > data[line]) data[line] = ahead;
  }

  /** At most `spare` words, if the first place is given back only `later` ticks after the first word comes. */
  private limit(spare: number, later: number, ahead: number): void {
    if (later >= spare || spare <= 0) this.length = Math.min(this.length, spare - ahead);
  }

  private giveUp(): number {
    this.length = 0;
    return -1;
  }

  /**
   * Tick, `free` at the earliest, at which the first word of a queue leaves if all its words, and then one that is ready at `next`,
   * can do so in consecutive ticks; else -1.
   */
  private headOf(ring: Int32Array, queue: number, first: number, free: number, next: number): number {
    const own = (queue >> 8) & 255;
    let head = free;
    for (let n = 0; n < own; n++) {
      const tag = ring[this.entryAt(queue, first, n) + 1];
      if ((tag & 3) !== 0) return -1;
      if (n === 0) head = Math.max(free, tag >> 2);
      else if (tag >> 2 > head + n) return -1;
    }
    return next > head + own ? -1 : head;
  }

  /** A stream reads the queue behind a stop. */
  private addStream(at: number, into: number): void {
    const { lane } = this;
    const { data } = this.stops;
    const l = into * L;
    const head = data[at + STOP.HEAD];
    const ahead = data[at + STOP.AHEAD];
    const queue = lane[l];
    if ((queue & 0xff00) !== 0) this.giveUp();
    const used = lane[l + LANE.USED];
    const use = Math.max(head + this.ramp, used + 1);
    this.limit((queue >> 16) - this.usedEarly(into, head), this.firstFreed(into, head, use) - head, ahead);
    this.length = Math.min(this.length, lane[l + LANE.LEFT] - ahead);
    data[at + STOP.USE] = use;
  }

  /** A relay, or whoever else takes a word a cycle, reads the queue behind a stop, in which words may wait. */
  private addRelay(at: number, into: number): void {
    const { lane, streams } = this;
    const { data } = this.stops;
    const l = into * L;
    const queue = lane[l];
    const waiting = (queue >> 8) & 255;
    const pe = this.lanePe[into];
    const begins = streams?.relayBegins(pe, into) ?? -1;
    if (begins < 0 || !streams) {
      this.giveUp();
      return;
    }
    const head = data[at + STOP.HEAD];
    const arrives = head + this.ramp;
    const free = Math.max(begins, this.past + 1);
    const use = waiting === 0 ? Math.max(arrives, free) : this.headOf(this.laneRing, queue, lane[l + 1], free, arrives);
    // Of two gaps between uses that are still to come only one can be told.
    if (use < 0 || (use !== lane[l + LANE.USED] + 1 && this.usesBefore(into, this.past) >= 0)) {
      this.giveUp();
      return;
    }
    const ahead = data[at + STOP.AHEAD];
    const held = waiting + this.usedEarly(into, head) - (use < head ? Math.min(waiting, head - use) : 0);
    this.limit((queue >> 16) - held, Math.max(head, this.firstFreed(into, head, use)) - head, ahead);
    this.putAhead(data[at + STOP.LINE], ahead + waiting);
    this.length = Math.min(this.length, streams.relayLeft(pe) - ahead - waiting, this.horizon - use - ahead - waiting);
    data[at + STOP.USE] = use;
    data[at + STOP.WAITING] = waiting;
    const on = streams.relayOutput(pe);
    if (on < 0) return;
    data[at + STOP.ON] = this.lineAhead.length;
    this.lineAhead.push(ahead + waiting);
    this.addFork(on, use, 1 + this.ramp, ahead + waiting, data[at + STOP.ON]);
  }

  /** First tick from `head` on whose use of a word gives room, if the next word is used at `use`. */
  private firstFreed(into: number, head: number, use: number): number {
    const l = into * L;
    const used = this.lane[l + LANE.USED];
    return used >= head && use === used + 1 ? Math.max(this.lane[l + LANE.FROM], head) : use;
  }

  /** A FIFO that goes several ways, or to where no train goes. */
  private addLinks(id: number, head: number, ahead: number, line: number): number {
    const { slots } = this;
    const place = this.place[id];
    const s = place >> 3;
    const masks = slots[s];
    if (masks & SPECIAL || ((masks >> (place & 7)) & 1) === 0) return this.giveUp();
    for (let k = s + LINKS; k < s + LINKS + linksOf(masks); k++) {
      if (slots[k] >= 0) this.addFork(slots[k], head, this.hop, ahead, line);
    }
    return -1;
  }

  /** Gives every line its place in the words. */
  private layLines(): void {
    const { lineAhead, lineBegin } = this;
    lineBegin.length = 0;
    let total = 0;
    for (let line = 0; line < lineAhead.length; line++) {
      lineBegin.push(total);
      total += lineAhead.data[line] + this.length;
    }
    if (this.trainWords.length >= total) return;
    this.trainWords = new Int32Array(2 * total);
    this.trainFloats = new Float32Array(this.trainWords.buffer);
  }

  /** The train passes a stop. */
  private pass(at: number): void {
    const { fifo, trainWords } = this;
    const { data } = this.stops;
    const id = data[at];
    const f = id * W;
    const head = data[at + STOP.HEAD];
    const own = data[at + STOP.OWN];
    const count = data[at + STOP.AHEAD] + this.length;
    const from = this.placeIn(data[at + STOP.LINE], data[at + STOP.AHEAD]);
    if (own > 0) fifo[f] = takeOut(this.ring, fifo[f], fifo[f + RING], own, trainWords, from);
    this.noteDepartures(id, head, count);
    if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, head + 1);
    if (fifo[f + LINK] === GENERAL) this.passSinks(id, from, count, head);
    const into = fifo[f + INTO];
    if (into < 0) return;
    if (data[at + STOP.WAITING] >= 0) this.passRelay(at, into, from, count);
    else this.streams?.takeRun(this.lanePe[into], into, trainWords, this.trainFloats, from, count, data[at + STOP.USE]);
  }

  /** Words leave the fabric from tick `head` on, one in every tick, to the sinks of a FIFO, which take them at any rate. */
  private passSinks(id: number, from: number, count: number, head: number): void {
    const { slots, sinkCount, trainWords } = this;
    const s = this.place[id] >> 3;
    for (let k = s + LINKS; k < s + LINKS + linksOf(slots[s]); k++) {
      if (slots[k] > -2) continue;
      const sink = -2 - slots[k];
      const words = this.sinkWords[sink];
      for (let i = 0, n = sinkCount[sink]; i < count && n < words.length; i++, n++) words[n] = trainWords[from + i];
      sinkCount[sink] += count;
      this.recorder?.sinkBurst(sink, head, count);
    }
  }

  private passRelay(at: number, into: number, from: number, count: number): void {
    const { lane, trainWords } = this;
    const { data } = this.stops;
    const l = into * L;
    const waiting = data[at + STOP.WAITING];
    const use = data[at + STOP.USE];
    if (waiting > 0) lane[l] = takeOut(this.laneRing, lane[l], lane[l + 1], waiting, trainWords, from - waiting);
    if (use !== lane[l + LANE.USED] + 1) this.turnOver(into, use);
    lane[l + LANE.USED] = use + count + waiting - 1;
    this.wakeFeeder(into, use + 1);
    const to = data[at + STOP.ON] < 0 ? -1 : this.placeIn(data[at + STOP.ON], count + waiting - this.length);
    this.streams?.relay(this.lanePe[into], into, trainWords, this.trainFloats, from - waiting, count + waiting, use, to);
  }

  /** Where the words of a line are with `ahead` of them before the train. */
  private placeIn(line: number, ahead: number): number {
    return this.lineBegin.data[line] + this.lineAhead.data[line] - ahead;
  }
}

/** Copies all `own` words of a queue to words[to] and on. Returns the empty queue. */
function takeOut(ring: Int32Array, queue: number, first: number, own: number, words: Int32Array, to: number): number {
  const capacity = queue >> 16;
  let place = queue & 255;
  for (let n = 0; n < own; n++) {
    words[to + n] = ring[(first + place) * 2];
    if (++place === capacity) place = 0;
  }
  return (capacity << 16) | place;
}
