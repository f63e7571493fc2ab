import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/quant/formats.ts';
import { decodeQ4K } from '../../src/quant/q4_k.ts';
import { goldenBytes, goldenF32, goldenJson, unequalBits } from './golden.ts';

interface Case {
  name: string;
  start: number;
  count: number;
}

/** Both paths of a format, by name. */
const pathsOf = (id: keyof typeof FORMATS) => [['fast', FORMATS[id].dequantise] as const, ['reference', FORMATS[id].reference] as const];

describe('Q4_K', () => {
  const blocks = goldenBytes('deq_q4k_blocks.bin');
  const expected = goldenF32('deq_q4k_f32.bin');

  describe.each(pathsOf('q4_k'))('%s path', (_, dequantise) => {
    it.each(goldenJson<Case[]>('deq_q4k_cases.json'))('equals ggml bit for bit on $count blocks of case $name', ({ start, count }) => {
      const out = new Float32Array(count * 256);
      dequantise(blocks.subarray(start * 144, (start + count) * 144), out);
      expect(unequalBits(out, expected.slice(start * 256, (start + count) * 256))).toEqual([]);
    });

    it('equals ggml on 12 blocks whose d or dmin is infinite or NaN', () => {
      const out = new Float32Array(12 * 256);
      dequantise(goldenBytes('deq_q4k_nonfinite_blocks.bin'), out);
      expect(unequalBits(out, goldenF32('deq_q4k_nonfinite_f32.bin'))).toEqual([]);
    });

    it('equals ggml on the 128 blocks its own quantiser made of 32 rows', () => {
      const out = new Float32Array(32 * 1024);
      dequantise(goldenBytes('quant_q4k.bin'), out);
      expect(unequalBits(out, goldenF32('quant_q4k_deq_f32.bin'))).toEqual([]);
    });
  });

  it('unpacks the 8 scales and 8 minimums of all 534 golden blocks as ggml does', () => {
    const packed = goldenBytes('deq_q4k_scales_u8.bin');
    for (let b = 0; b < 534; b++) {
      const { scales, mins } = decodeQ4K(blocks.subarray(b * 144, (b + 1) * 144));
      expect([...scales, ...mins], `block ${b}`).toEqual(Array.from(packed.subarray(b * 16, (b + 1) * 16)));
    }
  });

  it('takes a block apart into d, dmin and 256 quants that give the first golden weights back', () => {
    const block = decodeQ4K(blocks.subarray(128 * 144, 129 * 144));
    const first = Array.from({ length: 256 }, (_, i) => block.d * block.scales[i >> 5] * block.quants[i] - block.dmin * block.mins[i >> 5]);
    expect(unequalBits(Float32Array.from(first), expected.slice(128 * 256, 129 * 256))).toEqual([]);
  });
});

describe('other formats against ggml', () => {
  it.each(pathsOf('q6_k'))('Q6_K %s path equals 64 golden blocks bit for bit', (_, dequantise) => {
    const out = new Float32Array(64 * 256);
    dequantise(goldenBytes('deq_q6k_blocks.bin'), out);
    expect(unequalBits(out, goldenF32('deq_q6k_f32.bin'))).toEqual([]);
  });

  it.each(pathsOf('q8_0'))('Q8_0 %s path equals 128 golden blocks bit for bit', (_, dequantise) => {
    const out = new Float32Array(128 * 32);
    dequantise(goldenBytes('deq_q8_0_blocks.bin'), out);
    expect(unequalBits(out, goldenF32('deq_q8_0_f32.bin'))).toEqual([]);
  });

  it.each(pathsOf('f16'))('F16 %s path equals all 65,536 golden values', (_, dequantise) => {
    const out = new Float32Array(65536);
    dequantise(new Uint8Array(Uint16Array.from(out, (_value, bits) => bits).buffer), out);
    expect(unequalBits(out, goldenF32('f16_to_f32_all.bin'))).toEqual([]);
  });

  it.each(pathsOf('f32'))('F32 %s path copies the bits of 32,768 values', (_, dequantise) => {
    const out = new Float32Array(32768);
    dequantise(goldenBytes('quant_rows_f32.bin'), out);
    expect(unequalBits(out, goldenF32('quant_rows_f32.bin'))).toEqual([]);
  });

  it.each(pathsOf('bf16'))('BF16 %s path reads 1, -2, 2^-133 (subnormal), infinity and NaN', (_, dequantise) => {
    const out = new Float32Array(5);
    dequantise(new Uint8Array([0x80, 0x3f, 0x00, 0xc0, 0x01, 0x00, 0x80, 0x7f, 0xc0, 0x7f]), out);
    expect(Array.from(out)).toEqual([1, -2, 2 ** -133, Number.POSITIVE_INFINITY, Number.NaN]);
  });
});

describe('Q5_K, of which there is no golden file, against Q4_K', () => {
  /** A golden Q4_K block with a fifth bit per weight put between its scales and its nibbles. */
  const widened = (block: Uint8Array, highBits: number): Uint8Array =>
    Uint8Array.from([...block.subarray(0, 16), ...new Array<number>(32).fill(highBits), ...block.subarray(16)]);

  it.each(pathsOf('q5_k'))('%s path with all fifth bits 0 equals Q4_K on 534 blocks', (_, dequantise) => {
    const blocks = goldenBytes('deq_q4k_blocks.bin');
    const out = new Float32Array(256);
    for (let b = 0; b < 534; b++) {
      dequantise(widened(blocks.subarray(b * 144, (b + 1) * 144), 0), out);
      expect(unequalBits(out, goldenF32('deq_q4k_f32.bin').slice(b * 256, (b + 1) * 256)), `block ${b}`).toEqual([]);
    }
  });

  it.each(pathsOf('q5_k'))('%s path with bit 3 of every high byte set adds 16 quants to weights 96..127 only', (_, dequantise) => {
    const block = goldenBytes('deq_q4k_blocks.bin').slice(128 * 144, 129 * 144);
    const { d, dmin, scales, mins, quants } = decodeQ4K(block);
    const out = new Float32Array(256);
    dequantise(widened(block, 1 << 3), out);
    const expected = Float32Array.from(quants, (q, i) => d * scales[i >> 5] * (q + (i >> 5 === 3 ? 16 : 0)) - dmin * mins[i >> 5]);
    expect(unequalBits(out, expected)).toEqual([]);
  });
});

describe.each(Object.values(FORMATS))('$name', (format) => {
  const { blockBytes, blockSize, dequantise, reference } = format;

  it('fast path equals the reference bit for bit on 1 to 4 random blocks at any address (200 cases)', () => {
    const cases = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 7 }))
      .chain(([blocks, offset]) =>
        fc.tuple(fc.constant(blocks), fc.constant(offset), fc.uint8Array({ minLength: blocks * blockBytes, maxLength: blocks * blockBytes, size: 'max' })),
      );
    fc.assert(
      fc.property(cases, ([blocks, offset, bytes]) => {
        const placed = new Uint8Array(offset + bytes.length);
        placed.set(bytes, offset);
        const fast = new Float32Array(blocks * blockSize);
        const slow = new Float32Array(blocks * blockSize);
        dequantise(placed.subarray(offset), fast);
        reference(bytes, slow);
        return unequalBits(fast, slow).length === 0;
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('refuses one byte less than a block and one value more than its weights', () => {
    expect(() => dequantise(new Uint8Array(blockBytes - 1), new Float32Array(blockSize))).toThrow('invariant broken');
    expect(() => dequantise(new Uint8Array(blockBytes), new Float32Array(blockSize + 1))).toThrow('invariant broken');
  });
});
