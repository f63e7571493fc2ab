/** The original file's block format: FP8 tables, layout, quantiser, and what it makes of real Q4_K weights. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertPart, readUseLite, useLiteParts } from '../../scripts/build-demo.ts';
import { rng } from '../../src/base/rng.ts';
import { DEMO_TENSOR } from '../../src/model/demo.ts';
import { sampleBlocks } from '../../src/quant/block-sample.ts';
import { f16ToF32 } from '../../src/quant/f16.ts';
import { FORMATS, formatOfType, GGML_FORMATS } from '../../src/quant/formats.ts';
import { FP8_KINDS, type Fp8Kind, f32ToFp8, fp8Largest, fp8Table, fp8ToF32Reference } from '../../src/quant/fp8.ts';
import { decodeQ4KIx, dequantiseQ4KIx, misreadQ4K, Q4_K_IX_BYTES } from '../../src/quant/q4_k_ix.ts';
import { quantiseQ4KIx } from '../../src/quant/q4_k_ix_quantise.ts';
import { compareQ4KIx, relativeRms } from '../../src/quant/q4_k_ix_real.ts';
import { quantiseQ4K } from '../../src/quant/q4_k_quantise.ts';
import { goldenBytes, unequalBits } from './golden.ts';

describe('FP8', () => {
  it('E4M3 has 0 at 0, 2^-9 at 1, 1 at 0x38, 448 at 0x7e and NaN at 0x7f only', () => {
    const table = fp8Table('e4m3');
    expect([0, 1, 0x38, 0x7e, 0xfe, 0x81].map((bits) => table[bits])).toEqual([0, 2 ** -9, 1, 448, -448, -(2 ** -9)]);
    expect(Array.from(table.keys()).filter((bits) => Number.isNaN(table[bits]))).toEqual([0x7f, 0xff]);
  });

  it('E5M2 is the upper half of an f16 in all 256 patterns', () => {
    expect(
      unequalBits(
        fp8Table('e5m2'),
        Float32Array.from({ length: 256 }, (_, bits) => f16ToF32(bits << 8)),
      ),
    ).toEqual([]);
  });

  it.each(FP8_KINDS)('%s: every finite value comes back, the middle between two goes to the even one, more than the largest to the largest', (kind) => {
    for (let bits = 0; bits <= fp8Largest(kind); bits++) {
      expect(f32ToFp8(fp8ToF32Reference(bits, kind), kind)).toBe(bits);
      expect(f32ToFp8(-fp8ToF32Reference(bits, kind), kind)).toBe(bits | 0x80);
      if (bits === fp8Largest(kind)) continue;
      const middle = (fp8ToF32Reference(bits, kind) + fp8ToF32Reference(bits + 1, kind)) / 2;
      expect(f32ToFp8(middle, kind)).toBe(bits % 2 === 0 ? bits : bits + 1);
    }
    expect([f32ToFp8(1e9, kind), f32ToFp8(Number.NEGATIVE_INFINITY, kind), f32ToFp8(Number.NaN, kind)]).toEqual([
      fp8Largest(kind),
      fp8Largest(kind) | 0x80,
      0x7f,
    ]);
  });
});

describe('q4_k_ix, the layout', () => {
  /** d = 1, dmin = 0.5; fields 32 + 2 j and 32 - j; level of weight i is i % 16. */
  function sample(): Uint8Array {
    const block = new Uint8Array(Q4_K_IX_BYTES);
    block.set([0x38, 0x30]);
    for (let group = 0; group < 4; group++) {
      const fields = [32 + 4 * group, 34 + 4 * group, 32 - 2 * group, 31 - 2 * group];
      const bits = fields.map((field) => field.toString(2).padStart(6, '0')).reverse();
      const value = Number.parseInt(bits.join(''), 2);
      block.set([value % 256, Math.floor(value / 256) % 256, Math.floor(value / 65536)], 2 + 3 * group);
    }
    for (let i = 0; i < 128; i++) block[14 + i] = ((2 * i) % 16) + 16 * ((2 * i + 1) % 16);
    return block;
  }

  it('takes d, dmin, four fields of six bits from three bytes less 32, and neighbours from one byte', () => {
    const { d, dmin, scales, mins, quants } = decodeQ4KIx(sample(), 'e4m3');
    expect([d, dmin]).toEqual([1, 0.5]);
    expect(scales).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    expect(mins).toEqual([0, -1, -2, -3, -4, -5, -6, -7]);
    expect(Array.from(quants)).toEqual(Array.from({ length: 256 }, (_, i) => i % 16));
  });

  it('gives y = d (sc - 32) q + dmin (m - 32): weight 37 is 2 * 5 - 0.5', () => {
    const out = new Float32Array(256);
    dequantiseQ4KIx('e4m3')(sample(), out);
    expect([out[0], out[37], out[255]]).toEqual([0, 9.5, 14 * 15 - 3.5]);
  });

  it('has no number in ggml: 142 B for 256 weights under two ids that no file can ask for', () => {
    for (const id of ['q4_k_ix', 'q4_k_ix_e5m2'] as const) {
      expect([FORMATS[id].blockBytes, FORMATS[id].blockSize, 'type' in FORMATS[id]]).toEqual([142, 256, false]);
      expect(GGML_FORMATS).not.toContain(FORMATS[id]);
    }
    for (let type = -1; type < 300; type++) expect(formatOfType(type)?.id ?? '').not.toContain('_ix');
  });
});

