/**
 * A projection PE's code: for every token the dots of its rows, the activation between the FFN's matrices, and its words onto
 * the row's way to the spine. k ascends within every row, and every operation rounds: acc = fl(acc + fl(w * x)).
 *
 * One row takes the activations straight from the ramp; several receive a block into memory first. The PE goes on with the
 * next token as soon as its words are in the output queue, which is what lets stages work on different tokens.
 */
import { accumulator, type Code, fabricIn, fabricOut, increase, mark, mem, registers, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import type { Instruction, ScalarStep, Source } from '../../machine/program.ts';
import { DEQUANTISE_REGISTERS, type Place, UNIT_WEIGHTS } from '../dequant/dequantiser.ts';
import { gelu, relu, silu } from './maths.ts';
import { IN, OUT, type PeProgram } from './pe.ts';
import {
  blocksOf,
  FLOAT_BLOCK,
  floatRow,
  type Group,
  type ProjectionJob,
  type ProjectionLayout,
  packedRow,
  rowsOf,
  sendsAside,
  unitsOf,
} from './projection-layout.ts';

/** `weights`, `result` and `column` are byte offsets; `block` counts up; `tokens`, `blocks` and `rows` count down. */
const R = registers('tokens', 'blocks', 'rows', 'weights', 'block', 'column', 'result', 'token', 'acc', ...DEQUANTISE_REGISTERS);

/** Registers of the activation: those of the dots, which are done. */
const ACTIVATION = { value: R.acc, n: R.d, t: R.negDmin, c: R.s0, s: R.s1, x: R.s2, g: R.t } as const;

/** Bytes from block to block of a row, and from row to row. */
const strides = (job: ProjectionJob, group: Group) =>
  job.inner === 'stationary' ? { block: FLOAT_BLOCK, row: floatRow(job) } : { block: group.dequantiser.unit.bytes, row: packedRow(job, group) };

function dot(job: ProjectionJob, layout: ProjectionLayout, w: Place): Instruction[] {
  const { activations, products, tile } = layout;
  const base = w.base === undefined ? {} : { base: w.base };
  const x = (first: number): Source => (activations === undefined ? fabricIn(IN) : mem(activations + 4 * first));
  const acc = accumulator(R.acc);
  if (job.dot === 'fused1') return [vector('compute', 'f32_dot', UNIT_WEIGHTS, { to: acc, a: mem(w.address, 1, base), b: x(0) })];
  return Array.from({ length: UNIT_WEIGHTS / tile }, (_, i) => [
    vector('compute', 'f32_mul', tile, { to: mem(products), a: mem(w.address + 4 * tile * i, 1, base), b: x(tile * i) }),
    vector('compute', 'f32_sum', tile, { to: acc, a: mem(products) }),
  ]).flat();
}

/** One block of one row of group `g` at byte offset `R.weights`: dequantised, if need be, and multiplied. */
export function blockCode(
  job: ProjectionJob,
  layout: ProjectionLayout,
  g: number,
): { readonly dequantise: readonly Instruction[]; readonly dot: Instruction[] } {
  const { dequantiser } = job.groups[g];
  const stored: Place = { address: layout.weights[g], base: R.weights };
  if (job.inner === 'stationary' || dequantiser.direct) return { dequantise: [], dot: dot(job, layout, stored) };
  const block: Place = { address: layout.block };
  return { dequantise: dequantiser.code(stored, block, layout.scratch[g], R), dot: dot(job, layout, block) };
}

/** One token, from its first word to its last. */
export function projectionToken(job: ProjectionJob, layout: ProjectionLayout): Code {
  const dots = job.shares ? dotsOfRows(job, layout) : dotOfOneRow(job, layout);
  return [mark(R.token), ...dots, ...activate(job, layout), ...send(job, layout)];
}

function dotOfOneRow(job: ProjectionJob, layout: ProjectionLayout): Code {
  const { dequantise, dot } = blockCode(job, layout, 0);
  return [
    scalar('compute', setTo(R.acc, 0), setTo(R.weights, 0)),
    repeat('compute', R.blocks, blocksOf(job), [...dequantise, ...dot, scalar('compute', increase(R.weights, strides(job, job.groups[0]).block))]),
    scalar('compute', { op: 'st32', a: R.column, b: R.acc, imm: layout.results }),
  ];
}

/** A block of activations is received into memory and serves all rows; the sums begin as zeros in the results. */
function dotsOfRows(job: ProjectionJob, layout: ProjectionLayout): Code {
  const zeros = Array.from({ length: rowsOf(job) }, (_, row): ScalarStep => ({ op: 'st32', a: R.column, b: R.acc, imm: layout.results + 4 * row }));
  const receive = vector('receive', 'mov32', UNIT_WEIGHTS, { to: mem(layout.activations ?? 0), a: fabricIn(IN) });
  const rows = job.groups.flatMap((group, g): Code => {
    const { block, row } = strides(job, group);
    const { dequantise, dot } = blockCode(job, layout, g);
    const [load, store] = [
      { op: 'ld32', d: R.acc, a: R.result, imm: layout.results },
      { op: 'st32', a: R.result, b: R.acc, imm: layout.results },
    ] as const;
    return [
      scalar('compute', setTo(R.weights, block), { op: 'mul', d: R.weights, a: R.weights, b: R.block }),
      repeat('compute', R.rows, group.rows, [
        scalar('compute', load),
        ...dequantise,
        ...dot,
        scalar('compute', store, increase(R.result, 4), increase(R.weights, row)),
      ]),
    ];
  });
  const oneBlock: Code = [receive, scalar('compute', { op: 'mov', d: R.result, a: R.column }), ...rows, scalar('compute', increase(R.block, 1))];
  return [scalar('compute', setTo(R.acc, 0), ...zeros, setTo(R.block, 0)), repeat('compute', R.blocks, blocksOf(job), oneBlock)];
}

/** results[i] = act(results[i]), times the row of up for SwiGLU. */
export function activate(job: Pick<ProjectionJob, 'activation' | 'groups'>, { results }: Pick<ProjectionLayout, 'results'>): Code {
  const { activation } = job;
  if (activation === 'none') return [];
  const steps = { gelu, relu, swiglu: silu }[activation](ACTIVATION);
  const up: ScalarStep[] =
    activation === 'swiglu'
      ? [
          { op: 'ld32', d: R.t, a: R.result, imm: results + 4 * unitsOf(job) },
          { op: 'fmul', d: R.acc, a: R.acc, b: R.t },
        ]
      : [];
  const one = scalar(
    'compute',
    { op: 'ld32', d: R.acc, a: R.result, imm: results },
    ...steps,
    ...up,
    { op: 'st32', a: R.result, b: R.acc, imm: results },
    increase(R.result, 4),
  );
  return [scalar('compute', { op: 'mov', d: R.result, a: R.column }), repeat('compute', R.rows, unitsOf(job), [one])];
}

/** The last word turns the own router, which then lets the words of the PEs further east pass. */
function send(job: ProjectionJob, { results }: ProjectionLayout): Code {
  const op = vector('send', 'mov32', unitsOf(job), { to: fabricOut(OUT, { advance: true }), a: mem(results, 1, { base: R.column }) });
  const next = increase(R.token, 1);
  if (!sendsAside(job)) return [op, scalar('send', next)];
  return [{ ...op, thread: 0 }, scalar('send', next, setTo(R.t, 4 * rowsOf(job)), { op: 'sub', d: R.column, a: R.t, b: R.column })];
}

export function projection(job: ProjectionJob, layout: ProjectionLayout, name: string, tokens: number): PeProgram {
  const start = scalar('compute', setTo(R.token, 0), setTo(R.column, 0));
  const code = [start, ...prologue(job, layout), repeat('compute', R.tokens, tokens, projectionToken(job, layout))];
  return { name: `${name}, ${rowsOf(job)} row${rowsOf(job) > 1 ? 's' : ''}`, code, memory: layout.allocations };
}

/** What comes before the first token: in `stationary` every row is dequantised. */
export function prologue(job: ProjectionJob, layout: ProjectionLayout): Code {
  return job.inner === 'stationary' ? job.groups.flatMap((group, g) => (group.dequantiser.direct ? [] : dequantiseRows(job, layout, group, g))) : [];
}

/** Where a stationary group's first row lies as it is loaded: in the tail of its f32. */
export const firstPacked = (job: ProjectionJob, layout: ProjectionLayout, g: number): number =>
  layout.weights[g] + floatRow(job) - packedRow(job, job.groups[g]);

/** Row by row, block by block. `R.weights` is the offset of the stored block, `R.result` that of its f32. */
function dequantiseRows(job: ProjectionJob, layout: ProjectionLayout, group: Group, g: number): Code {
  const { unit } = group.dequantiser;
  const [op, width] = unit.bytes % 4 === 0 ? (['mov32', 4] as const) : (['mov16', 2] as const);
  const packed = mem(firstPacked(job, layout, g), 1, { base: R.weights });
  const stage = vector('dequantise', op, unit.bytes / width, { to: mem(layout.block), a: packed });
  const to = { address: layout.weights[g], base: R.result };
  const oneBlock: Code = [
    stage,
    ...group.dequantiser.code({ address: layout.block }, to, layout.scratch[g], R),
    scalar('dequantise', increase(R.weights, unit.bytes), increase(R.result, FLOAT_BLOCK)),
  ];
  const toNextRow = scalar('dequantise', increase(R.weights, floatRow(job) - packedRow(job, group)));
  return [
    scalar('dequantise', setTo(R.weights, 0), setTo(R.result, 0)),
    repeat('dequantise', R.rows, group.rows, [repeat('dequantise', R.blocks, blocksOf(job), oneBlock), toNextRow]),
  ];
}
