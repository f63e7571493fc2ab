/**
 * A PE's memory in `streaming`: its rows as stored, one dequantised block (the products replace its weights), the
 * dequantiser's scratch, activations if several rows share them, results.
 */
import { MemoryPlan } from '../../machine/memory.ts';
import type { Scratch } from '../dequant/dequantiser.ts';
import { floatBytes, packedBytes, type RowJob, type RowLayout } from '../rows/mapping.ts';
import { reserveStreams } from '../rows/memory.ts';

export interface StreamingLayout extends RowLayout {
  readonly weights: number;
  readonly block: number;
  readonly scratch: Scratch;
}

export function layout(job: RowJob): StreamingLayout {
  const memory = new MemoryPlan(job.machine);
  const weights = memory.add(`weights, ${job.dequantiser.format.name}`, 'weights', job.rows * packedBytes(job));
  const block = memory.add(job.dequantiser.direct ? 'products, f32' : 'dequantised block, then products, f32', 'block', floatBytes(job));
  const scratch = job.dequantiser.reserve(memory);
  const streams = reserveStreams(memory, job);
  return { allocations: memory.allocations, weights, block, scratch, ...streams };
}
