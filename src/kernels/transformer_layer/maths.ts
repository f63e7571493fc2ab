/**
 * exp, reciprocal, reciprocal root and sigmoid as runs of machine scalar steps: the machine has addition, multiplication,
 * maximum and conversions only (its division, 50 cycles, is not used). Constants, order and rounding are the specification;
 * plain-maths.ts follows it independently. Every step rounds to f32. Error bounds were measured over the domains
 * (test/kernels/transformer-maths.test.ts):
 *
 *     exp(x)          x <= 0; below -87 taken as -87 (1.6e-38)   relative error <= 1.0e-7
 *     reciprocal(a)   2^-100 <= a <= 2^100                       relative error <= 1.2e-7
 *     rsqrt(a)        2^-100 <= a <= 2^100                       relative error <= 1.8e-7
 *     sigmoid(g)      -87 <= g <= 87, beyond as there            relative error <= 2.5e-7
 *     gelu(x)         |x| <= 12                                  absolute error <= 8.0e-7
 *
 * Left out: infinities and NaN, subnormal results (which the clamp avoids).
 */
import { increase, setTo } from '../../machine/builder.ts';
import type { ScalarStep } from '../../machine/program.ts';

/** exp(x) = 2^n * exp(r), n the integer nearest to x / ln 2, r = x - n ln 2 in two parts; exp(r) = 1 + r + r^2 P(r) (Cephes expf). */
export const EXP = {
  least: -87,
  perOctave: Math.LOG2E,
  octaveHigh: 0.693359375,
  octaveLow: -2.1219444e-4,
  polynomial: [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
} as const;

/** A first guess from the bits of a, then Newton: y = y (2 - a y). */
export const RECIPROCAL = { guess: 0x7ef127ea, rounds: 4 } as const;

/** A first guess from the bits of a, then Newton: y = y (1.5 - (a / 2) y^2). */
export const RSQRT = { guess: 0x5f3759df, rounds: 3 } as const;

/** gelu(x) = x sigmoid(slope (x + cubic x^3)), slope = 2 sqrt(2 / pi): the tanh form that ggml computes. */
export const GELU = { cubic: 0.044715, slope: 1.5957691216 } as const;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Step d = value, rounded to f32. */
export function setFloat(d: number, value: number): ScalarStep {
  float[0] = value;
  return setTo(d, bits[0]);
}

const op = (name: ScalarStep['op'], d: number, a: number, b: number): ScalarStep => ({ op: name, d, a, b });
const add = (d: number, a: number, b: number): ScalarStep => op('fadd', d, a, b);
const subtract = (d: number, a: number, b: number): ScalarStep => op('fsub', d, a, b);
const multiply = (d: number, a: number, b: number): ScalarStep => op('fmul', d, a, b);

/** Registers that a function overwrites. */
export interface Temporaries {
  readonly n: number;
  readonly t: number;
  readonly c: number;
}

/** x = exp(x). */
export function exp(x: number, { n, t, c }: Temporaries): ScalarStep[] {
  const [first, ...rest] = EXP.polynomial;
  return [
    ...[setFloat(t, EXP.least), op('fmax', x, x, t)],
    ...[setFloat(c, EXP.perOctave), multiply(t, x, c), setFloat(c, 0.5), subtract(t, t, c), { op: 'f32_i32', d: n, a: t } as const],
    { op: 'i32_f32', d: t, a: n },
    ...[setFloat(c, EXP.octaveHigh), multiply(c, t, c), subtract(x, x, c), setFloat(c, EXP.octaveLow), multiply(c, t, c), subtract(x, x, c)],
    ...[increase(n, 127), { op: 'shli', d: n, a: n, imm: 23 } as const],
    setFloat(t, first),
    ...rest.flatMap((coefficient) => [multiply(t, t, x), setFloat(c, coefficient), add(t, t, c)]),
    ...[multiply(t, t, x), multiply(t, t, x), add(t, t, x), setFloat(c, 1), add(t, t, c), multiply(x, t, n)],
  ];
}

/** y = 1 / a; a stays. */
export function reciprocal(y: number, a: number, { t, c }: Omit<Temporaries, 'n'>): ScalarStep[] {
  const round = [multiply(t, a, y), subtract(t, c, t), multiply(y, y, t)];
  return [setTo(c, RECIPROCAL.guess), op('sub', y, c, a), setFloat(c, 2), ...Array.from({ length: RECIPROCAL.rounds }, () => round).flat()];
}

/** y = 1 / sqrt(a); a becomes a / 2. */
export function rsqrt(y: number, a: number, { t, c }: Omit<Temporaries, 'n'>): ScalarStep[] {
  const round = [multiply(t, y, y), multiply(t, a, t), subtract(t, c, t), multiply(y, y, t)];
  return [
    ...[{ op: 'shri', d: t, a, imm: 1 } as const, setTo(c, RSQRT.guess), op('sub', y, c, t), setFloat(c, 0.5), multiply(a, a, c), setFloat(c, 1.5)],
    ...Array.from({ length: RSQRT.rounds }, () => round).flat(),
  ];
}

/** s = 1 / (1 + exp(-g)), from z = exp(-|g|) as 1 / (1 + z) or z / (1 + z), chosen by the sign's mask; g stays. `x` is overwritten. */
export function sigmoid(s: number, g: number, x: number, { n, t, c }: Temporaries): ScalarStep[] {
  return [
    ...[setTo(c, 0x80000000 | 0), op('or', x, g, c), ...exp(x, { n, t, c })],
    ...[setFloat(c, 1), add(t, x, c), ...reciprocal(s, t, { t: n, c })],
    ...[{ op: 'shri', d: n, a: g, imm: 31 } as const, setTo(c, 0), op('sub', n, c, n)],
    ...[setFloat(c, 1), op('xor', t, c, x), op('and', t, t, n), op('xor', t, t, c), multiply(s, t, s)],
  ];
}

/** Registers of an activation: `value` is its argument and result. */
export interface ActivationRegisters extends Temporaries {
  readonly value: number;
  readonly s: number;
  readonly x: number;
  readonly g: number;
}

/** value = value * sigmoid(value). */
export const silu = (r: ActivationRegisters): ScalarStep[] => [...sigmoid(r.s, r.value, r.x, r), multiply(r.value, r.value, r.s)];

/** value = gelu(value). */
export function gelu(r: ActivationRegisters): ScalarStep[] {
  const { value, g, c } = r;
  return [
    ...[multiply(g, value, value), multiply(g, g, value), setFloat(c, GELU.cubic), multiply(g, g, c), add(g, value, g)],
    ...[setFloat(c, GELU.slope), multiply(g, g, c), ...sigmoid(r.s, g, r.x, r), multiply(value, value, r.s)],
  ];
}

/** value = max(value, 0). */
export const relu = ({ value, c }: ActivationRegisters): ScalarStep[] => [setTo(c, 0), op('fmax', value, value, c)];
