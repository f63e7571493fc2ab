/** A PE's code in `stationary`: every row is dequantised once, then the columns stream through. */
import { type Code, increase, mark, mem, repeat, scalar, setTo, vector } from '../../machine/builder.ts';
import type { Instruction } from '../../machine/program.ts';
import { columnLoops, dotOfBlock, R } from '../rows/code.ts';
import { blockBytes, blocksOf, floatBytes, packedBytes, type RowJob, type StraightCode } from '../rows/mapping.ts';
import type { StationaryLayout } from './layout.ts';

export function code(job: RowJob, layout: StationaryLayout): Code {
  const strides = { block: floatBytes(job), row: blocksOf(job) * floatBytes(job) };
  const dequantised = job.dequantiser.direct ? [] : dequantiseRows(job, layout);
  return [...dequantised, ...columnLoops(job, layout, strides, blockCode(job, layout).dot)];
}

/** Registers of this phase, under names of what they hold here: byte offsets of the quantised block and of its f32. */
const PHASE = { packed: R.weights, target: R.column, firstMark: R.result } as const;

/**
 * Row by row, block by block. Marks: column 0 with the block (and row); the activity tells this phase from the columns, in
 * which nothing is dequantised.
 */
function dequantiseRows(job: RowJob, layout: StationaryLayout): Code {
  const rowBytes = blocksOf(job) * floatBytes(job);
  const next = scalar('dequantise', increase(PHASE.packed, blockBytes(job)), increase(PHASE.target, floatBytes(job)), increase(R.mark, job.rowsPerPe));
  const oneRow: Code = [
    scalar('dequantise', { op: 'mov', d: R.mark, a: PHASE.firstMark }),
    repeat('dequantise', R.blocks, blocksOf(job), [mark(R.mark), ...blockCode(job, layout).dequantise, next]),
    scalar('dequantise', increase(PHASE.packed, rowBytes - packedBytes(job)), increase(PHASE.firstMark, 1)),
  ];
  return [scalar('dequantise', setTo(PHASE.packed, 0), setTo(PHASE.target, 0), setTo(PHASE.firstMark, 0)), repeat('dequantise', R.rows, job.rows, oneRow)];
}

/** Address of the first row's quantised blocks. */
export const firstPacked = (job: RowJob, layout: StationaryLayout): number => layout.weights + blocksOf(job) * floatBytes(job) - packedBytes(job);

/** One block of one row: staging and dequantising it; its row dot. Rows stored as f32 need the dot only. */
export function blockCode(job: RowJob, layout: StationaryLayout): { dequantise: StraightCode; dot: StraightCode } {
  const target = { address: layout.weights, base: PHASE.target };
  const staged = { address: layout.staging };
  return {
    dequantise: job.dequantiser.direct ? [] : [stage(job, layout), ...job.dequantiser.code(staged, target, layout.scratch, R)],
    dot: dotOfBlock(job, { address: layout.weights, base: R.weights }, layout.activations, layout.products, layout.tile),
  };
}

/** Copies a quantised block out of the row's tail: as 16-bit words where blocks do not all begin at a multiple of 4 (210 B of Q6_K). */
function stage(job: RowJob, layout: StationaryLayout): Instruction {
  const packed = mem(firstPacked(job, layout), 1, { base: PHASE.packed });
  const [op, width] = blockBytes(job) % 4 === 0 ? (['mov32', 4] as const) : (['mov16', 2] as const);
  return vector('dequantise', op, blockBytes(job) / width, { to: mem(layout.staging), a: packed });
}
