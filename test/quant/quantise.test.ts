import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { dequantiseQ4K } from '../../src/quant/q4_k.ts';
import { quantiseQ4K } from '../../src/quant/q4_k_quantise.ts';
import { encodeQ8K, quantiseQ8K } from '../../src/quant/q8_k.ts';
import { goldenBytes, goldenF32, goldenJson, unequalBits } from './golden.ts';

const rows = goldenF32('quant_rows_f32.bin');
const names = goldenJson<string[]>('quant_rows_names.json').map((name, index) => ({ name, index }));
const row = (index: number): Float32Array => rows.slice(index * 1024, (index + 1) * 1024);

describe('quantising to Q4_K', () => {
  const expected = goldenBytes('quant_q4k.bin');
  const expectedValues = goldenF32('quant_q4k_deq_f32.bin');

  it.each(names)('gives the 576 bytes of ggml and its 1,024 values for row $name', ({ index }) => {
    const bytes = quantiseQ4K(row(index));
    expect(bytes).toEqual(expected.slice(index * 576, (index + 1) * 576));
    const out = new Float32Array(1024);
    dequantiseQ4K(bytes, out);
    expect(unequalBits(out, expectedValues.slice(index * 1024, (index + 1) * 1024))).toEqual([]);
  });

  it('gives the same bytes for 128 blocks at once as for each row alone', () => {
    expect(quantiseQ4K(rows)).toEqual(expected);
  });
});

describe('quantising to Q8_K', () => {
  const expected = goldenBytes('quant_q8k.bin');

  it.each(names)('gives the 1,168 bytes of ggml for row $name', ({ index }) => {
    expect(encodeQ8K(quantiseQ8K(row(index)))).toEqual(expected.slice(index * 1168, (index + 1) * 1168));
  });
});

describe.each([
  ['Q4_K', 'weights', quantiseQ4K],
  ['Q8_K', 'activations', quantiseQ8K],
] as const)('%s refuses', (format, field, quantise) => {
  const refusal = (x: Float32Array): WeftError => {
    try {
      quantise(x);
    } catch (error) {
      if (error instanceof WeftError) return error;
    }
    throw new Error('was accepted');
  };

  it('a row of 255 values, and says that blocks have 256', () => {
    const error = refusal(new Float32Array(255));
    expect(error.field).toBe(field);
    expect(error.message).toBe(`255 values are not a whole number of ${format} blocks of 256`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s at index 300, and names the index', (value) => {
    const x = new Float32Array(512);
    x[300] = value;
    const error = refusal(x);
    expect(error.field).toBe(`${field}[300]`);
    expect(error.message).toBe(`${value} cannot be quantised to ${format}`);
  });
});
