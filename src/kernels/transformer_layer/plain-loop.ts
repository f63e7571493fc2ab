/**
 * The plain loop of a layer: a scalar program that does what the PEs do, operation by operation in the documented order, and
 * shares no code with them. Every operation rounds to f32. Weights come from the quant room's reference twins.
 */
import { assert } from '../../base/error.ts';
import { each } from '../../base/pieces.ts';
import type { LayerMatrix } from '../../model/layer.ts';
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { Layer, Matrix } from '../types.ts';
import type { Form } from './form.ts';
import { plainExp, plainGelu, plainReciprocal, plainRelu, plainRsqrt, plainSilu } from './plain-maths.ts';

const f = Math.fround;

/** Weights, or multiply-adds, from one yield to the next. */
export const BREATH = 1 << 19;

/** One f32 row after the other, in pieces. */
export function* floatsOf({ rows, m, k, format: id }: Matrix): Generator<void, Float32Array> {
  const { format } = dequantiserFor(id);
  const bytes = rowBytes(format, k);
  const out = new Float32Array(m * k);
  const put = (r: number): void => format.reference(rows.subarray(r * bytes, (r + 1) * bytes), out.subarray(r * k, (r + 1) * k));
  yield* each(m, put, Math.ceil(BREATH / k));
  return out;
}

/** N x hidden f32, in pieces. */
export function* adding(form: Form, layer: Layer): Generator<void, Float32Array> {
  const { hidden, tokens, activation } = form;
  function* product(name: LayerMatrix, x: Float32Array): Generator<void, Float32Array> {
    const matrix = layer.matrices[name];
    assert(matrix !== undefined, `the layer has no matrix ${name}`);
    return yield* multiply(yield* floatsOf(matrix), matrix.m, matrix.k, x, tokens);
  }
  const normed = (x: Float32Array, gains: Float32Array | undefined): Float32Array => (form.norm && gains ? plainNorm(x, hidden, gains, form.norm.epsilon) : x);
  const residual = (x: Float32Array, y: Float32Array): Float32Array => (form.residual ? y.map((value, i) => f(x[i] + value)) : y);
  const a = normed(layer.x, layer.norms?.attention);
  const heads = plainAttention(form, yield* product('q', a), yield* product('k', a), yield* product('v', a));
  const h = residual(layer.x, yield* product('output', heads));
  const n = normed(h, layer.norms?.feedForward);
  const up = yield* product('up', n);
  const inner = activation === 'swiglu' ? (yield* product('gate', n)).map((gate, i) => f(plainSilu(gate) * up[i])) : up.map(ACTIVATIONS[activation]);
  return residual(h, yield* product('down', inner));
}

const ACTIVATIONS = { none: (x: number): number => x, relu: plainRelu, gelu: plainGelu } as const;

/** k ascending: acc = fl(acc + fl(w x)). */
function* multiply(w: Float32Array, m: number, k: number, x: Float32Array, tokens: number): Generator<void, Float32Array> {
  const out = new Float32Array(tokens * m);
  const addRow = (at: number): void => {
    let acc = 0;
    for (let i = 0, a = (at % m) * k, b = Math.floor(at / m) * k; i < k; i++, a++, b++) acc = f(acc + f(w[a] * x[b]));
    out[at] = acc;
  };
  yield* each(out.length, addRow, Math.ceil(BREATH / k));
  return out;
}

/** RMS norm of tokens of `hidden` values: squares added up in ascending order. */
export function plainNorm(x: Float32Array, hidden: number, gains: Float32Array, epsilon: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let first = 0; first < x.length; first += hidden) {
    let sum = 0;
    for (let i = 0; i < hidden; i++) sum = f(sum + f(x[first + i] * x[first + i]));
    const scale = plainRsqrt(f(f(sum * f(1 / hidden)) + f(epsilon)));
    for (let i = 0; i < hidden; i++) out[first + i] = f(f(x[first + i] * scale) * gains[i]);
  }
  return out;
}

/** Rotated pairs of one head's vector, in place; `angles` holds cosines, then sines. */
function rotate(x: Float32Array, angles: Float32Array): void {
  const half = angles.length / 2;
  for (let i = 0; i < half; i++) {
    const [even, odd, c, s] = [x[2 * i], x[2 * i + 1], angles[i], angles[half + i]];
    x[2 * i] = f(f(even * c) - f(odd * s));
    x[2 * i + 1] = f(f(odd * c) + f(even * s));
  }
}

/** One step on: c' = c C + s (-S), s' = s C + c S. */
function turn(angles: Float32Array<ArrayBuffer>, steps: readonly number[]): Float32Array<ArrayBuffer> {
  const half = angles.length / 2;
  return angles.map((value, e) => {
    const i = e % half;
    const [C, S] = [f(Math.cos(steps[i])), f(Math.sin(steps[i]))];
    return f(f(value * C) + f(angles[(e + half) % (2 * half)] * (e < half ? -S : S)));
  });
}

/** Rotary embedding, scores, softmax and weighted values of all heads: N x heads * headSize. */
export function plainAttention(form: Form, q: Float32Array, k: Float32Array, v: Float32Array): Float32Array {
  const { heads, kvHeads, headSize, tokens, perSequence, rope } = form;
  const out = new Float32Array(tokens * heads * headSize);
  const steps = Array.from({ length: (rope?.dimensions ?? 0) / 2 }, (_, i) => (rope?.base ?? 1) ** ((-2 * i) / (rope?.dimensions ?? 1)));
  const scale = f(1 / Math.sqrt(headSize));
  for (let head = 0; head < heads; head++) {
    const shared = Math.floor((head * kvHeads) / heads);
    for (let first = 0; first < tokens; first += perSequence) {
      let angles = Float32Array.from({ length: 2 * steps.length }, (_, i) => (i < steps.length ? 1 : 0));
      const keys: Float32Array[] = [];
      for (let t = 0; t < perSequence; t++) {
        const slice = (all: Float32Array, of: number, which: number): Float32Array =>
          all.slice(((first + t) * of + which) * headSize, ((first + t) * of + which + 1) * headSize);
        const query = slice(q, heads, head);
        keys.push(slice(k, kvHeads, shared));
        rotate(query, angles);
        rotate(keys[t], angles);
        angles = turn(angles, steps);
        const o = weigh(
          query.map((value) => f(value * scale)),
          keys,
          (j) => v.subarray(((first + j) * kvHeads + shared) * headSize, ((first + j) * kvHeads + shared + 1) * headSize),
        );
        out.set(o, ((first + t) * heads + head) * headSize);
      }
    }
  }
  return out;
}

/** Softmax over the keys so far, and the weighted sum of their values. */
function weigh(query: Float32Array, keys: readonly Float32Array[], valueAt: (j: number) => Float32Array): Float32Array {
  let most = Number.NEGATIVE_INFINITY;
  const scores = keys.map((key) => {
    const score = key.reduce((acc, x, i) => f(acc + f(x * query[i])), 0);
    most = Math.max(most, score);
    return score;
  });
  let sum = 0;
  const o = new Float32Array(query.length);
  scores.forEach((score, j) => {
    const p = plainExp(f(score - most));
    sum = f(sum + p);
    const value = valueAt(j);
    for (let i = 0; i < o.length; i++) o[i] = f(o[i] + f(value[i] * p));
  });
  const scale = plainReciprocal(sum);
  return o.map((value) => f(value * scale));
}