describe('q4_k_ix, the quantiser', () => {
  const valuesOf = (bytes: Uint8Array, kind: Fp8Kind): Float32Array => {
    const out = new Float32Array((bytes.length / Q4_K_IX_BYTES) * 256);
    dequantiseQ4KIx(kind)(bytes, out);
    return out;
  };

  it.each(FP8_KINDS)('%s: 40 seeded blocks that the format holds come back with all 256 weights equal', (kind) => {
    const exact = fc.tuple(fc.integer({ min: 8, max: 100 }), fc.integer({ min: 8, max: 100 }), fc.uint8Array({ minLength: 272, maxLength: 272 }));
    fc.assert(
      fc.property(exact, ([d, dmin, noise]) => {
        const [scale, min] = [fp8Table(kind)[d], fp8Table(kind)[dmin]];
        // Every sub-block spans levels 0..15, the first has the largest scale and minimum: the fit is then exact.
        const x = Float32Array.from({ length: 256 }, (_, i) => {
          const j = i >> 5;
          const level = i % 32 === 0 ? 0 : i % 32 === 1 ? 15 : noise[i] % 16;
          return scale * (j === 0 ? 31 : 1 + (noise[256 + j] % 31)) * level + min * (j === 0 ? 31 : (noise[264 + j] % 63) - 31);
        });
        return relativeRms(valuesOf(quantiseQ4KIx(x, kind), kind), x) < 1e-6;
      }),
      { seed: 9, numRuns: 40 },
    );
  });

  const gaussian = (deviation: number): Float32Array => {
    const random = rng(3);
    return Float32Array.from({ length: 64 * 256 }, () => deviation * random.gauss());
  };
  const loss = (deviation: number, kind: Fp8Kind): number => relativeRms(valuesOf(quantiseQ4KIx(gaussian(deviation), kind), kind), gaussian(deviation));

  it('loses 7 % of gaussian weights of deviation 1 in either kind, as Q4_K does; of deviation 0.005 E4M3 loses 11 %, of 0.0005 93 %', () => {
    const x = gaussian(1);
    const q4k = new Float32Array(x.length);
    FORMATS.q4_k.dequantise(quantiseQ4K(x), q4k);
    expect(relativeRms(q4k, x)).toBeCloseTo(0.074, 2);
    for (const kind of FP8_KINDS) expect(loss(1, kind)).toBeCloseTo(0.074, 2);
    expect(loss(0.005, 'e4m3')).toBeCloseTo(0.113, 2);
    expect(loss(0.0005, 'e5m2')).toBeCloseTo(0.076, 2);
    expect(loss(0.0005, 'e4m3')).toBeCloseTo(0.93, 1);
  });

  it('puts 256 zeros into a block of value 0, and refuses NaN and 255 values', () => {
    expect(valuesOf(quantiseQ4KIx(new Float32Array(256), 'e4m3'), 'e4m3').every((value) => value === 0)).toBe(true);
    expect(() => quantiseQ4KIx(new Float32Array(256).fill(Number.NaN), 'e4m3')).toThrow("cannot be quantised to q4_k_ix, the original file's format");
    expect(() => quantiseQ4KIx(new Float32Array(255), 'e4m3')).toThrow('not a whole number');
  });
});

describe('q4_k_ix and real Q4_K weights', () => {
  it(`misreads ${DEMO_TENSOR} of the demo model by a relative RMS of 1.36 (E4M3), and holds it re-encoded within 0.04`, async () => {
    const part = useLiteParts().find(({ name }) => name === `${DEMO_TENSOR}.weight`)!;
    const { data } = convertPart(readUseLite(), part);
    const { misreading, reencoding, blocks } = compareQ4KIx(data, 'e4m3');
    expect(blocks).toBe(3072);
    expect(misreading).toBeCloseTo(1.36, 2);
    expect(reencoding).toBeGreaterThan(0.02);
    expect(reencoding).toBeLessThan(0.04);
    const few = await sampleBlocks({ m: data.length / 144, perRow: 1 }, 256, async (first, count) => data.subarray(144 * first, 144 * (first + count)));
    expect(compareQ4KIx(few, 'e5m2').misreading).toBeCloseTo(1.71, 1);
  });

  it('takes d and dmin as FP8 and the other 140 bytes as they lie', () => {
    const blocks = goldenBytes('dot_K1024_w_blocks.bin').subarray(0, 288);
    const misread = misreadQ4K(blocks, 'e5m2');
    expect(misread.length).toBe(2 * Q4_K_IX_BYTES);
    expect(misread.subarray(2, 142)).toEqual(blocks.subarray(4, 144));
    expect(misread.subarray(144, 284)).toEqual(blocks.subarray(148, 288));
    expect(fp8Table('e5m2')[misread[0]] / f16ToF32(blocks[0] | (blocks[1] << 8))).toBeCloseTo(1, 0);
  });
});
