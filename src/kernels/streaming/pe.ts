/** A PE's code in `streaming`: for every column, every block is dequantised again, then multiplied with the arriving activations. */
import type { Code } from '../../machine/builder.ts';
import { columnLoops, dotOfBlock, R } from '../rows/code.ts';
import { blockBytes, blockWeights, packedBytes, type RowJob, type StraightCode } from '../rows/mapping.ts';
import type { StreamingLayout } from './layout.ts';

export function code(job: RowJob, layout: StreamingLayout): Code {
  const { dequantise, dot } = blockCode(job, layout);
  const strides = { block: blockBytes(job), row: packedBytes(job) };
  return columnLoops(job, layout, strides, [...dequantise, ...dot]);
}

/**
 * One block of one row. The products may overwrite the weights: the block is dequantised again before its next use. Weights
 * that are stored as f32 are multiplied where they lie.
 */
export function blockCode(job: RowJob, layout: StreamingLayout): { dequantise: StraightCode; dot: StraightCode } {
  const stored = { address: layout.weights, base: R.weights };
  const block = { address: layout.block };
  const { direct } = job.dequantiser;
  return {
    dequantise: direct ? [] : job.dequantiser.code(stored, block, layout.scratch, R),
    dot: dotOfBlock(job, direct ? stored : block, layout.activations, layout.block, blockWeights(job)),
  };
}
