/**
 * What operations do to bits: the one definition of every op, used by all engines for single elements and scalar runs.
 * f32 rounds after each operation; conversions are IEEE. Models: ops.ts. Leaves out: exceptions and flags.
 */
import { f16ToF32 } from '../quant/f16.ts';
import type { VectorOp } from '../machine/ops.ts';
import type { ScalarStep } from '../machine/program.ts';

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
  const [d, imm] = [step.d ?? 0, step.imm ?? 0];
  const a = step.a === undefined ? 0 : c.get(step.a);
  const b = step.b === undefined ? 0 : c.get(step.b);
  switch (step.op) {
    case 'li':
      return c.set(d, imm | 0);
    case 'mov':
      return c.set(d, a);
    case 'addi':
      return c.set(d, (a + imm) | 0);
    case 'add':
      return c.set(d, (a + b) | 0);
    case 'and':
      return c.set(d, a & b);
    case 'andi':
      return c.set(d, a & imm);
    case 'or':
      return c.set(d, a | b);
    case 'shli':
      return c.set(d, a << imm);
    case 'shri':
      return c.set(d, (a >>> imm) | 0);
    case 'fneg':
      return c.set(d, a ^ 0x80000000);
    case 'fadd':
      return c.set(d, asWord(asFloat(a) + asFloat(b)) | 0);
    case 'fmul':
      return c.set(d, asWord(asFloat(a) * asFloat(b)) | 0);
    case 'f16_f32':
      return c.set(d, asWord(f16ToF32(a & 0xffff)) | 0);
    case 'i32_f32':
      return c.set(d, asWord(a | 0) | 0);
    case 'ld16':
      return c.set(d, c.load(a + imm, 2));
    case 'ld32':
      return c.set(d, c.load(a + imm, 4) | 0);
    case 'st32':
      return c.store(a + imm, b);
  }
}
