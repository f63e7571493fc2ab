import { expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { runBoth } from '../drivers/compare.ts';
import { randomDrain } from '../drivers/random-drain.ts';
import { randomFlow } from '../drivers/random-flow.ts';
import { randomProgram } from '../drivers/random-program.ts';

it('the wavelet engine and the reference engine agree on every event of 10 000 random programs', () => {
  for (let seed = 10_000; seed < 20_000; seed++) {
    expect(runBoth(randomProgram(seed), [createReferenceEngine, createWaveletEngine], seed).difference, `seed ${seed}`).toBeUndefined();
  }
});

it('they agree on every event of 4 000 random drains', () => {
  for (let seed = 10_000; seed < 14_000; seed++) {
    expect(runBoth(randomDrain(rng(seed), 12), [createReferenceEngine, createWaveletEngine], seed).difference, `seed ${seed}`).toBeUndefined();
  }
});

it('they agree on every event of 4 000 random programs whose streams flow freely', () => {
  for (let seed = 10_000; seed < 14_000; seed++) {
    expect(runBoth(randomFlow(seed), [createReferenceEngine, createWaveletEngine], seed).difference, `seed ${seed}`).toBeUndefined();
  }
});
