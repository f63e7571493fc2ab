/**
 * What operations do to bits: the one definition of every op, used by all engines for single elements and scalar runs.
 * f32 rounds after each operation; conversions are IEEE. Models: ops.ts. Leaves out: exceptions and flags.
 */

import type { ScalarOp, VectorOp } from '../machine/ops.ts';
import type { ScalarStep } from '../machine/program.ts';
import { f16ToF32, f32ToF16 } from '../quant/f16.ts';

const f32 = new Float32Array(1);
const i32 = new Int32Array(f32.buffer);

/** The f32 whose bits are `word`. */
export function asFloat(word: number): number {
  i32[0] = word;
  return f32[0];
}

/** The bits of `value` rounded to f32, signed: what is above 2^31 would be a number on the heap. */
export function asWord(value: number): number {
  f32[0] = value;
  return i32[0];
}

/**
 * One element of a vector op on raw words (16-bit elements in the low half). `acc` is the destination register's word for
 * reductions. Returns the destination's word, signed or not.
 */
export function element(op: VectorOp, a: number, b: number, scalar: number, acc: number): number {
  switch (op) {
    case 'and16':
      return a & scalar & 0xffff;
    case 'shr16':
      return a >>> (scalar & 15);
    case 'add16':
      return (a + b) & 0xffff;
    case 'mov16':
    case 'mov32':
      return a;
    case 'i16_f32':
      return asWord((a << 16) >> 16);
    case 'f32_add':
      return asWord(asFloat(a) + asFloat(b));
    case 'f32_mul':
      return asWord(asFloat(a) * asFloat(b));
    case 'f32_scale':
      return asWord(asFloat(a) * asFloat(scalar));
    case 'f32_mac':
      return asWord(asFloat(a) + Math.fround(asFloat(b) * asFloat(scalar)));
    case 'f32_sum':
      return asWord(asFloat(acc) + asFloat(a));
    case 'f32_dot':
      return asWord(asFloat(acc) + Math.fround(asFloat(a) * asFloat(b)));
    case 'f32_sub':
      return asWord(asFloat(a) - asFloat(b));
    case 'f32_neg':
      return a ^ SIGN;
    case 'f32_abs':
      return a & ~SIGN;
    case 'f32_max':
      return larger(asFloat(a), asFloat(b)) ? a : b;
    case 'f32_f16':
      return f32ToF16(asFloat(a));
    case 'f32_i16':
      return nearestI16(asFloat(a));
    default:
      return op.startsWith('f16') ? halfElement(op as HalfOp, a, b, scalar, acc) : integerElement(op as IntegerOp, a, b, scalar);
  }
}

const SIGN = 0x80000000;

type IntegerOp = 'sub16' | 'or16' | 'xor16' | 'shl16' | 'asr16' | 'addc16' | 'i16_f16';

function integerElement(op: IntegerOp, a: number, b: number, scalar: number): number {
  switch (op) {
    case 'sub16':
      return (a - b) & 0xffff;
    case 'or16':
      return a | b;
    case 'xor16':
      return a ^ b;
    case 'shl16':
      return (a << (scalar & 15)) & 0xffff;
    case 'asr16':
      return (((a << 16) >> 16) >> (scalar & 15)) & 0xffff;
    case 'addc16':
      return (a + b + (scalar & 1)) & 0xffff;
    case 'i16_f16':
      return f32ToF16((a << 16) >> 16);
  }
}

type HalfOp = Extract<VectorOp, `f16_${string}`>;

/**
 * The f16 ops. Sums and products of two f16 may be rounded to f32 first: 24 bits are at least 2 * 11 + 2, so the second
 * rounding never differs from rounding once (Figueroa 1995).
 */
function halfElement(op: HalfOp, a: number, b: number, scalar: number, acc: number): number {
  const [x, y] = [f16ToF32(a & 0xffff), f16ToF32(b & 0xffff)];
  const s = f16ToF32(scalar & 0xffff);
  switch (op) {
    case 'f16_add':
      return f32ToF16(x + y);
    case 'f16_sub':
      return f32ToF16(x - y);
    case 'f16_mul':
      return f32ToF16(x * y);
    case 'f16_scale':
      return f32ToF16(x * s);
    case 'f16_mac':
      return f32ToF16(x + f16ToF32(f32ToF16(y * s)));
    case 'f16_neg':
      return a ^ 0x8000;
    case 'f16_abs':
      return a & 0x7fff;
    case 'f16_max':
      return larger(x, y) ? a : b;
    case 'f16_sum':
      return f32ToF16(f16ToF32(acc & 0xffff) + x);
    case 'f16_mac_f32':
      return asWord(asFloat(a) + y * s);
    case 'f16_add_f32':
      return asWord(asFloat(a) + y);
    case 'f16_sum_f32':
      return asWord(asFloat(acc) + x);
    case 'f16_dot_f32':
      return asWord(asFloat(acc) + x * y);
    case 'f16_f32':
      return asWord(x);
    case 'f16_i16':
      return nearestI16(x);
  }
}

