import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toEnd } from '../../src/base/pieces.ts';
import { rng } from '../../src/base/rng.ts';
import { findTensor, openGguf } from '../../src/model/gguf-read.ts';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { nearestNames } from '../../src/model/nearest.ts';
import { RANDOM_Q5_K, RANDOM_Q6_K } from '../../src/model/random-blocks.ts';
import { fromBytes } from '../../src/model/range.ts';
import { type DrawnMatrix, drawing, keepingLast, QUANTISED_UP_TO, synthetic, syntheticModel } from '../../src/model/synthetic.ts';
import { drawingActivations, gaussianColumns, whyNoMatrix, workloadFromTensor } from '../../src/model/workload.ts';
import { encoderOf } from '../../src/quant/encode.ts';
import { dequantiseQ4K } from '../../src/quant/q4_k.ts';
import { inPieces } from '../drivers/pieces.ts';

const golden = await openGguf(fromBytes(new Uint8Array(readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))), 'tiny.gguf'));

/** Mean and standard deviation. */
function moments(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

function dequantised(weights: Uint8Array): Float32Array {
  const out = new Float32Array((weights.length / 144) * 256);
  dequantiseQ4K(weights, out);
  return out;
}

describe('a workload from a GGUF tensor', () => {
  test('blk.0.ffn_up of the golden model with 3 seeded tokens is 512 x 256 times 256 x 3', async () => {
    const workload = await workloadFromTensor(golden, 'blk.0.ffn_up', { n: 3, seed: 1 });
    expect([workload.m, workload.k, workload.n, workload.format, workload.weights.length, workload.x.length]).toEqual([512, 256, 3, 'q4_k', 73728, 768]);
    expect(workload.source).toMatchObject({ kind: 'gguf', file: 'tiny.gguf', tensor: 'blk.0.ffn_up.weight' });
    expect(workload.source.attribution).toBe('golden tiny llama (public, random weights), cc0-1.0');
    // Its own bytes, so that they can travel to a worker without the file.
    expect(workload.weights.buffer.byteLength).toBe(73728);
  });

  test('an input of 512 values gives N = 2 at K = 256', async () => {
    const input = Float32Array.from({ length: 512 }, (_, i) => i);
    const workload = await workloadFromTensor(golden, 'blk.0.ffn_up', { input });
    expect([workload.n, workload.x]).toEqual([2, input]);
  });

  test.each([
    { what: 'an input of 300 values at K = 256', tensor: 'blk.0.ffn_up', activations: { input: new Float32Array(300) }, field: '--input' },
    { what: 'an empty input', tensor: 'blk.0.ffn_up', activations: { input: new Float32Array(0) }, field: '--input' },
    { what: 'N = 0', tensor: 'blk.0.ffn_up', activations: { n: 0, seed: 1 }, field: '--n' },
    { what: 'N = 1.5', tensor: 'blk.0.ffn_up', activations: { n: 1.5, seed: 1 }, field: '--n' },
    { what: 'N = 10^9', tensor: 'blk.0.ffn_up', activations: { n: 1e9, seed: 1 }, field: '--n' },
    { what: 'a norm, which is a vector', tensor: 'output_norm', activations: { n: 1, seed: 1 }, field: '--tensor' },
    { what: 'a tensor that is not there', tensor: 'blk.9.ffn_up', activations: { n: 1, seed: 1 }, field: '--tensor' },
  ])('$what is an error on $field', async ({ tensor, activations, field }) => {
    await expect(workloadFromTensor(golden, tensor, activations)).rejects.toMatchObject({ name: 'WeftError', field });
  });

  test('K = 288 names 256 and 512, and a stack of 2 matrices is refused', async () => {
    const odd = writeGguf(
      [],
      [
        { name: 'odd', typeId: 8, shape: [288, 1], data: new Uint8Array(9 * 34) },
        { name: 'stack', typeId: 12, shape: [256, 1, 2], data: new Uint8Array(288) },
      ],
    );
    const file = await openGguf(fromBytes(odd));
    await expect(workloadFromTensor(file, 'odd', { n: 1, seed: 1 })).rejects.toThrow('K is 288, it must be a multiple of 256 (next: 256 and 512)');
    await expect(workloadFromTensor(file, 'stack', { n: 1, seed: 1 })).rejects.toThrow('more than two dimensions');
    expect([...file.tensors, findTensor(golden, 'output_norm'), findTensor(golden, 'blk.0.ffn_up')].map(whyNoMatrix)).toEqual([
      'K = 288 is not a multiple of 256',
      'of more than two dimensions (256 x 1 x 2)',
      'a vector (256), not a matrix',
      '',
    ]);
  });
});

describe('activations by seed', () => {
  test('65,536 of them have mean 0 and deviation 1 within 0.02, and the first 256 do not depend on N', () => {
    const many = toEnd(drawingActivations(256, 256, 5));
    const { mean, deviation } = moments(many);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.02);
    expect(toEnd(drawingActivations(1, 256, 5))).toEqual(many.subarray(0, 256));
    expect(toEnd(drawingActivations(1, 256, 6))).not.toEqual(many.subarray(0, 256));
    expect(gaussianColumns([200, 3], 256, 5)).toEqual(Float32Array.of(...many.subarray(200 * 256, 201 * 256), ...many.subarray(3 * 256, 4 * 256)));
  });
});

