import { describe, expect, it } from 'vitest';
import { NOTHING, type Step } from '../../../src/engine/timing/step.ts';
import { stepCycle } from '../../../src/engine/timing/step-cycle.ts';

const step = (cycles: number, mark = -1): Step => ({ ...NOTHING, cycles, spans: [1, mark, 0, cycles] });

/** What comes before, `tokens` of three steps each with marks further on by two a token, and what comes after. */
const code = (tokens: number): Step[] => [
  step(3),
  ...Array.from({ length: tokens }, (_, t) => [step(10, 2 * t), step(10, 2 * t + 1), step(40)]).flat(),
  step(7),
];

describe('the cycle of a code', () => {
  it('is found from the first step that comes again to the last, with the steps of its marks', () => {
    expect(stepCycle(code(5))).toEqual({ from: 1, until: 16, length: 3, step: 2 });
  });

  it('is none where there is nothing to leave out', () => {
    expect(stepCycle(code(2))).toBeUndefined();
    expect(stepCycle([])).toBeUndefined();
  });

  it('ends where a mark is not the one that follows', () => {
    const steps = code(8);
    steps[1 + 3 * 6] = step(10, 5);
    expect(stepCycle(steps)).toEqual({ from: 1, until: 1 + 3 * 6, length: 3, step: 2 });
  });
});
