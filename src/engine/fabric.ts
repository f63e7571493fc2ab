/**
 * The routers of the wavelet engine: departures, sleep and wake. One event = one departure attempt of a FIFO's head; a FIFO
 * that cannot leave sleeps until the place it waits for gives room or its router's switch turns. Rules: docs/tick.md 1-7.
 *
 * Why reading the state directly is safe inside a tick: room in a FIFO is read only by its single feeder and counts a
 * departure of this very tick as not yet made (LAST); input queues are popped after the routers' turn; what is pushed at
 * t is ready at t + 1 or later; switches turn at the end of the tick.
 */
import { COMMAND, firstCommand, isFiltered, nextPosition, popped } from '../machine/control.ts';
import { Port } from '../machine/fabric.ts';
import { lanePassed, laneReady, laneTick } from '../machine/host.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import {
  FIFO,
  GENERAL,
  LANE,
  LINKS,
  linksOf,
  MULTIPLYING,
  NOBODY,
  positionOf,
  rxOf,
  SEVERAL_RX,
  SHARED,
  SHARED_WAY,
  SWITCHED,
  txOf,
  withoutHead,
} from './fabric-fields.ts';
import { FabricTrains } from './fabric-trains.ts';
import { collision } from './faults.ts';
import { ActorList, type EventWheel } from './wheel.ts';

const { RING, WAITER, LAST, LINK, INTO } = FIFO;
const { STATE, USED, FROM } = LANE;
/** Fields of a FIFO and of an input queue. */
const W = FIFO.FIELDS;
const L = LANE.FIELDS;
const RAMP = 1 << Port.RAMP;
const ALL = 31;
const NO_MEMORY = new Float32Array(0);
/** FIFOs of one tick that are asked from one look up to the next. */
const ASKED = 1 << 13;

