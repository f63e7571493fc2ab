/**
 * One transformer layer as a workload: its sizes from GGUF metadata, its matrices as stored, its norms' gains. Llama's layer
 * (RMS norm, rotary pairs (2i, 2i + 1), grouped-query attention, SwiGLU, residuals) from files of architecture `llama`, or one
 * made from a seed. Left out: biases, layers of experts, other architectures (each is one clear error).
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { type Drive, toEnd } from '../base/pieces.ts';
import { rng } from '../base/rng.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { findTensor, type GgufFile, type TensorInfo } from './gguf-read.ts';
import { drawingRows } from './synthetic.ts';
import { type Activations, checkInput, checkK, drawingActivations, ownBytes, type Workload } from './workload.ts';

export const LAYER_MATRICES = ['q', 'k', 'v', 'output', 'gate', 'up', 'down'] as const;
export type LayerMatrix = (typeof LAYER_MATRICES)[number];

/** Sizes of a transformer layer in the terms of GGUF metadata. */
export interface LayerShape {
  readonly hidden: number;
  readonly heads: number;
  /** Heads of keys and values; fewer than `heads` in grouped-query attention. */
  readonly kvHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly activation: 'none' | 'gelu' | 'relu' | 'swiglu';
  /** RMS norm before attention and FFN; `epsilon` under the root. Null: no norms. */
  readonly norm: { readonly epsilon: number } | null;
  /** Rotary embedding of pairs (2i, 2i + 1); null: none. */
  readonly rope: { readonly base: number; readonly dimensions: number } | null;
  readonly residual: boolean;
  /** Stored format of every matrix; of `gate` also where there is none. */
  readonly formats: Readonly<Record<LayerMatrix, string>>;
}

/** A stored matrix: `m` rows of `k`. */
export interface Matrix {
  readonly name: string;
  readonly format: string;
  readonly m: number;
  readonly k: number;
  readonly rows: Uint8Array;
}

/** The numbers of a layer beside its activations. */
export interface LayerParts {
  readonly layer: LayerShape;
  /** `gate` is absent without SwiGLU. */
  readonly matrices: Readonly<Partial<Record<LayerMatrix, Matrix>>>;
  /** Gains of the two norms, `hidden` f32 each; absent without norms. */
  readonly norms?: { readonly attention: Float32Array; readonly feedForward: Float32Array };
}

export interface LayerWorkload extends Workload, LayerParts {}

/** Rows and columns of a matrix of a layer. */
export function matrixSize(layer: LayerShape, matrix: LayerMatrix): { readonly m: number; readonly k: number } {
  const { hidden, heads, kvHeads, headSize, feedForward } = layer;
  const [q, kv] = [heads * headSize, kvHeads * headSize];
  const sizes = {
    q: { m: q, k: hidden },
    k: { m: kv, k: hidden },
    v: { m: kv, k: hidden },
    output: { m: hidden, k: q },
    gate: { m: feedForward, k: hidden },
    up: { m: feedForward, k: hidden },
    down: { m: hidden, k: feedForward },
  } as const;
  return sizes[matrix];
}

/** Matrices that a layer has. */
export const matricesOf = ({ activation }: LayerShape): LayerMatrix[] => LAYER_MATRICES.filter((name) => name !== 'gate' || activation === 'swiglu');

/** Names of a llama layer's tensors in GGUF, after `blk.N.`. */
const TENSORS: Readonly<Record<LayerMatrix, string>> = {
  q: 'attn_q',
  k: 'attn_k',
  v: 'attn_v',
  output: 'attn_output',
  gate: 'ffn_gate',
  up: 'ffn_up',
  down: 'ffn_down',
};

/** What the file calls a matrix within its layer: `ffn_up`. */
export const matrixName = (matrix: LayerMatrix): string => TENSORS[matrix];

/** The name of a layer's matrix in the file. */
export const matrixTensor = (block: number, matrix: LayerMatrix): string => `blk.${block}.${TENSORS[matrix]}.weight`;

