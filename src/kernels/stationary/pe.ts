/** A PE's code in `stationary`: every row is dequantised once, then the columns stream through. */
import { type Code, increase, mark, mem, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import type { Instruction } from '../../machine/program.ts';
import { columnLoops, R } from '../rows/code.ts';
import { dotOfBlock } from '../rows/dot.ts';
import { type BlockCode, blockBytes, blocksOf, cellBytes, packedBytes, type RowJob } from '../rows/mapping.ts';
import { cellCode, factorsOf, isReady } from '../rows/weights.ts';
import type { StationaryLayout } from './layout.ts';

export function code(job: RowJob, layout: StationaryLayout): Code {
  const strides = { block: cellBytes(job), row: blocksOf(job) * cellBytes(job) };
  const dequantised = isReady(job) ? [] : dequantiseRows(job, layout);
  return [...dequantised, ...columnLoops(job, layout, strides, { dequantise: [], dot: blockCode(job, layout).dot })];
}

/** Registers of this phase, under names of what they hold here: byte offsets of the quantised block and of what it becomes. */
const PHASE = { packed: R.weights, target: R.column, firstMark: R.result } as const;

/**
 * Row by row, block by block. Marks: column 0 with the block (and row); the activity tells this phase from the columns, in
 * which nothing is dequantised.
 */
function dequantiseRows(job: RowJob, layout: StationaryLayout): Code {
  const rowBytes = blocksOf(job) * cellBytes(job);
  const next = scalar('dequantise', increase(PHASE.packed, blockBytes(job)), increase(PHASE.target, cellBytes(job)), increase(R.mark, job.rowsPerPe));
  const oneRow: Code = [
    scalar('dequantise', { op: 'mov', d: R.mark, a: PHASE.firstMark }),
    repeat('dequantise', R.blocks, blocksOf(job), [mark(R.mark), ...blockCode(job, layout).dequantise, next]),
    scalar('dequantise', increase(PHASE.packed, rowBytes - packedBytes(job)), increase(PHASE.firstMark, 1)),
  ];
  return [scalar('dequantise', setTo(PHASE.packed, 0), setTo(PHASE.target, 0), setTo(PHASE.firstMark, 0)), repeat('dequantise', R.rows, job.rows, oneRow)];
}

/** Address of the first row's quantised blocks. */
export const firstPacked = (job: RowJob, layout: StationaryLayout): number => layout.weights + blocksOf(job) * cellBytes(job) - packedBytes(job);

/** One block of one row: staging and dequantising it; its row dot. Rows stored as f32 need the dot only. */
export function blockCode(job: RowJob, layout: StationaryLayout): BlockCode {
  const target = { address: layout.weights, base: PHASE.target };
  const staged = { address: layout.staging };
  const weights = { address: layout.weights, base: R.weights };
  const places = { weights, factors: factorsOf(job, weights), products: layout.products, tile: layout.tile };
  return {
    dequantise: isReady(job) ? [] : [stage(job, layout), ...cellCode(job, staged, target, layout.floats, layout.scratch)],
    dot: dotOfBlock(job, layout, places),
  };
}

/** Copies a quantised block out of the row's tail: as 16-bit words where blocks do not all begin at a multiple of 4 (210 B of Q6_K). */
function stage(job: RowJob, layout: StationaryLayout): Instruction {
  const packed = mem(firstPacked(job, layout), 1, { base: PHASE.packed });
  const [op, width] = blockBytes(job) % 4 === 0 ? (['mov32', 4] as const) : (['mov16', 2] as const);
  return vector('dequantise', op, blockBytes(job) / width, { to: mem(layout.staging), a: packed });
}
