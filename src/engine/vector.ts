/**
 * Memory-only vector ops over a range of elements, in tight loops: the wavelet engine runs a whole op at once because
 * nothing can disturb it. Element order and rounding are those of alu.ts, element by element; operands with an inner
 * dimension are cut into one-dimensional pieces.
 */
import { VECTOR_OP_NAMES } from '../machine/ops.ts';
import { carryOut, element } from './alu.ts';
import { AT, type CompiledInstruction, type CompiledOperand } from './compile.ts';
import { dotHalves, multiplyHalves, narrowFloats, sumHalves } from './half-lines.ts';
import type { Views } from './memory-views.ts';

/** Byte offset of element i from the operand's address + base. */
export function offsetOf(o: CompiledOperand, i: number): number {
  if (o.inner === 0) return i * o.step;
  const row = Math.floor(i / o.inner);
  return (i - row * o.inner) * o.step + row * o.outerStep;
}

const OP = Object.fromEntries(VECTOR_OP_NAMES.map((name, i) => [name, i])) as Record<string, number>;
const F32_MAC = OP.f32_mac;
const F32_MUL = OP.f32_mul;
const F32_ADD = OP.f32_add;
const MOV32 = OP.mov32;
const F32_SUM = OP.f32_sum;
const F32_DOT = OP.f32_dot;
const I16_F32 = OP.i16_f32;
const F32_SCALE = OP.f32_scale;
const F32_F16 = OP.f32_f16;
const F16_MUL = OP.f16_mul;
const F16_SUM_F32 = OP.f16_sum_f32;
const F16_DOT_F32 = OP.f16_dot_f32;
const AND16 = OP.and16;
const SHR16 = OP.shr16;
const ADDC16 = OP.addc16;
const scalarBits = new Int32Array(1);
const scalarFloat = new Float32Array(scalarBits.buffer);

/**
 * Elements [from, to) of an op whose operands lie at these byte addresses in the views; `register` is the index of the
 * destination register in the register file for reductions. Returns the scalar for the elements after them (a carry changes).
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
): number {
  if (ins.straight) return executeLine(ins, v, to - from, d + from * ins.d.step, a + from * ins.a.step, b + from * ins.b.step, scalar, register);
  if (ins.op === F32_MAC) {
    if (ins.inPairs && ((from | to) & 1) === 0) macPairs(ins, v.f32, from, to, d, a, b, scalar);
    else macRows(ins, v.f32, from, to, d, a, b, scalar);
    return scalar;
  }
  if (ins.op === I16_F32 && ins.a.inner === 0 && from === 0 && to === ins.length) {
    convertRows(ins, v, d, a);
    return scalar;
  }
  let s = scalar;
  for (let i = from; i < to; ) {
    const n = Math.min(to - i, rest(ins.d, i), rest(ins.a, i), rest(ins.b, i));
    s = executeLine(ins, v, n, d + offsetOf(ins.d, i), a + offsetOf(ins.a, i), b + offsetOf(ins.b, i), s, register);
    i += n;
  }
  return s;
}

/** Elements from i on that lie on one straight line in the operand. */
const rest = (o: CompiledOperand, i: number): number => (o.inner > 0 ? o.inner - (i % o.inner) : Number.MAX_SAFE_INTEGER);

function floatOf(word: number): number {
  scalarBits[0] = word;
  return scalarFloat[0];
}

/** The f32 multiply-add over operands of which some have rows: each pointer steps along its row and turns at its end. */
function macRows(ins: CompiledInstruction, f32: Float32Array, from: number, to: number, d: number, a: number, b: number, scalar: number): void {
  const s = floatOf(scalar);
  const [turnD, turnA, turnB] = [turnOf(ins.d), turnOf(ins.a), turnOf(ins.b)];
  const [stepD, stepA, stepB] = [ins.d.step >> 2, ins.a.step >> 2, ins.b.step >> 2];
  const [innerD, innerA, innerB] = [ins.d.inner, ins.a.inner, ins.b.inner];
  let x = (d + offsetOf(ins.d, from)) >> 2;
  let y = (a + offsetOf(ins.a, from)) >> 2;
  let z = (b + offsetOf(ins.b, from)) >> 2;
  let leftD = innerD - (innerD > 0 ? from % innerD : 0);
  let leftA = innerA - (innerA > 0 ? from % innerA : 0);
  let leftB = innerB - (innerB > 0 ? from % innerB : 0);
  for (let i = from; i < to; i++) {
    f32[x] = f32[y] + Math.fround(f32[z] * s);
    x += stepD;
    y += stepA;
    z += stepB;
    if (--leftD === 0) {
      x += turnD;
      leftD = innerD;
    }
    if (--leftA === 0) {
      y += turnA;
      leftA = innerA;
    }
    if (--leftB === 0) {
      z += turnB;
      leftB = innerB;
    }
  }
}

