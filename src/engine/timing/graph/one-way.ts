/**
 * Routers with one way out: what they take leaves by one link, from one port at a time, as in drains by switch and in relays. Most
 * routers of a layer are such, each differs from all others, and there is little that one of them can wait for; so they are
 * no agents of their own (routers.ts) but rows of numbers, and a word is followed from router to router as far as it is known to come:
 *
 *     leave(g) = max(ready(g), leave(g - 1) + 1, leave'(g - Q) + 1)        leave' at the next router, Q what its FIFO holds
 *
 * (docs/tick.md 1, 3 and 6). What waits at the end of that is looked at again once there is a word, or room, for it.
 */
import { each } from '../../../base/pieces.ts';
import { CLOSED, COMMAND, firstCommand, nextPosition, popped } from '../../../machine/control.ts';
import { Port, peName } from '../../../machine/fabric.ts';
import type { Route } from '../../../machine/program.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { Declined } from '../declined.ts';
import { type Alike, sharesPorts } from './alike.ts';
import { Agent, type Clock, type Queue, TAG, UNKNOWN } from './queues.ts';
import type { Fabric } from './routers.ts';
import { NOBODY, type Wires } from './wires.ts';

/** By slot the link by which all that it takes leaves, NOBODY if it has several ways, shares ports, or stands for others. */
function* findLinks(wires: Wires, { routers }: Alike): Generator<void, Int8Array> {
  const { program, slots, peOf, slotFirst } = wires;
  const ofRoutes = program.routes.map((cls) => (sharesPorts(cls) ? cls.map(() => NOBODY) : cls.map(linkOf)));
  const links = new Int8Array(slots);
  const find = (slot: number): void => {
    const kind = routers.of[slot];
    const isAlone = routers.first[kind + 1] - routers.first[kind] === 1;
    const link = ofRoutes[program.routeOf[peOf[slot]]][slot - slotFirst[peOf[slot]]];
    links[slot] = isAlone && link !== NOBODY && wires.fifoBehind(peOf[slot], link, wires.route(slot).color) >= 0 ? link : NOBODY;
  };
  yield* each(slots, find, SLOTS);
  return links;
}

/** By FIFO whether it lies between two of them. */
function* findInside({ channels, fifoFirst, fifoTo, fifoFeeder }: Wires, links: Int8Array): Generator<void, Uint8Array> {
  const inside = new Uint8Array(channels.count);
  const find = (slot: number): void => {
    if (links[slot] === NOBODY) return;
    for (let fifo = fifoFirst[slot]; fifo < fifoTo[slot]; fifo++) {
      const feeder = fifoFeeder[fifo];
      if (feeder !== NOBODY && feeder < links.length && links[feeder] !== NOBODY) inside[fifo] = 1;
    }
  };
  yield* each(links.length, find, SLOTS);
  return inside;
}

/** Slots that have a link. */
function placesOf(links: Int8Array): Int32Array {
  let count = 0;
  for (const link of links) if (link !== NOBODY) count++;
  const slots = new Int32Array(count);
  for (let slot = 0, at = 0; slot < links.length; slot++) if (links[slot] !== NOBODY) slots[at++] = slot;
  return slots;
}

function linkOf({ positions }: Route): number {
  const [{ tx }] = positions;
  const isOneWay = positions.every((position) => position.tx === tx && (position.rx & (position.rx - 1)) === 0);
  return isOneWay && tx > 0 && tx < 1 << Port.RAMP && (tx & (tx - 1)) === 0 ? 31 - Math.clz32(tx) : NOBODY;
}

/** Entries of a router in `from`, one a position; the last is that of a switch that is closed. */
const STRIDE = CLOSED + 1;

/** Slots that are looked at, and routers that are made, from one yield to the next. */
const SLOTS = 1 << 14;
const ROUTERS = 1 << 11;

/** Where no FIFO is open. */
const NOWHERE = -(2 ** 31);

/** Beside the bits of TAG: whether the word of a control wavelet is known. */
const HAS_WORD = 4;

/** What is known of one-way routers; levels are those of slots (alike.ts). */
export interface OneWay {
  readonly links: Int8Array;
  readonly inside: Uint8Array;
  readonly levels: Uint16Array;
}

/** In pieces. */
export function* findOneWay(wires: Wires, alike: Alike): Generator<void, OneWay> {
  const links = yield* findLinks(wires, alike);
  return { links, inside: yield* findInside(wires, links), levels: alike.levels };
}

