/**
 * The routers of the wavelet engine: FIFOs as rings, routes per (PE, color) slot, departures, sleep and wake. One event =
 * one departure attempt of a FIFO's head; a FIFO that cannot leave sleeps until the place it waits for gives room or its
 * router's switch turns. Rules: docs/tick.md 1-7.
 *
 * Why reading the state directly is safe inside a tick: room in a FIFO is read only by its single feeder, frees are
 * applied at the end of the tick (commit), and whatever is pushed at t is ready at t + 1 or later.
 *
 * Layout: an event touches one FIFO, one slot and their targets, so all fields of each lie side by side in one Int32Array
 * (a FIFO or input queue is 32 bytes, a slot 64); a column per field cost 2.5 times more (docs/performance.md).
 */
import { PORTS, Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { collision } from './faults.ts';
import type { Entry } from './state-hash.ts';
import { ActorList, type EventWheel } from './wheel.ts';

/** Fields of a FIFO (`queues[channel * 8 + field]`) or input queue (`inputs[lane * 8 + field]`). */
const HEAD = 0;
const LENGTH = 1;
/** Entries plus those freed in this tick: what the feeder compares with the capacity. */
const OCCUPIED = 2;
/** Who waits for room: a FIFO upstream (its id), the own compute element, or a host source (-3 - index). */
const WAITER = 3;
const CAPACITY = 4;
/** Index of the ring's first entry. */
const RING = 5;
/** FIFO: its slot. Input queue: 1 when the compute element sleeps until a word comes. */
const SLOT = 6;
const WANTED = 6;
/** FIFO: its port. Input queue: its PE. */
const PORT = 7;
const PE = 7;
const FIELDS = 8;

/** Fields of a route slot (`slots[slot * 16 + field]`); targets by port from TARGET on. */
const RX = 0;
const TX = 1;
const LAST = 2;
const POSITION = 3;
const SHARED = 4;
const TARGET = 8;
const SLOT_FIELDS = 16;

const NOBODY = -1;
const OWN_ELEMENT = -2;

export class Fabric {
  /** Routers' FIFOs, input queues, route slots: see the field constants. */
  private readonly queues: Int32Array;
  readonly inputs: Int32Array;
  private readonly slots: Int32Array;
  /** Ring entries: word, then ready tick * 2 + advance bit. */
  private readonly ring: Int32Array;
  /** Input ring entries: word, then ready tick. */
  readonly inRing: Int32Array;
  readonly inFloat: Float32Array;
  readonly sourceNext: Int32Array;
  readonly sinkCount: Int32Array;
  readonly sinkWords: readonly Uint32Array[];
  /** Tick of the last departure. */
  readonly last = new Int32Array(1).fill(-1);

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
    this.queues = queueTable(channels.capacity, c.slotOf, channels.port);
    const peOfLane = new Uint32Array(channels.inputCount);
    for (let pe = 0; pe < pes; pe++) peOfLane.fill(pe, channels.inputFirst[pe], channels.inputFirst[pe + 1]);
    this.inputs = queueTable(channels.inputCapacity, new Int32Array(channels.inputCount), peOfLane);
    this.slots = slotTable(c);
    this.ring = new Int32Array(total(channels.capacity) * 2);
    this.inRing = new Int32Array(total(channels.inputCapacity) * 2);
    this.inFloat = new Float32Array(this.inRing.buffer);
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
    return [this.queues, this.inputs, this.slots, this.ring, this.inRing, this.sourceNext, this.sinkCount, ...this.sinkWords, this.last];
  }

  /** A FIFO's turn at tick t. */
  fifoEvent(channel: number, t: number): void {
    const slot = this.queues[channel * FIELDS + SLOT];
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
      this.queues[channel * FIELDS + WAITER] = -3 - index;
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
    const slotOf = (channel: number): number => this.queues[channel * FIELDS + SLOT];
    const lastOf = (channel: number): number => this.slots[slotOf(channel) * SLOT_FIELDS + LAST];
    const candidates: number[] = [];
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      if (this.headReady(ch) <= t && this.isCandidate(ch, slotOf(ch), t)) candidates.push(ch);
    }
    candidates.sort((x, y) => lastOf(x) - lastOf(y) || channels.color[x] - channels.color[y]);
    let taken = 0;
    for (const ch of candidates) {
      const tx = this.slots[slotOf(ch) * SLOT_FIELDS + TX];
      if (taken & tx) this.wheel.schedule(ch, t + 1);
      else {
        taken |= tx;
        this.depart(ch, slotOf(ch), t);
      }
    }
  }

  /** Tick at which a FIFO's head is ready; never for an empty one. */
  private headReady(channel: number): number {
    const q = channel * FIELDS;
    if (this.queues[q + LENGTH] === 0) return Number.POSITIVE_INFINITY;
    return this.ring[(this.queues[q + RING] + this.queues[q + HEAD]) * 2 + 1] >> 1;
  }

  /** Whether the ready head of a FIFO may leave at t; if not for want of room, it is noted as a waiter (tick rules 3 and 4). */
  private isCandidate(channel: number, slot: number, t: number): boolean {
    const s = slot * SLOT_FIELDS;
    const rx = this.slots[s + RX];
    if (((rx >> this.queues[channel * FIELDS + PORT]) & 1) === 0) return false;
    if ((rx & (rx - 1)) !== 0) this.checkCollision(slot, rx, t);
    const tx = this.slots[s + TX];
    for (let port = 0; port < Port.RAMP; port++) {
      if (((tx >> port) & 1) === 0) continue;
      const target = this.slots[s + TARGET + port];
      if (target >= 0 && !this.hasRoom(target)) {
        this.queues[target * FIELDS + WAITER] = channel;
        return false;
      }
    }
    if (((tx >> Port.RAMP) & 1) === 0) return true;
    const i = this.slots[s + TARGET + Port.RAMP] * FIELDS;
    if (this.inputs[i + OCCUPIED] < this.inputs[i + CAPACITY]) return true;
    this.inputs[i + WAITER] = channel;
    return false;
  }

  private checkCollision(slot: number, rx: number, t: number): void {
    const pe = this.c.slotPe[slot];
    const { channels } = this.c;
    let ports = 0;
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      const open = this.queues[ch * FIELDS + SLOT] === slot && (rx >> channels.port[ch]) & 1;
      if (open && this.headReady(ch) <= t) ports |= 1 << channels.port[ch];
    }
    const several = (ports & (ports - 1)) !== 0;
    if (several && (!this.collided || slot < this.collided.slot)) this.collided = { slot, ports };
  }

  private depart(channel: number, slot: number, t: number): void {
    const q = channel * FIELDS;
    const s = slot * SLOT_FIELDS;
    const at = (this.queues[q + RING] + this.queues[q + HEAD]) * 2;
    const word = this.ring[at];
    const tx = this.slots[s + TX];
    for (let port = 0; port < Port.RAMP; port++) {
      if (((tx >> port) & 1) === 0) continue;
      const target = this.slots[s + TARGET + port];
      if (target >= 0) this.push(target, word, t + this.hop, 0);
      else this.toSink(-2 - target, word, t);
    }
    if ((tx >> Port.RAMP) & 1) this.deliver(this.slots[s + TARGET + Port.RAMP], word, t + this.ramp);
    if (this.ring[at + 1] & 1) this.switching.push(slot);
    this.slots[s + LAST] = t;
    if (t > this.last[0]) this.last[0] = t;
    this.recorder?.move(channel, tx, t);
    this.removeHead(channel, q, t);
  }

  private removeHead(channel: number, q: number, t: number): void {
    const next = this.queues[q + HEAD] + 1;
    this.queues[q + HEAD] = next === this.queues[q + CAPACITY] ? 0 : next;
    this.freed.push(channel);
    if (--this.queues[q + LENGTH] === 0) return;
    const ready = this.headReady(channel);
    this.wheel.schedule(channel, ready > t ? ready : t + 1);
  }

  /** Puts a word into a FIFO; the caller has seen room. */
  push(channel: number, word: number, ready: number, advance: number): void {
    const q = channel * FIELDS;
    const length = this.queues[q + LENGTH];
    let tail = this.queues[q + HEAD] + length;
    if (tail >= this.queues[q + CAPACITY]) tail -= this.queues[q + CAPACITY];
    const at = (this.queues[q + RING] + tail) * 2;
    this.ring[at] = word;
    this.ring[at + 1] = ready * 2 + advance;
    this.queues[q + OCCUPIED]++;
    this.queues[q + LENGTH] = length + 1;
    if (length === 0) this.wheel.schedule(channel, ready);
  }

  private deliver(lane: number, word: number, ready: number): void {
    const i = lane * FIELDS;
    let tail = this.inputs[i + HEAD] + this.inputs[i + LENGTH];
    if (tail >= this.inputs[i + CAPACITY]) tail -= this.inputs[i + CAPACITY];
    const at = (this.inputs[i + RING] + tail) * 2;
    this.inRing[at] = word;
    this.inRing[at + 1] = ready;
    this.inputs[i + OCCUPIED]++;
    this.inputs[i + LENGTH]++;
    if (this.inputs[i + WANTED] === 1) {
      this.inputs[i + WANTED] = 0;
      this.wheel.schedule(this.elementActor + this.inputs[i + PE], ready);
    }
  }

  private toSink(sink: number, word: number, t: number): void {
    const n = this.sinkCount[sink]++;
    if (n < this.sinkWords[sink].length) this.sinkWords[sink][n] = word;
    this.recorder?.sinkWord(sink, t);
  }

  /** Index in the input ring of the head of a queue if it is ready at t, else -1. */
  readyHead(lane: number, t: number): number {
    const i = lane * FIELDS;
    if (this.inputs[i + LENGTH] === 0) return -1;
    const at = (this.inputs[i + RING] + this.inputs[i + HEAD]) * 2;
    return this.inRing[at + 1] <= t ? at : -1;
  }

  /** Takes the head of an input queue; the caller has seen it ready. */
  pop(lane: number): number {
    const i = lane * FIELDS;
    const head = this.inputs[i + HEAD];
    const word = this.inRing[(this.inputs[i + RING] + head) * 2];
    this.inputs[i + HEAD] = head + 1 === this.inputs[i + CAPACITY] ? 0 : head + 1;
    this.inputs[i + LENGTH]--;
    this.inFreed.push(lane);
    return word;
  }

  /** Tick at which the n-th waiting word (n = 1 is the head) of an input queue is ready, or -1 when it has not come. */
  inputReady(lane: number, n: number): number {
    const i = lane * FIELDS;
    if (this.inputs[i + LENGTH] < n) return -1;
    let at = this.inputs[i + HEAD] + n - 1;
    if (at >= this.inputs[i + CAPACITY]) at -= this.inputs[i + CAPACITY];
    return this.inRing[(this.inputs[i + RING] + at) * 2 + 1];
  }

  /** The compute element will be woken by the next word that comes to this queue. */
  wakeElementOnWord(lane: number): void {
    this.inputs[lane * FIELDS + WANTED] = 1;
  }

  hasRoom(channel: number): boolean {
    return this.queues[channel * FIELDS + OCCUPIED] < this.queues[channel * FIELDS + CAPACITY];
  }

  /** The compute element of this FIFO's PE will be woken when it has room. */
  wakeElementOnRoom(channel: number): void {
    this.queues[channel * FIELDS + WAITER] = OWN_ELEMENT;
  }

  /** End of tick t: room freed in t becomes visible, switches turn, sleepers wake for t + 1. */
  commit(t: number): void {
    for (let i = 0; i < this.freed.length; i++) this.free(this.queues, this.freed.data[i], t + 1);
    for (let i = 0; i < this.inFreed.length; i++) this.free(this.inputs, this.inFreed.data[i], t + 1);
    for (let i = 0; i < this.switching.length; i++) this.turn(this.switching.data[i], t + 1);
    this.freed.length = 0;
    this.inFreed.length = 0;
    this.switching.length = 0;
  }

  private free(table: Int32Array, id: number, next: number): void {
    const q = id * FIELDS;
    table[q + OCCUPIED]--;
    const waiter = table[q + WAITER];
    if (waiter === NOBODY) return;
    table[q + WAITER] = NOBODY;
    if (waiter >= 0) this.wakeFifo(waiter, next);
    else if (waiter === OWN_ELEMENT) this.wheel.schedule(this.elementActor + this.c.channels.pe[id], next);
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
    for (let ch = first[pe]; ch < first[pe + 1]; ch++) if (this.queues[ch * FIELDS + SLOT] === slot) this.wakeFifo(ch, next);
  }

  /** Entries of a FIFO, head first. */
  entries(channel: number): Entry[] {
    const q = channel * FIELDS;
    return Array.from({ length: this.queues[q + LENGTH] }, (_, i) => {
      const at = (this.queues[q + RING] + ((this.queues[q + HEAD] + i) % this.queues[q + CAPACITY])) * 2;
      return { word: this.ring[at], ready: this.ring[at + 1] >> 1, advance: (this.ring[at + 1] & 1) === 1 };
    });
  }

  /** Entries of an input queue, head first. */
  inputEntries(lane: number): Entry[] {
    const i = lane * FIELDS;
    return Array.from({ length: this.inputs[i + LENGTH] }, (_, n) => {
      const at = (this.inputs[i + RING] + ((this.inputs[i + HEAD] + n) % this.inputs[i + CAPACITY])) * 2;
      return { word: this.inRing[at], ready: this.inRing[at + 1], advance: false };
    });
  }

  position(slot: number): number {
    return this.slots[slot * SLOT_FIELDS + POSITION];
  }

  lastDeparture(slot: number): number {
    return this.slots[slot * SLOT_FIELDS + LAST];
  }
}

const total = (capacity: Uint16Array): number => capacity.reduce((a, b) => a + b, 0);

function queueTable(capacity: Uint16Array, six: ArrayLike<number>, seven: ArrayLike<number>): Int32Array {
  const table = new Int32Array(capacity.length * FIELDS);
  let ring = 0;
  for (let i = 0; i < capacity.length; i++) {
    table.set([0, 0, 0, NOBODY, capacity[i], ring, six[i], seven[i]], i * FIELDS);
    ring += capacity[i];
  }
  return table;
}

function slotTable(c: CompiledProgram): Int32Array {
  const table = new Int32Array(c.slotPe.length * SLOT_FIELDS);
  for (let slot = 0; slot < c.slotPe.length; slot++) {
    table.set([c.rx[slot * 4], c.tx[slot * 4], -1, 0, c.shared[c.slotPe[slot]]], slot * SLOT_FIELDS);
    table.set(c.target.subarray(slot * PORTS, slot * PORTS + PORTS), slot * SLOT_FIELDS + TARGET);
  }
  return table;
}
