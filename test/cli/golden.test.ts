/**
 * Every Q4_K tensor of tiny-llama-public.gguf, multiplied through wavelets from the shell, against ggml's float64 products with
 * the same dequantised weights: |y - reference| <= 2e-6 * sum |w x| (q4_k.md), on both kernels.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, type GoldenTensor, golden, INDEX, TINY, weft } from './weft.ts';

const DIR = folder();
const TOKENS = INDEX.matmul_tokens;
const TOLERANCE = 2e-6;
const X = golden.f32('gguf_matmul_x_f32.bin');
const Y = golden.f64('gguf_matmul_y_ref_f64.bin');
const TENSORS = INDEX.tensors.filter((t) => t.type === 'q4_K' && t.matmul !== undefined);

const floats = (name: string): Float32Array => {
  const bytes = readFileSync(join(DIR, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
};

/** The tensor's activations as a file; [TOKENS][K]. */
function inputOf({ ne, matmul }: GoldenTensor): { readonly name: string; readonly x: Float32Array } {
  const begin = matmul?.x_offset_f32 ?? 0;
  const x = X.slice(begin, begin + TOKENS * ne[0]);
  const name = `x-${begin}-${ne[0]}.f32`;
  writeFileSync(join(DIR, name), new Uint8Array(x.buffer));
  return { name, x };
}

/** Largest |y - reference| / sum |w x| over all results. */
function worst(tensor: GoldenTensor, x: Float32Array, y: Float32Array, w: Float32Array): number {
  const [k, m] = tensor.ne;
  const begin = tensor.matmul?.y_offset ?? 0;
  let largest = 0;
  for (let t = 0; t < TOKENS; t++) {
    for (let row = 0; row < m; row++) {
      let magnitude = 0;
      for (let i = 0; i < k; i++) magnitude += Math.abs(w[row * k + i] * x[t * k + i]);
      largest = Math.max(largest, Math.abs(y[t * m + row] - Y[begin + t * m + row]) / magnitude);
    }
  }
  return largest;
}

describe('the golden products of ggml come out of the fabric', () => {
  it('for 11 of 11 Q4_K tensors', () => {
    expect(TENSORS).toHaveLength(11);
    expect(INDEX.tensors.filter((t) => t.type === 'q4_K')).toEqual(TENSORS);
  });

  it.each(TENSORS)('$name, 3 tokens, streaming and stationary, within 2e-6 of the magnitudes', async (tensor) => {
    const input = inputOf(tensor);
    const dequantised = await weft(['dequantize', TINY, '--tensor', tensor.name, '--output', 'w.f32'], DIR);
    expect(dequantised).toMatchObject({ code: 0, stderr: '' });
    for (const kernel of ['streaming', 'stationary']) {
      const flags = ['--kernel', kernel, '--machine', 'wse2', '--input', input.name, '--output', 'y.f32', '--json'];
      const { code, stdout, stderr } = await weft(['run', '--model', TINY, '--tensor', tensor.name, ...flags], DIR);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const y = floats('y.f32');
      expect(y).toHaveLength(TOKENS * tensor.ne[1]);
      expect(worst(tensor, input.x, y, floats('w.f32'))).toBeLessThanOrEqual(TOLERANCE);
      const said = JSON.parse(stdout);
      expect(said).toMatchObject({
        errors: { vsPlainLoop: 0 },
        config: { m: tensor.ne[1], k: tensor.ne[0], n: TOKENS, kernel, activations: 'given' },
        written: ['y.f32'],
      });
      expect(said.errors.maxRelVsSumAbs).toBeLessThanOrEqual(TOLERANCE);
    }
  });
});
