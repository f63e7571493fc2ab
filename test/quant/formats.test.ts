import { GGMLQuantizationType } from '@huggingface/gguf';
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import { FORMATS, formatOfType, type GgmlType, ggmlType, rowBytes } from '../../src/quant/formats.ts';

/** Bits per weight as the names of ggml's documentation give them: scales and quants of a block over its weights. */
const bitsPerWeight: Record<string, number> = {
  Q4_0: 4.5,
  Q5_0: 5.5,
  Q8_0: 8.5,
  Q2_K: 2.625,
  Q3_K: 3.4375,
  Q4_K: 4.5,
  Q5_K: 5.5,
  Q6_K: 6.5625,
  IQ2_XXS: 2.0625,
  IQ2_XS: 2.3125,
  IQ3_XXS: 3.0625,
  IQ1_S: 1.5625,
  IQ4_NL: 4.5,
  IQ3_S: 3.4375,
  IQ2_S: 2.5625,
  IQ4_XS: 4.25,
  IQ1_M: 1.75,
  TQ1_0: 1.6875,
  TQ2_0: 2.0625,
  MXFP4: 4.25,
  NVFP4: 4.5,
};

const known = Array.from({ length: 64 }, (_, type) => ggmlType(type)).filter((type): type is GgmlType => type !== undefined);

describe('the table of ggml types', () => {
  it('holds 35 types, and none of the 8 that ggml removed', () => {
    expect(known.length).toBe(35);
    expect([4, 5, 31, 32, 33, 36, 37, 38].map(ggmlType)).toEqual(new Array(8).fill(undefined));
  });

  it.each(Object.entries(bitsPerWeight))('%s has %f bits per weight', (name, bits) => {
    const type = known.find((candidate) => candidate.name === name);
    expect(((type?.blockBytes ?? 0) * 8) / (type?.blockSize ?? 1)).toBe(bits);
  });

  it('gives every type the number that @huggingface/gguf gives it', () => {
    const theirs = Object.entries(GGMLQuantizationType).filter(([, value]) => typeof value === 'number');
    expect(theirs.length).toBeGreaterThan(25);
    expect(theirs.map(([, type]) => ggmlType(Number(type))?.name)).toEqual(theirs.map(([name]) => name));
  });
});

describe('the formats Weft computes with', () => {
  it('are found by their ggml numbers 0, 1, 8, 12, 13, 14 and 30', () => {
    const ids = [0, 1, 8, 12, 13, 14, 30].map((type) => formatOfType(type)?.id);
    expect(ids).toEqual(['f32', 'f16', 'q8_0', 'q4_k', 'q5_k', 'q6_k', 'bf16']);
  });

  it('have as id the ggml name in lower case', () => {
    for (const [id, format] of Object.entries(FORMATS)) expect([format.id, format.name.toLowerCase()]).toEqual([id, id]);
  });

  it('do not include Q4_0 (type 2), which is known by name only', () => {
    expect(formatOfType(2)).toBeUndefined();
    expect(ggmlType(2)?.name).toBe('Q4_0');
  });
});

describe('bytes of a row', () => {
  it('is 2,304 for 4,096 weights of Q4_K, 3,360 of Q6_K and 16,384 of F32', () => {
    expect([rowBytes(FORMATS.q4_k, 4096), rowBytes(FORMATS.q6_k, 4096), rowBytes(FORMATS.f32, 4096)]).toEqual([2304, 3360, 16384]);
  });

  it.each([0, -256, 300, 256.5, Number.NaN])('refuses K = %d for Q4_K and says that blocks have 256 weights', (k) => {
    expect(() => rowBytes(FORMATS.q4_k, k)).toThrow(WeftError);
    expect(() => rowBytes(FORMATS.q4_k, k)).toThrow(`a row of ${k} weights is not a whole number of Q4_K blocks of 256`);
  });
});
