/**
 * The code that row-per-PE kernels share: the row dot, the loops over columns, blocks and rows, and the drain.
 * k ascends within every row, and every operation rounds to f32: acc = fl(acc + fl(w * x)).
 */
import { assert } from '../../base/error.ts';
import { accumulator, type Code, fabricIn, fabricOut, increase, mark, mem, registers, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import type { MarkDigit, Source } from '../../machine/program.ts';
import { DEQUANTISE_REGISTERS, type Place } from '../dequant/dequantiser.ts';
import { blocksOf, blockWeights, type RowJob, type RowLayout, type StraightCode, sharesActivations } from './mapping.ts';

/** A PE's registers. `weights`, `blockWeights`, `result` and `column` are byte offsets; `columns`, `blocks` and `rows` count down. */
export const R = registers('columns', 'blocks', 'rows', 'weights', 'blockWeights', 'column', 'result', 'mark', 'acc', ...DEQUANTISE_REGISTERS);

/** Numbers of the queues in a PE's class: each has one of either kind. */
const ACTIVATIONS_IN = 0;
const RESULTS_OUT = 0;

/**
 * acc += w . x over one block. `two-op`: a multiplication into `products` and a running addition, `tile` elements at a
 * time; `fused1`: one operation, which no real machine documents (*assumed*).
 */
export function dotOfBlock(job: RowJob, w: Place, activations: number | undefined, products: number, tile: number): StraightCode {
  const length = blockWeights(job);
  const base = w.base === undefined ? {} : { base: w.base };
  const x = (first: number): Source => (activations === undefined ? fabricIn(ACTIVATIONS_IN) : mem(activations + 4 * first));
  const acc = accumulator(R.acc);
  if (job.dot === 'fused1') return [vector('compute', 'f32_dot', length, { to: acc, a: mem(w.address, 1, base), b: x(0) })];
  return Array.from({ length: length / tile }, (_, i) => [
    vector('compute', 'f32_mul', tile, { to: mem(products), a: mem(w.address + 4 * tile * i, 1, base), b: x(tile * i) }),
    vector('compute', 'f32_sum', tile, { to: acc, a: mem(products) }),
  ]).flat();
}

/** Byte distances in the weights a kernel walks over: from block to block of a row, and from row to row. */
export interface Strides {
  readonly block: number;
  readonly row: number;
}

/**
 * The loops over all columns. `body` handles one block of one row: its weights begin at byte offset `R.weights`, its sum is
 * in `R.acc`. Marks: column, block, row as digits (see {@link marksOf}).
 */
export function columnLoops(job: RowJob, layout: RowLayout, strides: Strides, body: Code): Code {
  const column = sharesActivations(job) ? columnOfRows(job, layout, strides, body) : columnOfOneRow(job, layout, strides, body);
  return [scalar('compute', setTo(R.column, 0), setTo(R.mark, 0)), repeat('compute', R.columns, job.n, column)];
}

/** One row: the activations go straight from the ramp into the multiplication, the sum stays in a register. */
function columnOfOneRow(job: RowJob, layout: RowLayout, strides: Strides, body: Code): Code {
  const next = scalar('compute', increase(R.weights, strides.block), increase(R.mark, 1));
  return [
    scalar('compute', setTo(R.acc, 0), setTo(R.weights, 0)),
    repeat('compute', R.blocks, blocksOf(job), [mark(R.mark), ...body, next]),
    scalar('compute', { op: 'st32', a: R.column, b: R.acc, imm: layout.results }, increase(R.column, 4)),
  ];
}

/** Several rows: a block of activations is received into memory and serves all of them; the sums wait in the results, which begin as zeros. */
function columnOfRows(job: RowJob, layout: RowLayout, strides: Strides, body: Code): Code {
  assert(layout.activations !== undefined, 'several rows share activations in memory');
  const oneRow: Code = [
    mark(R.mark),
    scalar('compute', { op: 'ld32', d: R.acc, a: R.result, imm: layout.results }),
    ...body,
    scalar('compute', { op: 'st32', a: R.result, b: R.acc, imm: layout.results }, increase(R.result, 4), increase(R.weights, strides.row), increase(R.mark, 1)),
  ];
  const oneBlock: Code = [
    mark(R.mark),
    vector('receive', 'mov32', blockWeights(job), { to: mem(layout.activations), a: fabricIn(ACTIVATIONS_IN) }),
    scalar('compute', { op: 'mov', d: R.weights, a: R.blockWeights }, { op: 'mov', d: R.result, a: R.column }),
    repeat('compute', R.rows, job.rows, oneRow),
    scalar('compute', increase(R.blockWeights, strides.block), increase(R.mark, job.rowsPerPe - job.rows)),
  ];
  return [
    scalar('compute', setTo(R.blockWeights, 0)),
    repeat('compute', R.blocks, blocksOf(job), oneBlock),
    scalar('compute', increase(R.column, 4 * job.rows)),
  ];
}

/** Sends all results; the last one flips the own router, which then lets the results of the PEs further east pass. Mark -1. */
export function drain(job: RowJob, layout: RowLayout): Code {
  return [
    scalar('send', setTo(R.mark, -1)),
    mark(R.mark),
    vector('send', 'mov32', job.rows * job.n, { to: fabricOut(RESULTS_OUT, { advance: true }), a: mem(layout.results) }),
  ];
}

/** The digits of a mark: column, block and, with several rows on a PE, row. */
export function marksOf(job: RowJob): MarkDigit[] {
  const digits = [
    { name: 'column', size: job.n },
    { name: 'block', size: blocksOf(job) },
  ];
  return sharesActivations(job) ? [...digits, { name: 'row', size: job.rowsPerPe }] : digits;
}
