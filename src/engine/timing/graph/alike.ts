/**
 * Agents that are alike: equal in what they are, and fed by agents that are alike. If nobody ever waits for room that others
 * of its kind do not need, agents that are alike do the same at the same ticks, for what an agent does is a function of what it
 * is and of what comes to it. So one of them is evaluated for all; that nobody waits so is checked at every act (routers.ts,
 * element-state.ts), and a program for which it is not true is evaluated agent by agent.
 *
 * No distance is assumed: on a tree of equal PEs those at one distance from the source come out alike.
 */
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
  /** By slot, then by PE: how often a word has been handed on before it comes there, at most (below LEVELS). */
  readonly levels: Uint16Array;
}

/** Levels are only an order of evaluation: beyond these all have the last. */
export const LEVELS = 4096;

/** The same with every agent for itself. */
export function alone({ routers, elements, levels }: Alike): Alike {
  const each = (length: number): Kinds => kindsOf(Int32Array.from({ length }, (_, i) => i));
  return { routers: each(routers.of.length), elements: each(elements.of.length), levels };
}

export function findAlike(wires: Wires): Alike {
  const { program, slots } = wires;
  const { names, levels } = new Search(wires).run();
  const alike = { routers: kindsOf(names.slice(0, slots)), elements: kindsOf(names.slice(slots)), levels };
  return program.host?.some(({ kind }) => kind === 'copyIn') ? alone(alike) : alike;
}

/** Whether any agent stands for others. */
export const sharesAny = ({ routers, elements }: Alike): boolean => routers.count + elements.count < routers.of.length + elements.of.length;

