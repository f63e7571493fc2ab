/**
 * The f16 ops that row dots are made of, over straight lines of memory or a queue's packed words: element by element what
 * alu.ts defines. Places and steps are in elements of the views; sums are f32 registers.
 */
import { f16ToF32, f32ToF16 } from '../quant/f16.ts';

const at = (u16: Uint16Array, place: number): number => f16ToF32(u16[place]);

/** f16_mul: products rounded to f16. */
export function multiplyHalves(u16: Uint16Array, n: number, d: number, a: number, b: number, stepD: number, stepA: number, stepB: number): void {
  for (let k = 0, x = d, y = a, z = b; k < n; k++, x += stepD, y += stepA, z += stepB) u16[x] = f32ToF16(at(u16, y) * at(u16, z));
}

/** f16_mul of two elements with the two halves of a word, the low one first. */
export function multiplyPair(u16: Uint16Array, d: number, a: number, stepD: number, stepA: number, word: number): void {
  u16[d] = f32ToF16(at(u16, a) * f16ToF32(word & 0xffff));
  u16[d + stepD] = f32ToF16(at(u16, a + stepA) * f16ToF32(word >>> 16));
}

/** f16_sum_f32. */
export function sumHalves(u16: Uint16Array, registers: Float32Array, register: number, n: number, a: number, stepA: number): void {
  let acc = registers[register];
  for (let k = 0, y = a; k < n; k++, y += stepA) acc = Math.fround(acc + at(u16, y));
  registers[register] = acc;
}

/** f16_dot_f32: exact products, a rounding after every sum. */
export function dotHalves(u16: Uint16Array, registers: Float32Array, register: number, n: number, a: number, b: number, stepA: number, stepB: number): void {
  let acc = registers[register];
  for (let k = 0, y = a, z = b; k < n; k++, y += stepA, z += stepB) acc = Math.fround(acc + at(u16, y) * at(u16, z));
  registers[register] = acc;
}

/** f16_dot_f32 of two elements with the two halves of a word, the low one first. */
export function dotPair(u16: Uint16Array, registers: Float32Array, register: number, a: number, stepA: number, word: number): void {
  const low = Math.fround(registers[register] + at(u16, a) * f16ToF32(word & 0xffff));
  registers[register] = low + at(u16, a + stepA) * f16ToF32(word >>> 16);
}

/** f32_f16. */
export function narrowFloats(f32: Float32Array, u16: Uint16Array, n: number, d: number, a: number, stepD: number, stepA: number): void {
  for (let k = 0, x = d, y = a; k < n; k++, x += stepD, y += stepA) u16[x] = f32ToF16(f32[y]);
}
