/**
 * The layer in float64 with the same dequantised weights, by library functions: what the results are held against. Beside
 * each result the sum of magnitudes behind its last sums: |w x| of FFN down, and the residual's h.
 */
import { assert } from '../../base/error.ts';
import { each } from '../../base/pieces.ts';
import type { LayerMatrix } from '../../model/layer.ts';
import type { Exact, Layer } from '../types.ts';
import type { Form } from './form.ts';
import { BREATH, floatsOf } from './plain-loop.ts';

/** In pieces. */
export function* exact(form: Form, layer: Layer): Generator<void, Exact> {
  const { hidden, activation, tokens } = form;
  function* product(name: LayerMatrix, x: Float64Array, magnitudes = false): Generator<void, Float64Array> {
    const matrix = layer.matrices[name];
    assert(matrix !== undefined, `the layer has no matrix ${name}`);
    return yield* multiply(yield* floatsOf(matrix), matrix.m, matrix.k, x, tokens, magnitudes);
  }
  const normed = (x: Float64Array, gains: Float32Array | undefined): Float64Array => (form.norm && gains ? norm(x, hidden, gains, form.norm.epsilon) : x);
  const plus = (x: Float64Array, y: Float64Array): Float64Array => (form.residual ? y.map((value, i) => value + x[i]) : y);
  const x = Float64Array.from(layer.x);
  const a = normed(x, layer.norms?.attention);
  const heads = attend(form, yield* product('q', a), yield* product('k', a), yield* product('v', a));
  const h = plus(x, yield* product('output', heads));
  const n = normed(h, layer.norms?.feedForward);
  const up = yield* product('up', n);
  const inner = activation === 'swiglu' ? (yield* product('gate', n)).map((gate, i) => gate * sigmoid(gate) * up[i]) : up.map(ACTIVATIONS[activation]);
  const sumAbs = (yield* product('down', inner, true)).map((value, i) => value + (form.residual ? Math.abs(h[i]) : 0));
  return { y: plus(h, yield* product('down', inner)), sumAbs };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const ACTIVATIONS = {
  none: (x: number): number => x,
  relu: (x: number): number => Math.max(x, 0),
  gelu: (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
} as const;

function* multiply(w: Float32Array, m: number, k: number, x: Float64Array, tokens: number, magnitudes: boolean): Generator<void, Float64Array> {
  const out = new Float64Array(tokens * m);
  const addRow = (at: number): void => {
    const [a, b] = [(at % m) * k, Math.floor(at / m) * k];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += magnitudes ? Math.abs(w[a + i] * x[b + i]) : w[a + i] * x[b + i];
    out[at] = sum;
  };
  yield* each(out.length, addRow, Math.ceil(BREATH / k));
  return out;
}

function norm(x: Float64Array, hidden: number, gains: Float32Array, epsilon: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let first = 0; first < x.length; first += hidden) {
    const squares = x.subarray(first, first + hidden).reduce((sum, value) => sum + value * value, 0);
    const scale = 1 / Math.sqrt(squares / hidden + epsilon);
    for (let i = 0; i < hidden; i++) out[first + i] = x[first + i] * scale * gains[i];
  }
  return out;
}

/** Pairs (2i, 2i + 1) by position * base^(-2i / dimensions), in place. */
function rotate(x: Float64Array, position: number, rope: Form['rope']): void {
  for (let i = 0; rope && i < rope.dimensions / 2; i++) {
    const angle = position * rope.base ** ((-2 * i) / rope.dimensions);
    const [even, odd] = [x[2 * i], x[2 * i + 1]];
    x[2 * i] = even * Math.cos(angle) - odd * Math.sin(angle);
    x[2 * i + 1] = even * Math.sin(angle) + odd * Math.cos(angle);
  }
}

function attend({ heads, kvHeads, headSize, tokens, perSequence, rope }: Form, q: Float64Array, k: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(tokens * heads * headSize);
  const slice = (all: Float64Array, of: number, token: number, which: number): Float64Array =>
    all.slice((token * of + which) * headSize, (token * of + which + 1) * headSize);
  for (let token = 0; token < tokens; token++) {
    const first = token - (token % perSequence);
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor((head * kvHeads) / heads);
      const query = slice(q, heads, token, head);
      rotate(query, token - first, rope);
      const scores = Array.from({ length: token - first + 1 }, (_, j) => {
        const key = slice(k, kvHeads, first + j, shared);
        rotate(key, j, rope);
        return key.reduce((sum, value, i) => sum + value * query[i], 0) / Math.sqrt(headSize);
      });
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, j) => {
        const value = slice(v, kvHeads, first + j, shared);
        for (let i = 0; i < headSize; i++) out[(token * heads + head) * headSize + i] += (weight / total) * value[i];
      });
    }
  }
  return out;
}
