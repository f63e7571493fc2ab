/**
 * Two-phase reduce, and the chain as its special case of one group. Groups of S PEs run a chain to their westernmost PE,
 * their leader: each PE adds its own element to the arriving one and passes it on. Then the leaders run a chain among
 * themselves through the routers of their groups; the last leader streams its group's sums straight on.
 *
 * Two colors alternate from PE to PE and from group to group (S3's program), so that the color on which a leader receives in
 * phase 1 is the one that its eastern neighbour sends on, and the one on which the next leader's stream arrives. A PE that
 * has sent lets that stream through: the leader's neighbour flips its own switch with its last wavelet, the others send a
 * control wavelet behind it, which flips their own send side and their neighbour's receive side.
 *
 * Model (S6): C = B in a chain, 2 B for a leader of two phases; E = B for each hop of each stream; N = L = P - 1;
 * D = S - 1 in a group plus one for each further group.
 */
import { encodeControl } from '../../machine/control.ts';
import { Port } from '../../machine/fabric.ts';
import type { RouteClass } from '../../machine/program.ts';
import { route, rowLayout, rowProgram } from '../measured/row.ts';
import { type Collective, measuredAtRoot, measuredPe, type Row, reduceStartUp, streamNames } from './collective.ts';
import type { Pattern, PatternRow } from './pattern.ts';

const { E, W, RAMP } = Port;

/** Where PE x stands: its group, its place in it, how large the group is, how many there are. */
interface Place {
  readonly x: number;
  readonly group: number;
  readonly place: number;
  readonly size: number;
  readonly groups: number;
}

function placeOf({ pes, group: size }: PatternRow, x: number): Place {
  const group = Math.floor(x / size);
  return { x, group, place: x % size, size: Math.min(size, pes - group * size), groups: Math.ceil(pes / size) };
}

const isLast = ({ group, groups }: Place): boolean => group === groups - 1;
/** A stream of the next leader passes the PEs of every group but the last. */
const isPassed = (p: Place): boolean => p.place > 0 && !isLast(p);
/** Color on which a PE sends; it receives on the other one. */
const sendColor = ({ group, place }: Place): number => (group + place) % 2;
/** A stream passes on the color on which its leader receives: the send color of every second PE. */
const passesOnSendColor = (p: Place): boolean => isPassed(p) && p.place % 2 === 1;
const sendsControl = (p: Place): boolean => passesOnSendColor(p) && p.place > 1;

/** Who sends to a PE: its eastern neighbour in the group, then, to a leader, the next leader. */
function childrenOf({ x, place, size, group, groups }: Place): number[] {
  const chain = place < size - 1 ? [x + 1] : [];
  return place === 0 && group < groups - 1 ? [...chain, x + size] : chain;
}

function routesAt(p: Place, to: PatternRow['to']): RouteClass {
  const [sends, receives] = [sendColor(p), 1 - sendColor(p)];
  const own = passesOnSendColor(p) ? route(sends, [RAMP, W], [E, W]) : route(sends, [RAMP, W]);
  const last = p.place === p.size - 1;
  const routes = p.x > 0 || to === 'edge' ? [own] : [];
  if (!isPassed(p)) return last && isLast(p) ? routes : [...routes, route(receives, [E, RAMP])];
  if (passesOnSendColor(p)) return last ? routes : [...routes, route(receives, [E, RAMP])];
  return [...routes, last ? route(receives, [E, W]) : route(receives, [E, RAMP], [E, W])];
}

export const twoPhasePattern: Pattern = (row) =>
  Array.from({ length: row.pes }, (_, x) => {
    const p = placeOf(row, x);
    return {
      name: p.place === 0 ? 'leader' : 'member',
      children: childrenOf(p),
      receives: 1 - sendColor(p),
      ...((x > 0 || row.to === 'edge') && { sends: sendColor(p) }),
      advance: passesOnSendColor(p) && p.place === 1,
      ...(sendsControl(p) && { control: encodeControl(['advance'], { task: 0 }) }),
      absorbs: isPassed(p) && !passesOnSendColor(p) && p.place < p.size - 1,
      routes: routesAt(p, row.to),
    };
  });

export const chainPattern: Pattern = (row) => twoPhasePattern({ ...row, group: row.pes });

export const twoPhase: Collective = {
  id: 'two-phase',
  idea: 'Groups of S run a chain to their leader; then the leaders run a chain among themselves.',
  descriptors: 'registers',
  build(row, vectors) {
    const layout = rowLayout(row.machine, row.wavelets);
    const pes = twoPhasePattern({ ...row, to: 'memory' }).map((pe) => measuredPe(row, layout, pe));
    const program = rowProgram({ machine: row.machine, layout, pes, vectors, streams: streamNames(2, 'partial sums') });
    return measuredAtRoot(program, layout, twoPhase.result(row, vectors));
  },
  demand({ pes, wavelets, group }) {
    const size = Math.min(group, pes);
    const groups = Math.ceil(pes / size);
    const phases = size > 1 && groups > 1 ? 2 : 1;
    const hops = pes - groups + size * (groups - 1);
    return {
      contention: pes > 1 ? phases * wavelets : 0,
      energy: wavelets * hops,
      links: pes - 1,
      distance: pes - 1,
      depth: size - 1 + groups - 1,
    };
  },
  result(row, vectors) {
    let sums: Float32Array = new Float32Array();
    for (let group = Math.ceil(row.pes / row.group) - 1; group >= 0; group--) {
      const first = group * row.group;
      const last = Math.min(row.pes, first + row.group) - 1;
      let chain: Float32Array = vectorOf(row, vectors, last);
      for (let x = last - 1; x >= first; x--) chain = plus(vectorOf(row, vectors, x), chain);
      sums = sums.length > 0 ? plus(chain, sums) : chain;
    }
    return sums;
  },
  startUp: (row) => reduceStartUp(row, rowLayout(row.machine, row.wavelets)),
};

export const chain: Collective = {
  ...twoPhase,
  id: 'chain',
  idea: 'Every PE adds its own element to the arriving one and passes it on.',
  descriptors: 'memory',
  build: (row, vectors) => twoPhase.build(asOneGroup(row), vectors),
  demand: (row) => twoPhase.demand(asOneGroup(row)),
  result: (row, vectors) => twoPhase.result(asOneGroup(row), vectors),
};

const asOneGroup = (row: Row): Row => ({ ...row, group: row.pes });

const vectorOf = ({ wavelets }: Row, vectors: Float32Array, x: number): Float32Array => vectors.slice(x * wavelets, (x + 1) * wavelets);
/** Element by element, each sum rounded to f32. */
const plus = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value + b[i]);
