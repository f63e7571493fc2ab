/**
 * RMS norm on one PE: y = x * rsqrt(sum x^2 / h + epsilon) * gain. A token is received whole into memory; its squares are
 * made and added up a tile at a time in ascending order; it is scaled in place, and sent times the gains. With room for two
 * tokens a microthread sends one while the next is received, so that this PE never waits for the region that it feeds;
 * with room for one it waits until the token has been taken.
 */
import {
  accumulator,
  type Code,
  fabricIn,
  fabricOut,
  increase,
  inRegister,
  mark,
  mem,
  registers,
  repeat,
  scalar,
  setTo,
  vector,
} from '../../machine/builder.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { rsqrt, setFloat } from './maths.ts';
import { IN, OUT, type PeProgram } from './pe.ts';

const R = registers('tokens', 'tiles', 'token', 'buffer', 'at', 'sum', 'scale', 't', 'c', 'limit');
/** Squares made at once; the hidden size is a multiple. */
const TILE = 256;
/** The squares are taken of a copy in the other bank class: two operands at one address would conflict on every element. */
const COPY_PHASE = 4;

export interface NormLayout {
  readonly allocations: readonly Allocation[];
  readonly buffers: number;
  readonly token: number;
  readonly gains: number;
  readonly tile: number;
}

export function normLayout(machine: MachineSpec, hidden: number): NormLayout {
  const two = layoutWith(machine, hidden, 2);
  const last = two.allocations[two.allocations.length - 1];
  return last.address + last.bytes <= machine.sramBytes ? two : layoutWith(machine, hidden, 1);
}

function layoutWith(machine: MachineSpec, hidden: number, buffers: number): NormLayout {
  const memory = new MemoryPlan(machine);
  const token = memory.add(buffers === 2 ? 'two tokens, f32' : 'a token, f32', 'activations', 4 * hidden * buffers);
  const gains = memory.add('gains, f32', 'weights', 4 * hidden, 8, 4);
  const tile = memory.add('squares of a tile, f32', 'block', 4 * TILE, 8, COPY_PHASE);
  return { allocations: memory.allocations, buffers, token, gains, tile };
}

/** One token: its work, and its send. */
export function normToken(layout: NormLayout, hidden: number, epsilon: number): { readonly body: Code; readonly send: Code } {
  const { token, gains, tile, buffers } = layout;
  const squares: Code = [
    vector('compute', 'mov32', TILE, { to: mem(tile), a: mem(token, 1, { base: R.at }) }),
    vector('compute', 'f32_mul', TILE, { to: mem(tile), a: mem(tile), b: mem(token, 1, { base: R.at }) }),
    vector('compute', 'f32_sum', TILE, { to: accumulator(R.sum), a: mem(tile) }),
    scalar('compute', increase(R.at, 4 * TILE)),
  ];
  const x = mem(token, 1, { base: R.buffer });
  const scale = [
    setFloat(R.c, 1 / hidden),
    { op: 'fmul', d: R.sum, a: R.sum, b: R.c },
    setFloat(R.c, epsilon),
    { op: 'fadd', d: R.sum, a: R.sum, b: R.c },
  ] as const;
  const body: Code = [
    mark(R.token),
    vector('receive', 'mov32', hidden, { to: x, a: fabricIn(IN) }),
    scalar('compute', setTo(R.sum, 0), { op: 'mov', d: R.at, a: R.buffer }),
    repeat('compute', R.tiles, hidden / TILE, squares),
    scalar('compute', ...scale, ...rsqrt(R.scale, R.sum, R)),
    vector('compute', 'f32_scale', hidden, { to: x, a: x, scalar: inRegister(R.scale) }),
  ];
  const product = vector('send', 'f32_mul', hidden, { to: fabricOut(OUT, { advance: false }), a: x, b: mem(gains) });
  const other = scalar('send', increase(R.token, 1), { op: 'sub', d: R.buffer, a: R.limit, b: R.buffer });
  return { body, send: [buffers === 2 ? { ...product, thread: 0 } : product, other] };
}

export function norm(layout: NormLayout, hidden: number, epsilon: number, tokens: number): PeProgram {
  const { body, send } = normToken(layout, hidden, epsilon);
  const start = scalar('compute', setTo(R.token, 0), setTo(R.buffer, 0), setTo(R.limit, layout.buffers === 2 ? 4 * hidden : 0));
  return { name: 'norm', code: [start, repeat('compute', R.tokens, tokens, [...body, ...send])], memory: layout.allocations };
}
