/**
 * The forward pass of Universal Sentence Encoder Lite (layers with norms before attention and FFN; graph of the TensorFlow.js
 * model): ids of tokens in, one embedding of length 1 per sentence out. Every matrix product is asked of the caller, for the
 * tokens of all sentences together, so that it can run on a wafer or in a plain loop; what lies between is done here, on the
 * host, in float64 in the order written ({@link ON_HOST}). Sentences meet in no operation: attention stays within each.
 */
import { type SentenceModel, weightsOf } from '../model/sentence-model.ts';

/** What the host does between products, for whoever shows a result. */
export const ON_HOST: readonly string[] = [
  'embedding: 2 e + position signal (sines, then cosines)',
  'layer norm: (x - mean) / sqrt(variance + epsilon), gain, bias',
  'bias after every product',
  'attention: softmax(q k / sqrt(head size)) v, head by head',
  'residual additions',
  'ReLU',
  'mean over the tokens of a sentence',
  'tanh, division by the Euclidean norm',
];

/** C[n x m] = x[n x k] times the transpose of the matrix of this name, without its bias. */
export type Product = (name: string, x: Float64Array) => Promise<Float32Array | Float64Array>;

/** Rows of one width, one after the other. */
interface Rows {
  readonly width: number;
  readonly values: Float64Array;
}

/** Tokens of a sentence among those of all: [from, to). */
type Span = readonly [from: number, to: number];

/**
 * Embeddings of sentences given as ids of tokens (each at least one), sentences x output, float64.
 * Rejects with what `product` rejects with.
 */
export async function encodeSentences(model: SentenceModel, sentences: readonly (readonly number[])[], product: Product): Promise<Float64Array> {
  const spans = spansOf(sentences);
  const dense = async (name: string, { values }: Rows): Promise<Rows> => biased(model, name, await product(name, values));
  let x = embedded(model, sentences);
  for (let layer = 0; layer < model.sizes.layers; layer++) x = await throughLayer(model, layer, x, spans, dense);
  return unitRows(await dense('pooler', meanOf(x, spans)));
}

type Dense = (name: string, x: Rows) => Promise<Rows>;

function spansOf(sentences: readonly (readonly number[])[]): Span[] {
  const spans: Span[] = [];
  for (const { length } of sentences) {
    const from = spans.at(-1)?.[1] ?? 0;
    spans.push([from, from + length]);
  }
  return spans;
}

/** 2 e + [sin(p f), cos(p f)]: the graph adds the embedding to itself and the signal of position p. */
function embedded({ sizes, table, vectors }: SentenceModel, sentences: readonly (readonly number[])[]): Rows {
  const width = sizes.embedding;
  const frequencies = vectors.get('position_inv_freq')!;
  const values = Float64Array.from(sentences.flat().flatMap((id) => Array.from(weightsOf(table, id, 1), (e) => 2 * e)));
  const positions = sentences.flatMap((ids) => ids.map((_, position) => position));
  for (const [token, position] of positions.entries()) {
    for (const [i, f] of frequencies.entries()) {
      // The graph's own product is an f32.
      const angle = Math.fround(position * f);
      values[token * width + i] += Math.sin(angle);
      values[token * width + width / 2 + i] += Math.cos(angle);
    }
  }
  return { width, values };
}

/** Attention and FFN, each with its norm before and its residual after. */
async function throughLayer(model: SentenceModel, layer: number, x: Rows, spans: readonly Span[], dense: Dense): Promise<Rows> {
  const name = (part: string): string => `blk.${layer}.${part}`;
  const carried = layer === 0 ? await dense(name('residual_proj'), x) : x;
  const qkv = await dense(name('attn_qkv'), normed(model, name('attn_norm'), x));
  const attended = sum(await dense(name('attn_output'), attention(qkv, model.sizes.heads, spans)), carried);
  const up = await dense(name('ffn_up'), normed(model, name('ffn_norm'), attended));
  return sum(await dense(name('ffn_down'), { ...up, values: up.values.map((v) => Math.max(v, 0)) }), attended);
}