/** The same where d and b are lines, and a is two words over and over. */
function macPairs(ins: CompiledInstruction, f32: Float32Array, from: number, to: number, d: number, a: number, b: number, scalar: number): void {
  const s = floatOf(scalar);
  const stepD = ins.d.step >> 2;
  const stepB = ins.b.step >> 2;
  const first = a >> 2;
  const second = first + (ins.a.step >> 2);
  for (let i = from, x = (d >> 2) + from * stepD, z = (b >> 2) + from * stepB; i < to; i += 2, x += 2 * stepD, z += 2 * stepB) {
    f32[x] = f32[first] + Math.fround(f32[z] * s);
    f32[x + stepD] = f32[second] + Math.fround(f32[z + stepB] * s);
  }
}

/** i16_f32 from a line to rows. */
function convertRows(ins: CompiledInstruction, { f32, u16 }: Views, d: number, a: number): void {
  const { inner, step, outerStep } = ins.d;
  const stepA = ins.a.step >> 1;
  for (let i = 0, row = d >> 2, y = a >> 1; i < ins.length; row += outerStep >> 2) {
    const end = Math.min(i + inner, ins.length);
    for (let x = row; i < end; i++, x += step >> 2, y += stepA) f32[x] = (u16[y] << 16) >> 16;
  }
}

/** From where a row's last step leads to the begin of the next row, in words. */
const turnOf = (o: CompiledOperand): number => (o.outerStep - o.inner * o.step) >> 2;

/** n elements on straight lines from byte addresses d, a, b. */
function executeLine(ins: CompiledInstruction, v: Views, n: number, d: number, a: number, b: number, scalar: number, register: number): number {
  const { f32, i32, u16 } = v;
  const [stepD, stepA, stepB] = [ins.d.step, ins.a.step, ins.b.step];
  switch (ins.op) {
    case F32_MAC:
      mac(f32, n, d >> 2, a >> 2, b >> 2, stepD >> 2, stepA >> 2, stepB >> 2, scalar);
      return scalar;
    case F32_MUL:
      for (let k = 0, x = d >> 2, y = a >> 2, z = b >> 2; k < n; k++, x += stepD >> 2, y += stepA >> 2, z += stepB >> 2) f32[x] = f32[y] * f32[z];
      return scalar;
    case F32_ADD:
      for (let k = 0, x = d >> 2, y = a >> 2, z = b >> 2; k < n; k++, x += stepD >> 2, y += stepA >> 2, z += stepB >> 2) f32[x] = f32[y] + f32[z];
      return scalar;
    case MOV32:
      for (let k = 0, x = d >> 2, y = a >> 2; k < n; k++, x += stepD >> 2, y += stepA >> 2) i32[x] = i32[y];
      return scalar;
    case F32_SUM:
      sum(f32, v.floatRegisters, register, n, a >> 2, stepA >> 2);
      return scalar;
    case F32_DOT:
      dot(f32, v.floatRegisters, register, n, a >> 2, stepA >> 2, b >> 2, stepB >> 2);
      return scalar;
    case I16_F32:
      convert(f32, u16, n, d >> 2, a >> 1, stepD >> 2, stepA >> 1);
      return scalar;
    case AND16:
      for (let k = 0, x = d >> 1, y = a >> 1; k < n; k++, x += stepD >> 1, y += stepA >> 1) u16[x] = u16[y] & scalar;
      return scalar;
    case SHR16:
      for (let k = 0, x = d >> 1, y = a >> 1; k < n; k++, x += stepD >> 1, y += stepA >> 1) u16[x] = u16[y] >>> (scalar & 15);
      return scalar;
    case F32_SCALE:
      scale(f32, n, d >> 2, a >> 2, stepD >> 2, stepA >> 2, scalar);
      return scalar;
    case F32_F16:
      narrowFloats(f32, u16, n, d >> 1, a >> 2, stepD >> 1, stepA >> 2);
      return scalar;
    case F16_MUL:
      multiplyHalves(u16, n, d >> 1, a >> 1, b >> 1, stepD >> 1, stepA >> 1, stepB >> 1);
      return scalar;
    case F16_SUM_F32:
      sumHalves(u16, v.floatRegisters, register, n, a >> 1, stepA >> 1);
      return scalar;
    case F16_DOT_F32:
      dotHalves(u16, v.floatRegisters, register, n, a >> 1, b >> 1, stepA >> 1, stepB >> 1);
      return scalar;
    default:
      return anyLine(ins, v, n, d, a, b, scalar, register);
  }
}