export class OneWayRouters {
  /** One a router: who is woken by words that come from outside, and by room there. */
  readonly gates: Agent[] = [];
  private readonly wires: Wires;
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly hop: number;
  private readonly depth: number;
  private readonly slots: Int32Array;
  /** By router and position, the router that it receives from, or the number of an entrance as ~entrance, or NOWHERE. */
  private readonly from: Int32Array;
  private readonly position: Uint8Array;
  private readonly tx: Uint8Array;
  /** By router, the tick at which its last word left. */
  private readonly last: Int32Array;
  /** By router, the one that it leads to, or the number of an exit as ~exit. */
  private readonly to: Int32Array;
  /** By router that leads to another one, of the FIFO between them: its lane, words in it, the place of the first. */
  private readonly lane: Int32Array;
  private readonly held: Uint16Array;
  private readonly head: Uint16Array;
  /** The same by place in the FIFO: when the word there is ready, when the one before it there left; bits and control word. */
  private readonly readyAt: Int32Array;
  private readonly leftAt: Int32Array;
  private readonly tags: Uint8Array;
  private readonly words: Int32Array;
  private readonly entrances: Queue[] = [];
  private readonly exits: Queue[] = [];
  /** Routers that may be able to go on, apart from the one that is looked at. */
  private readonly others: number[] = [];

  /** In pieces. `queues` gives the queue of a FIFO, of those inside only its lane. */
  static *of(fabric: Fabric, wires: Wires, oneWay: OneWay, queues: (fifo: number) => Queue, lanes: (fifo: number) => number): Generator<void, OneWayRouters> {
    const routers = new OneWayRouters(fabric, wires, oneWay);
    yield* routers.joining(oneWay, queues, lanes);
    return routers;
  }

  private constructor({ machine, clock, recorder }: Fabric, wires: Wires, { links }: OneWay) {
    const slots = placesOf(links);
    const count = slots.length;
    this.wires = wires;
    this.clock = clock;
    this.recorder = recorder;
    this.hop = machine.hop;
    this.depth = machine.fifoDepth;
    this.slots = slots;
    this.from = new Int32Array(count * STRIDE).fill(NOWHERE);
    this.position = new Uint8Array(count);
    this.tx = new Uint8Array(count);
    for (let router = 0; router < count; router++) this.tx[router] = 1 << links[slots[router]];
    this.last = new Int32Array(count).fill(-1);
    this.to = new Int32Array(count);
    this.lane = new Int32Array(count);
    this.held = new Uint16Array(count);
    this.head = new Uint16Array(count);
    this.readyAt = new Int32Array(count * this.depth);
    this.leftAt = new Int32Array(count * this.depth).fill(-1);
    this.tags = new Uint8Array(count * this.depth);
    this.words = new Int32Array(count * this.depth);
  }