/** The block number in `blk.3` or `blk.3.anything`; 0 for an empty name. Throws WeftError (`--tensor`). */
export function blockNumber(file: GgufFile, tensor: string): number {
  const count = llamaNumber(file, 'block_count');
  const match = /^blk\.(\d+)(\.|$)/.exec(tensor);
  const block = tensor === '' ? 0 : match ? Number(match[1]) : -1;
  if (block >= 0 && block < count) return block;
  throw new WeftError('--tensor', `'${tensor}' names no layer; the file has blk.0 to blk.${count - 1}`, ['Use --tensor blk.0']);
}

/** Sizes of a layer, from metadata and the tensors' types. Throws WeftError for what is no llama layer. */
export function layerShape(file: GgufFile, block: number): LayerShape {
  const architecture = file.metadata.get('general.architecture');
  if (architecture !== 'llama') {
    const fixes = ['Use a file of architecture llama', 'Use --model synthetic', 'Choose a kernel for one matrix, such as streaming'];
    throw new WeftError('--model', `its architecture is ${String(architecture)}; layers are read from llama files`, fixes);
  }
  const [hidden, heads] = [llamaNumber(file, 'embedding_length'), llamaNumber(file, 'attention.head_count')];
  const kvHeads = llamaNumber(file, 'attention.head_count_kv', heads);
  const headSize = llamaNumber(file, 'attention.key_length', hidden / heads);
  const layer: LayerShape = {
    hidden,
    heads,
    kvHeads,
    headSize,
    feedForward: llamaNumber(file, 'feed_forward_length'),
    activation: 'swiglu',
    norm: { epsilon: llamaNumber(file, 'attention.layer_norm_rms_epsilon') },
    rope: { base: llamaNumber(file, 'rope.freq_base', 10_000), dimensions: llamaNumber(file, 'rope.dimension_count', headSize) },
    residual: true,
    formats: Object.fromEntries(LAYER_MATRICES.map((name) => [name, tensorOf(file, block, TENSORS[name]).type])) as Record<LayerMatrix, string>,
  };
  checkHeads(layer);
  for (const name of LAYER_MATRICES) checkMatrix(layer, name, tensorOf(file, block, TENSORS[name]));
  return layer;
}

/** A layer of a file with N seeded gaussian tokens, which `drive` draws, or given ones. Throws as {@link layerShape} does. */
export async function layerFromModel(file: GgufFile, block: number, activations: Activations, drive: Drive = toEnd): Promise<LayerWorkload> {
  const layer = layerShape(file, block);
  const { hidden } = layer;
  const x = 'input' in activations ? checkInput(activations.input, hidden) : await drive(drawingActivations(activations.n, hidden, activations.seed));
  const matrices: Partial<Record<LayerMatrix, Matrix>> = {};
  for (const name of LAYER_MATRICES) {
    const tensor = tensorOf(file, block, TENSORS[name]);
    matrices[name] = { name: tensor.name, format: tensor.type, m: tensor.rows, k: tensor.shape[0]!, rows: ownBytes(await file.readTensor(tensor)) };
  }
  const [attention, feedForward] = ['attn_norm', 'ffn_norm'].map((norm) => tensorOf(file, block, norm));
  const norms = { attention: await gainsOf(file, attention, hidden), feedForward: await gainsOf(file, feedForward, hidden) };
  const name = `blk.${block}`;
  return { ...outside(name, hidden, x, layer), source: { kind: 'gguf', tensor: name, summary: [] }, layer, matrices, norms };
}

/** Sizes of a layer by rule: heads of 64, FFN of 4 h with GELU, RMS norms, rotary embedding, residuals. Throws WeftError (`--k`). */
export function syntheticLayerShape(hidden: number, format: FormatId = 'q4_k'): LayerShape {
  checkK(hidden, '--k');
  return {
    hidden,
    heads: hidden / 64,
    kvHeads: hidden / 64,
    headSize: 64,
    feedForward: 4 * hidden,
    activation: 'gelu',
    norm: { epsilon: 1e-5 },
    rope: { base: 10_000, dimensions: 64 },
    residual: true,
    formats: Object.fromEntries(LAYER_MATRICES.map((name) => [name, format])) as Record<LayerMatrix, string>,
  };
}

