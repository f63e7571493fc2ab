/**
 * Star reduce: every PE sends its vector to the root, which adds them one after the other, nearest first. One color: a PE
 * flips its switch with its last wavelet and from then on lets those from the east through.
 *
 * Model (S6): C = B (P - 1) at the root; E = B P (P - 1) / 2; N = L = P - 1; D = 1.
 */
import { fabricIn, mem, vector } from '../../machine/builder.ts';
import { Port } from '../../machine/fabric.ts';
import { type RowLayout, type RowPe, route, rowLayout, rowProgram } from '../measured/row.ts';
import { type Collective, endOfWindow, measuredAtRoot, operandsOf, type Row, reduceStartUp, type Step, stepOf, streamNames, tasksOf } from './collective.ts';
import { send } from './pattern.ts';

const { E, W, RAMP } = Port;

function peAt(row: Row, layout: RowLayout, x: number): RowPe {
  const { machine, pes } = row;
  if (x > 0) {
    const passes = x < pes - 1;
    const tasks = tasksOf(machine, layout, [stepOf(row, send(operandsOf(row, layout), passes))]);
    return { name: 'sender', tasks, sends: 0, routes: [passes ? route(0, [RAMP, W], [E, W]) : route(0, [RAMP, W])] };
  }
  if (pes === 1) return { name: 'root', tasks: tasksOf(machine, layout, [], endOfWindow(layout)), routes: [] };
  return { name: 'root', tasks: tasksOf(machine, layout, [addAll(row, layout)], endOfWindow(layout)), receives: 0, routes: [route(0, [E, RAMP])] };
}

/** One vector op adds all vectors: it goes over the own one again and again. */
function addAll(row: Row, layout: RowLayout): Step {
  const { pes, wavelets } = row;
  const own = mem(layout.vector, 1, { inner: wavelets, outer: 0 });
  return stepOf(row, vector('receive', 'f32_add', (pes - 1) * wavelets, { to: own, a: own, b: fabricIn(0) }));
}

export const star: Collective = {
  id: 'star',
  idea: 'Every PE sends to the root, which adds one vector after the other.',
  descriptors: 'memory',
  build(row, vectors) {
    const layout = rowLayout(row.machine, row.wavelets);
    const pes = Array.from({ length: row.pes }, (_, x) => peAt(row, layout, x));
    const program = rowProgram({ machine: row.machine, layout, pes, vectors, streams: streamNames(1, 'vectors on their way to the root') });
    return measuredAtRoot(program, layout, star.result(row, vectors));
  },
  demand: ({ pes, wavelets }) => ({
    contention: (pes - 1) * wavelets,
    energy: (wavelets * pes * (pes - 1)) / 2,
    links: pes - 1,
    distance: pes - 1,
    depth: pes > 1 ? 1 : 0,
  }),
  result({ pes, wavelets }, vectors) {
    const sums = vectors.slice(0, wavelets);
    for (let x = 1; x < pes; x++) {
      for (let i = 0; i < wavelets; i++) sums[i] += vectors[x * wavelets + i];
    }
    return sums;
  },
  startUp: (row) => reduceStartUp(row, rowLayout(row.machine, row.wavelets)),
};
