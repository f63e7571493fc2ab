/**
 * A sentence encoder read from a GGUF of architecture `use-lite` (Universal Sentence Encoder Lite, written by scripts/build-demo.ts):
 * its sizes, its matrices as stored, its biases and norms in f32, its tokenizer. What is done with them: src/inference/sentence.ts.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import type { GgufFile, TensorInfo } from './gguf-read.ts';
import type { Matrix } from './layer.ts';
import { type Tokenizer, tokenizerOf } from './tokenizer.ts';
import { K_MULTIPLE } from './workload.ts';

const SENTENCE_ARCHITECTURE = 'use-lite';

export interface SentenceSizes {
  readonly layers: number;
  /** Values of a token's embedding, and of the first layer's queries, keys and values. */
  readonly embedding: number;
  /** Values of a token behind the first layer. */
  readonly hidden: number;
  readonly feedForward: number;
  readonly heads: number;
  /** Added to the variance under the root of a layer norm. */
  readonly epsilon: number;
  /** Most tokens of a sentence. */
  readonly context: number;
  /** Values of a sentence's embedding. */
  readonly output: number;
}

export interface SentenceModel {
  readonly name: string;
  /** Author and licence as the file states them; empty if it does not. */
  readonly attribution: string;
  readonly sizes: SentenceSizes;
  readonly tokenizer: Tokenizer;
  /** By name without `.weight`, in the order in which a token meets them: `blk.0.attn_qkv`, ..., `pooler`. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** Biases and norms by full name, and `position_inv_freq`. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** Rows of the embedding by token, as stored. */
  readonly table: Matrix;
}

/** Name, rows and columns of a matrix; its bias has as many values as it has rows. */
type Size = readonly [name: string, m: number, k: number];

/** Width of the activations that enter a layer. */
export const widthInto = ({ embedding, hidden }: SentenceSizes, layer: number): number => (layer === 0 ? embedding : hidden);

/** The matrices that multiply activations. The first layer widens, so its residual goes through a matrix, too. */
function matrixSizes(sizes: SentenceSizes): Size[] {
  const { hidden, feedForward, layers, output } = sizes;
  const ofLayer = (layer: number): Size[] => {
    const width = widthInto(sizes, layer);
    const projection: Size[] = layer === 0 ? [['blk.0.residual_proj', hidden, width]] : [];
    return [
      ...projection,
      [`blk.${layer}.attn_qkv`, 3 * width, width],
      [`blk.${layer}.attn_output`, hidden, width],
      [`blk.${layer}.ffn_up`, feedForward, hidden],
      [`blk.${layer}.ffn_down`, hidden, feedForward],
    ];
  };
  return [...Array.from({ length: layers }, (_, layer) => ofLayer(layer)).flat(), ['pooler', output, hidden]];
}

/** Vectors beside the biases: gains and biases of the norms, position frequencies. */
function vectorSizes(sizes: SentenceSizes): (readonly [name: string, length: number])[] {
  const norms = Array.from({ length: sizes.layers }, (_, layer) => {
    const widths = { attn_norm: widthInto(sizes, layer), ffn_norm: sizes.hidden };
    return Object.entries(widths).flatMap(([norm, width]) => ['weight', 'bias'].map((part) => [`blk.${layer}.${norm}.${part}`, width] as const));
  });
  return [...norms.flat(), ['position_inv_freq', sizes.embedding / 2]];
}

/**
 * Reads the whole model.
 * Throws WeftError that names the metadata key or the tensor: another architecture, no tokenizer, sizes that contradict one another.
 */
export async function readSentenceModel(file: GgufFile): Promise<SentenceModel> {
  const sizes = readSizes(file);
  const tokenizer = tokenizerOf(file);
  const table = await readMatrix(file, 'token_embd.weight', sizes.embedding);
  if (table.m < tokenizer.size)
    throw new WeftError(table.name, `it has ${grouped(table.m)} rows for ${grouped(tokenizer.size)} tokens`, ['use a file whose vocabulary fits its tensors']);
  const matrices = new Map<string, Matrix>();
  const vectors = new Map<string, Float32Array>();
  for (const [name, m, k] of matrixSizes(sizes)) {
    matrices.set(name, await readMatrix(file, `${name}.weight`, k, m));
    vectors.set(`${name}.bias`, await readVector(file, `${name}.bias`, m));
  }
  for (const [name, length] of vectorSizes(sizes)) vectors.set(name, await readVector(file, name, length));
  const text = (key: string): string => String(file.metadata.get(`general.${key}`) ?? '');
  const attribution = ['author', 'license', 'source'].map(text).filter((part) => part !== '');
  return {
    name: text('name') || (file.name ?? SENTENCE_ARCHITECTURE),
    attribution: attribution.join(', '),
    sizes,
    tokenizer,
    matrices,
    vectors,
    table,
  };
}

