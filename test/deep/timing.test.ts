import { expect, it } from 'vitest';
import { timeGraph } from '../../src/engine/timing/timing.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import { WSE2 } from '../../src/machine/spec.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { compareTiming, verdictOf } from '../drivers/timing.ts';
import { madeLayer } from '../kernels/layers.ts';

const PROGRAMS = 100_000;

it('the timing engine gives every event of 100 000 random programs its cycle, or declines; it accepts nine in ten', () => {
  let accepted = 0;
  for (let seed = 0; seed < PROGRAMS; seed++) {
    const verdict = verdictOf(randomProgram(seed));
    expect(verdict, `seed ${seed}`).toMatch(/^(equal|stuck|declined: .*)$/);
    if (!verdict.startsWith('declined')) accepted++;
  }
  console.info(`${accepted} of ${PROGRAMS} random programs accepted`);
  expect(accepted).toBeGreaterThan(PROGRAMS * 0.9);
});

it('the timing engine gives every event of a layer of 512 its cycle', () => {
  const layer = madeLayer(512, 1);
  expect(compareTiming(transformerLayer.build(transformerLayer.plan(layer, WSE2), layer), timeGraph)).toBe('equal');
});
