/** The inner loop of a sweep: in WebAssembly SIMD it gives every tick and notes every place that plain TypeScript does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { Passage } from '../../../src/engine/timing/sweep/passage.ts';
import { passageModule } from '../../../src/engine/timing/sweep/passage-code.ts';
import { timeSwept } from '../../../src/engine/timing/timing.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import type { Program } from '../../../src/machine/program.ts';
import { type MachineSpec, WSE2 } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { between, late, scattered } from '../../drivers/late.ts';
import { verdictOf } from '../../drivers/timing.ts';

/** A few words through places in lines of any length, with classes and stalls at random; all that is known after each line. */
function passed(seed: number, isSimd: boolean): string {
  const r: Rng = rng(seed);
  const [places, classes] = [between(r, 1, 60), between(r, 1, 5)];
  const sizes = { places, classes, hop: between(r, 1, 3), ramp: between(r, 1, 3), queue: between(r, 1, 8), depth: between(r, 1, 4) };
  const passage = new Passage(sizes, isSimd);
  const { leaves, uses, leavePeriod, usePeriod, classAt, cost, noted } = passage;
  leaves.fill(-1);
  classAt.set(classAt.map(() => r.below(classes)));
  for (const periods of [leavePeriod, usePeriod]) periods.set(periods.map(() => r.below(3)));
  const told: string[] = [];
  for (let word = 0, came = 1; word < 8; word++, came += between(r, 1, 4)) {
    cost.set(cost.map(() => 2 * r.below(3) + (r.below(4) === 0 ? 1 + 2 * r.below(50) : 0)));
    passage.advance();
    passage.begin(between(r, 1, 2));
    for (let from = 0, to = 0; from < places; from = to) {
      to = Math.min(places, from + between(r, 1, 20));
      const count = passage.line(from, to, came, r.below(came + 5) - 1);
      told.push(noted.subarray(0, count).join());
    }
    told.push(`${passage.isEven} ${leaves} ${uses}`);
  }
  return told.join('\n');
}

/** Words that all places let pass at one pace. */
function evenWords(isSimd: boolean): boolean[] {
  const passage = new Passage({ places: 13, classes: 1, hop: 1, ramp: 1, queue: 4, depth: 2 }, isSimd);
  passage.leaves.fill(-1);
  passage.cost[0] = 2;
  return [10, 11, 12, 14].map((came, word) => {
    passage.advance();
    passage.begin(word === 0 ? came : 1);
    passage.line(0, 13, came, -1);
    return passage.isEven;
  });
}

/** A fabric wide enough for SIMD, with a stall of its own in the code of every PE. */
function ownStalls(machine: MachineSpec): Program {
  const r = rng(3);
  const kernel = KERNELS.streaming!;
  const gemm = synthetic(257, 256, 1, 5);
  const program = kernel.build(kernel.plan(gemm, machine, { width: 33, height: 8 }), gemm);
  const stalls = Array.from({ length: 100 }, () => ({ at: r.below(1000), cycles: 1 + r.below(400) }));
  return scattered(
    r,
    program,
    stalls.map(
      ({ at, cycles }) =>
        (cls) =>
          late(cls, cycles, at),
    ),
  );
}

describe('the inner loop of a sweep', () => {
  it('is a valid module', () => {
    expect(WebAssembly.validate(passageModule())).toBe(true);
  });

  it('gives by SIMD what plain TypeScript gives (300 cases)', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(passed(seed, true)).toBe(passed(seed, false));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('knows whether all places went on at the pace of the word', () => {
    expect(evenWords(true)).toEqual(evenWords(false));
    expect(evenWords(true).slice(1)).toEqual([true, true, false]);
  });

  it('gives every event its cycle where every PE has a stall of its own', () => {
    expect(verdictOf(ownStalls(WSE2), timeSwept)).toBe('equal');
  });
});
