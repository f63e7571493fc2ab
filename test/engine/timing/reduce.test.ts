/** Sums along fabric rows, whole rows for one: the shared way against the wavelet engine. */
import { describe, expect, it } from 'vitest';
import { timeProgram, timeShared } from '../../../src/engine/timing/timing.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import type { Program } from '../../../src/machine/program.ts';
import { WSE2, WSE3 } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { randomSplit } from '../../drivers/random-split.ts';
import { compareTiming, verdictOf } from '../../drivers/timing.ts';

const CASES = 16;
const kernel = KERNELS['split-k']!;

function splitOn(width: number, height: number, blocks: number, options: KernelOptions): Program {
  const gemm = synthetic(height, 256 * blocks, 1, 3);
  return kernel.build(kernel.plan(gemm, WSE2, { width, height }, options), gemm);
}

describe('the timing engine on sums along fabric rows', () => {
  it(`gives every event of ${CASES} programs its cycle, or leaves it to arbitration and what holds a stream up`, () => {
    let equal = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const verdict = verdictOf(randomSplit(seed), timeShared);
      expect(verdict, `seed ${seed}`).toMatch(/^(equal|declined: (arbitration, words|backpressure,|threads,) .*)$/);
      if (verdict === 'equal') equal++;
    }
    console.info(`of ${CASES} programs with sums along fabric rows ${equal} shared`);
    expect(equal).toBeGreaterThan(0.6 * CASES);
  });

  it.each(['chain', 'tree', 'two-phase'] as const)('evaluates one row for all that are alike up to a shift: %s', (reduce) => {
    const program = splitOn(8, 12, 8, { reduce });
    expect(compareTiming(program, timeShared)).toBe('equal');
    // A passage for each distance from the host's edge; rows differ in nothing but when they begin, and the last one's routers.
    expect(timeShared(program).evaluated).toBe(12 + 2);
  });

  it('takes two lengths of slices, more rows than one and hops of two cycles', () => {
    const gemm = synthetic(9, 256 * 11, 2, 5);
    const program = kernel.build(kernel.plan(gemm, { ...WSE3, hop: 2 }, { width: 8, height: 4 }, { reduce: 'tree', overlap: 'on' }), gemm);
    expect(compareTiming(program, timeShared)).toBe('equal');
  });

  it('leaves words that meet the stream on a ramp to the graph', () => {
    const program = splitOn(7, 5, 10, { inner: 'stationary', factored: 'source' });
    expect(compareTiming(program, timeShared)).toBe('declined: arbitration, words of others meet the stream on the ramp of PE 2,0');
    expect(compareTiming(program)).toBe('equal');
    expect(timeProgram(program).way).toBe('graph');
  });
});