describe('synthetic workloads', () => {
  test('64 x 512 keeps the weights before quantisation; Q4_K is within 10 % RMS of them', () => {
    const { original, weights, m, k } = synthetic(64, 512, 2, 9);
    const values = dequantised(weights);
    expect([original!.length, values.length]).toEqual([m * k, m * k]);
    const error = moments(values.map((value, i) => value - original![i]!)).deviation;
    expect(error / moments(original!).deviation).toBeLessThan(0.1);
  });

  test('a matrix over 2^20 weights is made of random blocks with mean 0 and deviation 1/sqrt(K) within 5 %', () => {
    const { original, weights, m, k } = synthetic(2048, 1024, 1, 9);
    expect(m * k).toBeGreaterThan(QUANTISED_UP_TO);
    expect(original).toBeUndefined();
    const { mean, deviation } = moments(dequantised(weights));
    expect(Math.abs(mean) * Math.sqrt(k)).toBeLessThan(0.05);
    expect(Math.abs(deviation * Math.sqrt(k) - 1)).toBeLessThan(0.05);
  });

  test.each([
    [16, 256],
    [1025, 1024],
  ])('%i x %i: the same seed gives the same bytes, another seed others', (m, k) => {
    const first = synthetic(m, k, 1, 42);
    const same = (seed: number) => Buffer.from(synthetic(m, k, 1, seed).weights).equals(first.weights);
    expect([same(42), same(43)]).toEqual([true, false]);
    expect(synthetic(m, k, 1, 42).x).toEqual(first.x);
  });

  test.each(['q4_k', 'q5_k', 'q6_k', 'q8_0', 'f16', 'f32', 'q4_k_ix'] as const)(
    '%s is drawn in pieces of at most 16 384 weights as it is at once',
    (format) => {
      const { result, pieces } = inPieces(drawing(72, 1024, 5, format));
      expect(pieces).toBe(5);
      const random = rng(5);
      const blocks = { q5_k: RANDOM_Q5_K, q6_k: RANDOM_Q6_K }[format as string];
      const atOnce = blocks ? blocks.draw(72, 1024, random) : encoderOf(format)?.(Float32Array.from({ length: 72 * 1024 }, () => random.gauss() / 32));
      expect(result.weights).toEqual(atOnce);
    },
  );

  const FORMATS = ['q4_k', 'q5_k', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32', 'q4_k_ix', 'q4_k_ix_e5m2'] as const;
  test.each([...FORMATS.map((format) => [format, 40, 768] as const), ['q4_k', 4100, 256] as const, ['q5_k', 2060, 512] as const])(
    '%s, %i x %i: some rows are those of the whole matrix, in every bit',
    (format, m, k) => {
      const whole = toEnd(drawing(m, k, 11, format));
      const [bytes, random] = [whole.weights.length / m, rng(1)];
      for (let i = 0; i < 8; i++) {
        const first = i === 0 ? m - 1 : random.below(m);
        const rows = { first, count: 1 + random.below(Math.min(3, m - first)) };
        const some = toEnd(drawing(m, k, 11, format, rows));
        expect(Buffer.from(some.weights).equals(whole.weights.subarray(first * bytes, (first + rows.count) * bytes)), `row ${first}`).toBe(true);
        expect(some.original).toEqual(whole.original?.slice(first * k, (first + rows.count) * k));
      }
    },
  );

  test('a small matrix that was drawn last is kept, a large one and one asked for otherwise is drawn anew', () => {
    const drawing = keepingLast();
    const draw = (m: number, k: number, seed: number): DrawnMatrix => toEnd(drawing(m, k, seed, 'q4_k'));
    const first = draw(1, 256, 42);
    expect(draw(1, 256, 42)).toBe(first);
    expect(draw(1, 256, 43).weights).not.toEqual(first.weights);
    expect(draw(1, 256, 42)).toEqual(first);
    const large = draw(1025, 1024, 1);
    expect(draw(1025, 1024, 1) === large).toBe(false);
  });

  test.each([
    { m: 0, k: 256, n: 1, field: '--m' },
    { m: 4, k: 100, n: 1, field: '--k' },
    { m: 4, k: 256, n: 0, field: '--n' },
    { m: 1e9, k: 256, n: 1, field: '--m' },
  ])('M = $m, K = $k, N = $n is an error on $field', ({ m, k, n, field }) => {
    expect(() => synthetic(m, k, n, 1)).toThrow(expect.objectContaining({ name: 'WeftError', field }));
  });

  test('a synthetic model of 2 layers has 7 tensors that give workloads', async () => {
    const file = await openGguf(fromBytes(syntheticModel(3, { hidden: 256, feedForward: 768, layers: 2 })));
    expect(file.tensors).toHaveLength(7);
    const { m, k } = await workloadFromTensor(file, 'blk.1.ffn_down', { n: 1, seed: 1 });
    expect([m, k]).toEqual([256, 768]);
  });
});

test('the nearest names come first, the closest of all at edit distance 1', () => {
  expect(nearestNames('ffn_ip', ['attn_q', 'ffn_down', 'ffn_up'], 2)).toEqual(['ffn_up', 'ffn_down']);
});
