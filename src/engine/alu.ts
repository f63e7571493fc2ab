/**
 * What operations do to bits: the one definition of every op, used by all engines for single elements and scalar runs.
 * f32 rounds after each operation; conversions are IEEE. Models: ops.ts. Leaves out: exceptions and flags.
 */

import type { ScalarOp, VectorOp } from '../machine/ops.ts';
import type { ScalarStep } from '../machine/program.ts';
import { f16ToF32 } from '../quant/f16.ts';

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The f32 whose bits are `word`. */
export function asFloat(word: number): number {
  u32[0] = word;
  return f32[0];
}

/** The bits of `value` rounded to f32. */
export function asWord(value: number): number {
  f32[0] = value;
  return u32[0];
}

/**
 * One element of a vector op on raw words (16-bit elements in the low half). `acc` is the destination register's word for
 * reductions. Returns the destination's word.
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
  }
}

/** What scalar steps touch: a register file and byte-addressed memory of one PE. */
export interface ScalarContext {
  get(register: number): number;
  set(register: number, word: number): void;
  load(address: number, width: 2 | 4): number;
  store(address: number, word: number): void;
}

/** Runs one scalar step. Words are handled as signed 32-bit integers. */
export function scalarStep(step: ScalarStep, c: ScalarContext): void {
  const imm = step.imm ?? 0;
  const a = step.a === undefined ? 0 : c.get(step.a);
  const b = step.b === undefined ? 0 : c.get(step.b);
  if (step.op === 'st32') c.store(a + imm, b);
  else if (step.op === 'ld16') c.set(step.d ?? 0, c.load(a + imm, 2));
  else if (step.op === 'ld32') c.set(step.d ?? 0, c.load(a + imm, 4) | 0);
  else c.set(step.d ?? 0, scalarResult(step.op, a, b, imm));
}

/** The word a register-only scalar op produces. */
function scalarResult(op: Exclude<ScalarOp, 'st32' | 'ld16' | 'ld32'>, a: number, b: number, imm: number): number {
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
      return asWord(asFloat(a) + asFloat(b)) | 0;
    case 'fmul':
      return asWord(asFloat(a) * asFloat(b)) | 0;
    case 'f16_f32':
      return asWord(f16ToF32(a & 0xffff)) | 0;
    case 'i32_f32':
      return asWord(a | 0) | 0;
  }
}
