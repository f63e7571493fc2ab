/**
 * Broadcast: the root sends its vector along the row; every router passes each wavelet on and up its ramp at once.
 * The window is the one of S3's numbers: from the root's first element, without time stamps and set-up.
 *
 * Model (S6): C = B; E = B (P - 1); N = L = P - 1; D = 1.
 */
import type { Color } from '../../base/units.ts';
import { fabricIn, fabricOut, mem, vector } from '../../machine/builder.ts';
import { Port } from '../../machine/fabric.ts';
import { setupCycles } from '../../machine/price.ts';
import type { RouteClass, Task, VectorInstruction } from '../../machine/program.ts';
import { type RowLayout, route, rowLayout, rowProgram } from '../measured/row.ts';
import { descriptorCycles, keep, loadDescriptors, R, stamp } from '../measured/stamps.ts';
import { type Collective, type Row, streamNames } from './collective.ts';

const { E, W, RAMP } = Port;

/** Root and others run one copy each; its two descriptors come from memory. */
const LOADS = 2;

function opAt({ wavelets }: Row, layout: RowLayout, x: number): VectorInstruction {
  const own = mem(layout.vector);
  if (x === 0) return vector('send', 'mov32', wavelets, { to: fabricOut(0, { advance: false }), a: own });
  return vector('receive', 'mov32', wavelets, { to: own, a: fabricIn(0) });
}

function taskAt(row: Row, layout: RowLayout, x: number): Task {
  const copy = row.pes > 1 ? [...loadDescriptors(row.machine, LOADS, layout.vector), opAt(row, layout, x)] : [];
  const code = [stamp(R.begin), ...copy, stamp(R.end), keep(R.begin, layout.begin), keep(R.end, layout.end)];
  return { name: 'main', code, active: true, blocked: false };
}

/** The route of PE x on `color`. */
export function broadcastRoutes({ pes }: Pick<Row, 'pes'>, x: number, color: Color): RouteClass {
  if (pes === 1) return [];
  if (x === 0) return [route(color, [RAMP, E])];
  return [x < pes - 1 ? route(color, [W, E, RAMP]) : route(color, [W, RAMP])];
}

export const broadcast: Collective = {
  id: 'broadcast',
  idea: 'The root sends; every router passes each wavelet on and up its ramp at once.',
  descriptors: 'memory',
  build(row, vectors) {
    const layout = rowLayout(row.machine, row.wavelets);
    const pes = Array.from({ length: row.pes }, (_, x) => ({
      name: x === 0 ? 'root' : 'receiver',
      tasks: [taskAt(row, layout, x)],
      ...(x === 0 ? row.pes > 1 && { sends: 0 } : { receives: 0 }),
      routes: broadcastRoutes(row, x, 0),
    }));
    const program = rowProgram({ machine: row.machine, layout, pes, vectors, streams: streamNames(1, 'the vector') });
    const values = broadcast.result(row, vectors);
    return {
      program,
      begin: { pe: 0, address: layout.begin },
      end: { pe: row.pes - 1, address: layout.end },
      outside: broadcast.startUp(row),
      expected: pes.map((_, pe) => ({ pe, address: layout.vector, values })),
    };
  },
  demand: ({ pes, wavelets }) => ({
    contention: pes > 1 ? wavelets : 0,
    energy: wavelets * (pes - 1),
    links: pes - 1,
    distance: pes - 1,
    depth: pes > 1 ? 1 : 0,
  }),
  result: ({ wavelets }, vectors) => vectors.slice(0, wavelets),
  startUp(row) {
    const { machine, pes } = row;
    const setup = descriptorCycles(machine, LOADS) + setupCycles(opAt(row, rowLayout(machine, row.wavelets), 0), machine);
    return machine.scalar.timestamp + (pes > 1 ? setup : 0);
  },
};
