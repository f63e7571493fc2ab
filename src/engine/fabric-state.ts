/**
 * The state of all routers and input queues in flat arrays; fabric.ts says what happens to it, fabric-fields.ts where what is.
 *
 * FIFO i (in the order of compile.ts): `fifo[i * FIFO.FIELDS + field]`; its entries `ring[2 * (RING + place)]` (the word) and the
 * tag beside it (ready tick * 4 + control * 2 + advance). Input queue l: `lane[l * LANE.FIELDS + field]`, entries likewise.
 * Route slots: one record per (PE, route) of MASKS, LANE and the targets, at `slots[slotAt[slot]]`.
 */
import { WeftError } from '../base/error.ts';
import { each, filling } from '../base/pieces.ts';
import { PORTS, Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import { type CompiledProgram, targetOf } from './compile.ts';
import {
  distanceOf,
  FIFO,
  GENERAL,
  LANE,
  LINK_COUNT,
  LINKS,
  linksOf,
  NOBODY,
  NOWHERE,
  POSITION,
  positionOf,
  QUIET,
  SEVERAL_RX,
  SHARED,
  SHARED_WAY,
  SPECIAL,
  SWITCHED,
} from './fabric-fields.ts';
import { Pipes } from './fabric-pipes.ts';
import type { Entry } from './state-hash.ts';

/** Queues hold at most this many entries: one byte in QUEUE. */
const MAX_CAPACITY = 255;
/** PEs, and queues that are made, from one yield to the next. */
const BREATH = 1 << 13;
const QUEUES = 1 << 15;

export class FabricState {
  readonly fifo: Int32Array;
  protected readonly pipes: Pipes;
  readonly ring: Int32Array;
  readonly lane: Int32Array;
  readonly laneRing: Int32Array;
  /** The words of `ring` and `laneRing` as f32. */
  readonly floats: Float32Array;
  readonly laneFloats: Float32Array;
  /**
   * Ticks FROM and USED of the stream that read an input queue before the present one, for uses that are still to come. Nobody
   * looks before those ticks, so this is no state: a snapshot leaves it out.
   */
  protected readonly before: Int32Array;
  readonly slots: Int32Array;
  /** Offset of each route slot's record. Slots of PE p: slotFirst[p] on, in the order of its route class. */
  readonly slotAt: Int32Array;
  /** Offset of each FIFO's slot record * 8 + port. */
  readonly place: Int32Array;
  /** PE of each input queue. */
  readonly lanePe: Int32Array;
  readonly sourceNext: Int32Array;
  readonly sourceDue: Float64Array;
  readonly sinkCount: Int32Array;
  readonly sinkDue: Float64Array;
  readonly sinkWords: readonly Uint32Array[];
  /** Tick of the last departure. */
  readonly last = new Int32Array(1).fill(-1);
  protected readonly program: Program;
  protected readonly c: CompiledProgram;

  constructor(program: Program, c: CompiledProgram) {
    this.program = program;
    this.c = c;
    const { channels } = c;
    this.fifo = new Int32Array(channels.count * FIFO.FIELDS);
    this.pipes = new Pipes(this.fifo, program.machine.hop);
    this.lane = new Int32Array(channels.inputCount * LANE.FIELDS);
    this.ring = new Int32Array(2 * entriesOf(channels.capacity));
    this.laneRing = new Int32Array(2 * entriesOf(channels.inputCapacity));
    this.before = new Int32Array(2 * channels.inputCount);
    this.floats = new Float32Array(this.ring.buffer);
    this.laneFloats = new Float32Array(this.laneRing.buffer);
    this.lanePe = new Int32Array(channels.inputCount);
    this.place = new Int32Array(channels.count);
    this.slotAt = new Int32Array(c.slotFirst[c.slotFirst.length - 1] + 1);
    this.slots = new Int32Array(slotFields(program));
    this.sourceNext = new Int32Array(program.sources.length);
    this.sourceDue = new Float64Array(program.sources.length);
    this.sinkCount = new Int32Array(program.sinks.length);
    this.sinkDue = new Float64Array(program.sinks.length);
    this.sinkWords = program.sinks.map((s) => new Uint32Array(s.expect));
  }

  /** Empties the queues and puts every switch to its first position, in pieces: to be done before anything else. */
  *placing(): Generator<void, void> {
    const { c } = this;
    const { first, capacity, inputFirst, inputCapacity } = c.channels;
    yield* emptying(this.fifo, [NOBODY, -1, -1, GENERAL, NOWHERE], (fifo) => capacity[c.channelOf[fifo]]);
    yield* emptying(this.lane, [NOBODY, QUIET, 0, -1, 0, 0, 0], (lane) => inputCapacity[lane]);
    yield* filling(this.before, -1);
    yield* each(first.length - 1, (pe) => void this.lanePe.fill(pe, inputFirst[pe], inputFirst[pe + 1]));
    yield* this.placingSlots();
    for (let pe = 0; pe + 1 < first.length; pe++) {
      if (pe % BREATH === 0) yield;
      for (let ch = first[pe]; ch < first[pe + 1]; ch++) this.place[c.fifoOf[ch]] = this.placeOf(pe, ch);
      for (let slot = c.slotFirst[pe]; slot < c.slotFirst[pe + 1]; slot++) this.setPosition(pe, slot - c.slotFirst[pe], 0);
    }
  }

  private placingSlots(): Generator<void, void> {
    const { program, slotAt } = this;
    const sizes = recordSizes(program);
    let slot = 0;
    const place = (pe: number): void => {
      for (const size of sizes[program.routeOf[pe]]) slotAt[slot + 1] = slotAt[slot++] + size;
    };
    return each(program.routeOf.length, place);
  }

  /** The arrays that make up the fabric's state, in a fixed order. */
  stateArrays(): ReadonlyArray<Int32Array | Uint32Array | Float64Array> {
    const { fifo, ring, lane, laneRing, slots, sourceNext, sourceDue, sinkCount, sinkDue, sinkWords, last } = this;
    return [fifo, ring, lane, laneRing, slots, sourceNext, sourceDue, sinkCount, sinkDue, ...sinkWords, last];
  }

  private placeOf(pe: number, channel: number): number {
    const route = this.routeIndex(pe, this.c.channels.color[channel]);
    return route < 0 ? 0 : this.slotAt[this.c.slotFirst[pe] + route] * 8 + this.c.channels.port[channel];
  }

  /** Index of a color's route in the PE's route class, or -1. */
  routeIndex(pe: number, color: number): number {
    return this.program.routes[this.program.routeOf[pe]].findIndex((r) => r.color === color);
  }

  /** Writes a slot's record for a switch position; one past the last is CLOSED and receives from nowhere. */
  protected setPosition(pe: number, route: number, position: number): void {
    const { color, positions } = this.program.routes[this.program.routeOf[pe]][route];
    const { rx, tx } = positions[position] ?? { rx: 0, tx: 0 };
    const at = this.slotAt[this.c.slotFirst[pe] + route];
    let links = 0;
    let flags = positions.length > 1 ? SWITCHED : 0;
    if (this.c.sharedRouters[this.program.routeOf[pe]]) flags |= SPECIAL | SHARED;
    if (rx & (rx - 1)) flags |= SPECIAL | SEVERAL_RX;
    for (let port = 0; port < Port.RAMP; port++) {
      if (!((tx >> port) & 1)) continue;
      const target = targetOf(this.program, this.c, pe, port, color);
      if (target < 0 && this.program.sinks[-2 - target].rate) flags |= SPECIAL;
      this.slots[at + LINKS + links++] = target;
    }
    this.slots[at + 1] = (tx >> Port.RAMP) & 1 ? targetOf(this.program, this.c, pe, Port.RAMP, color) : -1;
    this.slots[at] = rx | (tx << 5) | flags | (links << LINK_COUNT) | (position << POSITION);
    this.simplify(pe, at);
  }

  /** Writes LINK and INTO of the FIFOs of a slot. */
  private simplify(pe: number, at: number): void {
    const masks = this.slots[at];
    const link = linksOf(masks) === 0 ? NOWHERE : this.slots[at + LINKS];
    const simple = (masks & SEVERAL_RX) === 0 && linksOf(masks) <= 1 && link >= NOWHERE;
    const way = masks & SHARED ? SHARED_WAY - link : link;
    const { first } = this.c.channels;
    for (let ch = first[pe]; ch < first[pe + 1]; ch++) {
      const id = this.c.fifoOf[ch];
      const place = this.place[id];
      if (place >> 3 !== at) continue;
      const open = (masks >> (place & 7)) & 1;
      this.fifo[id * FIFO.FIELDS + FIFO.LINK] = simple && open ? way : GENERAL;
      this.fifo[id * FIFO.FIELDS + FIFO.INTO] = this.slots[at + 1];
    }
  }

  /** Whether FIFO `channel` had room at the start of tick t. */
  hasRoom(channel: number, t: number): boolean {
    const f = channel * FIFO.FIELDS;
    const queue = this.fifo[f];
    return ((queue >> 8) & 255) + this.leaving(f, t) < queue >> 16;
  }

  /** Departures at t or later that are made already, of the FIFO whose fields begin at f. */
  protected leaving(f: number, t: number): number {
    if (this.fifo[f + FIFO.LAST] < t) return 0;
    const last = this.pipes.lastOf(f);
    if (last < t) return 0;
    const run = this.fifo[f + FIFO.RUN];
    const span = last - Math.max(t, run >> 2);
    return distanceOf(run) === 1 ? span + 1 : Math.floor(span / distanceOf(run)) + 1;
  }

  /** Index in the ring of the n-th entry of a queue (0 is the head). */
  protected entryAt(queue: number, ring: number, n: number): number {
    let place = (queue & 255) + n;
    if (place >= queue >> 16) place -= queue >> 16;
    return (ring + place) * 2;
  }

  /** Words in an input queue, in flight included. */
  inputLength(lane: number): number {
    return (this.lane[lane * LANE.FIELDS] >> 8) & 255;
  }

  /** Whether an input queue had room at the start of tick t. */
  protected inputHasRoom(into: number, t: number): boolean {
    const queue = this.lane[into * LANE.FIELDS];
    return ((queue >> 8) & 255) + this.usedEarly(into, t) < queue >> 16;
  }

  /** Words of an input queue that are used already, but at t or later. */
  protected usedEarly(into: number, t: number): number {
    const { lane, before } = this;
    const l = into * LANE.FIELDS;
    const used = lane[l + LANE.USED];
    if (used < t) return 0;
    const present = used - Math.max(t, lane[l + LANE.FROM]) + 1;
    return before[2 * into + 1] < t ? present : present + before[2 * into + 1] - Math.max(t, before[2 * into]) + 1;
  }

  /** Whether uses of the stream before the present one are to come after `t`; then the tick of the last, else -1. */
  usesBefore(into: number, t: number): number {
    return this.before[2 * into + 1] > t ? this.before[2 * into + 1] : -1;
  }

  /** Another stream begins to read an input queue; the uses of the last one are kept in mind. */
  turnOver(into: number, begin: number): void {
    const { lane, before } = this;
    const l = into * LANE.FIELDS;
    before[2 * into] = lane[l + LANE.FROM];
    before[2 * into + 1] = lane[l + LANE.USED];
    lane[l + LANE.FROM] = begin;
    lane[l + LANE.USED] = begin - 1;
  }

  /** Index in laneRing of the n-th waiting word of an input queue (0 is the head). */
  inputAt(lane: number, n: number): number {
    const l = lane * LANE.FIELDS;
    return this.entryAt(this.lane[l], this.lane[l + LANE.RING], n);
  }

  /** Tick at which the head of a FIFO is ready; never for an empty one. */
  protected headReady(channel: number): number {
    const f = channel * FIFO.FIELDS;
    const queue = this.fifo[f];
    return queue & 0xff00 ? this.ring[(this.fifo[f + FIFO.RING] + (queue & 255)) * 2 + 1] >> 2 : Number.POSITIVE_INFINITY;
  }

  /** Entries of a FIFO of machine/channels.ts, head first. */
  entries(channel: number): Entry[] {
    const f = this.c.fifoOf[channel] * FIFO.FIELDS;
    return this.list(this.ring, this.fifo[f], this.fifo[f + FIFO.RING]);
  }

  /** Entries of an input queue, head first. */
  inputEntries(lane: number): Entry[] {
    const l = lane * LANE.FIELDS;
    return this.list(this.laneRing, this.lane[l], this.lane[l + LANE.RING]);
  }

  private list(ring: Int32Array, queue: number, first: number): Entry[] {
    return Array.from({ length: (queue >> 8) & 255 }, (_, n) => {
      const at = this.entryAt(queue, first, n);
      return { word: ring[at], ready: ring[at + 1] >> 2, control: (ring[at + 1] & 2) !== 0, advance: (ring[at + 1] & 1) !== 0 };
    });
  }

  position(pe: number, route: number): number {
    return positionOf(this.slots[this.slotAt[this.c.slotFirst[pe] + route]]);
  }

  /** Tick of the last departure of a color at a router, -1 for never. */
  lastDeparture(pe: number, color: number): number {
    const { first, color: colors } = this.c.channels;
    let last = -1;
    for (let ch = first[pe]; ch < first[pe + 1]; ch++) if (colors[ch] === color) last = Math.max(last, this.pipes.lastOf(this.c.fifoOf[ch] * FIFO.FIELDS));
    return last;
  }
}

function entriesOf(capacity: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < capacity.length; i++) sum += capacity[i];
  return sum;
}