function biased(model: SentenceModel, name: string, y: Float32Array | Float64Array): Rows {
  const bias = model.vectors.get(`${name}.bias`)!;
  return { width: bias.length, values: Float64Array.from(y, (v, i) => v + bias[i % bias.length]) };
}

const sum = (a: Rows, b: Rows): Rows => ({ width: a.width, values: a.values.map((v, i) => v + b.values[i]) });

/** Layer norm of every row. */
function normed(model: SentenceModel, name: string, { width, values }: Rows): Rows {
  const [gain, bias] = [model.vectors.get(`${name}.weight`)!, model.vectors.get(`${name}.bias`)!];
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += width) {
    const row = values.subarray(at, at + width);
    const mean = row.reduce((total, v) => total + v, 0) / width;
    const variance = row.reduce((total, v) => total + (v - mean) ** 2, 0) / width;
    const scale = 1 / Math.sqrt(variance + model.sizes.epsilon);
    for (let i = 0; i < width; i++) out[at + i] = (row[i] - mean) * scale * gain[i] + bias[i];
  }
  return { width, values: out };
}

/** Softmax attention of every token of a sentence to all of it; a row is queries, keys, values, each head after head. */
function attention(qkv: Rows, heads: number, spans: readonly Span[]): Rows {
  const width = qkv.width / 3;
  const size = width / heads;
  const out = new Float64Array((qkv.values.length / qkv.width) * width);
  const part = (token: number, which: number, head: number): Float64Array => {
    const at = token * qkv.width + which * width + head * size;
    return qkv.values.subarray(at, at + size);
  };
  for (const [from, to] of spans) {
    for (let token = from; token < to; token++) {
      for (let head = 0; head < heads; head++) {
        const query = part(token, 0, head);
        const weights = softmax(Float64Array.from({ length: to - from }, (_, j) => dot(query, part(from + j, 1, head)) / Math.sqrt(size)));
        const at = token * width + head * size;
        for (const [j, weight] of weights.entries()) {
          const value = part(from + j, 2, head);
          for (let i = 0; i < size; i++) out[at + i] += weight * value[i];
        }
      }
    }
  }
  return { width, values: out };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, v, i) => total + v * b[i], 0);

function softmax(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** The mean of a sentence's tokens. */
function meanOf({ width, values }: Rows, spans: readonly Span[]): Rows {
  const out = new Float64Array(spans.length * width);
  for (const [sentence, [from, to]] of spans.entries()) {
    for (let token = from; token < to; token++) {
      for (let i = 0; i < width; i++) out[sentence * width + i] += values[token * width + i] / (to - from);
    }
  }
  return { width, values: out };
}

/** The least sum of squares that is divided by (graph: l2_normalize/Maximum). */
const LEAST_SQUARES = 1e-12;

/** tanh of every value, then rows of length 1. */
function unitRows({ width, values }: Rows): Float64Array {
  const out = values.map(Math.tanh);
  for (let at = 0; at < out.length; at += width) {
    const row = out.subarray(at, at + width);
    const scale = 1 / Math.sqrt(Math.max(dot(row, row), LEAST_SQUARES));
    for (let i = 0; i < width; i++) row[i] *= scale;
  }
  return out;
}

/** Products in float64 with the weights as dequantised: {@link encodeSentences} without a wafer, which every run is held against. */
export function float64Product({ matrices }: SentenceModel): Product {
  return async (name, x) => {
    const matrix = matrices.get(name)!;
    const { m, k } = matrix;
    const weights = weightsOf(matrix);
    const out = new Float64Array((x.length / k) * m);
    for (let i = 0; i < out.length; i++) {
      const [token, row] = [Math.floor(i / m), i % m];
      for (let j = 0; j < k; j++) out[i] += weights[row * k + j] * x[token * k + j];
    }
    return out;
  };
}
