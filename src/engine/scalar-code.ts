/**
 * Scalar runs as flat integers and one loop over them: the wavelet engine's way to run what alu.ts defines step by step. The
 * frequent ops are here; every other goes through alu.ts.
 */
import { SCALAR_OPS, type ScalarOp } from '../machine/ops.ts';
import type { ScalarStep } from '../machine/program.ts';
import { f16ToF32 } from '../quant/f16.ts';
import { type ScalarContext, scalarStep } from './alu.ts';
import type { Views } from './memory-views.ts';

const NAMES = Object.keys(SCALAR_OPS) as ScalarOp[];
const OP = Object.fromEntries(NAMES.map((name, i) => [name, i])) as Readonly<Record<ScalarOp, number>>;
const { li: LI, mov: MOV, addi: ADDI, add: ADD, and: AND, andi: ANDI, or: OR, shli: SHLI, shri: SHRI, fneg: FNEG } = OP;
const { fadd: FADD, fmul: FMUL, f16_f32: F16_F32, i32_f32: I32_F32, ld16: LD16, ld32: LD32, st32: ST32 } = OP;
const FIELDS = 5;

/** Steps as (op, d, a, b, imm) each; -1 for a register that is not given. */
export function compileScalars(steps: readonly ScalarStep[]): Int32Array {
  return Int32Array.from(steps.flatMap(({ op, d, a, b, imm }) => [OP[op], d ?? -1, a ?? -1, b ?? -1, imm ?? 0]));
}

/** Where a PE's scalar code runs: its registers from `at` on, its memory from `memory` on, of which [from, to) may be touched. */
export interface ScalarPlace {
  readonly views: Views;
  at: number;
  memory: number;
  from: number;
  to: number;
}

/** Runs compiled steps; `steps` and `context` are the same run for alu.ts, which also words the faults. */
export function runScalarCode(code: Int32Array, steps: readonly ScalarStep[], place: ScalarPlace, context: ScalarContext): void {
  const { at, memory, from, to } = place;
  const { registers: r, floatRegisters: f, u16, i32 } = place.views;
  for (let i = 0, k = 0; i < code.length; i += FIELDS, k++) {
    const d = at + code[i + 1];
    const a = at + code[i + 2];
    const imm = code[i + 4];
    const op = code[i];
    if (op === LI) r[d] = imm;
    else if (op === MOV) r[d] = r[a];
    else if (op === ADDI) r[d] = r[a] + imm;
    else if (op === ANDI) r[d] = r[a] & imm;
    else if (op === SHRI) r[d] = r[a] >>> imm;
    else if (op === SHLI) r[d] = r[a] << imm;
    else if (op === OR) r[d] = r[a] | r[at + code[i + 3]];
    else if (op === AND) r[d] = r[a] & r[at + code[i + 3]];
    else if (op === ADD) r[d] = r[a] + r[at + code[i + 3]];
    else if (op === LD32 || op === ST32) {
      const address = (code[i + 2] < 0 ? 0 : r[a]) + imm;
      if (address < from || address + 4 > to || (address & 3) !== 0) scalarStep(steps[k], context);
      else if (op === LD32) r[d] = i32[(memory + address) >> 2];
      else i32[(memory + address) >> 2] = r[at + code[i + 3]];
    } else if (op === LD16) {
      const address = (code[i + 2] < 0 ? 0 : r[a]) + imm;
      if (address < from || address + 2 > to || (address & 1) !== 0) scalarStep(steps[k], context);
      else r[d] = u16[(memory + address) >> 1];
    } else if (op === F16_F32) f[d] = f16ToF32(r[a] & 0xffff);
    else if (op === FNEG) r[d] = r[a] ^ 0x80000000;
    else if (op === I32_F32) f[d] = r[a];
    else if (op === FADD) f[d] = f[a] + f[at + code[i + 3]];
    else if (op === FMUL) f[d] = f[a] * f[at + code[i + 3]];
    else scalarStep(steps[k], context);
  }
}
