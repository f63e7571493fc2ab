import { describe, expect, it } from 'vitest';
import { rng } from '../../../src/base/rng.ts';
import { type Timing, timeGraph, timeProgram } from '../../../src/engine/timing/timing.ts';
import type { Program } from '../../../src/machine/program.ts';
import { randomDrain } from '../../drivers/random-drain.ts';
import { randomProgram } from '../../drivers/random-program.ts';
import { compareTiming, verdictOf } from '../../drivers/timing.ts';

/** Random programs per test; 2 000 in all. */
const BATCH = 500;
const DRAINS = 200;

describe('the timing engine on random programs', () => {
  it.each([0, 1, 2, 3])('gives every event its cycle or declines, finds every deadlock, batch %i', (batch) => {
    const verdicts = new Map<string, number>();
    for (let seed = batch * BATCH; seed < (batch + 1) * BATCH; seed++) {
      const verdict = verdictOf(randomProgram(seed)).replace(/^declined: ([^,]*).*/, 'declined: $1');
      expect(['equal', 'stuck', 'declined: arbitration', 'declined: error', 'declined: data-dependent control'], `seed ${seed}`).toContain(verdict);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    const accepted = (verdicts.get('equal') ?? 0) + (verdicts.get('stuck') ?? 0);
    console.info(`${accepted} of ${BATCH} random programs accepted: ${JSON.stringify(Object.fromEntries(verdicts))}`);
    expect(accepted).toBeGreaterThan(BATCH * 0.9);
    expect(verdicts.get('stuck')).toBeGreaterThan(BATCH * 0.05);
  });

  it(`gives every event of ${DRAINS} drains its cycle: switches one behind the other, popped commands, FIFOs of any depth`, () => {
    const verdicts = Array.from({ length: DRAINS }, (_, seed) => verdictOf(randomDrain(rng(seed)), timeGraph));
    for (const [seed, verdict] of verdicts.entries()) expect(verdict, `seed ${seed}`).toMatch(/^(equal|stuck)$/);
    const equal = verdicts.filter((verdict) => verdict === 'equal').length;
    expect(equal).toBeGreaterThan(DRAINS / 2);
    expect(DRAINS - equal).toBeGreaterThan(DRAINS / 20);
  });

  it('makes a counter-example small: an engine whose ramps are late differs in one word that a PE takes or sends', () => {
    const late = (program: Program): Timing => timeProgram({ ...program, machine: { ...program.machine, ramp: program.machine.ramp + 1 } });
    const seed = [...Array(BATCH).keys()].find((candidate) => /differ/.test(compareTiming(randomProgram(candidate), late))) ?? 0;
    const [first, again] = [0, 1].map(() => verdictOf(randomProgram(seed), late));
    expect(first).toMatch(/the smallest \([01] PEs, [01] instructions, [0-9] words\)/);
    expect(again).toBe(first);
  });

  it.each([
    [93, 'a task starts and issues in one tick'],
    [324, 'main waits alone after a microthread has ended'],
    [711, 'room is not known yet when the word is'],
    [59674, 'nothing can move while a word is on its way to a thread that has no room for its result'],
    [72809, 'control wavelets in two queues start the same task, the later queue first'],
  ])('gives every event of random program %i its cycle, which once it did not: %s', (seed) => {
    expect(compareTiming(randomProgram(seed), timeGraph)).toMatch(/^(equal|stuck)$/);
  });
});
