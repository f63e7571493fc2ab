import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../src/base/pieces.ts';
import { dotF32Sequential, dotF64 } from '../../src/quant/dot.ts';
import { dequantiseQ4K } from '../../src/quant/q4_k.ts';
import { blockSumsReference, dotQ4KQ8K, dotQ4KQ8KReference, encodeQ8K, integerDots, type Q8KRow, quantiseQ8K } from '../../src/quant/q8_k.ts';
import { goldenBytes, goldenF32, goldenF64, goldenI32, unequalBits } from './golden.ts';

const shapes = [
  { k: 1024, tokens: 8, rows: 64 },
  { k: 4096, tokens: 4, rows: 16 },
  { k: 11008, tokens: 2, rows: 4 },
];

describe.each(shapes)('dot products of $rows Q4_K rows with $tokens tokens at K = $k', ({ k, tokens, rows }) => {
  const file = (part: string): string => `dot_K${k}_${part}.bin`;
  const blocks = goldenBytes(file('w_blocks'));
  const packedRow = (r: number): Uint8Array => blocks.subarray((r * k * 144) / 256, ((r + 1) * k * 144) / 256);
  const weights = Array.from({ length: rows }, (_, r) => {
    const out = new Float32Array(k);
    dequantiseQ4K(packedRow(r), out);
    return out;
  });
  const x = goldenF32(file('x_f32'));
  const inputs = Array.from({ length: tokens }, (_, t) => x.subarray(t * k, (t + 1) * k));
  /** One result per token and row, in the order of the golden files. */
  const eachPair = (dot: (t: number, r: number) => number): number[] => Array.from({ length: tokens * rows }, (_, i) => dot(Math.floor(i / rows), i % rows));

  it('f32 in ascending k equals the golden f32 sums bit for bit', () => {
    const actual = eachPair((t, r) => dotF32Sequential(weights[r], inputs[t]));
    expect(unequalBits(Float32Array.from(actual), goldenF32(file('f32seq_f32')))).toEqual([]);
  });

  it('float64 equals the golden float64 sums, and f32 stays within 2e-6 of sum |w x| of them', () => {
    const exact = goldenF64(file('ref_f64'));
    const magnitudes = goldenF64(file('sumabs_f64'));
    expect(Float64Array.from(eachPair((t, r) => dotF64(weights[r], inputs[t])))).toEqual(exact);
    const relative = eachPair((t, r) => Math.abs(dotF32Sequential(weights[r], inputs[t]) - exact[t * rows + r]) / magnitudes[t * rows + r]);
    expect(Math.max(...relative)).toBeLessThanOrEqual(2e-6);
  });

  describe('with Q8_K activations', () => {
    const activations = inputs.map((input) => quantiseQ8K(input));

    it('quantises the activations to the bytes of ggml', () => {
      const packed = goldenBytes(file('x_q8k'));
      const perToken = packed.length / tokens;
      for (const [t, row] of activations.entries()) expect(encodeQ8K(row)).toEqual(packed.slice(t * perToken, (t + 1) * perToken));
    });

    it.each([
      ['fast', dotQ4KQ8K],
      ['reference', dotQ4KQ8KReference],
    ])('%s path equals the generic code of ggml bit for bit', (_, dot) => {
      const actual = eachPair((t, r) => dot(packedRow(r), activations[t]));
      expect(unequalBits(Float32Array.from(actual), goldenF32(file('generic_f32')))).toEqual([]);
    });

    it('all of a product at once, token by token, equal the same golden sums', () => {
      const actual = toEnd(integerDots(blocks, x, rows, k, tokens));
      expect(unequalBits(actual ?? new Float32Array(), goldenF32(file('generic_f32')))).toEqual([]);
    });

    it('sums the exact integers of every block that ggml sums', () => {
      const perRow = k / 256;
      const sums = eachPair((t, r) => t * rows + r).flatMap((pair) =>
        Array.from({ length: perRow }, (_, b) => {
          const block = packedRow(pair % rows).subarray(b * 144, (b + 1) * 144);
          const { lanes, mins } = blockSumsReference(block, activations[Math.floor(pair / rows)].quants.subarray(b * 256, (b + 1) * 256));
          return [lanes.reduce((sum, lane) => sum + lane, 0), mins];
        }).flat(),
      );
      expect(Int32Array.from(sums)).toEqual(goldenI32(file('ints_i32')));
    });
  });
});

describe('integer dot product', () => {
  it('fast path equals the reference on 200 random blocks, infinite and NaN scales included', () => {
    const bytes = fc.uint8Array({ minLength: 144, maxLength: 144, size: 'max' });
    const quants = fc.int8Array({ minLength: 256, maxLength: 256, min: -127, size: 'max' });
    fc.assert(
      fc.property(bytes, quants, fc.float({ noNaN: true, noDefaultInfinity: true }), (block, q, d) => {
        const row: Q8KRow = { d: Float32Array.of(d), quants: q, sums: new Int16Array(16) };
        for (let i = 0; i < 256; i++) row.sums[i >> 4] += q[i];
        return Object.is(dotQ4KQ8K(block, row), dotQ4KQ8KReference(block, row));
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('of activations that are not finite there is none', () => {
    expect(toEnd(integerDots(new Uint8Array(144), new Float32Array(256).fill(Number.NaN), 1, 256, 1))).toBeNull();
  });

  it('refuses 1 block of weights against 2 blocks of activations', () => {
    expect(() => dotQ4KQ8K(new Uint8Array(144), quantiseQ8K(new Float32Array(512)))).toThrow('invariant broken');
  });
});

describe('plain dot products', () => {
  it('f32 loses 1 where 2^24 + 1 - 2^24 needs 25 bits, float64 keeps it', () => {
    const w = Float32Array.of(2 ** 24, 1, -(2 ** 24));
    const x = Float32Array.of(1, 1, 1);
    expect(dotF32Sequential(w, x)).toBe(0);
    expect(dotF64(w, x)).toBe(1);
  });

  it.each([dotF32Sequential, dotF64])('%o refuses 2 weights with 3 activations', (dot) => {
    expect(() => dot(new Float32Array(2), new Float32Array(3))).toThrow('2 weights and 3 activations');
  });
});
