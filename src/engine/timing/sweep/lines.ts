/** The tree of a host stream as lines of routers, each behind a router of a line before it: the order in which a word passes them. */
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

/** Appends the PEs of a source's tree to `pes`, whose length so far is the first place; yields now and then. @throws Declined */
export function* linesOf(facts: StreamFacts, source: HostSource, pes: number[], isReached: Uint8Array): Generator<void, Lines> {
  const { program } = facts;
  const first = [pes.length];
  const [before, forks, heads]: number[][] = [[], [], []];
  const forkFirst = [0];
  /** Lines to come: PE and port of their first router, and its number among the heads. */
  const waiting: Array<readonly [number, number, number]> = [[source.pe, source.port, -1]];
  for (let l = 0; l < waiting.length; l++) {
    const [start, entry, head] = waiting[l];
    before.push(head < 0 ? -1 : forks[head >> 1]);
    if (head >= 0) heads[head] = pes.length;
    for (let pe = start, port = entry; pe >= 0; ) {
      const { from, on } = facts.wayAt(pe);
      if (isReached[pe] === 1 || from !== port) throw new Declined('routes', `streams meet at ${peName(pe, program.width)}`);
      isReached[pe] = 1;
      const [next, ...others] = on.map((way) => beyond(program, pe, way));
      for (const [k, to] of others.entries()) waiting.push([to, OPPOSITE[on[k + 1]], heads.length + k]);
      if (others.length > 0) {
        forks.push(pes.length);
        heads.push(-1, -1);
      }
      pes.push(pe);
      port = on.length > 0 ? OPPOSITE[on[0]] : -1;
      pe = next ?? -1;
    }
    first.push(pes.length);
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
