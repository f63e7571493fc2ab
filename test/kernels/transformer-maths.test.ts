/**
 * exp, reciprocal, rsqrt, sigmoid and GELU of transformer_layer: the errors that maths.ts states, and the steps that PEs run
 * against the plain functions, bit for bit.
 */
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { asFloat, asWord, type ScalarContext, scalarStep } from '../../src/engine/alu.ts';
import { rotationStep } from '../../src/kernels/transformer_layer/attention.ts';
import { exp, gelu, reciprocal, relu, rsqrt, sigmoid, silu } from '../../src/kernels/transformer_layer/maths.ts';
import { plainExp, plainGelu, plainReciprocal, plainRelu, plainRsqrt, plainSigmoid, plainSilu } from '../../src/kernels/transformer_layer/plain-maths.ts';
import { scalar } from '../../src/machine/builder.ts';
import { scalarCycles } from '../../src/machine/price.ts';
import type { ScalarStep } from '../../src/machine/program.ts';
import { WSE2 } from '../../src/machine/spec.ts';

const f = Math.fround;
const between = (from: number, to: number, count: number): number[] => Array.from({ length: count }, (_, i) => f(from + ((to - from) * i) / (count - 1)));
const octaves = (from: number, to: number, count: number): number[] => between(from, to, count).map((e) => f(2 ** e));
const worstRatio = (xs: readonly number[], actual: (x: number) => number, expected: (x: number) => number): number =>
  xs.reduce((worst, x) => Math.max(worst, Math.abs(actual(x) / expected(x) - 1)), 0);

describe('error over the stated domains', () => {
  const positive = [...octaves(-100, 100, 200_000), ...between(1, 4, 200_000)];

  it('exp: at most 1.0e-7 of the value for -87 <= x <= 0, and 1.6e-38 below', () => {
    const xs = [...between(-87, 0, 300_000), ...octaves(-40, 6.44, 100_000).map((x) => -x)];
    expect(worstRatio(xs, plainExp, Math.exp)).toBeLessThan(1.0e-7);
    expect([plainExp(0), plainExp(-1000)]).toEqual([1, plainExp(-87)]);
    expect(plainExp(-87)).toBeLessThan(1.7e-38);
  });

  it('reciprocal 1.2e-7, rsqrt 1.8e-7, from 2^-100 to 2^100', () => {
    expect(worstRatio(positive, plainReciprocal, (x) => 1 / x)).toBeLessThan(1.2e-7);
    expect(worstRatio(positive, plainRsqrt, (x) => 1 / Math.sqrt(x))).toBeLessThan(1.8e-7);
  });

  it('sigmoid 2.5e-7 of the value for |g| <= 87; GELU 8.0e-7 for |x| <= 12', () => {
    expect(worstRatio(between(-87, 87, 300_000), plainSigmoid, (x) => 1 / (1 + Math.exp(-x)))).toBeLessThan(2.5e-7);
    const exact = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    const errors = between(-12, 12, 200_000).map((x) => Math.abs(plainGelu(x) - exact(x)));
    expect(errors.reduce((a, b) => Math.max(a, b))).toBeLessThan(8.0e-7);
  });

  it('cosines and sines rotated on step by step are off by less than 1e-7 a token, for 1000 tokens', () => {
    const { cosines, sines } = rotationStep({ base: 10_000, dimensions: 64 });
    let [c, s] = [new Float32Array(32).fill(1), new Float32Array(32)];
    for (let t = 1; t <= 1000; t++) {
      const next = [c.map((x, i) => f(f(x * cosines[i]) + f(s[i] * -sines[i]))), s.map((x, i) => f(f(x * cosines[i]) + f(c[i] * sines[i])))];
      [c, s] = [next[0], next[1]];
      for (let i = 0; i < 32; i++) {
        const angle = t * 10_000 ** ((-2 * i) / 64);
        expect(Math.max(Math.abs(c[i] - Math.cos(angle)), Math.abs(s[i] - Math.sin(angle))) / t).toBeLessThan(1e-7);
      }
    }
  });
});

describe('steps of a PE', () => {
  const R = { value: 0, s: 1, x: 2, n: 3, t: 4, c: 5, g: 6 } as const;

  /** Runs steps with `value` in register 0 and reads register `from`. */
  function run(steps: readonly ScalarStep[], value: number, from: number): number {
    const registers = new Int32Array(16).fill(0x7fc00000);
    registers[R.value] = asWord(value);
    const context: ScalarContext = {
      get: (register) => registers[register],
      set: (register, word) => {
        registers[register] = word;
      },
      load: () => 0,
      store: () => {},
      timestamp: () => 0,
    };
    for (const step of steps) scalarStep(step, context);
    return asFloat(registers[from]);
  }

  const random = rng(3);
  const any = Array.from({ length: 4000 }, () => f(random.gauss() * 2 ** (random.below(12) - 6)));
  const signed = [...any, 0, -0, 88, -88, 1e30, -1e30];
  const positive = any.map((x) => Math.abs(x) + f(1e-20));

  it.each([
    ['exp', exp(R.value, R), R.value, signed.map((x) => -Math.abs(x)), plainExp, 62],
    ['reciprocal', reciprocal(R.s, R.value, R), R.s, positive.map(f), plainReciprocal, 27],
    ['rsqrt', rsqrt(R.s, R.value, R), R.s, positive.map(f), plainRsqrt, 31],
    ['sigmoid', sigmoid(R.s, R.value, R.x, R), R.s, signed, plainSigmoid, 103],
    ['silu', silu(R), R.value, signed, plainSilu, 105],
    ['gelu', gelu(R), R.value, signed.filter((x) => Math.abs(x) < 1e10), plainGelu, 117],
    ['relu', relu(R), R.value, signed, plainRelu, 3],
  ] as const)('%s equals the plain function in every bit and has its price on a WSE-2', (_, steps, from, values, plain, cycles) => {
    const different = values.filter((value) => asWord(run(steps, value, from)) !== asWord(plain(value)));
    expect(different).toEqual([]);
    expect(scalarCycles(scalar('compute', ...steps), WSE2)).toBe(cycles);
  });
});