/** Makes a table one of empty queues of these capacities; `rest` are the fields after QUEUE and RING. In pieces. */
function emptying(table: Int32Array, rest: readonly number[], capacityOf: (q: number) => number): Generator<void, void> {
  const fields = 2 + rest.length;
  let entry = 0;
  const empty = (q: number): void => {
    const capacity = capacityOf(q);
    if (capacity > MAX_CAPACITY)
      throw new WeftError('machine', `a queue of ${capacity} wavelets is deeper than the ${MAX_CAPACITY} this engine holds`, ['use a smaller depth']);
    const at = q * fields;
    table[at] = capacity << 16;
    table[at + 1] = entry;
    for (let i = 0; i < rest.length; i++) table[at + 2 + i] = rest[i];
    entry += capacity;
  };
  return each(table.length / fields, empty, QUEUES);
}

/** Fields of the slot records, by route class and slot: they have as many targets as the route's positions together. */
const recordSizes = ({ routes }: Program): number[][] =>
  routes.map((route) =>
    route.map(({ positions }) => {
      const union = positions.reduce((mask, p) => mask | p.tx, 0);
      return LINKS + Array.from({ length: PORTS - 1 }, (_, port) => (union >> port) & 1).reduce((a, b) => a + b, 0);
    }),
  );

/** Fields of all slot records. */
function slotFields(program: Program): number {
  const sizes = recordSizes(program).map((slots) => slots.reduce((sum, size) => sum + size, 0));
  let sum = 0;
  for (let pe = 0; pe < program.routeOf.length; pe++) sum += sizes[program.routeOf[pe]];
  return sum;
}
