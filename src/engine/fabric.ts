/**
 * The routers of the wavelet engine: departures, sleep and wake. One event = one departure attempt of a FIFO's head; a FIFO
 * that cannot leave sleeps until the place it waits for gives room or its router's switch turns. Rules: docs/tick.md 1-7.
 *
 * Why reading the state directly is safe inside a tick: room in a FIFO is read only by its single feeder and counts a
 * departure of this very tick as not yet made (LAST); input queues are popped after the routers' turn; what is pushed at
 * t is ready at t + 1 or later; switches turn at the end of the tick.
 */
import { COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../machine/control.ts';
import { lanePassed, laneReady, laneTick } from '../machine/host.ts';
import { Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import {
  FabricState,
  FIFO,
  GENERAL,
  LANE,
  LINKS,
  linksOf,
  MULTIPLYING,
  NOBODY,
  OWN_ELEMENT,
  positionOf,
  QUIET,
  rxOf,
  SEVERAL_RX,
  SHARED,
  SLEEPING,
  SWITCHED,
  txOf,
} from './fabric-state.ts';
import { collision } from './faults.ts';
import { TickBits } from './tick-bits.ts';
import { ActorList, type EventWheel } from './wheel.ts';

const { RING, WAITER, LAST, RUN, LINK, INTO } = FIFO;
const { STATE, USED, FROM } = LANE;
/** Fields of a FIFO and of an input queue. */
const W = FIFO.FIELDS;
const L = LANE.FIELDS;
const RAMP = 1 << Port.RAMP;
const ALL = 31;
const NO_MEMORY = new Float32Array(0);

/** The compute elements' streams, which use words as they are delivered (element-streams.ts). */
export interface Streams {
  /** The memories of all PEs. */
  readonly f32: Float32Array;
  /** A word is delivered, ready at `ready`, and the queue's ring is empty: uses it if that is before the horizon. False if not. */
  take(pe: number, into: number, word: number, ready: number): boolean;
  /** The stream stood still before the use at tick `use`. */
  gap(pe: number, into: number, use: number): void;
  /** Its last word is used at the lane's USED. */
  complete(pe: number, into: number): void;
}

export class Fabric extends FabricState {
  /** Which FIFOs try to depart when. */
  readonly attempts: TickBits;
  /** Set by the compute elements. */
  streams: Streams | null = null;
  /** Streams use no word at this tick or later: somebody may look. */
  horizon = 0;

  /** Turns of switches at the end of the tick: FIFO, command, pairwise. */
  private readonly turns = new ActorList();
  private readonly contested = new ActorList();
  private readonly isContested: Uint8Array;
  /** The FIFOs of the running tick. */
  private readonly due: Int32Array;
  private readonly candidates = new Int32Array(128);
  /** The first collision of this tick by PE and color, so that the message does not depend on the visiting order. */
  private collided: { pe: number; color: number; ports: number } | null = null;
  private readonly hop: number;
  private readonly ramp: number;
  private readonly actors: EventWheel;
  private readonly sourceActor: number;
  private readonly recorder: Recorder | undefined;

  /** `actors` wakes compute elements (by PE) and host sources (by PEs + index). */
  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c);
    this.attempts = new TickBits(c.channels.count);
    this.due = new Int32Array(c.channels.count);
    this.actors = actors;
    this.recorder = recorder;
    this.sourceActor = program.width * program.height;
    this.isContested = new Uint8Array(this.sourceActor);
    this.hop = program.machine.hop;
    this.ramp = program.machine.ramp;
    program.sources.forEach((s, i) => {
      if (s.words.length > 0) actors.schedule(this.sourceActor + i, s.from ?? 0);
    });
  }

  /**
   * All FIFOs due at tick t. The loop is the engine's hottest: plain data with one way to go is handled here in one piece;
   * everything else goes through isCandidate and depart, which say the same rule by rule.
   */
  routers(t: number): void {
    const { fifo, ring, floats, lane, attempts, due, horizon } = this;
    const f32 = this.streams?.f32 ?? NO_MEMORY;
    const count = attempts.take(t, due);
    const arrives = t + this.hop;
    const delivered = t + this.ramp;
    for (let i = 0; i < count; i++) {
      const id = due[i];
      const f = id * W;
      const queue = fifo[f];
      const head = (fifo[f + RING] + (queue & 255)) * 2;
      if ((queue & 0xff00) === 0) continue;
      const ready = ring[head + 1] >> 2;
      if (ready > t) {
        attempts.schedule(id, ready);
        continue;
      }
      const link = fifo[f + LINK];
      if (link === GENERAL || (ring[head + 1] & 3) !== 0) {
        this.generalEvent(id, t);
        continue;
      }
      const g = link * W;
      if (link >= 0 && ((fifo[g] >> 8) & 255) + (fifo[g + LAST] === t ? 1 : 0) >= fifo[g] >> 16) {
        this.waitForRoom(id, link, t);
        continue;
      }
      const word = ring[head];
      const into = fifo[f + INTO];
      if (into >= 0) {
        const l = into * L;
        const q = lane[l];
        const waiting = (q >> 8) & 255;
        const used = lane[l + USED];
        let held = waiting;
        if (used >= t) held += used - (lane[l + FROM] > t ? lane[l + FROM] : t) + 1;
        if (held >= q >> 16) {
          this.waitForUse(into, id, t);
          continue;
        }
        const use = used >= delivered ? used + 1 : delivered;
        if (lane[l + STATE] === MULTIPLYING && waiting === 0 && use < horizon) {
          if (use !== used + 1) this.streams?.gap(this.lanePe[into], into, use);
          const a = lane[l + LANE.A]++;
          f32[lane[l + LANE.D]++] = f32[a] * floats[head];
          lane[l + USED] = use;
          if (--lane[l + LANE.LEFT] === 0) this.streams?.complete(this.lanePe[into], into);
        } else this.deliver(into, word, delivered, 0);
      }
      if (link >= 0) {
        const q = fifo[g];
        const waiting = q & 0xff00;
        let at = (q & 255) + (waiting >> 8);
        if (at >= q >> 16) at -= q >> 16;
        at = (fifo[g + RING] + at) * 2;
        ring[at] = word;
        ring[at + 1] = arrives * 4;
        fifo[g] = q + 256;
        if (waiting === 0) attempts.schedule(link, arrives);
      }
      // The same as left(), by hand.
      if (fifo[f + LAST] !== t - 1 || fifo[f + RUN] < 0) this.openRun(id, t);
      fifo[f + LAST] = t;
      const first = (queue & 255) + 1 === queue >> 16 ? 0 : (queue & 255) + 1;
      fifo[f] = (queue & ~255) - 256 + first;
      if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, t + 1);
      if ((queue & 0xff00) > 256) attempts.schedule(id, t + 1);
    }
    this.arbitrate(t);
  }

  /** A FIFO's turn in the general case. */
  private generalEvent(channel: number, t: number): void {
    if (this.slots[this.place[channel] >> 3] & SHARED) {
      const pe = this.peOf(channel);
      if (this.isContested[pe] === 1) return;
      this.isContested[pe] = 1;
      this.contested.push(pe);
    } else if (this.isCandidate(channel, t)) this.depart(channel, t);
  }

  /** Host source `index` at tick t: one word if its lane is ready and there is room. */
  sourceEvent(index: number, t: number): void {
    const { words, rate, controls } = this.program.sources[index];
    if (!laneReady(rate, this.sourceDue[index], t)) {
      this.actors.schedule(this.sourceActor + index, laneTick(rate, this.sourceDue[index]));
      return;
    }
    const channel = this.c.sourceFifo[index];
    if (!this.hasRoom(channel, t)) {
      this.waitFor(channel, -3 - index, t);
      return;
    }
    const at = this.sourceNext[index]++;
    this.push(channel, words[at] | 0, t + this.hop, controls?.[at] ? 2 : 0);
    this.sourceDue[index] = lanePassed(rate, this.sourceDue[index], t);
    this.recorder?.sourceWord(index, t);
    this.last[0] = Math.max(this.last[0], t);
    if (at + 1 < words.length) this.actors.schedule(this.sourceActor + index, t + 1);
  }

  /** Routers whose colors share a port decide together, after all single ones were heard. */
  private arbitrate(t: number): void {
    for (let i = 0; i < this.contested.length; i++) {
      this.isContested[this.contested.data[i]] = 0;
      this.arbitrateRouter(this.contested.data[i], t);
    }
    this.contested.length = 0;
    if (this.collided) throw collision(this.program, t, this.collided.pe, this.collided.color, this.collided.ports);
  }

  /** Candidates by (last departure of the color, color); one is granted if none of its ports is taken (tick rule 5). */
  private arbitrateRouter(pe: number, t: number): void {
    const { first } = this.c.channels;
    let count = 0;
    for (let channel = first[pe]; channel < first[pe + 1]; channel++) {
      const ch = this.c.fifoOf[channel];
      if (this.headReady(ch) > t || !this.isCandidate(ch, t)) continue;
      let at = count++;
      for (; at > 0 && this.goesBefore(pe, ch, this.candidates[at - 1]); at--) this.candidates[at] = this.candidates[at - 1];
      this.candidates[at] = ch;
    }
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const ch = this.candidates[i];
      const tx = txOf(this.slots[this.place[ch] >> 3]) & (this.isKeptFromElement(ch) ? ~RAMP : ALL);
      if (taken & tx) this.attempts.schedule(ch, t + 1);
      else {
        taken |= tx;
        this.depart(ch, t);
      }
    }
  }

  private goesBefore(pe: number, x: number, y: number): boolean {
    const [colorX, colorY] = [this.colorOf(x), this.colorOf(y)];
    const age = this.lastDeparture(pe, colorX) - this.lastDeparture(pe, colorY);
    return age < 0 || (age === 0 && colorX < colorY);
  }

  private colorOf(channel: number): number {
    return this.c.channels.color[this.c.channelOf[channel]];
  }

  private peOf(channel: number): number {
    return this.c.channels.pe[this.c.channelOf[channel]];
  }

  /** Whether the ready head of a FIFO may leave at t; if not, it sleeps until what it waits for changes (tick rules 3 and 4). */
  private isCandidate(channel: number, t: number): boolean {
    const { slots } = this;
    const place = this.place[channel];
    const s = place >> 3;
    const masks = slots[s];
    if (((masks >> (place & 7)) & 1) === 0) return false;
    if (masks & SEVERAL_RX) this.checkCollision(channel, rxOf(masks), t);
    for (let k = s + LINKS; k < s + LINKS + linksOf(masks); k++) {
      const target = slots[k];
      if (target < 0 ? !this.sinkReady(-2 - target, channel, t) : !this.hasRoom(target, t)) {
        if (target >= 0) this.waitForRoom(channel, target, t);
        return false;
      }
    }
    const into = slots[s + 1];
    if (into < 0 || this.inputHasRoom(into, t) || this.isKeptFromElement(channel)) return true;
    this.waitForUse(into, channel, t);
    return false;
  }

  /** Whether a sink's lane takes a wavelet at t; if not, the FIFO tries again when it does. */
  private sinkReady(sink: number, channel: number, t: number): boolean {
    const { rate } = this.program.sinks[sink];
    if (laneReady(rate, this.sinkDue[sink], t)) return true;
    this.attempts.schedule(channel, laneTick(rate, this.sinkDue[sink]));
    return false;
  }

  private waitForRoom(channel: number, target: number, t: number): void {
    if (!this.waitFor(target, channel, t)) this.attempts.schedule(channel, t + 1);
  }

  /** Notes a waiter for room in a FIFO; false if the room comes at t + 1 anyway, because its head leaves in this tick. */
  private waitFor(target: number, waiter: number, t: number): boolean {
    if (this.fifo[target * W + LAST] === t) {
      if (waiter < 0) this.wake(target, waiter, t + 1);
      return false;
    }
    this.fifo[target * W + WAITER] = waiter;
    return true;
  }

  /** An input queue is full: the FIFO tries again after the stream's next use, or sleeps until a word is taken. */
  private waitForUse(into: number, channel: number, t: number): void {
    const l = into * L;
    if (this.lane[l + USED] >= t) this.attempts.schedule(channel, Math.max(t, this.lane[l + FROM]) + 1);
    else this.lane[l + LANE.WAITER] = channel;
  }

  private checkCollision(channel: number, rx: number, t: number): void {
    const { channels } = this.c;
    const pe = this.peOf(channel);
    const color = this.colorOf(channel);
    let ports = 0;
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      if (channels.color[ch] === color && (rx >> channels.port[ch]) & 1 && this.headReady(this.c.fifoOf[ch]) <= t) ports |= 1 << channels.port[ch];
    }
    if ((ports & (ports - 1)) === 0) return;
    const known = this.collided;
    if (!known || pe < known.pe || (pe === known.pe && this.routeIndex(pe, color) < this.routeIndex(pe, known.color))) this.collided = { pe, color, ports };
  }

  /** The head of a FIFO leaves at t (tick rule 6). */
  private depart(channel: number, t: number): void {
    const { slots, fifo, ring } = this;
    const f = channel * W;
    const s = this.place[channel] >> 3;
    const masks = slots[s];
    const at = (fifo[f + RING] + (fifo[f] & 255)) * 2;
    const tag = ring[at + 1];
    const control = tag & 2;
    const word = control !== 0 && masks & SWITCHED ? this.command(channel, ring[at]) : ring[at];
    if (tag & 1) this.turn(channel, COMMAND.advance);
    for (let k = s + LINKS; k < s + LINKS + linksOf(masks); k++) {
      if (slots[k] >= 0) this.push(slots[k], word, t + this.hop, control);
      else this.toSink(-2 - slots[k], word, t);
    }
    const kept = this.isKeptFromElement(channel);
    if (slots[s + 1] >= 0 && !kept) this.deliver(slots[s + 1], word, t + this.ramp, control);
    this.left(channel, t);
    if (kept) this.tellKept(channel, txOf(masks) & ~RAMP, t);
  }

  /** Whether a FIFO's head is a control wavelet that does not go up the ramp. */
  private isKeptFromElement(channel: number): boolean {
    const f = channel * W;
    const at = (this.fifo[f + RING] + (this.fifo[f] & 255)) * 2;
    return (this.ring[at + 1] & 2) !== 0 && isFiltered(this.ring[at]);
  }

  /** The departure at t went through other ports than the slot's: it is told by itself. */
  private tellKept(channel: number, tx: number, t: number): void {
    const f = channel * W;
    if (this.fifo[f + RUN] < t) this.recorder?.moveRun(this.c.channelOf[channel], txOf(this.slots[this.place[channel] >> 3]), this.fifo[f + RUN], t - this.fifo[f + RUN]);
    this.recorder?.moveRun(this.c.channelOf[channel], tx, t, 1);
    this.fifo[f + RUN] = -1;
    if (t > this.last[0]) this.last[0] = t;
  }

  /** A control wavelet passes a switch: its first command acts at the end of the tick. Returns the word that goes on. */
  private command(channel: number, word: number): number {
    const pe = this.peOf(channel);
    const route = this.program.routes[this.program.routeOf[pe]][this.routeIndex(pe, this.colorOf(channel))];
    const command = firstCommand(word);
    const position = positionOf(this.slots[this.place[channel] >> 3]);
    this.turn(channel, command);
    return popped(word, route.pop ?? 'never', nextPosition(position, command, route.positions.length, route.ring) !== position);
  }

  private turn(channel: number, command: number): void {
    this.turns.push(channel);
    this.turns.push(command);
  }

  /** The head of a FIFO is gone: its place is free at t + 1. */
  private left(channel: number, t: number): void {
    const { fifo } = this;
    const f = channel * W;
    if (fifo[f + LAST] !== t - 1 || fifo[f + RUN] < 0) this.openRun(channel, t);
    fifo[f + LAST] = t;
    const queue = fifo[f];
    const first = (queue & 255) + 1 === queue >> 16 ? 0 : (queue & 255) + 1;
    fifo[f] = (queue & ~255) - 256 + first;
    if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(channel, t + 1);
    this.wakeFifo(channel, t + 1);
  }

  /** Tells the recorder of the FIFO's last run of departures in consecutive ticks, and begins another at t. */
  private openRun(channel: number, t: number): void {
    this.closeRun(channel);
    this.fifo[channel * W + RUN] = t;
    if (t > this.last[0]) this.last[0] = t;
  }

  private closeRun(channel: number): void {
    const { fifo } = this;
    const f = channel * W;
    if (fifo[f + RUN] < 0) return;
    this.recorder?.moveRun(this.c.channelOf[channel], txOf(this.slots[this.place[channel] >> 3]), fifo[f + RUN], fifo[f + LAST] - fifo[f + RUN] + 1);
    if (fifo[f + LAST] > this.last[0]) this.last[0] = fifo[f + LAST];
    fifo[f + RUN] = -1;
  }

  /** All FIFOs try again from `tick` on: after a snapshot was restored. */
  rebuild(tick: number): void {
    this.attempts.clear(tick);
    for (let channel = 0; channel < this.c.channels.count; channel++) this.wakeFifo(channel, tick);
  }

  /** Tells the recorder everything, and brings `last` up to date. */
  flush(): void {
    for (let channel = 0; channel < this.c.channels.count; channel++) this.closeRun(channel);
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

  private deliver(into: number, word: number, ready: number, bits: number): void {
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

  private toSink(sink: number, word: number, t: number): void {
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
    const queue = this.lane[l];
    const first = (queue & 255) + 1 === queue >> 16 ? 0 : (queue & 255) + 1;
    this.lane[l] = (queue & ~255) - 256 + first;
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

  private wakeWaiter(channel: number, next: number): void {
    const waiter = this.fifo[channel * W + WAITER];
    this.fifo[channel * W + WAITER] = NOBODY;
    this.wake(channel, waiter, next);
  }

  private wake(channel: number, waiter: number, next: number): void {
    if (waiter >= 0) this.wakeFifo(waiter, next);
    else if (waiter === OWN_ELEMENT) this.actors.schedule(this.peOf(channel), next);
    else this.actors.schedule(this.sourceActor - 3 - waiter, next);
  }

  /** Wakes a FIFO whose head may leave from `next` on; a head still in flight keeps its own time. */
  private wakeFifo(channel: number, next: number): void {
    const ready = this.headReady(channel);
    if (ready !== Number.POSITIVE_INFINITY) this.attempts.schedule(channel, Math.max(ready, next));
  }

  /** End of tick t: switches turn, and the FIFOs of turned slots try again. */
  commit(t: number): void {
    const { data, length } = this.turns;
    for (let i = 0; i < length; i += 2) this.turnSwitch(data[i], data[i + 1], t + 1);
    this.turns.length = 0;
  }

  private turnSwitch(channel: number, command: number, next: number): void {
    const { channels } = this.c;
    const pe = this.peOf(channel);
    const color = this.colorOf(channel);
    const index = this.routeIndex(pe, color);
    const { positions, ring } = this.program.routes[this.program.routeOf[pe]][index];
    const position = positionOf(this.slots[this.place[channel] >> 3]);
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) if (channels.color[ch] === color) this.closeRun(this.c.fifoOf[ch]);
    this.setPosition(pe, index, nextPosition(position, command, positions.length, ring));
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) if (channels.color[ch] === color) this.wakeFifo(this.c.fifoOf[ch], next);
  }
}
