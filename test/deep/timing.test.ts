import { expect, it } from 'vitest';
import { randomProgram } from '../drivers/random-program.ts';
import { verdictOf } from '../drivers/timing.ts';

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
