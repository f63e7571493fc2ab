/**
 * Multiplying 256 f32 by one factor for each run of weights, in two vector ops instead of one op a run: factors are held
 * twice each, even weights read the second copy, odd weights the first. Weights lie at multiples of 8, so a factor is always
 * in the other bank class than the weight it meets. Shared by Q6_K and Q8_0.
 */
import { mem, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction } from '../../machine/program.ts';
import { at, type Place, type Scratch, UNIT_WEIGHTS } from './dequantiser.ts';

export const reserveScalePairs = (memory: MemoryPlan, runs: number): Scratch => ({ pairs: memory.add('factors in pairs, f32', 'block', 8 * runs) });

/** In place: weight i *= factor of run floor(i / (256 / runs)). */
export function multiplyByPairs(to: Place, s: Scratch, runs: number): Instruction[] {
  const half = UNIT_WEIGHTS / 2;
  return [0, 1].map((odd) => {
    const weights = at(to, 4 * odd, 2);
    const factors = mem(s.pairs + 4 - 4 * odd, 0, { inner: half / runs, outer: 2 });
    return vector('dequantise', 'f32_mul', half, { to: weights, a: weights, b: factors });
  });
}