/** A layer of seeded weights, N(0, 1/K), gains of 1 with a deviation of 0.1, and N gaussian tokens. */
export const syntheticLayer = (hidden: number, n: number, seed: number, format: FormatId = 'q4_k'): LayerWorkload =>
  toEnd(synthesisingLayer(hidden, n, seed, format));

/** The same in pieces. */
export function* synthesisingLayer(hidden: number, n: number, seed: number, format: FormatId): Generator<void, LayerWorkload> {
  const layer = syntheticLayerShape(hidden, format);
  const random = rng(seed);
  const matrices: Record<string, Matrix> = {};
  for (const name of matricesOf(layer)) {
    const { m, k } = matrixSize(layer, name);
    matrices[name] = { name, format, m, k, rows: (yield* drawingRows(m, k, random, format)).weights };
  }
  const gain = (): Float32Array => Float32Array.from({ length: hidden }, () => 1 + 0.1 * random.gauss());
  const norms = { attention: gain(), feedForward: gain() };
  const summary = [['seed', String(seed)]] as const;
  const source = { kind: 'synthetic', tensor: `synthetic layer ${hidden}`, summary } as const;
  return {
    ...outside(`Synthetic layer, hidden ${grouped(hidden)}`, hidden, yield* drawingActivations(n, hidden, seed), layer),
    source,
    layer,
    matrices,
    norms,
  };
}

/** What a layer looks like as a workload: tokens of `hidden` in and out. */
function outside(name: string, hidden: number, x: Float32Array, layer: LayerShape): Omit<Workload, 'source'> {
  return { name, m: hidden, k: hidden, n: x.length / hidden, format: layer.formats.q, weights: new Uint8Array(0), x };
}

function tensorOf(file: GgufFile, block: number, name: string): TensorInfo {
  return findTensor(file, `blk.${block}.${name}.weight`);
}

/** A number of the llama metadata. Throws WeftError that names the key if it is missing and has no default. */
export function llamaNumber(file: GgufFile, key: string, fallback?: number): number {
  const value = file.metadata.get(`llama.${key}`) ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint') return Number(value);
  throw new WeftError(`llama.${key}`, `the metadata has ${value === undefined ? 'no such key' : `${String(value)}, not a number`}`, [
    'Use a complete llama GGUF',
  ]);
}

function checkHeads({ hidden, heads, kvHeads, headSize, rope }: LayerShape): void {
  const contradiction = (key: string, problem: string): WeftError => new WeftError(`llama.${key}`, problem, ['Use a file whose metadata fit its tensors']);
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) throw contradiction('attention.head_count', `${hidden} over ${heads} heads is no even head size`);
  if (heads % kvHeads !== 0) throw contradiction('attention.head_count_kv', `${heads} heads do not share ${kvHeads} heads of keys and values evenly`);
  if (rope && (rope.dimensions > headSize || rope.dimensions % 2 !== 0))
    throw contradiction('rope.dimension_count', `${rope.dimensions} rotated dimensions of a head of ${headSize}`);
}

function checkMatrix(layer: LayerShape, name: LayerMatrix, tensor: TensorInfo): void {
  const { m, k } = matrixSize(layer, name);
  if (tensor.rows !== m || tensor.shape[0] !== k) {
    const found = `${grouped(tensor.rows)} x ${grouped(tensor.shape[0])}`;
    throw new WeftError(tensor.name, `it is ${found}, the metadata ask for ${grouped(m)} x ${grouped(k)}`, ['Use a file whose metadata fit its tensors']);
  }
}

/** A norm's gains, stored as F32 (or F16). Throws WeftError that names the tensor for another length or type. */
export async function gainsOf(file: GgufFile, tensor: TensorInfo, length: number): Promise<Float32Array> {
  const format = FORMATS[tensor.type as FormatId];
  const out = new Float32Array(length);
  if (format === undefined || tensor.shape[0] !== length || tensor.rows !== 1) {
    throw new WeftError(tensor.name, `it is ${tensor.shape.join(' x ')} ${tensor.type}, not ${length} f32`, ['Use a file whose metadata fit its tensors']);
  }
  format.dequantise(await file.readTensor(tensor), out);
  return out;
}
