/**
 * Memory-only vector ops over a range of elements, in tight loops: the wavelet engine runs a whole op at once because
 * nothing can disturb it. Element order and rounding are those of alu.ts, element by element; operands with an inner
 * dimension are cut into one-dimensional pieces.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { element } from './alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';

/** The memory of all PEs as views of one buffer, and the register file. */
export interface Views {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u16: Uint16Array;
  readonly registers: Int32Array;
  readonly floatRegisters: Float32Array;
}

/** Byte offset of element i from the operand's address + base. */
export function offsetOf(o: CompiledOperand, i: number): number {
  if (o.inner === 0) return i * o.step;
  const row = Math.floor(i / o.inner);
  return (i - row * o.inner) * o.step + row * o.outerStep;
}

/** Elements from i on that lie on one straight line in the operand. */
function straight(o: CompiledOperand, i: number): number {
  return o.at === AT.MEMORY && o.inner > 0 ? o.inner - (i % o.inner) : Number.MAX_SAFE_INTEGER;
}

const OP = Object.fromEntries(VECTOR_OP_NAMES.map((name, i) => [name, i])) as Record<string, number>;
const F32_MAC = OP.f32_mac;
const F32_MUL = OP.f32_mul;
const F32_SUM = OP.f32_sum;
const F32_DOT = OP.f32_dot;
const I16_F32 = OP.i16_f32;
const AND16 = OP.and16;
const SHR16 = OP.shr16;
const scalarBits = new Int32Array(1);
const scalarFloat = new Float32Array(scalarBits.buffer);

/**
 * Elements [from, to) of an op whose operands lie at these byte addresses in the views; `register` is the index of the
 * destination register in the register file for reductions.
 */
export function executeRange(
  ins: CompiledInstruction,
  v: Views,
  from: number,
  to: number,
  d: number,
  a: number,
  b: number,
  scalar: number,
  register: number,
): void {
  for (let i = from; i < to; ) {
    const n = Math.min(to - i, straight(ins.d, i), straight(ins.a, i), straight(ins.b, i));
    executeLine(ins, v, n, d + offsetOf(ins.d, i), a + offsetOf(ins.a, i), b + offsetOf(ins.b, i), scalar, register);
    i += n;
  }
}

/** n elements on straight lines from byte addresses d, a, b. */
function executeLine(ins: CompiledInstruction, v: Views, n: number, d: number, a: number, b: number, scalar: number, register: number): void {
  const { f32, u16 } = v;
  scalarBits[0] = scalar;
  const s = scalarFloat[0];
  switch (ins.op) {
    case F32_MAC:
      for (let k = 0, x = d >> 2, y = a >> 2, z = b >> 2; k < n; k++, x += ins.d.step >> 2, y += ins.a.step >> 2, z += ins.b.step >> 2) {
        f32[x] = f32[y] + Math.fround(f32[z] * s);
      }
      return;
    case F32_MUL:
      for (let k = 0, x = d >> 2, y = a >> 2, z = b >> 2; k < n; k++, x += ins.d.step >> 2, y += ins.a.step >> 2, z += ins.b.step >> 2)
        f32[x] = f32[y] * f32[z];
      return;
    case F32_SUM:
      v.floatRegisters[register] = sum(f32, v.floatRegisters[register], n, a >> 2, ins.a.step >> 2);
      return;
    case F32_DOT:
      v.floatRegisters[register] = dot(f32, v.floatRegisters[register], n, a >> 2, ins.a.step >> 2, b >> 2, ins.b.step >> 2);
      return;
    case I16_F32:
      for (let k = 0, x = d >> 2, y = a >> 1; k < n; k++, x += ins.d.step >> 2, y += ins.a.step >> 1) f32[x] = (u16[y] << 16) >> 16;
      return;
    case AND16:
      for (let k = 0, x = d >> 1, y = a >> 1; k < n; k++, x += ins.d.step >> 1, y += ins.a.step >> 1) u16[x] = u16[y] & scalar;
      return;
    case SHR16:
      for (let k = 0, x = d >> 1, y = a >> 1; k < n; k++, x += ins.d.step >> 1, y += ins.a.step >> 1) u16[x] = u16[y] >>> (scalar & 15);
      return;
    default:
      anyLine(ins, v, n, d, a, b, scalar, register);
  }
}

function sum(f32: Float32Array, start: number, n: number, at: number, step: number): number {
  let acc = start;
  for (let k = 0, y = at; k < n; k++, y += step) acc = Math.fround(acc + f32[y]);
  return acc;
}

function dot(f32: Float32Array, start: number, n: number, a: number, stepA: number, b: number, stepB: number): number {
  let acc = start;
  for (let k = 0, y = a, z = b; k < n; k++, y += stepA, z += stepB) acc = Math.fround(acc + Math.fround(f32[y] * f32[z]));
  return acc;
}

/** Every other op, by the one definition in alu.ts. */
function anyLine(ins: CompiledInstruction, v: Views, n: number, d: number, a: number, b: number, scalar: number, register: number): void {
  const name = VECTOR_OP_NAMES[ins.op];
  const load = (o: CompiledOperand, at: number): number => (o.width === 2 ? v.u16[at >> 1] : v.i32[at >> 2]);
  for (let k = 0; k < n; k++) {
    const x = load(ins.a, a + k * ins.a.step);
    const y = ins.b.at === AT.MEMORY ? load(ins.b, b + k * ins.b.step) : 0;
    if (ins.d.at === AT.REGISTER) v.registers[register] = element(name, x, y, scalar, v.registers[register]);
    else if (ins.d.width === 2) v.u16[(d + k * ins.d.step) >> 1] = element(name, x, y, scalar, 0);
    else v.i32[(d + k * ins.d.step) >> 2] = element(name, x, y, scalar, 0);
  }
}
