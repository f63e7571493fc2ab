/**
 * All-reduce by a chain to the root and a broadcast from it, one after the other. Colors 0 and 1 carry the chain, 2 the sums.
 *
 * Model (S6): the chain's and the broadcast's, summed.
 */
import { fabricIn, fabricOut, mem, vector } from '../../machine/builder.ts';
import { type RowLayout, type RowPe, rowLayout, rowProgram } from '../measured/row.ts';
import { broadcast, broadcastRoutes } from './broadcast.ts';
import { type AllReduce, endOfWindow, operandsOf, type Row, reduceStartUp, stepOf, streamNames, tasksOf } from './collective.ts';
import { type PatternPe, reduceOps } from './pattern.ts';
import { chain, chainPattern } from './two-phase.ts';

/** Color of the sums on their way back. */
const SUMS = 2;

function peAt(row: Row, layout: RowLayout, pe: PatternPe, x: number): RowPe {
  const { machine, pes, wavelets } = row;
  if (pes === 1) return { name: 'root', tasks: tasksOf(machine, layout, [], endOfWindow(layout)), routes: [] };
  const own = mem(layout.vector);
  const [isRoot, isLast] = [x === 0, x === pes - 1];
  // A PE's queues by number: the chain's first, if it has one.
  const back = isRoot
    ? vector('send', 'mov32', wavelets, { to: fabricOut(0, { advance: false }), a: own })
    : vector('receive', 'mov32', wavelets, { to: own, a: fabricIn(isLast ? 0 : 1) });
  const steps = [...reduceOps(pe, operandsOf(row, layout)), back].map((op) => stepOf(row, op));
  return {
    name: isRoot ? 'root' : 'member',
    tasks: tasksOf(machine, layout, steps, isLast ? endOfWindow(layout) : []),
    receives: [...(pe.children.length > 0 ? [pe.receives] : []), ...(isRoot ? [] : [SUMS])],
    sends: isRoot ? [SUMS] : [pe.sends ?? SUMS],
    routes: [...pe.routes, ...broadcastRoutes(row, x, SUMS)],
  };
}

export const chainBroadcast: AllReduce = {
  id: 'chain-broadcast',
  idea: 'A chain brings the sums to the root, which sends them to all.',
  descriptors: 'memory',
  build(row, vectors) {
    const layout = rowLayout(row.machine, row.wavelets);
    const pes = chainPattern({ ...row, to: 'memory' }).map((pe, x) => peAt(row, layout, pe, x));
    const program = rowProgram({ machine: row.machine, layout, pes, vectors, streams: streamNames(3, 'sums') });
    const values = chain.result(row, vectors);
    return {
      program,
      begin: { pe: 0, address: layout.begin },
      end: { pe: row.pes - 1, address: layout.end },
      outside: 0,
      expected: pes.map((_, pe) => ({ pe, address: layout.vector, values })),
    };
  },
  demands: (row) => [chain.demand(row), broadcast.demand(row)],
  result: (row, vectors) => chain.result(row, vectors),
  startUp: (row) => reduceStartUp(row, rowLayout(row.machine, row.wavelets)),
};
