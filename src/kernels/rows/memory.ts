/** The part of a PE's memory that all row-per-PE kernels need: activations of a block and results. */
import type { MemoryPlan } from '../../machine/memory.ts';
import { floatBytes, type RowJob, type RowLayout, sharesActivations } from './mapping.ts';

/**
 * Reserves the activations of one block, if they are received into memory, and the results. Weights lie at multiples of 8,
 * activations 4 bytes beside that: their f32 are then never in conflicting banks (banksConflict in machine/price.ts).
 */
export function reserveStreams(memory: MemoryPlan, job: RowJob): Pick<RowLayout, 'activations' | 'results'> {
  const activations = sharesActivations(job) ? { activations: memory.add('activations of a block, f32', 'activations', floatBytes(job), 8, 4) } : {};
  return { ...activations, results: memory.add('results, f32', 'results', 4 * job.rows * job.n, 4) };
}