// Floats go from function to function as words or in arrays: as arguments and results they would be numbers on the heap.

function mac(f32: Float32Array, n: number, d: number, a: number, b: number, stepD: number, stepA: number, stepB: number, scalar: number): void {
  const s = floatOf(scalar);
  for (let k = 0, x = d, y = a, z = b; k < n; k++, x += stepD, y += stepA, z += stepB) f32[x] = f32[y] + Math.fround(f32[z] * s);
}

function scale(f32: Float32Array, n: number, d: number, a: number, stepD: number, stepA: number, scalar: number): void {
  const s = floatOf(scalar);
  for (let k = 0, x = d, y = a; k < n; k++, x += stepD, y += stepA) f32[x] = f32[y] * s;
}

function convert(f32: Float32Array, u16: Uint16Array, n: number, d: number, a: number, stepD: number, stepA: number): void {
  for (let k = 0, x = d, y = a; k < n; k++, x += stepD, y += stepA) f32[x] = (u16[y] << 16) >> 16;
}

export function sum(f32: Float32Array, registers: Float32Array, register: number, n: number, at: number, step: number): void {
  let acc = registers[register];
  for (let k = 0, y = at; k < n; k++, y += step) acc = Math.fround(acc + f32[y]);
  registers[register] = acc;
}

/** The sums of four lines of n elements, line i from f32 at[i] on: each in the order of its elements and added to register `register[i]` of the file. */
export function sumFour(f32: Float32Array, registers: Float32Array, register: Int32Array, at: Int32Array, n: number, step: number): void {
  const a = at[0];
  const b = at[1];
  const c = at[2];
  const d = at[3];
  let p = registers[register[0]];
  let q = registers[register[1]];
  let r = registers[register[2]];
  let s = registers[register[3]];
  for (let k = 0, y = 0; k < n; k++, y += step) {
    p = Math.fround(p + f32[a + y]);
    q = Math.fround(q + f32[b + y]);
    r = Math.fround(r + f32[c + y]);
    s = Math.fround(s + f32[d + y]);
  }
  registers[register[0]] = p;
  registers[register[1]] = q;
  registers[register[2]] = r;
  registers[register[3]] = s;
}

function dot(f32: Float32Array, registers: Float32Array, register: number, n: number, a: number, stepA: number, b: number, stepB: number): void {
  let acc = registers[register];
  for (let k = 0, y = a, z = b; k < n; k++, y += stepA, z += stepB) acc = Math.fround(acc + Math.fround(f32[y] * f32[z]));
  registers[register] = acc;
}

/** Every other op, by the one definition in alu.ts. */
function anyLine(ins: CompiledInstruction, v: Views, n: number, d: number, a: number, b: number, first: number, register: number): number {
  const name = VECTOR_OP_NAMES[ins.op];
  let scalar = first;
  const load = (o: CompiledOperand, at: number): number => (o.width === 2 ? v.u16[at >> 1] : v.i32[at >> 2]);
  for (let k = 0; k < n; k++) {
    const x = load(ins.a, a + k * ins.a.step);
    const y = ins.b.at === AT.MEMORY ? load(ins.b, b + k * ins.b.step) : 0;
    if (ins.d.at === AT.REGISTER) v.registers[register] = element(name, x, y, scalar, v.registers[register]);
    else if (ins.d.width === 2) v.u16[(d + k * ins.d.step) >> 1] = element(name, x, y, scalar, 0);
    else v.i32[(d + k * ins.d.step) >> 2] = element(name, x, y, scalar, 0);
    if (ins.op === ADDC16) scalar = carryOut(name, x, y, scalar);
  }
  return scalar;
}
