/** The shared way on machines that no vendor sells, with PEs of several classes: what it accepts must be exact there, too. */
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../../src/base/pieces.ts';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { type Timing, timeHashed, timeShared, timeSwept } from '../../../src/engine/timing/timing.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import type { Program } from '../../../src/machine/program.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { between, paced, pick, randomMachine, withLate } from '../../drivers/late.ts';
import { verdictOf } from '../../drivers/timing.ts';

const CASES = 200;
const OPTIONS: readonly KernelOptions[] = [{}, { f16: 'on' }, { factored: 'source' }, { drain: 'column' }, { edge: 'east' }, { drain: 'column', edge: 'east' }];

/** PEs that receive by microthreads, and are not swept. */
const RECEIVING: readonly KernelOptions[] = [{}, { f16: 'on' }, { factored: 'pe', drain: 'column' }, { edge: 'east' }, { drain: 'column', edge: 'east' }];

/** PEs that are late, host lanes that share a rate, both or none. */
function hindered(r: Rng, program: Program): Program {
  const own = r.below(2) === 0 ? program : withLate(r, program);
  return r.below(3) > 0 ? own : paced(r, own);
}

/** Whether spans of a PE are kept once that come more often. */
const hasRepeats = ({ shared }: Timing): boolean => {
  const shapes = shared?.intervals.shapes;
  return shapes !== undefined && [...Array(shapes.count).keys()].some((shape) => shapes.again(shape) !== undefined);
};

describe('the timing engine on random machines', () => {
  it(`gives every event of ${CASES} programs its cycle by one way or the other`, () => {
    const counts = { shared: 0, swept: 0 };
    for (let seed = 0; seed < CASES; seed++) {
      const r = rng(seed);
      const machine = randomMachine(r);
      const [width, height] = [between(r, 1, 5), between(r, 1, 4)];
      const gemm = synthetic(between(r, 1, width * height * pick(r, [1, 1, 2])), 256, between(r, 1, 3), seed);
      const kernel = KERNELS[pick(r, ['streaming', 'stationary'])]!;
      const program = kernel.build(kernel.plan(gemm, machine, { width, height }, pick(r, OPTIONS)), gemm);
      const own = hindered(r, program);
      const [shared, hashed, swept] = [timeShared, timeHashed, timeSwept].map((time) => verdictOf(own, time));
      expect(hashed, `seed ${seed}`).toBe(shared);
      expect(shared, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure|arbitration), .*)$/);
      expect(swept, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure, results|arbitration,) .*)$/);
      if (shared === 'equal') counts.shared++;
      if (swept === 'equal') counts.swept++;
    }
    console.info(`of ${CASES} programs on random machines ${counts.shared} shared, ${counts.swept} swept`);
    expect(counts.shared).toBeGreaterThan(CASES / 2);
    expect(counts.swept).toBeGreaterThan(counts.shared);
  });

  it(`gives every event of ${CASES / 2} programs that receive by microthreads its cycle, shared, also where tokens are the last one again`, () => {
    const counts = { equal: 0, again: 0, sameAsTwin: 0 };
    for (let seed = 0; seed < CASES / 2; seed++) {
      const r = rng(seed);
      const machine = randomMachine(r);
      const [width, height] = [between(r, 1, 6), between(r, 1, 5)];
      const gemm = synthetic(between(r, 1, width * height * pick(r, [1, 1, 2])), pick(r, [256, 512]), pick(r, [1, 2, 3, 6]), seed);
      const kernel = KERNELS[pick(r, ['streaming', 'stationary'])]!;
      const program = hindered(r, kernel.build(kernel.plan(gemm, machine, { width, height }, { ...pick(r, RECEIVING), overlap: 'on' }), gemm));
      const verdict = verdictOf(program, timeShared);
      expect(verdict, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure|arbitration), .*)$/);
      if (verdict !== 'equal') continue;
      counts.equal++;
      const repeated = timeShared(program);
      if (!hasRepeats(repeated)) continue;
      counts.again++;
      if (toEnd(timeShared(program, false).hashing()) === toEnd(repeated.hashing())) counts.sameAsTwin++;
    }
    console.info(`of ${CASES / 2} programs that receive by microthreads ${counts.equal} shared, ${counts.again} with tokens that are the last one again`);
    expect(counts.equal).toBeGreaterThan(0.95 * (CASES / 2));
    expect(counts.again).toBeGreaterThan(CASES / 20);
    expect(counts.sameAsTwin).toBe(counts.again);
  });
});
