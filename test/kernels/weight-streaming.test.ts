/** `weight-streaming`: blocks stream in, activations stay; results to the bit, closed form within 2 %. */
import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../src/analysis/conservation.ts';
import { WeftError } from '../../src/base/error.ts';
import { rng } from '../../src/base/rng.ts';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { dequantiserFor, PLACEABLE } from '../../src/kernels/dequant/index.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import type { KernelOptions, Plan, Rectangle } from '../../src/kernels/types.ts';
import { MACHINES, type MachineSpec, TEACHING, WSE2 } from '../../src/machine/spec.ts';
import { validateProgram } from '../../src/machine/validate.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { TraceReader } from '../../src/trace/reader.ts';
import { unequalBits } from '../quant/golden.ts';
import { type Case, caseName, drive } from './drive.ts';

/** M, K, N, width, height: one PE; lines each way; rows and tokens 1 to 3 a PE; fewer on the last; idle columns and rows. */
const PLACES = [
  [1, 256, 1, 1, 1],
  [3, 256, 2, 3, 2],
  [4, 512, 3, 2, 3],
  [7, 256, 5, 3, 2],
  [5, 512, 4, 4, 3],
  [3, 256, 7, 1, 3],
  [9, 256, 1, 4, 3],
  [2, 512, 9, 3, 4],
] as const;

const OVERLAP = ['off', 'on'] as const;
const place = (
  kernel: string,
  machine: MachineSpec,
  [m, k, n, width, height]: (typeof PLACES)[number] | readonly [number, number, number, number, number],
  overlap: 'off' | 'on',
): Case => ({
  kernel,
  machine,
  m,
  k,
  n,
  rectangle: { width, height },
  options: { overlap },
});

const CASES: Case[] = Object.values(MACHINES).flatMap((machine) =>
  PLACES.flatMap((at) => OVERLAP.map((overlap) => place('weight-streaming', machine, at, overlap))),
);

const hosted = (machine: MachineSpec, wordsInPerCycle: number): MachineSpec => ({ ...machine, host: { ...machine.host, wordsInPerCycle } });

/** Long lines, hosts that serve a share, and hosts that bind. */
const HOSTS: Case[] = Object.values(MACHINES).flatMap((machine) =>
  OVERLAP.flatMap((overlap) => [
    place('weight-streaming', machine, [60, 256, 1, 60, 1], overlap),
    place('weight-streaming', machine, [64, 512, 3, 32, 3], overlap),
    place('weight-streaming', machine, [3, 512, 40, 3, 40], overlap),
    place('weight-streaming', machine, [2, 512, 120, 1, 60], overlap),
    place('weight-streaming', hosted(machine, 2), [8, 512, 2, 8, 2], overlap),
    place('weight-streaming', hosted(machine, 1), [12, 512, 3, 6, 2], overlap),
    place('weight-streaming', hosted(machine, 0.25), [8, 512, 2, 4, 2], overlap),
    place('weight-streaming', hosted(machine, 0.05), [9, 512, 5, 3, 3], overlap),
    place('weight-streaming', hosted(machine, 0.05), [12, 256, 40, 4, 40], overlap),
  ]),
);

const nameOf = (c: Case): string => `${caseName(c)}, host ${c.machine.host.wordsInPerCycle}`;

describe('results', () => {
  it.each(CASES.map((c) => [nameOf(c), c] as const))('%s: C equals the plain loop in 0 unequal bits', (_, c) => {
    const { gemm, y, plan, program } = drive(c);
    validateProgram(program);
    expect(unequalBits(y, kernelById(c.kernel).plainLoop(plan, gemm))).toEqual([]);
  });

  it.each(CASES.filter((c, i) => c.m * c.k * c.n <= 8000 && i % 4 < 2).map((c) => [nameOf(c), c] as const))(
    '%s: the reference engine gives the same bits, cycles and state',
    (_, c) => {
      const [fast, slow] = [drive(c, undefined, createWaveletEngine), drive(c, undefined, createReferenceEngine)];
      expect(unequalBits(fast.y, slow.y)).toEqual([]);
      expect([fast.cycles, fast.engine.stateHash()]).toEqual([slow.cycles, slow.engine.stateHash()]);
    },
  );
});

describe('closed form and lower bound', () => {
  it(`lie within 2 % and below for ${CASES.length + HOSTS.length} cases, bound by the host or not`, () => {
    const lines = [...CASES, ...HOSTS].map((c) => {
      const { cycles, estimate } = drive(c);
      const { closedForm, lowerBound } = estimate;
      expect(
        closedForm.terms.reduce((sum, term) => sum + term.cycles, 0),
        nameOf(c),
      ).toBe(closedForm.cycles);
      expect(lowerBound.cycles, nameOf(c)).toBeLessThanOrEqual(cycles);
      return { name: nameOf(c), cycles, off: closedForm.cycles / cycles - 1 };
    });
    const worst = [...lines].sort((a, b) => Math.abs(b.off) - Math.abs(a.off));
    console.log(
      worst
        .slice(0, 8)
        .map((l) => `${l.name.padEnd(90)} ${l.cycles} ${(100 * l.off).toFixed(2)} %`)
        .join('\n'),
    );
    expect(Math.abs(worst[0].off)).toBeLessThan(0.02);
  });
});

