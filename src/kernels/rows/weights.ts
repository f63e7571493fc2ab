/**
 * From a block as stored to what the dot reads (a *cell*): f32, f16 rounded from the f32, or the quants with minimums and
 * scales behind them. One place for all kernels, so that they differ only in when it happens and where it lies.
 */
import { assert } from '../../base/error.ts';
import { vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import { at, type Place, type Scratch } from '../dequant/dequantiser.ts';
import { blockWeights, elementBytes, isFactored, isHalf, type RowJob, type StraightCode } from './mapping.ts';
import { R } from './registers.ts';

/** Scratch of the dequantise program. */
export function reserveScratch(memory: MemoryPlan, job: RowJob): Scratch {
  const { dequantiser } = job;
  if (!isFactored(job)) return dequantiser.reserve(memory);
  assert(dequantiser.factored !== undefined, `${dequantiser.format.name} has scales and minimums`);
  return dequantiser.factored.reserve(memory);
}

/** Whether stored blocks are cells already. */
export const isReady = (job: RowJob): boolean => job.dequantiser.direct && !isHalf(job);

/** Turns the block at `from` into the cell at `to`; `floats` is room for a block of f32, which may begin where `to` does. */
export function cellCode(job: RowJob, from: Place, to: Place, floats: number, scratch: Scratch): StraightCode {
  const { dequantiser } = job;
  if (isReady(job)) return [];
  if (isFactored(job)) {
    assert(dequantiser.factored !== undefined, `${dequantiser.format.name} has scales and minimums`);
    return dequantiser.factored.code(from, to, factorsOf(job, to), elementBytes(job), scratch, R);
  }
  if (!isHalf(job)) return dequantiser.code(from, to, scratch, R);
  const f32: Place = dequantiser.direct ? from : { address: floats };
  const rounded = vector('dequantise', 'f32_f16', blockWeights(job), { to: at(to, 0), a: at(f32, 0) });
  return [...(dequantiser.direct ? [] : dequantiser.code(from, f32, scratch, R)), rounded];
}

/** Where a cell's minimums and scales lie: behind its quants. */
export const factorsOf = (job: RowJob, cell: Place): Place => ({ ...cell, address: cell.address + elementBytes(job) * blockWeights(job) });
