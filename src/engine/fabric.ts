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
import { FIFO, GENERAL, LANE, LINKS, linksOf, MULTIPLYING, NOBODY, positionOf, rxOf, SEVERAL_RX, SHARED, SWITCHED, txOf } from './fabric-state.ts';
import { FabricTrains } from './fabric-trains.ts';
import { collision } from './faults.ts';
import { ActorList, type EventWheel } from './wheel.ts';

const { RING, WAITER, LAST, RUN, LINK, INTO } = FIFO;
const { STATE, USED, FROM } = LANE;
/** Fields of a FIFO and of an input queue. */
const W = FIFO.FIELDS;
const L = LANE.FIELDS;
const RAMP = 1 << Port.RAMP;
const ALL = 31;
const NO_MEMORY = new Float32Array(0);

export class Fabric extends FabricTrains {
  /** Turns of switches at the end of the tick: FIFO, command, pairwise. */
  private readonly turns = new ActorList();
  private readonly contested = new ActorList();
  private readonly isContested: Uint8Array;
  /** The FIFOs of the running tick. */
  private readonly due: Int32Array;
  private readonly candidates = new Int32Array(128);
  /** The first collision of this tick by PE and color, so that the message does not depend on the visiting order. */
  private collided: { pe: number; color: number; ports: number } | null = null;

  constructor(program: Program, c: CompiledProgram, actors: EventWheel, recorder: Recorder | undefined) {
    super(program, c, actors, recorder);
    this.due = new Int32Array(c.channels.count);
    this.isContested = new Uint8Array(this.sourceActor);
    program.sources.forEach((s, i) => {
      if (s.words.length > 0) actors.schedule(this.sourceActor + i, s.from ?? 0);
    });
  }

  /**
   * All FIFOs due at tick t. The loop is the engine's hottest: plain data with one way to go is handled here in one piece;
   * everything else goes through isCandidate and depart, which say the same rule by rule.
   */
  routers(t: number): void {
    const { fifo, ring, floats, lane, before, attempts, due, horizon } = this;
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
      const last = fifo[f + LAST];
      if (last >= t) {
        attempts.schedule(id, last + 1);
        continue;
      }
      const link = fifo[f + LINK];
      if (link === GENERAL || (ring[head + 1] & 3) !== 0) {
        this.generalEvent(id, t);
        continue;
      }
      const g = link * W;
      if (link >= 0) {
        const q = fifo[g];
        const leaves = fifo[g + LAST];
        let held = (q >> 8) & 255;
        if (leaves >= t) held += leaves - (fifo[g + RUN] > t ? fifo[g + RUN] : t) + 1;
        if (held >= q >> 16) {
          this.waitForRoom(id, link, t);
          continue;
        }
      }
      const word = ring[head];
      const into = fifo[f + INTO];
      if (into >= 0) {
        const l = into * L;
        const q = lane[l];
        const waiting = (q >> 8) & 255;
        const used = lane[l + USED];
        let held = waiting;
        if (used >= t) held += before[2 * into + 1] < t ? used - (lane[l + FROM] > t ? lane[l + FROM] : t) + 1 : this.usedEarly(into, t);
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
      if (last !== t - 1 || fifo[f + RUN] < 0) this.openRun(id, t);
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
    if (at + 1 === words.length) return;
    this.actors.schedule(this.sourceActor + index, t + 1);
    if (!rate && !controls) this.hope(this.sourceActor + index, words.length - at - 1, t);
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
    if (this.fifo[f + RUN] < t)
      this.recorder?.moveRun(this.c.channelOf[channel], txOf(this.slots[this.place[channel] >> 3]), this.fifo[f + RUN], t - this.fifo[f + RUN]);
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
