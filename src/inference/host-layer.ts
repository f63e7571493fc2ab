/**
 * What the host does between the matrices of a Llama layer when every matrix is a launch of its own: RMS norm, rotary
 * embedding, attention, SwiGLU, residuals. Same operations in the same order, rounded to f32 one by one, as the layer kernel's
 * PEs (kernels/transformer_layer/plain-loop.ts), so matrix kernels that add up in ascending order give its bits.
 */
import { assert } from '../base/error.ts';
import { formOf } from '../kernels/transformer_layer/form.ts';
import { plainAttention, plainNorm } from '../kernels/transformer_layer/plain-loop.ts';
import { plainSilu } from '../kernels/transformer_layer/plain-maths.ts';
import type { Gemm } from '../kernels/types.ts';
import type { LayerMatrix, LayerWorkload } from '../model/layer.ts';

const { fround } = Math;

/** N x hidden f32 after the layer; `launch` multiplies. */
export async function layerOnHost(layer: LayerWorkload, launch: (gemm: Gemm, matrix: LayerMatrix) => Promise<Float32Array>): Promise<Float32Array> {
  const { n, x, norms } = layer;
  const form = formOf(layer, {});
  const { norm, hidden } = form;
  assert(norm !== null && norms !== undefined, 'a Llama layer has norms');
  const times = (matrix: LayerMatrix, input: Float32Array): Promise<Float32Array> => {
    const stored = layer.matrices[matrix];
    assert(stored !== undefined, `a Llama layer has ${matrix}`);
    const { m, k, format, rows } = stored;
    return launch({ m, k, n, format, weights: rows, x: input }, matrix);
  };
  const a = plainNorm(x, hidden, norms.attention, norm.epsilon);
  const heads = plainAttention(form, await times('q', a), await times('k', a), await times('v', a));
  const h = sum(x, await times('output', heads));
  const b = plainNorm(h, hidden, norms.feedForward, norm.epsilon);
  const [gate, up] = [await times('gate', b), await times('up', b)];
  const inner = gate.map((value, i) => fround(plainSilu(value) * up[i]));
  return sum(h, await times('down', inner));
}

const sum = (x: Float32Array, y: Float32Array): Float32Array => x.map((value, i) => fround(value + y[i]));