describe('what streams and what stays', () => {
  const planOf = (m: number, k: number, n: number, machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions) =>
    kernelById('weight-streaming').plan({ m, k, n, format: 'q4_k' }, machine, rectangle, options);
  const fact = (plan: Plan, name: string): number | undefined => plan.facts?.find((f) => f.name === name)?.value;

  it.each(PLACEABLE)('%s: stored units in whole wavelets, C equals the plain loop in 0 unequal bits, multiply-adds are M N K', (format) => {
    for (const overlap of OVERLAP) {
      const gemm = synthetic(5, 512, 5, 7, format);
      const c: Case = { kernel: 'weight-streaming', machine: WSE2, m: 5, k: 512, n: 5, rectangle: { width: 2, height: 3 }, options: { overlap } };
      const { y, plan, program, trace } = drive(c, gemm);
      validateProgram(program);
      expect(unequalBits(y, kernelById('weight-streaming').plainLoop(plan, gemm))).toEqual([]);
      const { bytes } = dequantiserFor(format).unit;
      expect(program.sources.map((s) => s.words.length)).toEqual([3 * 2 * Math.ceil(bytes / 4), 2 * 2 * Math.ceil(bytes / 4)]);
      const macs = kernelById('weight-streaming').macs(plan, program);
      const checks = checkConservation(new TraceReader(program, trace), { weightBytes: plan.weightBytes, usedPes: plan.usedPes, macRate: plan.macRate, macs });
      expect(checks.filter((check) => !check.holds)).toEqual([]);
    }
  });

  it('a Q4_K wavelet carries 7.111 weights: 36 a block of 256', () => {
    expect(fact(planOf(4096, 4096, 64, WSE2), 'Weights a wavelet')).toBe(7.111);
  });

  it('7 rows and 5 tokens on 3x2 PEs: 3, 3 and 1 rows a fabric column, 3 and 2 tokens a fabric row, the same rows in every fabric row', () => {
    const plan = planOf(7, 256, 5, WSE2, { width: 3, height: 2 });
    expect([plan.rowsPerPe, plan.usedPes]).toEqual([3, 6]);
    const { first, count } = kernelById('weight-streaming').rowMap(plan);
    expect([[...first], [...count]]).toEqual([
      [0, 3, 6, 0, 3, 6],
      [3, 3, 1, 3, 3, 1],
    ]);
  });

  it('the default rectangle of 4096 x 4096 at N = 64 on WSE-2 is 683x64: 6 rows a column, a token a row; overlap is 10 % faster there', () => {
    const kernel = kernelById('weight-streaming');
    const [off, on] = OVERLAP.map((overlap) => planOf(4096, 4096, 64, WSE2, undefined, { overlap }));
    expect([off.rectangle, fact(off, 'Tokens a PE'), fact(off, 'Rows a fabric column')]).toEqual([{ width: 683, height: 64 }, 1, 6]);
    expect(kernel.estimate(on).closedForm.cycles).toBeLessThan(0.9 * kernel.estimate(off).closedForm.cycles);
  });

  it('no other rectangle of 60 drawn ones beats the default by more than 1 %', () => {
    const random = rng(3);
    const kernel = kernelById('weight-streaming');
    for (const [m, k, n] of [
      [40, 512, 30],
      [500, 256, 7],
      [9, 1024, 100],
    ]) {
      const best = kernel.estimate(planOf(m, k, n, TEACHING)).closedForm.cycles;
      for (let i = 0; i < 20; i++) {
        const rectangle = { width: 1 + random.below(64), height: 1 + random.below(64) };
        try {
          expect(kernel.estimate(planOf(m, k, n, TEACHING, rectangle)).closedForm.cycles, JSON.stringify(rectangle)).toBeGreaterThan(best / 1.011);
        } catch (error) {
          if (!(error instanceof WeftError)) throw error;
        }
      }
    }
  });

  it.each([
    [
      'a K whose activations do not fit',
      64,
      11_008,
      1,
      undefined,
      'overflows a PE by 512 B',
      ['keep K at or below 10752: the activations of a token stay in SRAM as f32', 'use the kernel streaming, whose activations pass by'],
    ],
    [
      'too many tokens a PE',
      64,
      4096,
      50,
      { width: 10, height: 10 },
      '5 tokens of K = 4096 on a PE (10x10 PEs, M = 64, N = 50)',
      ['use 10x25 PEs, which puts 2 tokens on a PE (39480 B)', 'compute at most 20 columns at a time (N = 20)'],
    ],
    ['results of too many rows', 40_960_000, 256, 1, undefined, 'overflows a PE by', ['compute at most 7968750 rows at a time (M = 7968750)']],
  ] as const)('%s: says so, with what fits', (_, m, k, n, rectangle, message, fixes) => {
    expect(() => planOf(m, k, n, WSE2, rectangle)).toThrowError(
      expect.objectContaining({ name: 'WeftError', field: 'placement', message: expect.stringContaining(message), fixes }),
    );
  });
});