/** Kinds numbered in the order in which they first occur. */
function kindsOf(names: Int32Array): Kinds {
  const numbers = new Map<number, number>();
  const of = names.map((name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  const count = numbers.size;
  const first = new Int32Array(count + 1);
  for (const kind of of) first[kind + 1]++;
  for (let kind = 0; kind < count; kind++) first[kind + 1] += first[kind];
  const next = first.slice();
  const order = new Int32Array(of.length);
  for (let node = 0; node < of.length; node++) order[next[of[node]]++] = node;
  return { of, count, order, first };
}

/** Where a node stands in the search. */
const NEW = 0;
const ENTERED = -1;

/** Names every node by what it is and the names of its feeders, those first; nodes in a circle are alone. */
class Search {
  private readonly wires: Wires;
  private readonly program: Program;
  /** By node: NEW, ENTERED or a name, from 1. */
  readonly names: Int32Array;
  readonly levels: Uint16Array;
  private readonly known = new Map<string, number>();
  private last = 0;
  /** By route class and place in it, by PE class: what a node is, undefined where each is alone. */
  private readonly routes: ReadonlyArray<ReadonlyArray<string | undefined>>;
  private readonly classes: ReadonlyArray<string | undefined>;
  private readonly sinks: ReadonlySet<number>;

  constructor(wires: Wires) {
    const { program, slots } = wires;
    this.wires = wires;
    this.program = program;
    this.names = new Int32Array(slots + program.classOf.length);
    this.levels = new Uint16Array(this.names.length);
    this.routes = program.routes.map((cls) => cls.map((route) => (sharesPorts(cls) ? undefined : describe(route))));
    this.classes = program.classes.map((cls, i) => (isOfItsPlace(cls, program) ? undefined : `${i}`));
    this.sinks = new Set(program.sinks.map(({ pe }) => pe));
  }

  run(): this {
    const { names } = this;
    const path: number[] = [];
    for (let node = 0; node < names.length; node++) {
      if (names[node] === NEW) path.push(node);
      while (path.length > 0) this.visit(path);
    }
    return this;
  }

  private visit(path: number[]): void {
    const { names } = this;
    const node = path[path.length - 1];
    if (names[node] === NEW) {
      names[node] = ENTERED;
      for (const feeder of this.feeders(node)) {
        if (names[feeder] === NEW) path.push(feeder);
        else if (names[feeder] === ENTERED) names[feeder] = ++this.last;
      }
      return;
    }
    path.pop();
    if (names[node] !== ENTERED) return;
    this.levels[node] = this.levelOf(node);
    const description = node < this.wires.slots ? this.router(node) : this.element(node - this.wires.slots);
    names[node] = description === undefined ? ++this.last : this.nameOf(description);
  }

  private feeders(node: number): number[] {
    const { slots, channels, fifoFirst, fifoTo, fifoFeeder, inputFeeder } = this.wires;
    const { inputFirst } = channels;
    const feeders =
      node < slots ? fifoFeeder.subarray(fifoFirst[node], fifoTo[node]) : inputFeeder.subarray(inputFirst[node - slots], inputFirst[node - slots + 1]);
    return [...feeders].filter((feeder) => feeder !== NOBODY);
  }

  private levelOf(node: number): number {
    let level = 0;
    for (const feeder of this.feeders(node)) level = Math.max(level, this.levels[feeder] + (this.isHandedOn(feeder, node) ? 1 : 0));
    return Math.min(level, LEVELS - 1);
  }

  /** Words are handed on by elements, from routers that are turned to others, and along a stream. */
  private isHandedOn(from: number, to: number): boolean {
    const { wires } = this;
    if (from >= wires.slots) return true;
    if (this.isTurned(from)) return !this.isTurned(to);
    return to < wires.slots && wires.streamOf(from) !== NOBODY && wires.streamOf(to) !== NOBODY;
  }

  private nameOf(description: string): number {
    const name = this.known.get(description) ?? ++this.last;
    this.known.set(description, name);
    return name;
  }

  private router(slot: number): string | undefined {
    const { wires, program } = this;
    const pe = wires.peOf[slot];
    const what = this.routes[program.routeOf[pe]][slot - wires.slotFirst[pe]];
    const route = wires.route(slot);
    if (what === undefined || this.sinks.has(pe)) return undefined;
    const { port } = wires.channels;
    const fed: string[] = [];
    for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) {
      const feeder = wires.fifoFeeder[fifo];
      if (feeder === NOBODY) return undefined;
      fed.push(`${this.names[feeder]}${this.isTurned(feeder) ? 'NESWR'[port[fifo]] : port[fifo] === Port.RAMP ? this.outputOf(pe, route.color) : ''}`);
    }
    // A lone FIFO of a router that is never turned may lie behind any port that is open.
    const isLone = fed.length === 1 && route.positions.length === 1;
    if (isLone && !((route.positions[0].rx >> port[wires.fifoFirst[slot]]) & 1)) return undefined;
    return `${what} ${isLone ? '' : this.portsOf(slot)} ${this.ramped(route) ? program.classOf[pe] : ''} ${fed.join()}`;
  }

  private portsOf(slot: number): string {
    return this.wires.channels.port.subarray(this.wires.fifoFirst[slot], this.wires.fifoTo[slot]).join('');
  }

  private outputOf(pe: number, color: number): string {
    const { classes, classOf } = this.program;
    return `o${classes[classOf[pe]].outputs.findIndex((output) => output.color === color)}`;
  }

  private ramped({ positions }: Route): boolean {
    return positions.some(({ tx }) => (tx >> Port.RAMP) & 1);
  }

  /** Whether what a node sends depends on the port. */
  private isTurned(node: number): boolean {
    return node < this.wires.slots && this.wires.route(node).positions.length > 1;
  }

  private element(pe: number): string | undefined {
    const { program, wires, names } = this;
    const what = this.classes[program.classOf[pe]];
    if (what === undefined) return undefined;
    const { inputFirst } = wires.channels;
    const feeders = wires.inputFeeder.subarray(inputFirst[pe], inputFirst[pe + 1]);
    return `e${what} ${Array.from(feeders, (feeder) => (feeder === NOBODY ? NOBODY : names[feeder])).join()}`;
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
