/** The part of a PE's memory that all row-per-PE kernels need: activations of a block, results, a control wavelet. */
import type { MemoryPlan } from '../../machine/memory.ts';
import {
  blockWeights,
  buffersActivations,
  drainsByColumn,
  elementBytes,
  factorBytes,
  isFactored,
  isHalf,
  keptResults,
  overlaps,
  type RowJob,
  type RowLayout,
} from './mapping.ts';

/**
 * Reserves the activations of one block (two with `overlap`), if they are received into memory, the sums of a factored dot,
 * the results and what turns the switches. Weights lie at multiples of 8, activations and sums 4 bytes beside that: they are
 * then never in conflicting banks (banksConflict in machine/price.ts).
 */
export function reserveStreams(memory: MemoryPlan, job: RowJob): Omit<RowLayout, 'allocations'> {
  const activations = reserveActivations(memory, job);
  const control = job.endsRow && drainsByColumn(job) ? { control: memory.add('control wavelet', 'results', 4, 4) } : {};
  return { ...activations, ...control, results: memory.add('results, f32', 'results', 4 * keptResults(job), 4) };
}

/** A block's activations with their eight sums, as they arrive, and the eight dots of sub-blocks behind them. */
function reserveActivations(memory: MemoryPlan, job: RowJob): Pick<RowLayout, 'activations' | 'sums' | 'otherBuffer'> {
  const received = buffersActivations(job) ? elementBytes(job) * blockWeights(job) : 0;
  const bytes = received + factorBytes(job);
  if (bytes === 0) return {};
  const sums = isFactored(job) ? (received > 0 ? ', with sums' : '') : '';
  const what = received > 0 ? `activations of a block, ${isHalf(job) ? 'f16' : 'f32'}${sums}` : 'sums of a block, f32';
  const first = memory.add(what, 'activations', bytes, 8, 4);
  if (overlaps(job)) memory.add(`${what}, second buffer`, 'activations', bytes, 8, 4);
  return {
    ...(received > 0 && { activations: first }),
    ...(isFactored(job) && { sums: first + received }),
    ...(overlaps(job) && { otherBuffer: bytes }),
  };
}
