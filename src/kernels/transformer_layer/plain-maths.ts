/**
 * The functions of maths.ts as plain scalar arithmetic, for the plain loop: same constants, same order, every operation
 * rounded to f32. It shares no code with the steps that PEs run.
 */
import { EXP, GELU, RECIPROCAL, RSQRT } from './maths.ts';

const f = Math.fround;
const word = new Int32Array(1);
const value = new Float32Array(word.buffer);

function bitsOf(x: number): number {
  value[0] = x;
  return word[0];
}

function withBits(bits: number): number {
  word[0] = bits;
  return value[0];
}

export function plainExp(argument: number): number {
  const x = Math.max(argument, EXP.least);
  const n = Math.trunc(f(f(x * f(EXP.perOctave)) - 0.5));
  const r = f(f(x - f(n * f(EXP.octaveHigh))) - f(n * f(EXP.octaveLow)));
  const p = EXP.polynomial.slice(1).reduce((sum, coefficient) => f(f(sum * r) + f(coefficient)), f(EXP.polynomial[0]));
  const e = f(f(f(f(p * r) * r) + r) + 1);
  return f(e * 2 ** n);
}

export function plainReciprocal(a: number): number {
  let y = withBits(RECIPROCAL.guess - bitsOf(a));
  for (let i = 0; i < RECIPROCAL.rounds; i++) y = f(y * f(2 - f(a * y)));
  return y;
}

export function plainRsqrt(a: number): number {
  let y = withBits(RSQRT.guess - (bitsOf(a) >>> 1));
  const half = f(a * 0.5);
  for (let i = 0; i < RSQRT.rounds; i++) y = f(y * f(1.5 - f(half * f(y * y))));
  return y;
}

export function plainSigmoid(g: number): number {
  const z = plainExp(-Math.abs(g));
  const y = plainReciprocal(f(z + 1));
  return g < 0 || Object.is(g, -0) ? f(z * y) : y;
}

export const plainSilu = (x: number): number => f(x * plainSigmoid(x));

export function plainGelu(x: number): number {
  const cubic = f(f(f(x * x) * x) * f(GELU.cubic));
  return f(x * plainSigmoid(f(f(x + cubic) * f(GELU.slope))));
}

export const plainRelu = (x: number): number => (x >= 0 || Number.isNaN(x) ? x : 0);
