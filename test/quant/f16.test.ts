import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { f16ToF32, f16ToF32Reference, f32ToF16, f32ToF16Reference } from '../../src/quant/f16.ts';
import { goldenBytes, goldenF32, unequalBits } from './golden.ts';

const everyHalf = Array.from({ length: 65536 }, (_, bits) => bits);

describe('f16 to f32', () => {
  it.each([
    ['fast', f16ToF32],
    ['reference', f16ToF32Reference],
  ])('%s path equals ggml on all 65,536 bit patterns', (_, convert) => {
    expect(unequalBits(Float32Array.from(everyHalf, convert), goldenF32('f16_to_f32_all.bin'))).toEqual([]);
  });
});

describe('f32 to f16', () => {
  it.each([
    ['fast', f32ToF16],
    ['reference', f32ToF16Reference],
  ])('%s path equals ggml on 6,159 values with halfway points, subnormals, infinities and NaN', (_, convert) => {
    const expected = new Uint16Array(goldenBytes('f32_to_f16_out.bin').buffer);
    expect(expected.length).toBe(6159);
    expect(Uint16Array.from(goldenF32('f32_to_f16_in.bin'), convert)).toEqual(expected);
  });

  it('undoes f16 to f32 for all 63,490 finite and infinite bit patterns', () => {
    const numbers = everyHalf.filter((bits) => !Number.isNaN(f16ToF32(bits)));
    expect(numbers.length).toBe(63490);
    expect(numbers.filter((bits) => f32ToF16(f16ToF32(bits)) !== bits)).toEqual([]);
  });

  it('fast path equals the reference on 100,000 random f32 bit patterns', () => {
    const random = rng(16);
    const values = new Float32Array(Uint32Array.from({ length: 100_000 }, () => random.bits()).buffer);
    expect(values.findIndex((value) => f32ToF16(value) !== f32ToF16Reference(value))).toBe(-1);
  });

  it('rounds 65,519 to 65,504, 65,520 to infinity and 2^-25 to zero', () => {
    expect(f16ToF32(f32ToF16(65519))).toBe(65504);
    expect(f16ToF32(f32ToF16(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(f32ToF16(2 ** -25)).toBe(0);
    expect(f32ToF16(-(2 ** -25) * 1.001)).toBe(0x8001);
  });
});