/** Whether max takes x: it is larger, or y is no number; of two zeros the first. */
const larger = (x: number, y: number): boolean => x >= y || Number.isNaN(y);

/** The i16 nearest to a value as 16 bits: ties to even, saturating, 0 for no number. */
function nearestI16(value: number): number {
  if (Number.isNaN(value)) return 0;
  const clamped = Math.max(-32768, Math.min(32767, value));
  const down = Math.floor(clamped);
  const over = clamped - down;
  const up = over > 0.5 || (over === 0.5 && (down & 1) === 1);
  return (down + (up ? 1 : 0)) & 0xffff;
}

/** The scalar for the next element of an op: the carry of addc16; every other op keeps its scalar. */
export function carryOut(op: VectorOp, a: number, b: number, scalar: number): number {
  return op === 'addc16' ? (a + b + (scalar & 1)) >>> 16 : scalar;
}

/** What scalar steps touch: a register file and byte-addressed memory of one PE. */
export interface ScalarContext {
  get(register: number): number;
  set(register: number, word: number): void;
  load(address: number, width: 2 | 4): number;
  store(address: number, word: number, width: 2 | 4): void;
  /** Low 32 bits of the time-stamp counter at the moment the code runs. */
  timestamp(): number;
}

/** Runs one scalar step. Words are handled as signed 32-bit integers. */
export function scalarStep(step: ScalarStep, c: ScalarContext): void {
  const imm = step.imm ?? 0;
  const a = step.a === undefined ? 0 : c.get(step.a);
  const b = step.b === undefined ? 0 : c.get(step.b);
  if (step.op === 'st32') c.store(a + imm, b, 4);
  else if (step.op === 'st16') c.store(a + imm, b & 0xffff, 2);
  else if (step.op === 'tsc') c.set(step.d ?? 0, c.timestamp() | 0);
  else if (step.op === 'ld16') c.set(step.d ?? 0, c.load(a + imm, 2));
  else if (step.op === 'ld32') c.set(step.d ?? 0, c.load(a + imm, 4) | 0);
  else c.set(step.d ?? 0, scalarResult(step.op, a, b, imm));
}

/** The word a register-only scalar op produces. */
function scalarResult(op: Exclude<ScalarOp, 'st16' | 'st32' | 'ld16' | 'ld32' | 'tsc'>, a: number, b: number, imm: number): number {
  switch (op) {
    case 'li':
      return imm | 0;
    case 'mov':
      return a;
    case 'addi':
      return (a + imm) | 0;
    case 'add':
      return (a + b) | 0;
    case 'and':
      return a & b;
    case 'andi':
      return a & imm;
    case 'or':
      return a | b;
    case 'shli':
      return a << imm;
    case 'shri':
      return (a >>> imm) | 0;
    case 'fneg':
      return a ^ 0x80000000;
    case 'fadd':
      return asWord(asFloat(a) + asFloat(b));
    case 'fmul':
      return asWord(asFloat(a) * asFloat(b));
    case 'f16_f32':
      return asWord(f16ToF32(a & 0xffff));
    case 'i32_f32':
      return asWord(a | 0);
    case 'sub':
      return (a - b) | 0;
    case 'xor':
      return a ^ b;
    case 'mul':
      return Math.imul(a, b);
    case 'lt':
      return (a | 0) < (b | 0) ? 1 : 0;
    case 'flt':
      return asFloat(a) < asFloat(b) ? 1 : 0;
    case 'fsub':
      return asWord(asFloat(a) - asFloat(b));
    case 'fmax':
      return larger(asFloat(a), asFloat(b)) ? a : b;
    case 'fdiv':
      return asWord(asFloat(a) / asFloat(b));
    case 'f32_f16':
      return f32ToF16(asFloat(a));
    case 'f32_i32':
      return truncated(asFloat(a));
  }
}

/** The i32 of a value cut towards zero, saturating; 0 for no number. */
function truncated(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value))) | 0;
}
