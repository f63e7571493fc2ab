/**
 * The routers of the wavelet engine: FIFOs as rings, routes per (PE, color) slot, departures, sleep and wake. One event =
 * one departure attempt of a FIFO's head; a FIFO that cannot leave sleeps until the place it waits for gives room or its
 * router's switch turns. Rules: docs/tick.md 1-7.
 *
 * Why reading the state directly is safe inside a tick: room in a FIFO is read only by its single feeder, frees are
 * applied at the end of the tick (commit), and whatever is pushed at t is ready at t + 1 or later.
 */
import { PORTS, Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { collision } from './faults.ts';
import { FIELDS, NOBODY, OWN_A, OWN_B, Queues, WAITER } from './queues.ts';
import type { Entry } from './state-hash.ts';
import { ActorList, type EventWheel } from './wheel.ts';

/** Fields of a route slot (`slots[slot * 16 + field]`); targets by port from TARGET on. */
const RX = 0;
const TX = 1;
const LAST = 2;
const POSITION = 3;
const SHARED = 4;
const TARGET = 8;
const SLOT_FIELDS = 16;

/** Waiters for room in a FIFO: a FIFO upstream (its id), the own compute element, or a host source (-3 - index). */
const OWN_ELEMENT = -2;
/** Owner's fields: a FIFO's slot and port; whether the element sleeps until a word comes to an input queue, and its PE. */
const SLOT = OWN_A;
const PORT = OWN_B;
const WANTED = OWN_A;
const PE = OWN_B;

/** Values of WANTED: nobody cares, the element sleeps until a word comes, a stream drains the queue. */
const SLEEPING = 1;
const DRAINED = 2;

/** Whoever drains an input queue without a turn per word (element-streams.ts). */
export interface Drain {
  /** Does all uses before tick t; returns the tick of the next one if its word is there, else -1. */
  catchUp(pe: number, t: number): number;
  /** A word was delivered to the queue it drains. */
  delivered(pe: number): void;
}

export class Fabric {
  /** The routers' FIFOs; the tag of an entry is its ready tick * 2 + advance bit. */
  private readonly fifos: Queues;
  /** The input queues of the compute elements; the tag of an entry is its ready tick. */
  readonly inputs: Queues;
  /** Route slots: see the field constants. */
  private readonly slots: Int32Array;
  readonly sourceNext: Int32Array;
  readonly sinkCount: Int32Array;
  readonly sinkWords: readonly Uint32Array[];
  /** Tick of the last departure. */
  readonly last = new Int32Array(1).fill(-1);

  /** Set by the compute elements. */
  drain: Drain | null = null;

  private readonly freed = new ActorList();
  private readonly inFreed = new ActorList();
  private readonly switching = new ActorList();
  private readonly contested = new ActorList();
  private readonly isContested: Uint8Array;
  /** The first collision of this tick in slot order, so that the message does not depend on the visiting order. */
  private collided: { slot: number; ports: number } | null = null;
  private readonly elementActor: number;
  private readonly sourceActor: number;
  private readonly hop: number;
  private readonly ramp: number;
  private readonly program: Program;
  private readonly c: CompiledProgram;
  private readonly wheel: EventWheel;
  private readonly recorder: Recorder | undefined;

  constructor(program: Program, c: CompiledProgram, wheel: EventWheel, recorder: Recorder | undefined) {
    this.program = program;
    this.c = c;
    this.wheel = wheel;
    this.recorder = recorder;
    const { channels } = c;
    const pes = program.width * program.height;
    this.fifos = new Queues(channels.capacity, c.slotOf, channels.port);
    const peOfLane = new Uint32Array(channels.inputCount);
    for (let pe = 0; pe < pes; pe++) peOfLane.fill(pe, channels.inputFirst[pe], channels.inputFirst[pe + 1]);
    this.inputs = new Queues(channels.inputCapacity, new Int32Array(channels.inputCount), peOfLane);
    this.slots = slotTable(c);
    this.sourceNext = new Int32Array(program.sources.length);
    this.sinkCount = new Int32Array(program.sinks.length);
    this.sinkWords = program.sinks.map((s) => new Uint32Array(s.expect));
    this.isContested = new Uint8Array(pes);
    this.elementActor = channels.count;
    this.sourceActor = channels.count + pes;
    this.hop = program.machine.hop;
    this.ramp = program.machine.ramp;
    program.sources.forEach((s, i) => {
      if (s.words.length > 0) wheel.schedule(this.sourceActor + i, 0);
    });
  }

  /** The arrays that make up the fabric's state, in a fixed order. */
  stateArrays(): ReadonlyArray<Int32Array | Uint32Array> {
    return [this.fifos.table, this.inputs.table, this.slots, this.fifos.ring, this.inputs.ring, this.sourceNext, this.sinkCount, ...this.sinkWords, this.last];
  }

  /** A FIFO's turn at tick t. */
  fifoEvent(channel: number, t: number): void {
    const slot = this.slotOf(channel);
    if (this.slots[slot * SLOT_FIELDS + SHARED] === 1) {
      const pe = this.c.slotPe[slot];
      if (this.isContested[pe] === 1) return;
      this.isContested[pe] = 1;
      this.contested.push(pe);
    } else if (this.isCandidate(channel, slot, t)) this.depart(channel, slot, t);
  }

  /** Host source `index` at tick t: one word if there is room. */
  sourceEvent(index: number, t: number): void {
    const channel = this.c.sourceChannel[index];
    if (!this.hasRoom(channel)) {
      this.fifos.table[channel * FIELDS + WAITER] = -3 - index;
      return;
    }
    const { words } = this.program.sources[index];
    this.push(channel, words[this.sourceNext[index]++] | 0, t + this.hop, 0);
    this.recorder?.sourceWord(index, t);
    this.last[0] = Math.max(this.last[0], t);
    if (this.sourceNext[index] < words.length) this.wheel.schedule(this.sourceActor + index, t + 1);
  }

  /** Routers whose colors share a port decide together, after all single ones were heard. */
  arbitrate(t: number): void {
    for (let i = 0; i < this.contested.length; i++) {
      this.isContested[this.contested.data[i]] = 0;
      this.arbitrateRouter(this.contested.data[i], t);
    }
    this.contested.length = 0;
    if (this.collided) {
      const { slot, ports } = this.collided;
      throw collision(this.program, t, this.c.slotPe[slot], this.c.slotColor[slot], ports);
    }
  }

  /** Candidates by (last departure of the color, color); one is granted if none of its ports is taken (tick rule 5). */
  private arbitrateRouter(pe: number, t: number): void {
    const { channels } = this.c;
    const lastOf = (channel: number): number => this.slots[this.slotOf(channel) * SLOT_FIELDS + LAST];
    const candidates: number[] = [];
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      if (this.headReady(ch) <= t && this.isCandidate(ch, this.slotOf(ch), t)) candidates.push(ch);
    }
    candidates.sort((x, y) => lastOf(x) - lastOf(y) || channels.color[x] - channels.color[y]);
    let taken = 0;
    for (const ch of candidates) {
      const tx = this.slots[this.slotOf(ch) * SLOT_FIELDS + TX];
      if (taken & tx) this.wheel.schedule(ch, t + 1);
      else {
        taken |= tx;
        this.depart(ch, this.slotOf(ch), t);
      }
    }
  }

  private slotOf(channel: number): number {
    return this.fifos.table[channel * FIELDS + SLOT];
  }

  /** Tick at which a FIFO's head is ready; never for an empty one. */
  private headReady(channel: number): number {
    return this.fifos.length(channel) === 0 ? Number.POSITIVE_INFINITY : this.fifos.ring[this.fifos.head(channel) + 1] >> 1;
  }

  /** Whether the ready head of a FIFO may leave at t; if not for want of room, it is noted as a waiter (tick rules 3 and 4). */
  private isCandidate(channel: number, slot: number, t: number): boolean {
    const s = slot * SLOT_FIELDS;
    const rx = this.slots[s + RX];
    if (((rx >> this.fifos.table[channel * FIELDS + PORT]) & 1) === 0) return false;
    if ((rx & (rx - 1)) !== 0) this.checkCollision(slot, rx, t);
    const tx = this.slots[s + TX];
    for (let port = 0; port < Port.RAMP; port++) {
      if (((tx >> port) & 1) === 0) continue;
      const target = this.slots[s + TARGET + port];
      if (target >= 0 && !this.hasRoom(target)) {
        this.fifos.table[target * FIELDS + WAITER] = channel;
        return false;
      }
    }
    if (((tx >> Port.RAMP) & 1) === 0) return true;
    const lane = this.slots[s + TARGET + Port.RAMP];
    return this.inputs.hasRoom(lane) || this.inputGivesRoom(lane, channel, t);
  }

  /** A full input queue may have room if a stream drains it; if not, the FIFO is woken when it will, or notes itself. */
  private inputGivesRoom(lane: number, channel: number, t: number): boolean {
    const i = lane * FIELDS;
    if (this.inputs.table[i + WANTED] === DRAINED && this.drain) {
      const next = this.drain.catchUp(this.inputs.table[i + PE], t);
      if (this.inputs.hasRoom(lane)) return true;
      if (next >= 0) {
        this.wheel.schedule(channel, next + 1);
        return false;
      }
    }
    this.inputs.table[i + WAITER] = channel;
    return false;
  }

  private checkCollision(slot: number, rx: number, t: number): void {
    const pe = this.c.slotPe[slot];
    const { channels } = this.c;
    let ports = 0;
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      const open = this.slotOf(ch) === slot && (rx >> channels.port[ch]) & 1;
      if (open && this.headReady(ch) <= t) ports |= 1 << channels.port[ch];
    }
    const several = (ports & (ports - 1)) !== 0;
    if (several && (!this.collided || slot < this.collided.slot)) this.collided = { slot, ports };
  }

  private depart(channel: number, slot: number, t: number): void {
    const s = slot * SLOT_FIELDS;
    const at = this.fifos.head(channel);
    const word = this.fifos.ring[at];
    const tx = this.slots[s + TX];
    for (let port = 0; port < Port.RAMP; port++) {
      if (((tx >> port) & 1) === 0) continue;
      const target = this.slots[s + TARGET + port];
      if (target >= 0) this.push(target, word, t + this.hop, 0);
      else this.toSink(-2 - target, word, t);
    }
    if ((tx >> Port.RAMP) & 1) this.deliver(this.slots[s + TARGET + Port.RAMP], word, t + this.ramp);
    if (this.fifos.ring[at + 1] & 1) this.switching.push(slot);
    this.slots[s + LAST] = t;
    if (t > this.last[0]) this.last[0] = t;
    this.recorder?.move(channel, tx, t);
    this.freed.push(channel);
    if (this.fifos.remove(channel) > 0) this.wheel.schedule(channel, Math.max(this.headReady(channel), t + 1));
  }

  /** Puts a word into a FIFO; the caller has seen room. */
  push(channel: number, word: number, ready: number, advance: number): void {
    if (this.fifos.add(channel, word, ready * 2 + advance) === 0) this.wheel.schedule(channel, ready);
  }

  private deliver(lane: number, word: number, ready: number): void {
    this.inputs.add(lane, word, ready);
    const i = lane * FIELDS;
    const wanted = this.inputs.table[i + WANTED];
    if (wanted === DRAINED) this.drain?.delivered(this.inputs.table[i + PE]);
    else if (wanted === SLEEPING) {
      this.inputs.table[i + WANTED] = 0;
      this.wheel.schedule(this.elementActor + this.inputs.table[i + PE], ready);
    }
  }

  private toSink(sink: number, word: number, t: number): void {
    const n = this.sinkCount[sink]++;
    if (n < this.sinkWords[sink].length) this.sinkWords[sink][n] = word;
    this.recorder?.sinkWord(sink, t);
  }

  /** Index in the input ring of the head of a queue if it is ready at t, else -1. */
  readyHead(lane: number, t: number): number {
    if (this.inputs.length(lane) === 0) return -1;
    const at = this.inputs.head(lane);
    return this.inputs.ring[at + 1] <= t ? at : -1;
  }

  /** Takes the head of an input queue; the caller has seen it ready. */
  pop(lane: number): number {
    const word = this.inputs.ring[this.inputs.head(lane)];
    this.inputs.remove(lane);
    this.inFreed.push(lane);
    return word;
  }

  /** Tick at which the n-th waiting word (n = 1 is the head) of an input queue is ready, or -1 when it has not come. */
  inputReady(lane: number, n: number): number {
    return this.inputs.length(lane) < n ? -1 : this.inputs.ring[this.inputs.nth(lane, n - 1) + 1];
  }

  /** The compute element will be woken by the next word that comes to this queue. */
  wakeElementOnWord(lane: number): void {
    this.inputs.table[lane * FIELDS + WANTED] = SLEEPING;
  }

  /** From tick t on a stream drains this queue; a FIFO that sleeps for room in it wakes after the first use. */
  startDraining(lane: number, t: number): void {
    const i = lane * FIELDS;
    this.inputs.table[i + WANTED] = DRAINED;
    const waiter = this.inputs.table[i + WAITER];
    if (waiter === NOBODY) return;
    this.inputs.table[i + WAITER] = NOBODY;
    this.wakeFifo(waiter, t + 1);
  }

  stopDraining(lane: number): void {
    this.inputs.table[lane * FIELDS + WANTED] = 0;
  }

  hasRoom(channel: number): boolean {
    return this.fifos.hasRoom(channel);
  }

  /** The compute element of this FIFO's PE will be woken when it has room. */
  wakeElementOnRoom(channel: number): void {
    this.fifos.table[channel * FIELDS + WAITER] = OWN_ELEMENT;
  }

  /** End of tick t: room freed in t becomes visible, switches turn, sleepers wake for t + 1. */
  commit(t: number): void {
    for (let i = 0; i < this.freed.length; i++) this.freeFifo(this.freed.data[i], t + 1);
    for (let i = 0; i < this.inFreed.length; i++) {
      const waiter = this.inputs.free(this.inFreed.data[i]);
      if (waiter !== NOBODY) this.wakeFifo(waiter, t + 1);
    }
    for (let i = 0; i < this.switching.length; i++) this.turn(this.switching.data[i], t + 1);
    this.freed.length = 0;
    this.inFreed.length = 0;
    this.switching.length = 0;
  }

  private freeFifo(channel: number, next: number): void {
    const waiter = this.fifos.free(channel);
    if (waiter === NOBODY) return;
    if (waiter >= 0) this.wakeFifo(waiter, next);
    else if (waiter === OWN_ELEMENT) this.wheel.schedule(this.elementActor + this.c.channels.pe[channel], next);
    else this.wheel.schedule(this.sourceActor - 3 - waiter, next);
  }

  /** Wakes a FIFO whose head may leave from `next` on; a head still in flight keeps its own time. */
  private wakeFifo(channel: number, next: number): void {
    const ready = this.headReady(channel);
    if (ready !== Number.POSITIVE_INFINITY) this.wheel.schedule(channel, Math.max(ready, next));
  }

  private turn(slot: number, next: number): void {
    const s = slot * SLOT_FIELDS;
    let to = this.slots[s + POSITION] + 1;
    if (to === this.c.slotPositions[slot]) to = this.c.slotRing[slot] ? 0 : to - 1;
    this.slots[s + POSITION] = to;
    this.slots[s + RX] = this.c.rx[slot * 4 + to];
    this.slots[s + TX] = this.c.tx[slot * 4 + to];
    const { first } = this.c.channels;
    const pe = this.c.slotPe[slot];
    for (let ch = first[pe]; ch < first[pe + 1]; ch++) if (this.slotOf(ch) === slot) this.wakeFifo(ch, next);
  }

  /** Entries of a FIFO, head first. */
  entries(channel: number): Entry[] {
    const { ring } = this.fifos;
    return Array.from({ length: this.fifos.length(channel) }, (_, n) => {
      const at = this.fifos.nth(channel, n);
      return { word: ring[at], ready: ring[at + 1] >> 1, advance: (ring[at + 1] & 1) === 1 };
    });
  }

  /** Entries of an input queue, head first. */
  inputEntries(lane: number): Entry[] {
    const { ring } = this.inputs;
    return Array.from({ length: this.inputs.length(lane) }, (_, n) => {
      const at = this.inputs.nth(lane, n);
      return { word: ring[at], ready: ring[at + 1], advance: false };
    });
  }

  position(slot: number): number {
    return this.slots[slot * SLOT_FIELDS + POSITION];
  }

  lastDeparture(slot: number): number {
    return this.slots[slot * SLOT_FIELDS + LAST];
  }
}

function slotTable(c: CompiledProgram): Int32Array {
  const table = new Int32Array(c.slotPe.length * SLOT_FIELDS);
  for (let slot = 0; slot < c.slotPe.length; slot++) {
    table.set([c.rx[slot * 4], c.tx[slot * 4], -1, 0, c.shared[c.slotPe[slot]]], slot * SLOT_FIELDS);
    table.set(c.target.subarray(slot * PORTS, slot * PORTS + PORTS), slot * SLOT_FIELDS + TARGET);
  }
  return table;
}
