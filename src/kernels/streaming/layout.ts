/**
 * A PE's memory in `streaming`: its rows as stored, one block as the dot reads it (the products replace f32 weights, or lie
 * behind f16 ones), the dequantiser's scratch, activations if they are received into memory, results.
 */
import { MemoryPlan } from '../../machine/memory.ts';
import type { Scratch } from '../dequant/dequantiser.ts';
import { blockWeights, elementBytes, factorBytes, floatBytes, isFactored, isHalf, packedBytes, type RowJob, type RowLayout } from '../rows/mapping.ts';
import { reserveStreams } from '../rows/memory.ts';
import { isReady, reserveScratch } from '../rows/weights.ts';

export interface StreamingLayout extends RowLayout {
  readonly weights: number;
  readonly block: number;
  readonly products: number;
  readonly scratch: Scratch;
}

export function layout(job: RowJob): StreamingLayout {
  const memory = new MemoryPlan(job.machine);
  const weights = memory.add(`weights, ${job.dequantiser.format.name}`, 'weights', job.rows * packedBytes(job));
  const block = memory.add(blockName(job), 'block', floatBytes(job) + factorBytes(job));
  const scratch = reserveScratch(memory, job);
  const streams = reserveStreams(memory, job);
  const products = isHalf(job) ? block + factorBytes(job) + elementBytes(job) * blockWeights(job) : block;
  return { allocations: memory.allocations, weights, block, products, scratch, ...streams };
}

function blockName(job: RowJob): string {
  if (isReady(job)) return 'products, f32';
  const cell = isFactored(job) ? `quants with scales` : 'dequantised block';
  return isHalf(job) ? `${cell}, f16, products` : `${cell}, then products, f32`;
}
