/**
 * The code that row-per-PE kernels share: the loops over columns, blocks and rows, how activations come in, and the drain.
 * The dot itself: dot.ts. k ascends within every row, and every operation rounds: see plain-loop.ts.
 */
import { assert } from '../../base/error.ts';
import { type Code, fabricIn, fabricOut, immediate, increase, mark, mem, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import { encodeControl } from '../../machine/control.ts';
import type { Instruction, MarkDigit, MarkInstruction, VectorInstruction } from '../../machine/program.ts';
import { at } from '../dequant/dequantiser.ts';
import { buffered, sumsOfBlock } from './dot.ts';
import {
  type BlockCode,
  blocksOf,
  buffersActivations,
  drainsByColumn,
  overlaps,
  type RowJob,
  type RowLayout,
  sharesActivations,
  wordsOfBlock,
} from './mapping.ts';
import { ACTIVATIONS_IN, R, RECEIVER, RESULTS_OUT } from './registers.ts';

export { R } from './registers.ts';

/** Byte distances in the weights a kernel walks over: from block to block of a row, and from row to row. */
export interface Strides {
  readonly block: number;
  readonly row: number;
}

/** The loops over all columns; of a block, the weights begin at byte offset `R.weights`, the sum is in `R.acc`. Marks: column, block, row as digits (see {@link marksOf}). */
export function columnLoops(job: RowJob, layout: RowLayout, strides: Strides, block: BlockCode): Code {
  const inColumn: ColumnOf = sharesActivations(job) ? columnOfRows(job, layout, strides, block) : columnOfOneRow(job, layout, strides, block);
  const start = scalar('compute', setTo(R.column, 0), setTo(R.mark, 0));
  const before = [...storeControl(layout), start];
  if (!overlaps(job)) {
    const arrive = buffersActivations(job) ? [receive(job, layout), ...sumsOfBlock(job, layout)] : [];
    return [
      ...before,
      repeat(
        'compute',
        R.columns,
        job.n,
        inColumn((oneBlock) => [repeat('compute', R.blocks, blocksOf(job), oneBlock(arrive))]),
      ),
    ];
  }
  return [...before, ...overlappedColumns(job, layout, inColumn)];
}

/** A column around its blocks; a block takes the code by which its activations arrive. */
type ColumnOf = (blocks: (oneBlock: (arrive: Code) => Code) => Code) => Code;

/**
 * With two buffers: a block's activations are received while the one before is computed. Starting the next reception waits for
 * the microthread, that is, for the block that is due; so nothing else hands over. The last block of all starts no reception
 * and is peeled off the loops: there is nothing left to receive.
 */
function overlappedColumns(job: RowJob, layout: RowLayout, inColumn: ColumnOf): Code {
  const blocks = blocksOf(job);
  const other = otherBuffer(layout, R.buffer);
  const next: Code = [otherBuffer(layout, R.t), startReceiving(job, layout, R.t), ...sumsOfBlock(job, layout)];
  const last: Code = [waitForReceiver(job, layout), ...sumsOfBlock(job, layout)];
  const all = inColumn((oneBlock) => [repeat('compute', R.blocks, blocks, [...oneBlock(next), other])]);
  const final = inColumn((oneBlock) => [...(blocks > 1 ? [repeat('compute', R.blocks, blocks - 1, [...oneBlock(next), other])] : []), ...oneBlock(last)]);
  return [
    scalar('receive', setTo(R.buffer, 0)),
    startReceiving(job, layout, R.buffer),
    ...(job.n > 1 ? [repeat('compute', R.columns, job.n - 1, all)] : []),
    ...final,
  ];
}

/** Several columns of one row: the sum stays in a register. */
function columnOfOneRow(job: RowJob, layout: RowLayout, strides: Strides, { dequantise, dot }: BlockCode): ColumnOf {
  const next = scalar('compute', increase(R.weights, strides.block), increase(R.mark, 1));
  const store = { op: 'st32', a: R.column, b: R.acc, imm: layout.results } as const;
  return (blocks) => [
    scalar('compute', setTo(R.acc, 0), setTo(R.weights, 0)),
    ...blocks((arrive) => [mark(R.mark), ...dequantise, ...arrive, ...dot, next]),
    ...(drainsByColumn(job) ? [scalar('compute', store), ...endOfColumn(job, layout)] : [scalar('compute', store, increase(R.column, 4))]),
  ];
}

/** Several rows: a block of activations is received into memory and serves all of them; the sums wait in the results, which begin as zeros. */
function columnOfRows(job: RowJob, layout: RowLayout, strides: Strides, { dequantise, dot }: BlockCode): ColumnOf {
  const oneRow: Code = [
    mark(R.mark),
    scalar('compute', { op: 'ld32', d: R.acc, a: R.result, imm: layout.results }),
    ...dequantise,
    ...dot,
    scalar('compute', { op: 'st32', a: R.result, b: R.acc, imm: layout.results }, increase(R.result, 4), increase(R.weights, strides.row), increase(R.mark, 1)),
  ];
  const oneBlock = (arrive: Code): Code => [
    mark(R.mark),
    ...arrive,
    scalar('compute', { op: 'mov', d: R.weights, a: R.blockWeights }, { op: 'mov', d: R.result, a: R.column }),
    repeat('compute', R.rows, job.rows, oneRow),
    scalar('compute', increase(R.blockWeights, strides.block), increase(R.mark, job.rowsPerPe - job.rows)),
  ];
  return (blocks) => [
    scalar('compute', setTo(R.blockWeights, 0)),
    ...(drainsByColumn(job) ? [clearResults(job, layout)] : []),
    ...blocks(oneBlock),
    ...(drainsByColumn(job) ? endOfColumn(job, layout) : [scalar('compute', increase(R.column, 4 * job.rows))]),
  ];
}

const activationsOf = ({ activations }: RowLayout): number => {
  assert(activations !== undefined, 'activations are received into memory');
  return activations;
};

/** A block's wavelets into memory, as they come: packed pairs lie there as two f16 in a row, sums behind the activations. */
const receive = (job: RowJob, layout: RowLayout, base?: number): VectorInstruction =>
  vector('receive', 'mov32', wordsOfBlock(job), { to: at({ address: activationsOf(layout), base }, 0), a: fabricIn(ACTIVATIONS_IN) });

/** The same in the receiver, into the buffer at byte offset `base`. */
const startReceiving = (job: RowJob, layout: RowLayout, base: number): Instruction => ({ ...receive(job, layout, base), thread: RECEIVER });

/** Starts an operation without effect on the receiver: that waits until the receiver is free. */
function waitForReceiver(job: RowJob, layout: RowLayout): Instruction {
  const word = at(buffered(job, activationsOf(layout)), 0);
  return { ...vector('receive', 'mov32', 1, { to: word, a: word }), thread: RECEIVER };
}

/** Register `d` = byte offset of the buffer that is not in use. */
function otherBuffer({ otherBuffer }: RowLayout, d: number): Instruction {
  assert(otherBuffer !== undefined, 'an overlapped kernel has two buffers');
  return scalar('compute', setTo(R.t, otherBuffer), { op: 'sub', d, a: R.t, b: R.buffer });
}

const NO_MARK: MarkInstruction = { kind: 'mark', register: -1 };

/** Sends the results of one column; the last one flips the own router, which then lets the results of the PEs further away pass. */
export const sendColumn = (job: RowJob, layout: RowLayout): VectorInstruction =>
  vector('send', 'mov32', job.rows, { to: fabricOut(RESULTS_OUT, { advance: true }), a: mem(layout.results) });

/** What the PE at the far end sends behind its own: a control wavelet, which turns every router on the way back. */
export function turnBack({ control }: RowLayout): readonly VectorInstruction[] {
  const to = { ...fabricOut(RESULTS_OUT, { advance: false }), control: true };
  return control === undefined ? [] : [vector('send', 'mov32', 1, { to, a: mem(control) })];
}

/** The drain of one column, with mark -1. */
const endOfColumn = (job: RowJob, layout: RowLayout): Code => [NO_MARK, sendColumn(job, layout), ...turnBack(layout)];

/** The control wavelet of the drain by columns: advance, kept from the compute elements. */
export const TURN_BACK = encodeControl(['advance'], { filtered: true });

function storeControl({ control }: RowLayout): Code {
  return control === undefined ? [] : [scalar('send', setTo(R.t, TURN_BACK | 0), { op: 'st32', b: R.t, imm: control })];
}

/** A column's sums begin as zeros where another's lay. */
const clearResults = (job: RowJob, layout: RowLayout): Instruction =>
  vector('compute', 'and16', 2 * job.rows, { to: mem(layout.results), a: mem(layout.results), scalar: immediate(0) });

/** Sends all results at the end; the last one flips the own router. Mark -1. With `drain` column they have left already. */
export function drain(job: RowJob, layout: RowLayout): Code {
  if (drainsByColumn(job)) return [];
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