  /** Finds out where each router leads to and receives from. */
  private *joining({ links, inside, levels }: OneWay, queues: (fifo: number) => Queue, lanes: (fifo: number) => number): Generator<void, void> {
    const { wires, slots, to, lane, entrances, exits } = this;
    const routerOf = new Int32Array(wires.slots);
    for (let router = 0; router < slots.length; router++) routerOf[slots[router]] = router;
    const join = (router: number): void => {
      const slot = slots[router];
      const gate = new Gate(this, router, levels[slot]);
      this.gates.push(gate);
      for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) {
        const before = routerOf[wires.fifoFeeder[fifo]];
        if (inside[fifo] === 1) {
          to[before] = router;
          lane[before] = lanes(fifo);
        } else queues(fifo).taker = gate;
        this.receive(router, fifo, inside[fifo] === 1 ? before : ~(entrances.push(queues(fifo)) - 1));
      }
      const after = wires.fifoBehind(wires.peOf[slot], links[slot], wires.route(slot).color);
      if (inside[after] === 1) return;
      const exit = queues(after);
      exit.feeder = gate;
      exit.feederWaits = false;
      to[router] = ~(exits.push(exit) - 1);
    };
    yield* each(slots.length, join, ROUTERS);
  }

  /** What comes by a FIFO is from a router or an entrance. */
  private receive(router: number, fifo: number, from: number): void {
    const { wires, slots } = this;
    const { positions } = wires.route(slots[router]);
    for (let i = 0; i < positions.length; i++) if ((positions[i].rx >> wires.channels.port[fifo]) & 1) this.from[router * STRIDE + i] = from;
  }

  /** Whether no word lies between two of them. */
  get isEmpty(): boolean {
    return this.held.every((words) => words === 0);
  }

  /** Lets words pass from a router on, as far as they are known to come. */
  passFrom(router: number): void {
    const { others } = this;
    for (let at: number | undefined = router; at !== undefined; at = others.pop()) this.pass(at);
  }

  /** A router's next word leaves, if that is known. */
  private pass(router: number): void {
    const { from, position, to } = this;
    const before = from[router * STRIDE + position[router]];
    const room = to[router] < 0 ? this.roomAt(~to[router]) : this.roomIn(router);
    if (before === NOWHERE || room === UNKNOWN) return;
    if (before < 0) this.passIn(router, this.entrances[~before], room);
    else if (this.held[before] > 0) this.passOn(router, before, room);
  }

  /** When an exit has room. */
  private roomAt(exit: number): number {
    const queue = this.exits[exit];
    const { room } = queue;
    queue.feederWaits = room === UNKNOWN;
    return room;
  }

  private roomIn(router: number): number {
    const { held, depth } = this;
    return held[router] === depth ? UNKNOWN : this.leftAt[router * depth + this.end(router)] + 1;
  }

  /** The next word comes from outside. */
  private passIn(router: number, entrance: Queue, room: number): void {
    if (entrance.isEmpty) return;
    const tag = entrance.tag(0);
    const { word } = entrance;
    const leave = Math.max(entrance.ready(0), this.last[router] + 1, room);
    entrance.pop(leave);
    this.leave(router, entrance.lane, leave);
    if (tag !== 0 || !entrance.isEmpty) this.others.push(router);
    if (tag === 0) this.push(router, leave, 0, 0);
    else this.turn(router, leave, word === undefined ? tag : tag | HAS_WORD, word ?? 0);
    entrance.wakeFeeder(this.clock);
  }

  /** The next word comes from another router. */
  private passOn(router: number, before: number, room: number): void {
    const { held, head, depth, readyAt, leftAt, others } = this;
    const at = before * depth + head[before];
    const tag = this.tags[at];
    const leave = Math.max(readyAt[at], this.last[router] + 1, room);
    leftAt[at] = leave;
    head[before] = head[before] + 1 === depth ? 0 : head[before] + 1;
    // Who feeds a full FIFO may have waited for this.
    if (held[before]-- === depth) others.push(before);
    this.leave(router, this.lane[before], leave);
    if (tag !== 0 || held[before] > 0) others.push(router);
    if (tag === 0) this.push(router, leave, 0, 0);
    else this.turn(router, leave, tag, this.words[at]);
  }

  private leave(router: number, lane: number, tick: number): void {
    this.last[router] = tick;
    this.recorder.move(lane, this.tx[router], tick);
    this.clock.over(tick + 1);
  }

  /** A word with bits has left a router, whose switch it turns. */
  private turn(router: number, tick: number, tag: number, word: number): void {
    const { position, wires, slots } = this;
    const slot = slots[router];
    const { positions, ring, pop } = wires.route(slot);
    const isTurned = positions.length > 1;
    let rest = word;
    if (tag & TAG.CONTROL && isTurned) {
      if ((tag & HAS_WORD) === 0) throw new Declined('data-dependent control', `a control wavelet at ${peName(wires.peOf[slot], wires.program.width)}`);
      const before = position[router];
      position[router] = nextPosition(before, firstCommand(word), positions.length, ring);
      rest = popped(word, pop ?? 'never', position[router] !== before);
    }
    if (tag & TAG.ADVANCE) position[router] = nextPosition(position[router], COMMAND.advance, positions.length, ring);
    this.push(router, tick, tag & ~TAG.ADVANCE, rest);
  }

  /** A word that left a router comes to the next one, or to others. */
  private push(router: number, tick: number, tag: number, word: number): void {
    const { to, hop, clock } = this;
    if (to[router] < 0) {
      const exit = this.exits[~to[router]];
      exit.push(tick + hop, tag & TAG.CONTROL, tag & HAS_WORD ? word : undefined);
      exit.wakeTaker(clock);
      return;
    }
    const at = router * this.depth + this.end(router);
    this.readyAt[at] = tick + hop;
    this.tags[at] = tag;
    this.words[at] = word;
    // Where words wait already the next router does not wait for one.
    if (this.held[router]++ === 0) this.others.push(to[router]);
  }

  /** The place behind the last word of a router's FIFO. */
  private end(router: number): number {
    const place = this.head[router] + this.held[router];
    return place < this.depth ? place : place - this.depth;
  }
}

/** Stands for a router at a queue that others know. */
class Gate extends Agent {
  private readonly routers: OneWayRouters;
  private readonly router: number;

  constructor(routers: OneWayRouters, router: number, level: number) {
    super();
    this.routers = routers;
    this.router = router;
    this.level = level;
  }

  /** All that a router does is certain as soon as it is known: advance() does it. */
  next(): number {
    return UNKNOWN;
  }

  act(): void {}

  override advance(): number {
    this.routers.passFrom(this.router);
    return UNKNOWN;
  }
}
