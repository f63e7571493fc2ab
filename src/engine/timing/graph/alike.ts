/**
 * Agents that are alike: equal in what they are, and fed by agents that are alike. If nobody ever waits for room that others
 * of its kind do not need, agents that are alike do the same at the same ticks, for what an agent does is a function of what it
 * is and of what comes to it. So one of them is evaluated for all; that nobody waits so is checked at every act (routers.ts,
 * element-state.ts), and a program for which it is not true is evaluated agent by agent.
 *
 * No distance is assumed: on a tree of equal PEs those at one distance from the source come out alike.
 */
import { each } from '../../../base/pieces.ts';
import { PORTS, Port } from '../../../machine/fabric.ts';
import type { PeClass, Program, Route } from '../../../machine/program.ts';
import { sendsControl } from './initial.ts';
import { NOBODY, type Wires } from './wires.ts';

/** Kinds of nodes. Members of kind k are order[first[k]] .. order[first[k + 1] - 1], ascending; the first stands for all. */
export interface Kinds {
  readonly of: Int32Array;
  readonly count: number;
  readonly order: Int32Array;
  readonly first: Int32Array;
}

export interface Alike {
  /** By slot, by PE. */
  readonly routers: Kinds;
  readonly elements: Kinds;
  /** By slot, then by PE: how often a word has been handed on, by elements or along a stream, before it comes there, at most (below LEVELS). */
  readonly levels: Uint16Array;
}

/** Levels are only an order of evaluation: beyond these all have the last. */
export const LEVELS = 4096;

/** The same with every agent for itself. */
export function alone({ routers, elements, levels }: Alike): Alike {
  const own = (count: number): Kinds => ({ of: ascending(count), count, order: ascending(count), first: ascending(count + 1) });
  return { routers: own(routers.of.length), elements: own(elements.of.length), levels };
}

/** 0, 1, 2, ... */
export function ascending(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}

/** In pieces. */
export function* findAlike(wires: Wires): Generator<void, Alike> {
  const { program, slots } = wires;
  const search = new Search(wires);
  yield* search.run();
  const { names, last, levels } = search;
  const routers = yield* kindsOf(names.subarray(0, slots), last + 1);
  const alike = { routers, elements: yield* kindsOf(names.subarray(slots), last + 1), levels };
  return program.host?.some(({ kind }) => kind === 'copyIn') ? alone(alike) : alike;
}

/** Whether any agent stands for others. */
export const sharesAny = ({ routers, elements }: Alike): boolean => routers.count + elements.count < routers.of.length + elements.of.length;

/** Kinds numbered in the order in which they first occur; names are below `past`. */
function* kindsOf(names: Int32Array, past: number): Generator<void, Kinds> {
  const nodes = names.length;
  const numbers = new Int32Array(past).fill(-1);
  const of = new Int32Array(nodes);
  let count = 0;
  const number = (node: number): void => {
    if (numbers[names[node]] < 0) numbers[names[node]] = count++;
    of[node] = numbers[names[node]];
  };
  yield* each(nodes, number, NODES);
  const first = new Int32Array(count + 1);
  yield* each(nodes, (node) => void first[of[node] + 1]++, NODES);
  for (let kind = 0; kind < count; kind++) first[kind + 1] += first[kind];
  const next = first.slice();
  const order = new Int32Array(nodes);
  const put = (node: number): void => {
    order[next[of[node]]++] = node;
  };
  yield* each(nodes, put, NODES);
  return { of, count, order, first };
}

/** Visits of nodes from one yield to the next, and nodes that are put in order. */
const BREATH = 1 << 11;
const NODES = 1 << 16;

const MAPS = 64;

/** Where a node stands in the search. */
const NEW = 0;
const ENTERED = -1;

/** How a FIFO is fed, beside by whom: through a port of a router that is turned, or by an output queue (of which there are fewer than 32). */
const BY_OUTPUT = 1;
const BY_PORT = 33;

/** Names every node by what it is and the names of its feeders, those first; nodes in a circle are alone. */
class Search {
  private readonly wires: Wires;
  private readonly program: Program;
  /** By node: NEW, ENTERED or a name, from 1. */
  readonly names: Int32Array;
  readonly levels: Uint16Array;
  last = 0;
  /** Names of what is put together of two others, in several maps: one of a million entries takes long to grow. */
  private readonly known = Array.from({ length: MAPS }, () => new Map<number, number>());
  /** By route class and place in it, by PE class: the name of what a node is, NOBODY where each is alone. */
  private readonly routes: ReadonlyArray<readonly number[]>;
  private readonly classes: readonly number[];
  private readonly sinks: ReadonlySet<number>;

  constructor(wires: Wires) {
    const { program, slots } = wires;
    this.wires = wires;
    this.program = program;
    this.names = new Int32Array(slots + program.classOf.length);
    this.levels = new Uint16Array(this.names.length);
    const described = new Map<string, number>();
    const named = (description: string): number => {
      const name = described.get(description) ?? ++this.last;
      described.set(description, name);
      return name;
    };
    this.routes = program.routes.map((cls) => cls.map((route) => (sharesPorts(cls) ? NOBODY : named(describe(route)))));
    this.classes = program.classes.map((cls, i) => (isOfItsPlace(cls, program) ? NOBODY : named(`class ${i}`)));
    this.sinks = new Set(program.sinks.map(({ pe }) => pe));
  }

  *run(): Generator<void, void> {
    const { names } = this;
    const path: number[] = [];
    for (let node = 0, visits = 0; node < names.length; node++) {
      if (names[node] === NEW) path.push(node);
      for (; path.length > 0; visits++) {
        this.visit(path);
        if (visits % BREATH === 0) yield;
      }
    }
  }