function readSizes(file: GgufFile): SentenceSizes {
  const architecture = file.metadata.get('general.architecture');
  if (architecture !== SENTENCE_ARCHITECTURE) {
    const problem = `the architecture is ${String(architecture ?? 'not stated')}; sentences are compared by ${SENTENCE_ARCHITECTURE}`;
    throw new WeftError('general.architecture', problem, ['use the demo model']);
  }
  const whole = (key: string): number => positive(file, key, (value) => Number.isSafeInteger(value));
  const sizes: SentenceSizes = {
    layers: whole('block_count'),
    embedding: whole('embedding_length'),
    hidden: whole('hidden_length'),
    feedForward: whole('feed_forward_length'),
    heads: whole('attention.head_count'),
    epsilon: positive(file, 'attention.layer_norm_epsilon', Number.isFinite),
    context: whole('context_length'),
    output: whole('output_length'),
  };
  if (sizes.layers > file.tensors.length) throw contradiction('block_count', `${sizes.layers} layers in a file of ${file.tensors.length} tensors`);
  for (const [key, width] of Object.entries({ embedding_length: sizes.embedding, hidden_length: sizes.hidden, feed_forward_length: sizes.feedForward })) {
    if (width % K_MULTIPLE !== 0) throw contradiction(key, `it is ${width}, it must be a multiple of ${K_MULTIPLE}`);
    if (key !== 'feed_forward_length' && width % sizes.heads !== 0) throw contradiction('attention.head_count', `${sizes.heads} heads do not divide ${width}`);
  }
  return sizes;
}

function positive(file: GgufFile, key: string, holds: (value: number) => boolean): number {
  const value = file.metadata.get(`${SENTENCE_ARCHITECTURE}.${key}`);
  if (typeof value === 'number' && value > 0 && holds(value)) return value;
  throw contradiction(key, value === undefined ? 'it is missing' : `it is ${String(value)}`);
}

const contradiction = (key: string, problem: string): WeftError =>
  new WeftError(`${SENTENCE_ARCHITECTURE}.${key}`, problem, ['use a complete model file', 'use the demo model']);

/** The tensor of exactly this name, whose rows have `k` values. */
function sized(file: GgufFile, name: string, k: number, rows?: number): TensorInfo {
  const tensor = file.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new WeftError(name, 'the file has no such tensor', ['use a complete model file']);
  if (tensor.shape[0] !== k || (rows !== undefined && tensor.rows !== rows)) {
    const wanted = rows === undefined ? `rows of ${grouped(k)}` : `${grouped(rows)} x ${grouped(k)}`;
    throw new WeftError(name, `it is ${grouped(tensor.rows)} x ${grouped(tensor.shape[0])}, the metadata ask for ${wanted}`, [
      'use a file whose metadata fit its tensors',
    ]);
  }
  if (FORMATS[tensor.type as FormatId] === undefined)
    throw new WeftError(name, `it is stored as ${tensor.type}, which has no program on PEs`, [`store it as one of ${Object.keys(FORMATS).join(', ')}`]);
  return tensor;
}

async function readMatrix(file: GgufFile, name: string, k: number, rows?: number): Promise<Matrix> {
  const tensor = sized(file, name, k, rows);
  return { name, format: tensor.type, m: tensor.rows, k, rows: (await file.readTensor(tensor)).slice() };
}

async function readVector(file: GgufFile, name: string, length: number): Promise<Float32Array> {
  return weightsOf(await readMatrix(file, name, length, 1));
}

/** The weights of a matrix, or of some of its rows, m x k. */
export function weightsOf({ format, k, rows }: Matrix, from = 0, count?: number): Float32Array {
  const { blockSize, blockBytes, dequantise } = FORMATS[format as FormatId];
  const rowBytes = (k / blockSize) * blockBytes;
  const bytes = rows.subarray(from * rowBytes, count === undefined ? undefined : (from + count) * rowBytes);
  const out = new Float32Array((bytes.length / rowBytes) * k);
  dequantise(bytes, out);
  return out;
}
