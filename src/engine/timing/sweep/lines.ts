/** The tree of a host stream as lines of routers, each behind a router of a line before it: the order in which a word passes them. */
import { filling } from '../../../base/pieces.ts';
import { neighbour, OPPOSITE, peName } from '../../../machine/fabric.ts';
import type { HostSource, Program } from '../../../machine/program.ts';
import { Declined } from '../declined.ts';
import type { StreamFacts } from '../streams.ts';

export interface Lines {
  /** Line l: places first[l] .. first[l + 1] - 1. */
  readonly first: Int32Array;
  /** Place of the router before each line, -1 for the host. */
  readonly before: Int32Array;
  /** Places at which lines branch off, in order: those of line l are forks[forkFirst[l]] .. forks[forkFirst[l + 1] - 1]. */
  readonly forks: Int32Array;
  readonly forkFirst: Int32Array;
  /** Two for each fork: the first router of a line that branches off, -1 for none. */
  readonly heads: Int32Array;
}

/** The PEs of all trees, in the order in which a word passes them: their places. */
export class TreeOrder {
  /** Place of each PE, -1 for none. */
  readonly placeOf: Int32Array;
  private readonly all: Int32Array;
  private length = 0;

  private constructor(placeOf: Int32Array) {
    this.placeOf = placeOf;
    this.all = new Int32Array(placeOf.length);
  }

  /** Of so many PEs none of which has a place, in pieces. */
  static *of(pes: number): Generator<void, TreeOrder> {
    const placeOf = new Int32Array(pes);
    yield* filling(placeOf, -1);
    return new TreeOrder(placeOf);
  }

  get count(): number {
    return this.length;
  }

  /** By place. */
  get pes(): Int32Array {
    return this.all.subarray(0, this.length);
  }

  /** The next place is that of `pe`. */
  add(pe: number): void {
    this.placeOf[pe] = this.length;
    this.all[this.length++] = pe;
  }
}

/** Adds the PEs of a source's tree to `order`; yields now and then. Nothing is allocated for a PE at which no line branches off. @throws Declined */
export function* linesOf(facts: StreamFacts, source: HostSource, order: TreeOrder): Generator<void, Lines> {
  const { program } = facts;
  const first = [order.count];
  const [before, forks, heads]: number[][] = [[], [], []];
  const forkFirst = [0];
  /** Lines to come: PE and port of their first router, and its number among the heads. */
  const waiting: Array<readonly [number, number, number]> = [[source.pe, source.port, -1]];
  for (let l = 0; l < waiting.length; l++) {
    const [start, entry, head] = waiting[l];
    before.push(head < 0 ? -1 : forks[head >> 1]);
    if (head >= 0) heads[head] = order.count;
    for (let pe = start, port = entry; pe >= 0; ) {
      const { from, on } = facts.wayAt(pe);
      if (order.placeOf[pe] >= 0 || from !== port) throw new Declined('routes', `streams meet at ${peName(pe, program.width)}`);
      for (let k = 1; k < on.length; k++) waiting.push([beyond(program, pe, on[k]), OPPOSITE[on[k]], heads.length + k - 1]);
      if (on.length > 1) {
        forks.push(order.count);
        heads.push(-1, -1);
      }
      order.add(pe);
      port = on.length > 0 ? OPPOSITE[on[0]] : -1;
      pe = on.length > 0 ? beyond(program, pe, on[0]) : -1;
    }
    first.push(order.count);
    forkFirst.push(forks.length);
    yield;
  }
  return {
    first: Int32Array.from(first),
    before: Int32Array.from(before),
    forks: Int32Array.from(forks),
    forkFirst: Int32Array.from(forkFirst),
    heads: Int32Array.from(heads),
  };
}

function beyond({ width, height }: Program, pe: number, port: number): number {
  const to = neighbour(pe, port, width, height);
  if (to < 0) throw new Declined('routes', `the stream leaves at ${peName(pe, width)}`);
  return to;
}
