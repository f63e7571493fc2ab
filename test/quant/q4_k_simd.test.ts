import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/base/rng.ts';
import { dequantiseQ4K, dequantiseQ4KReference, Q4_K_BYTES } from '../../src/quant/q4_k.ts';
import { dequantiseQ4KFast, dotRowsQ4K, dotRowsQ4KPlain } from '../../src/quant/q4_k_simd.ts';
import { q4kModule } from '../../src/quant/simd/q4_k_code.ts';
import { goldenBytes, goldenF32, unequalBits } from './golden.ts';

/** Random blocks: every byte, scales infinite or NaN among them if `wild`. */
function blocksOf(count: number, seed: number, wild: boolean): Uint8Array {
  const random = rng(seed);
  const bytes = Uint8Array.from({ length: count * Q4_K_BYTES }, () => random.below(256));
  for (let at = 1; !wild && at < bytes.length; at += Q4_K_BYTES) {
    if ((bytes[at] & 0x7c) === 0x7c) bytes[at] ^= 0x40;
    if ((bytes[at + 2] & 0x7c) === 0x7c) bytes[at + 2] ^= 0x40;
  }
  return bytes;
}

describe('Q4_K by SIMD', () => {
  it('is a valid module', () => {
    expect(WebAssembly.validate(q4kModule())).toBe(true);
  });

  it('equals ggml bit for bit on 534 golden blocks, subnormal scales among them', () => {
    const out = new Float32Array(534 * 256);
    dequantiseQ4KFast(goldenBytes('deq_q4k_blocks.bin'), out);
    expect(unequalBits(out, goldenF32('deq_q4k_f32.bin').slice(0, out.length))).toEqual([]);
  });

  it('dequantises random blocks as the plain path and the reference do, bit by bit, at any address (100 cases)', () => {
    const cases = fc.tuple(fc.integer({ min: 16, max: 70 }), fc.nat(), fc.boolean(), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(cases, ([count, seed, wild, offset]) => {
        const bytes = new Uint8Array(count * Q4_K_BYTES + offset).subarray(offset);
        bytes.set(blocksOf(count, seed, wild));
        const [fast, plain, reference] = [0, 0, 0].map(() => new Float32Array(count * 256));
        dequantiseQ4KFast(bytes, fast);
        dequantiseQ4K(bytes, plain);
        dequantiseQ4KReference(bytes, reference);
        expect(unequalBits(fast, plain)).toEqual([]);
        expect(unequalBits(fast, reference)).toEqual([]);
      }),
      { numRuns: 100, seed: 61 },
    );
  });

  it('adds up 1 to 40 rows, each in its own order, as the plain path does, bit by bit (100 cases)', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), fc.nat());
    fc.assert(
      fc.property(cases, ([rows, blocks, seed]) => {
        const random = rng(seed);
        const x = Float32Array.from({ length: blocks * 256 }, () => random.gauss());
        const bytes = blocksOf(rows * blocks, seed, false);
        const [fast, plain] = [new Float32Array(rows), new Float32Array(rows)];
        dotRowsQ4K(bytes, x, fast);
        dotRowsQ4KPlain(bytes, x, plain);
        expect(unequalBits(fast, plain)).toEqual([]);
      }),
      { numRuns: 100, seed: 62 },
    );
  });

  it('grows its memory for long rows', () => {
    const k = 32768;
    const [bytes, x] = [blocksOf((17 * k) / 256, 5, false), new Float32Array(k).fill(0.5)];
    const [fast, plain] = [new Float32Array(17), new Float32Array(17)];
    dotRowsQ4K(bytes, x, fast);
    dotRowsQ4KPlain(bytes, x, plain);
    expect(unequalBits(fast, plain)).toEqual([]);
  });

  it('gives infinite and NaN sums of rows with such scales as the plain path does', () => {
    const bytes = blocksOf(32, 9, false);
    bytes[1] = 0x7c;
    bytes[16 * Q4_K_BYTES + 1] = 0x7e;
    const [fast, plain] = [new Float32Array(32), new Float32Array(32)];
    const x = new Float32Array(256).fill(1);
    dotRowsQ4K(bytes, x, fast);
    dotRowsQ4KPlain(bytes, x, plain);
    expect([...fast]).toEqual([...plain]);
  });

  it('refuses rows that are not whole', () => {
    expect(() => dotRowsQ4K(new Uint8Array(144), new Float32Array(512), new Float32Array(1))).toThrow(/Q4_K rows of 512 weights/);
  });
});