  private visit(path: number[]): void {
    const { names } = this;
    const node = path[path.length - 1];
    if (names[node] === NEW) {
      names[node] = ENTERED;
      for (let i = this.firstFeeder(node); i < this.pastFeeders(node); i++) {
        const feeder = this.feeder(node, i);
        if (feeder === NOBODY) continue;
        if (names[feeder] === NEW) path.push(feeder);
        else if (names[feeder] === ENTERED) names[feeder] = ++this.last;
      }
      return;
    }
    path.pop();
    if (names[node] !== ENTERED) return;
    this.levels[node] = this.levelOf(node);
    const name = node < this.wires.slots ? this.router(node) : this.element(node - this.wires.slots);
    names[node] = name === NOBODY ? ++this.last : name;
  }

  /** Feeders of a node are feeder(node, i) for i from firstFeeder(node) on, up to pastFeeders(node). */
  private firstFeeder(node: number): number {
    const { slots, fifoFirst, channels } = this.wires;
    return node < slots ? fifoFirst[node] : channels.inputFirst[node - slots];
  }

  private pastFeeders(node: number): number {
    const { slots, fifoTo, channels } = this.wires;
    return node < slots ? fifoTo[node] : channels.inputFirst[node - slots + 1];
  }

  private feeder(node: number, i: number): number {
    const { slots, fifoFeeder, inputFeeder } = this.wires;
    return node < slots ? fifoFeeder[i] : inputFeeder[i];
  }

  private levelOf(node: number): number {
    let level = 0;
    for (let i = this.firstFeeder(node); i < this.pastFeeders(node); i++) {
      const feeder = this.feeder(node, i);
      if (feeder !== NOBODY) level = Math.max(level, this.levels[feeder] + (this.isHandedOn(feeder, node) ? 1 : 0));
    }
    return Math.min(level, LEVELS - 1);
  }

  /** Words are handed on by elements, from routers that are turned to others, and along a stream. */
  private isHandedOn(from: number, to: number): boolean {
    const { wires } = this;
    if (from >= wires.slots) return true;
    if (this.isTurned(from)) return !this.isTurned(to);
    return to < wires.slots && wires.streamOf(from) !== NOBODY && wires.streamOf(to) !== NOBODY;
  }

  /** The name of a name and a number below 2^24 after it. */
  private join(name: number, next: number): number {
    const key = name * 2 ** 24 + next;
    const names = this.known[(name ^ next) & (MAPS - 1)];
    const known = names.get(key);
    if (known !== undefined) return known;
    names.set(key, ++this.last);
    return this.last;
  }

  private router(slot: number): number {
    const { wires, program, names } = this;
    const pe = wires.peOf[slot];
    const what = this.routes[program.routeOf[pe]][slot - wires.slotFirst[pe]];
    if (what === NOBODY || this.sinks.has(pe)) return NOBODY;
    const { port } = wires.channels;
    const { color, positions } = wires.route(slot);
    const [first, past] = [wires.fifoFirst[slot], wires.fifoTo[slot]];
    // A lone FIFO of a router that is never turned may lie behind any port that is open.
    const isLone = past - first === 1 && positions.length === 1;
    if (isLone && !((positions[0].rx >> port[first]) & 1)) return NOBODY;
    let name = this.join(what, this.isRamped(positions) ? program.classOf[pe] + 1 : 0);
    for (let fifo = first; fifo < past; fifo++) {
      const feeder = wires.fifoFeeder[fifo];
      if (feeder === NOBODY) return NOBODY;
      const how = this.isTurned(feeder) ? BY_PORT + port[fifo] : port[fifo] === Port.RAMP ? BY_OUTPUT + this.outputOf(pe, color) : 0;
      name = this.join(this.join(name, names[feeder]), how * 8 + (isLone ? PORTS : port[fifo]));
    }
    return name;
  }

  private outputOf(pe: number, color: number): number {
    const { classes, classOf } = this.program;
    return classes[classOf[pe]].outputs.findIndex((output) => output.color === color);
  }

  private isRamped(positions: Route['positions']): boolean {
    return positions.some(({ tx }) => (tx >> Port.RAMP) & 1);
  }

  /** Whether what a node sends depends on the port. */
  private isTurned(node: number): boolean {
    return node < this.wires.slots && this.wires.route(node).positions.length > 1;
  }

  private element(pe: number): number {
    const { program, wires, names } = this;
    const what = this.classes[program.classOf[pe]];
    if (what === NOBODY) return NOBODY;
    const { inputFirst } = wires.channels;
    let name = what;
    for (let input = inputFirst[pe]; input < inputFirst[pe + 1]; input++) {
      const feeder = wires.inputFeeder[input];
      name = this.join(name, feeder === NOBODY ? 0 : names[feeder]);
    }
    return name;
  }
}

/** Whether colors of a router share ports: then they decide together (routers.ts). */
export function sharesPorts(routes: readonly Route[]): boolean {
  let seen = 0;
  return routes.some(({ positions }) => {
    const union = positions.reduce((mask, { tx }) => mask | tx, 0);
    const shares = (seen & union) !== 0;
    seen |= union;
    return shares;
  });
}

/** All of a route that is turned; of one that is not, only whether it leads up the ramp: where else it leads is its neighbours' matter. */
function describe({ positions, ring, pop }: Route): string {
  if (positions.length === 1) return `${(positions[0].tx >> Port.RAMP) & 1}`;
  return `${positions.map(({ rx, tx }) => rx * 2 ** PORTS + tx).join('.')} ${ring} ${pop ?? ''}`;
}

/** Whether what an element does depends on its place: its loads, or its number. */
const isOfItsPlace = (cls: PeClass, { picker }: Program): boolean => sendsControl(cls) || (picker?.kind === 'random' && cls.tasks.length > 1);
