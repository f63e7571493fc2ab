import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { ProgramError } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { Program } from '../../src/machine/program.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { type Outcome, runBoth } from '../drivers/compare.ts';
import { randomDrain } from '../drivers/random-drain.ts';
import { randomFlow } from '../drivers/random-flow.ts';
import { randomProgram } from '../drivers/random-program.ts';

/** Random programs per test; 2 000 in all. */
const BATCH = 250;
const ENGINES = [createReferenceEngine, createWaveletEngine] as const;

/** Cycles of a run to its end, right or wrong. */
function cyclesOf(program: Program): number {
  const engine = createWaveletEngine(program);
  try {
    engine.advance(50_000);
    return engine.cycle;
  } catch (error) {
    if (error instanceof ProgramError) return error.cycle;
    throw error;
  }
}

describe('the wavelet engine and the reference engine', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('agree on every event, error, memory and state hash of 250 random programs, batch %i', (batch) => {
    const outcomes = new Map<Outcome, number>();
    for (let seed = batch * BATCH; seed < (batch + 1) * BATCH; seed++) {
      const result = runBoth(randomProgram(seed), ENGINES, seed);
      expect(result.difference, `seed ${seed}`).toBeUndefined();
      outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    }
    // The comparison is worth something only if most programs run and some get stuck or collide.
    expect(outcomes.get('finished')).toBeGreaterThan(BATCH * 0.7);
    expect(outcomes.get('stuck')).toBeGreaterThan(0);
  });

  it.each([
    [20726, 'the reason to wait changes inside a long issue'],
    [47526, 'a fault in free code behind a batch'],
    [52429, 'a task is activated while a stream runs'],
  ])('agree on random program %i of the core, which once told them apart: %s', (seed) => {
    expect(runBoth(randomProgram(seed, false), ENGINES, seed).difference).toBeUndefined();
  });

  it.each([
    [23, 'a host step begins while words are in flight to where they cannot go on'],
    [2945, 'a source is due when a host step begins'],
    [101636, 'a host step that begins at cycle 0 is looked at'],
    [59674, 'a word that comes after the run got stuck would change why an element waits'],
  ])('agree on random program %i of the whole machine, which once told them apart: %s', (seed) => {
    expect(runBoth(randomProgram(seed, true), ENGINES, seed).difference).toBeUndefined();
  });

  it('agree on every event of 60 random programs whose streams flow freely, as the engine moves them in trains', () => {
    for (let seed = 0; seed < 60; seed++) {
      const result = runBoth(randomFlow(seed), ENGINES, seed);
      expect(result.difference, `seed ${seed}`).toBeUndefined();
      expect(result.outcome).toBe('finished');
    }
  });

  it('agree on every event of 60 random drains, whose words the engine pours through pipes', () => {
    for (let seed = 0; seed < 60; seed++) {
      expect(runBoth(randomDrain(rng(seed), 12), ENGINES, seed).difference, `seed ${seed}`).toBeUndefined();
    }
  });

  it('random programs are small: at most 16 PEs, 500 cycles in 19 of 20', () => {
    const programs = Array.from({ length: 200 }, (_, seed) => randomProgram(seed));
    expect(Math.max(...programs.map(({ width, height }) => width * height))).toBe(16);
    const cycles = programs.map((program) => cyclesOf(program)).sort((a, b) => a - b);
    expect(cycles[0.95 * 200]).toBeLessThanOrEqual(500);
  });

  const products = Object.values(KERNELS).filter(({ takes }) => takes === 'gemm');
  const cases = products.flatMap((kernel) => Object.values(MACHINES).map((machine) => [kernel.id, machine.id] as const));
  it.each(cases)('agree on every event of %s on %s, on four placements', (id, machineId) => {
    const placements = [
      [5, 256, 2, 3, 2],
      [6, 256, 1, 2, 2],
      [7, 512, 1, 4, 1],
      [9, 256, 3, 1, 3],
    ] as const;
    for (const [m, least, n, width, height] of placements) {
      // Where K is split, each fabric column needs a block of it.
      const k = id === 'split-k' ? Math.max(least, 256 * width) : least;
      const gemm = synthetic(m, k, n, m + k + n);
      const kernel = KERNELS[id]!;
      const program = kernel.build(kernel.plan(gemm, MACHINES[machineId], { width, height }), gemm);
      const result = runBoth(program, ENGINES, m);
      expect(result.difference).toBeUndefined();
      expect(result.outcome).toBe('finished');
    }
  });
});