export class Fabric extends FabricTrains {
  /** Turns of switches at the end of the tick: FIFO, command, pairwise. */
  private readonly turns = new ActorList();
  /** FIFOs of the router heard last whose colors share ports: they may leave if no other takes their port. */
  private readonly rivals = new Int32Array(128);
  private rivalCount = 0;
  private rivalsPe = NOBODY;
  /** The FIFOs of the running tick; how many they are, and how many have been asked. */
  private readonly due: Int32Array;
  private dueCount = 0;
  private asked = 0;
  /** The first collision of this tick by PE and color, so that the message does not depend on the visiting order. */
  private collided: { pe: number; color: number; ports: number } | null = null;

  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c, actors, recorder);
    this.due = new Int32Array(c.channels.count);
    program.sources.forEach((s, i) => {
      if (s.words.length > 0) actors.schedule(this.sourceActor + i, s.from ?? 0);
    });
  }

  /** The next FIFOs due at tick t. False if some are left: to be called again before anything else. */
  routers(t: number): boolean {
    if (this.asked === 0) this.dueCount = this.attempts.take(t, this.due);
    const from = this.asked;
    this.asked = Math.min(this.dueCount, from + ASKED);
    this.ask(from, this.asked, t);
    if (this.asked < this.dueCount) return false;
    this.ahead += this.dueCount;
    this.forgetDue();
    this.arbitrate(t);
    if (this.collided) throw collision(this.program, t, this.collided.pe, this.collided.color, this.collided.ports);
    return true;
  }

  private forgetDue(): void {
    this.dueCount = 0;
    this.asked = 0;
  }

  /** What a tick that was left midway has begun is forgotten, too. */
  override rebuild(tick: number): void {
    super.rebuild(tick);
    this.forgetDue();
    this.turns.length = 0;
    this.rivalCount = 0;
    this.rivalsPe = NOBODY;
    this.collided = null;
  }

  /**
   * The FIFOs [from, to) of those due at tick t. The loop is the engine's hottest: whether plain data with one way to go has room is asked here;
   * everything else goes through isCandidate, which says the same rule by rule.
   */
  private ask(from: number, to: number, t: number): void {
    const { fifo, ring, lane, before, attempts, due } = this;
    const count = this.dueCount;
    for (let i = from; i < to; i++) {
      const id = due[i];
      const f = id * W;
      const queue = fifo[f];
      if ((queue & 0xff00) === 0) continue;
      const tag = ring[(fifo[f + RING] + (queue & 255)) * 2 + 1];
      if (tag >> 2 > t) {
        attempts.schedule(id, tag >> 2);
        continue;
      }
      if (fifo[f + LAST] >= t && this.pipes.lastOf(f) >= t) {
        attempts.schedule(id, this.pipes.lastOf(f) + 1);
        continue;
      }
      const way = fifo[f + LINK];
      if (way === GENERAL || (tag & 3) !== 0) {
        this.generalEvent(id, t);
        continue;
      }
      const link = way < GENERAL ? SHARED_WAY - way : way;
      if (link >= 0) {
        const g = link * W;
        const q = fifo[g];
        if (((q >> 8) & 255) + this.leaving(g, t) >= q >> 16) {
          this.waitForRoom(id, link, t);
          continue;
        }
      }
      const into = fifo[f + INTO];
      if (into >= 0) {
        const l = into * L;
        const q = lane[l];
        const used = lane[l + USED];
        let held = (q >> 8) & 255;
        if (used >= t) held += before[2 * into + 1] < t ? used - (lane[l + FROM] > t ? lane[l + FROM] : t) + 1 : this.usedEarly(into, t);
        if (held >= q >> 16) {
          this.waitForUse(into, id, t);
          continue;
        }
      }
      if (way >= GENERAL || this.isAlone(i, count)) this.moveOn(id, link, into, t);
      else this.contend(id, t);
    }
  }

  /** The head of a FIFO, plain data, leaves at t over the one link and into the one queue that are given (NOWHERE: none); it has room there. */
  private moveOn(id: number, link: number, into: number, t: number): void {
    const { fifo, ring, attempts } = this;
    const f = id * W;
    const queue = fifo[f];
    const head = (fifo[f + RING] + (queue & 255)) * 2;
    if (into >= 0) this.use(into, head, t + this.ramp);
    if (link >= 0) {
      const g = link * W;
      const q = fifo[g];
      const waiting = q & 0xff00;
      let at = (q & 255) + (waiting >> 8);
      if (at >= q >> 16) at -= q >> 16;
      at = (fifo[g + RING] + at) * 2;
      ring[at] = ring[head];
      ring[at + 1] = (t + this.hop) * 4;
      fifo[g] = q + 256;
      if (waiting === 0) {
        attempts.schedule(link, t + this.hop);
        if (fifo[g + INTO] < 0 && fifo[g + LINK] >= GENERAL) this.launches.push(link);
      }
    }
    // The same as left(), by hand.
    this.noteDeparture(id, t);
    fifo[f] = withoutHead(queue);
    if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, t + 1);
    if ((queue & 0xff00) > 256) attempts.schedule(id, t + 1);
  }

  /** The plain word at `head` of the FIFOs' ring comes to an input queue, ready at `ready`. A multiplying stream takes it here, every other in deliver(). */
  private use(into: number, head: number, ready: number): void {
    const { lane } = this;
    const l = into * L;
    const used = lane[l + USED];
    const use = used >= ready ? used + 1 : ready;
    if (lane[l + STATE] !== MULTIPLYING || (lane[l] & 0xff00) !== 0 || use >= this.horizon) {
      this.deliver(into, this.ring[head], ready, 0);
      return;
    }
    const f32 = this.streams?.f32 ?? NO_MEMORY;
    if (use !== used + 1) this.streams?.gap(this.lanePe[into], into, use);
    const a = lane[l + LANE.A]++;
    f32[lane[l + LANE.D]++] = f32[a] * this.floats[head];
    lane[l + USED] = use;
    if (--lane[l + LANE.LEFT] === 0) this.streams?.complete(this.lanePe[into], into);
  }

  /** A FIFO's turn in the general case. */
  private generalEvent(channel: number, t: number): void {
    if (!this.isCandidate(channel, t)) return;
    if (this.slots[this.place[channel] >> 3] & SHARED) this.contend(channel, t);
    else this.depart(channel, t);
  }

  /** Whether no other FIFO due with the i-th of `count` is of its router, whose FIFOs are numbered side by side (compile.ts). */
  private isAlone(i: number, count: number): boolean {
    const { due } = this;
    const pe = this.peOf(due[i]);
    return pe !== this.rivalsPe && (i + 1 === count || this.peOf(due[i + 1]) !== pe);
  }

  /** The head of a FIFO may leave, if no other takes its port at this router, whose colors share some. The router before has been heard. */
  private contend(id: number, t: number): void {
    const pe = this.peOf(id);
    if (pe !== this.rivalsPe) {
      this.arbitrate(t);
      this.rivalsPe = pe;
    }
    this.rivals[this.rivalCount++] = id;
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
    if (at + 1 === words.length) return;
    this.actors.schedule(this.sourceActor + index, t + 1);
    if (!rate && !controls) this.hope(this.sourceActor + index, words.length - at - 1, t);
  }

  /** The router heard last decides. */
  private arbitrate(t: number): void {
    const { rivals, rivalCount } = this;
    if (rivalCount === 1) this.departShared(rivals[0], t);
    else if (rivalCount > 1) this.arbitrateAmong(rivalCount, t);
    this.rivalCount = 0;
    this.rivalsPe = NOBODY;
  }

  /** Candidates by (last departure of the color, color); one is granted if none of its ports is taken (tick rule 5). */
  private arbitrateAmong(count: number, t: number): void {
    const { rivals, rivalsPe } = this;
    for (let i = 1; i < count; i++) {
      const ch = rivals[i];
      let at = i;
      for (; at > 0 && this.goesBefore(rivalsPe, ch, rivals[at - 1]); at--) rivals[at] = rivals[at - 1];
      rivals[at] = ch;
    }
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const ch = rivals[i];
      const tx = txOf(this.slots[this.place[ch] >> 3]) & (this.isKeptFromElement(ch) ? ~RAMP : ALL);
      if (taken & tx) this.attempts.schedule(ch, t + 1);
      else {
        taken |= tx;
        this.departShared(ch, t);
      }
    }
  }

  /** The head of a FIFO of a router whose colors share ports leaves. */
  private departShared(id: number, t: number): void {
    const { fifo } = this;
    const f = id * W;
    const way = fifo[f + LINK];
    const head = (fifo[f + RING] + (fifo[f] & 255)) * 2;
    if (way === GENERAL || (this.ring[head + 1] & 3) !== 0) this.depart(id, t);
    else this.moveOn(id, SHARED_WAY - way, fifo[f + INTO], t);
  }

  private goesBefore(pe: number, x: number, y: number): boolean {
    const [colorX, colorY] = [this.colorOf(x), this.colorOf(y)];
    const age = this.lastDeparture(pe, colorX) - this.lastDeparture(pe, colorY);
    return age < 0 || (age === 0 && colorX < colorY);
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
      if (slots[k] >= 0) {
        this.push(slots[k], word, t + this.hop, control);
        this.launches.push(slots[k]);
      } else this.toSink(-2 - slots[k], word, t);
    }
    const kept = this.isKeptFromElement(channel);
    if (slots[s + 1] >= 0 && !kept) this.deliver(slots[s + 1], word, t + this.ramp, control);
    if (kept) this.noteKept(channel, txOf(masks) & ~RAMP, t);
    else this.noteDeparture(channel, t);
    this.left(channel, t);
  }

  /** Whether a FIFO's head is a control wavelet that does not go up the ramp. */
  private isKeptFromElement(channel: number): boolean {
    const f = channel * W;
    const at = (this.fifo[f + RING] + (this.fifo[f] & 255)) * 2;
    return (this.ring[at + 1] & 2) !== 0 && isFiltered(this.ring[at]);
  }

  /** The head leaves at t through other ports than the slot's: it is told by itself. */
  private noteKept(channel: number, tx: number, t: number): void {
    this.closeRun(channel);
    this.fifo[channel * W + LAST] = t;
    this.recorder?.moveRun(this.c.channelOf[channel], tx, t, 1, 1);
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
    fifo[f] = withoutHead(fifo[f]);
    if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(channel, t + 1);
    this.wakeFifo(channel, t + 1);
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
