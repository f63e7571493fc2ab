import { describe, expect, it } from 'vitest';
import { encodeBF16, encoderOf, quantiseQ80 } from '../../src/quant/encode.ts';
import { FORMATS, type FormatId } from '../../src/quant/formats.ts';
import { relativeRms } from '../../src/quant/q4_k_ix_real.ts';
import { goldenBytes, goldenF32 } from './golden.ts';

describe('encoders', () => {
  it('Q8_0 has the bytes of ggml on 32 rows of 1024 values (zeros, subnormals and large values among them)', () => {
    expect(quantiseQ80(goldenF32('quant_rows_f32.bin'))).toEqual(goldenBytes('quant_q8_0.bin'));
  });

  it('F16 has the bits of ggml on 6,159 values', () => {
    expect(encoderOf('f16')?.(goldenF32('f32_to_f16_in.bin'))).toEqual(goldenBytes('f32_to_f16_out.bin'));
  });

  it('BF16 rounds to even: 1 + 2^-8 to 1, 1 + 3 * 2^-8 up, the largest f32 to infinity, NaN to a quiet NaN', () => {
    const x = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, Number.NaN, -0);
    const words = new Uint16Array(encodeBF16(x).buffer);
    expect(Array.from(words, (word) => word.toString(16))).toEqual(['3f80', '3f82', '7f80', '7fc0', '8000']);
  });

  it.each([
    ['f32', 0],
    ['f16', 3e-4],
    ['bf16', 2.5e-3],
    ['q8_0', 7e-3],
    ['q4_k', 0.1],
    ['q4_k_ix', 0.1],
    ['q4_k_ix_e5m2', 0.1],
  ] as const)('%s comes back within %f relative RMS, with as many bytes as its blocks say', (format, most) => {
    const x = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i * i) * 2);
    const bytes = encoderOf(format)!(x);
    const { blockBytes, blockSize, dequantise } = FORMATS[format];
    expect(bytes.length).toBe((1024 / blockSize) * blockBytes);
    const back = new Float32Array(1024);
    dequantise(bytes, back);
    expect(relativeRms(back, x)).toBeLessThanOrEqual(most);
  });

  it('there is none for Q5_K and Q6_K', () => {
    const without = (Object.keys(FORMATS) as FormatId[]).filter((id) => encoderOf(id) === undefined);
    expect(without).toEqual(['q5_k', 'q6_k']);
  });
});
