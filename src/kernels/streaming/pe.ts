/** A PE's code in `streaming`: for every column, every block is dequantised again, then multiplied with the arriving activations. */
import type { Code } from '../../machine/builder.ts';
import { columnLoops, R } from '../rows/code.ts';
import { dotOfBlock } from '../rows/dot.ts';
import { type BlockCode, blockBytes, blockWeights, packedBytes, type RowJob } from '../rows/mapping.ts';
import { cellCode, factorsOf, isReady } from '../rows/weights.ts';
import type { StreamingLayout } from './layout.ts';

export function code(job: RowJob, layout: StreamingLayout): Code {
  return columnLoops(job, layout, { block: blockBytes(job), row: packedBytes(job) }, blockCode(job, layout));
}

/**
 * One block of one row. The products may overwrite the weights: the block is dequantised again before its next use. Weights
 * that are stored as f32 are multiplied where they lie.
 */
export function blockCode(job: RowJob, layout: StreamingLayout): BlockCode {
  const stored = { address: layout.weights, base: R.weights };
  const block = { address: layout.block };
  const { products } = layout;
  const places = { weights: isReady(job) ? stored : block, factors: factorsOf(job, block), products, tile: blockWeights(job) };
  return { dequantise: cellCode(job, stored, block, layout.block, layout.scratch), dot: dotOfBlock(job, layout, places) };
}
