/** The shared way on machines that no vendor sells, with PEs of several classes: what it accepts must be exact there, too. */
import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../../../src/base/rng.ts';
import { timeShared, timeSwept } from '../../../src/engine/timing/timing.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import type { PeClass, Program } from '../../../src/machine/program.ts';
import { type MachineSpec, TEACHING, WSE2, WSE3 } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { verdictOf } from '../../drivers/timing.ts';

const CASES = 200;
const OPTIONS: readonly KernelOptions[] = [{}, { f16: 'on' }, { factored: 'source' }, { drain: 'column' }, { edge: 'east' }];

const between = (r: Rng, low: number, high: number): number => low + r.below(high - low + 1);
const pick = <Value>(r: Rng, values: readonly Value[]): Value => values[r.below(values.length)];

function randomMachine(r: Rng): MachineSpec {
  const depths = (count: number): number[] => Array.from({ length: count }, () => between(r, 1, 8));
  return {
    ...pick(r, [TEACHING, WSE2, WSE3]),
    hop: between(r, 1, 3),
    ramp: between(r, 1, 3),
    fifoDepth: between(r, 1, 4),
    inputQueues: depths(8),
    outputQueues: depths(6),
    setup: { base: between(r, 0, 6), perOperand: between(r, 0, 1), mapped: 0, descriptorWords: 0 },
  };
}

/** The class with a stall somewhere in its code. */
function late(cls: PeClass, cycles: number, place: number): PeClass {
  if (cls.tasks.length === 0 || cycles === 0) return cls;
  const at = place % (cls.tasks[0].code.length + 1);
  const stall = { kind: 'scalar', activity: 'load', steps: Array.from({ length: cycles }, () => ({ op: 'li', d: 15, imm: 0 }) as const) } as const;
  const code = cls.tasks[0].code.map((i) => ('to' in i && i.to > at ? { ...i, to: i.to + 1 } : i));
  return { ...cls, tasks: [{ ...cls.tasks[0], code: [...code.slice(0, at), stall, ...code.slice(at)] }] };
}

/** Some PEs get a class that is late by a few cycles, or many, at its beginning or anywhere in its code. */
function withLate(r: Rng, program: Program): Program {
  const lags = [0, between(r, 0, 3), r.below(3) === 0 ? between(r, 4, 400) : 0];
  const place = (): number => (r.below(2) === 0 ? 0 : r.below(1000));
  const classes = lags.flatMap((lag) => program.classes.map((cls) => late(cls, lag, place())));
  return { ...program, classes, classOf: program.classOf.map((cls) => cls + program.classes.length * r.below(lags.length)) };
}

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
      const own = r.below(2) === 0 ? program : withLate(r, program);
      const [shared, swept] = [timeShared, timeSwept].map((time) => verdictOf(own, time));
      expect(shared, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure|arbitration), .*)$/);
      expect(swept, `seed ${seed}`).toMatch(/^(equal|declined: (backpressure, results|arbitration,) .*)$/);
      if (shared === 'equal') counts.shared++;
      if (swept === 'equal') counts.swept++;
    }
    console.info(`of ${CASES} programs on random machines ${counts.shared} shared, ${counts.swept} swept`);
    expect(counts.shared).toBeGreaterThan(CASES / 2);
    expect(counts.swept).toBeGreaterThan(counts.shared);
  });
});
