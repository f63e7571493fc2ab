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
  /** By place, the place of the first router of a line that branches off it, -1 for none; of the second, if any has two. */
  readonly branch: Int32Array;
  readonly second: ReadonlyMap<number, number>;
  /** By line, 1 where lines branch off it. */
  readonly branches: Uint8Array;
}

/** Appends the PEs of a source's tree to `pes`, whose length so far is the first place; yields now and then. @throws Declined */
export function* linesOf(facts: StreamFacts, source: HostSource, pes: number[], isReached: Uint8Array): Generator<void, Lines> {
  const { program } = facts;
  const origin = pes.length;
  const first = [origin];
  const before: number[] = [];
  const waiting: Array<readonly [number, number, number]> = [[source.pe, source.port, -1]];
  const branch: number[] = [];
  const second = new Map<number, number>();
  for (let l = 0; l < waiting.length; l++) {
    const [start, entry, place] = waiting[l];
    before.push(place);
    if (place >= 0) {
      if (branch[place - origin] < 0) branch[place - origin] = pes.length;
      else second.set(place, pes.length);
    }
    for (let pe = start, port = entry; pe >= 0; ) {
      const { from, on } = facts.wayAt(pe);
      if (isReached[pe] === 1 || from !== port) throw new Declined('routes', `streams meet at ${peName(pe, program.width)}`);
      isReached[pe] = 1;
      const [next, ...others] = on.map((way) => beyond(program, pe, way));
      for (const [k, to] of others.entries()) waiting.push([to, OPPOSITE[on[k + 1]], pes.length]);
      pes.push(pe);
      branch.push(-1);
      port = on.length > 0 ? OPPOSITE[on[0]] : -1;
      pe = next ?? -1;
    }
    first.push(pes.length);
    yield;
  }
  const branches = Uint8Array.from(before, (_, l) => (branch.slice(first[l] - origin, first[l + 1] - origin).some((at) => at >= 0) ? 1 : 0));
  return { first: Int32Array.from(first), before: Int32Array.from(before), branch: Int32Array.from(branch), second, branches };
}

function beyond({ width, height }: Program, pe: number, port: number): number {
  const to = neighbour(pe, port, width, height);
  if (to < 0) throw new Declined('routes', `the stream leaves at ${peName(pe, width)}`);
  return to;
}
