/**
 * Binary tree: in round r the PEs whose number is an odd multiple of 2^r send what they have to the PE 2^r west of them, so
 * that after log2 P rounds, rounded up, the root has it all. A PE adds the vectors of its rounds one after the other; the
 * last one it adds on its way out.
 *
 * A PE receives on the color of the number of ones in its own number, and sends on the color below: what passes a router
 * on that color goes to the same receiver and comes later, so the PE's last wavelet flips its switch for it.
 *
 * Model (S6): C = B log2 P at the root; E = B times the sum of all distances; N = L = P - 1; D = log2 P.
 */
import type { Color } from '../../base/units.ts';
import { Port } from '../../machine/fabric.ts';
import type { RouteClass } from '../../machine/program.ts';
import { route, rowLayout, rowProgram } from '../measured/row.ts';
import { type Collective, measuredAtRoot, measuredPe, reduceStartUp, streamNames } from './collective.ts';
import type { Pattern, PatternRow } from './pattern.ts';

const { E, W, RAMP } = Port;

const ones = (x: number): number => (x === 0 ? 0 : (x & 1) + ones(x >> 1));
/** The round in which PE x sends: its trailing zeros; the root never does. */
const roundOf = (x: number): number => (x === 0 ? Number.POSITIVE_INFINITY : 31 - Math.clz32(x & -x));

/** From whom PE x receives, in rounds. */
function childrenOf(x: number, pes: number): number[] {
  const children: number[] = [];
  for (let distance = 1; x + distance < pes && Math.log2(distance) < roundOf(x); distance *= 2) children.push(x + distance);
  return children;
}

/** The PEs to which vectors travel through PE x: every one whose number is x without some of its lowest ones, if it has a child east of x. */
function passedTo(x: number, pes: number): number[] {
  const receivers: number[] = [];
  for (let to = x & (x - 1); ; to &= to - 1) {
    if (childrenOf(to, pes).some((child) => child > x)) receivers.push(to);
    if (to === 0) return x === 0 ? [] : receivers;
  }
}

/** Colors from `first` on; a root that sends does so on the one before. */
function routesAt(x: number, { pes, to }: PatternRow, first: Color): RouteClass {
  const color = (receiver: number): Color => first + ones(receiver);
  const routes = childrenOf(x, pes).length > 0 ? [route(color(x), [E, RAMP])] : [];
  if (x === 0 && to === 'memory') return routes;
  const own = color(x) - 1;
  const passing = passedTo(x, pes).map(color);
  routes.push(passing.includes(own) ? route(own, [RAMP, W], [E, W]) : route(own, [RAMP, W]));
  return [...routes, ...passing.filter((color) => color !== own).map((color) => route(color, [E, W]))];
}

export const treePattern: Pattern = (row) => {
  const first = row.to === 'edge' ? 1 : 0;
  return Array.from({ length: row.pes }, (_, x) => {
    const routes = routesAt(x, row, first);
    return {
      name: x === 0 ? 'root' : 'node',
      children: childrenOf(x, row.pes),
      receives: first + ones(x),
      ...((x > 0 || row.to === 'edge') && { sends: first + ones(x) - 1 }),
      advance: routes.some(({ positions }) => positions.length > 1),
      absorbs: false,
      routes,
    };
  });
};

const rounds = (pes: number): number => Math.ceil(Math.log2(pes));

export const tree: Collective = {
  id: 'tree',
  idea: 'In every round half of the PEs send to a neighbour at twice the distance of the round before.',
  descriptors: 'memory',
  build(row, vectors) {
    const layout = rowLayout(row.machine, row.wavelets);
    const pes = treePattern({ ...row, to: 'memory' }).map((pe) => measuredPe(row, layout, pe));
    const program = rowProgram({ machine: row.machine, layout, pes, vectors, streams: streamNames(rounds(row.pes), 'partial sums') });
    return measuredAtRoot(program, layout, tree.result(row, vectors));
  },
  demand({ pes, wavelets }) {
    let hops = 0;
    for (let x = 1; x < pes; x++) hops += 2 ** roundOf(x);
    return { contention: wavelets * rounds(pes), energy: wavelets * hops, links: pes - 1, distance: pes - 1, depth: rounds(pes) };
  },
  result({ pes, wavelets }, vectors) {
    const sums = vectors.slice();
    for (let distance = 1; distance < pes; distance *= 2) {
      for (let to = 0; to + distance < pes; to += 2 * distance) {
        for (let i = 0; i < wavelets; i++) sums[to * wavelets + i] += sums[(to + distance) * wavelets + i];
      }
    }
    return sums.slice(0, wavelets);
  },
  startUp: (row) => reduceStartUp(row, rowLayout(row.machine, row.wavelets)),
};
