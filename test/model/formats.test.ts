/** Workloads in every format: synthetic ones, and real ones put into the original file's format. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toEnd } from '../../src/base/pieces.ts';
import { PLACEABLE } from '../../src/kernels/dequant/index.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { checkOriginalFormat, reencoding } from '../../src/model/original-format.ts';
import { fromBytes } from '../../src/model/range.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { workloadFromTensor } from '../../src/model/workload.ts';
import { FORMATS, type FormatId, rowBytes } from '../../src/quant/formats.ts';
import { relativeRms } from '../../src/quant/q4_k_ix_real.ts';

const valuesOf = (format: string, weights: Uint8Array, count: number): Float32Array => {
  const out = new Float32Array(count);
  FORMATS[format as FormatId].dequantise(weights, out);
  return out;
};

describe('synthetic workloads', () => {
  it.each(PLACEABLE)('in %s: 16 rows of 512 with mean near 0 and deviation near 1 / sqrt(512), the same for the same seed', (format) => {
    const workload = synthetic(16, 512, 2, 5, format);
    expect([workload.format, workload.weights.length]).toEqual([format, 16 * rowBytes(FORMATS[format as FormatId], 512)]);
    expect(synthetic(16, 512, 2, 5, format).weights).toEqual(workload.weights);
    const values = valuesOf(format, workload.weights, 16 * 512);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(Math.abs(mean)).toBeLessThan(0.1 * deviation);
    expect(deviation * Math.sqrt(512)).toBeGreaterThan(0.85);
    expect(deviation * Math.sqrt(512)).toBeLessThan(1.15);
    expect(workload.original === undefined).toBe(format === 'q5_k' || format === 'q6_k');
    expect(synthetic(16, 512, 2, 5).x).toEqual(workload.x);
  });

  it('say how their weights were made', () => {
    const made = (format: string): string => synthetic(1, 256, 1, 1, format).source.summary[0][1];
    expect(made('q4_k')).toBe('gaussian weights, quantised');
    expect(made('f16')).toBe('gaussian weights in F16');
    expect(made('q4_k_ix')).toBe("gaussian weights in q4_k_ix, the original file's format");
    expect(made('q6_k')).toBe('random Q6_K blocks of gaussian-like scale (no quantiser)');
  });

  it('in an unknown format are refused with the nearest known one, and too many drawn weights with the largest M', () => {
    expect(() => synthetic(1, 256, 1, 1, 'q4_0')).toThrow('weights cannot be made in q4_0; there are f32, f16, bf16, q4_k');
    expect(() => synthetic(2 ** 17, 256, 1, 1, 'f16')).toThrow(`${2 ** 17} x 256 are ${2 ** 25} weights, at most ${2 ** 24} are made`);
  });
});

describe('a tensor of a real model as q4_k_ix', async () => {
  const file = await openGguf(fromBytes(new Uint8Array(readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))), 'tiny.gguf'));
  const workload = await workloadFromTensor(file, 'blk.0.ffn_up', { n: 2, seed: 1 });
  const before = valuesOf('q4_k', workload.weights, workload.m * workload.k);

  it.each([
    ['q4_k_ix', 'FP8 E4M3', 0.0475],
    ['q4_k_ix_e5m2', 'FP8 E5M2', 0.0296],
  ] as const)('%s is labelled, keeps ggml’s weights as the original and differs from them by the relative RMS it states', (format, kind, expected) => {
    const as = toEnd(reencoding(workload, checkOriginalFormat(format)));
    const change = relativeRms(valuesOf(format, as.weights, before.length), before);
    expect(change).toBeCloseTo(expected, 3);
    expect([as.name, as.format, as.weights.length]).toEqual([
      "blk.0.ffn_up.weight as q4_k_ix, the original file's format",
      format,
      (before.length / 256) * 142,
    ]);
    expect(as.source.summary.slice(-2)).toEqual([
      ['format', `q4_k_ix, the original file's format, ${kind}`],
      ['re-encoded', `${(100 * change).toFixed(2)} % relative RMS from Q4_K`],
    ]);
    expect(as.original).toEqual(before);
    expect(as.x).toBe(workload.x);
    expect(toEnd(reencoding(as, format))).toBe(as);
  });

  it('keeps the unquantised weights of a synthetic matrix as the original', () => {
    const made = synthetic(4, 256, 1, 1);
    expect(toEnd(reencoding(made, 'q4_k_ix')).original).toBe(made.original);
  });

  it('refuses other names', () => {
    expect(() => checkOriginalFormat('q6_k')).toThrow('a tensor cannot be run as q6_k, only as q4_k_ix or q4_k_ix_e5m2');
  });
});
