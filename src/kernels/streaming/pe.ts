/** A PE's code in `streaming`: for every column, every block is dequantised again, then multiplied with the arriving activations. */
import type { Code } from '../../machine/builder.ts';
import { columnLoops, dotOfBlock, R } from '../rows/code.ts';
import { packedBytes, type RowJob, type StraightCode } from '../rows/mapping.ts';
import type { StreamingLayout } from './layout.ts';

export function code(job: RowJob, layout: StreamingLayout): Code {
  const { dequantise, dot } = blockCode(job, layout);
  const strides = { block: job.dequantiser.format.blockBytes, row: packedBytes(job) };
  return columnLoops(job, layout, strides, [...dequantise, ...dot]);
}

/** One block of one row. The products may overwrite the weights: the block is dequantised again before its next use. */
export function blockCode(job: RowJob, layout: StreamingLayout): { dequantise: StraightCode; dot: StraightCode } {
  const block = { address: layout.block };
  return {
    dequantise: job.dequantiser.code({ address: layout.weights, base: R.weights }, block, layout.scratch, R),
    dot: dotOfBlock(job, block, layout.activations, layout.block, job.dequantiser.format.blockSize),
  };
}
