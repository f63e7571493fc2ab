/**
 * Workloads and model files made from a seed: the same bytes for the same seed on every machine. Weights are N(0, 1/K), so
 * that outputs of standard normal activations are of order 1, as in a freshly initialised layer.
 * Left out: the correlations and outliers of trained weights; the demo model has those.
 */
import { assert, WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { toEnd } from '../base/pieces.ts';
import { GAUSS_DRAWS, type Rng, rng } from '../base/rng.ts';
import { encoderOf } from '../quant/encode.ts';
import { FORMATS, type FormatId, isOriginalFormat, rowBytes } from '../quant/formats.ts';
import { Q4_K_IX_LABEL } from '../quant/q4_k_ix.ts';
import type { MetadataEntry } from './gguf-types.ts';
import { type TensorToWrite, writeGguf } from './gguf-write.ts';
import { nearestNames } from './nearest.ts';
import { RANDOM_Q4_K, RANDOM_Q5_K, RANDOM_Q6_K, type RandomBlocks } from './random-blocks.ts';
import { checkK, drawingActivations, K_MULTIPLE, type RowRange, type Workload } from './workload.ts';

/**
 * Up to here gaussian weights are drawn and quantised, which takes about a second. Larger matrices get random valid K blocks
 * directly: quantising 4096 x 4096 would keep a page waiting, and neither cycles nor bit-exactness depend on it.
 */
export const QUANTISED_UP_TO = 2 ** 20;
/** 2^31 weights are 1.2 GB of Q4_K. */
const MAX_WEIGHTS = 2 ** 31;
/** Formats without random blocks have all their weights drawn, some seconds of work. */
const MAX_DRAWN = 2 ** 24;

/** What a synthetic matrix of M rows of K weights is called. */
export const syntheticName = (m: number, k: number): string => `Synthetic ${grouped(m)} × ${grouped(k)}`;

/** A model's sizes, in the terms of llama's GGUF keys. */
export interface ModelShape {
  /** Hidden size, a multiple of 256. */
  readonly hidden: number;
  /** FFN size, a multiple of 256. */
  readonly feedForward: number;
  readonly layers: number;
}

/** The weights of a synthetic matrix as stored, and before they were encoded where they were drawn. */
export interface DrawnMatrix {
  readonly weights: Uint8Array;
  /** Not known of Q5_K and Q6_K, nor of Q4_K beyond QUANTISED_UP_TO weights. */
  readonly original: Float32Array | undefined;
}

type Encode = (x: Float32Array) => Uint8Array;

/** Weights from one yield to the next, if a row has no more: encoding them takes some 10 ms. */
const BREATH = 1 << 14;

/** A[m x k] of a seed, in `format`, in pieces, or only some of its rows: every row takes as many draws. @throws WeftError on `--m`, `--k` or `--format` */
export function* drawing(
  m: number,
  k: number,
  seed: number,
  format: string,
  { first, count }: RowRange = { first: 0, count: m },
): Generator<void, DrawnMatrix> {
  const id = checkFormat(format);
  checkSizes(count, k, RANDOM_BLOCKS[id] === undefined ? MAX_DRAWN : MAX_WEIGHTS);
  const random = rng(seed);
  const encode = drawnWith(m, k, id);
  random.skip(first * k * (encode ? GAUSS_DRAWS : blocksOf(id).drawsOfBlock / K_MULTIPLE));
  return yield* drawingWith(encode, count, k, random, id);
}

/** M rows of K seeded weights, in any format Weft computes with, in pieces. */
export const drawingRows = (m: number, k: number, random: Rng, format: FormatId): Generator<void, DrawnMatrix> =>
  drawingWith(drawnWith(m, k, format), m, k, random, format);

/** The same; without `encode` they are random blocks. */
function* drawingWith(encode: Encode | undefined, m: number, k: number, random: Rng, format: FormatId): Generator<void, DrawnMatrix> {
  const original = encode && new Float32Array(m * k);
  const bytes = rowBytes(FORMATS[format], k);
  const weights = new Uint8Array(m * bytes);
  const rows = Math.max(1, Math.floor(BREATH / k));
  for (let row = 0; row < m; row += rows) {
    const to = Math.min(m, row + rows);
    weights.set(
      encode && original ? encode(drawGaussian(original.subarray(row * k, to * k), k, random)) : blocksOf(format).draw(to - row, k, random),
      row * bytes,
    );
    yield;
  }
  return { weights, original };
}

/**
 * {@link drawing} that keeps the matrix it was asked for last, if it is a small one: points of a sweep and runs of a page
 * differ in other things as a rule, and encoding takes longer than many a run.
 */
export function keepingLast(): typeof drawing {
  let key = '';
  let kept: DrawnMatrix | undefined;
  return function* (m, k, seed, format) {
    const asked = `${m} ${k} ${seed} ${format}`;
    if (kept !== undefined && asked === key) return kept;
    const drawn = yield* drawing(m, k, seed, format);
    [key, kept] = m * k <= QUANTISED_UP_TO ? [asked, drawn] : ['', undefined];
    return drawn;
  };
}

/** C[m x n] = A[m x k] * B[k x n], A in `format`. @throws WeftError on `--m`, `--k`, `--n` or `--format` */
export const synthetic = (m: number, k: number, n: number, seed: number, format = 'q4_k'): Workload => toEnd(synthesising(m, k, n, seed, format));

/** The same in pieces; `draw` gives A. */
export function* synthesising(m: number, k: number, n: number, seed: number, format: string, draw = drawing): Generator<void, Workload> {
  const { weights, original } = yield* draw(m, k, seed, format);
  return {
    name: syntheticName(m, k),
    source: {
      kind: 'synthetic',
      tensor: `synthetic.${m}x${k}`,
      summary: [
        ['weights', origin(checkFormat(format), original !== undefined)],
        ['seed', String(seed)],
      ],
    },
    m,
    k,
    n,
    format,
    weights,
    x: yield* drawingActivations(n, k, seed),
    ...(original === undefined ? {} : { original }),
  };
}

function origin(format: FormatId, drawn: boolean): string {
  if (drawn && format === 'q4_k') return 'gaussian weights, quantised';
  if (drawn) return `gaussian weights in ${isOriginalFormat(format) ? Q4_K_IX_LABEL : FORMATS[format].name}`;
  const why = encoderOf(format) === undefined ? 'no quantiser' : 'too large to quantise here';
  return `random ${FORMATS[format].name} blocks of gaussian-like scale (${why})`;
}

/** A GGUF file with a llama-like layer set: token embedding, per layer ffn_norm, ffn_up, ffn_down; matrices Q4_K, norms F32. */
export function syntheticModel(seed: number, shape: ModelShape): Uint8Array {
  const { hidden, feedForward, layers } = shape;
  checkK(hidden, 'hidden');
  checkK(feedForward, 'feedForward');
  if (!Number.isInteger(layers) || layers < 1) throw new WeftError('layers', `${layers} is not a positive whole number`);
  const random = rng(seed);
  const tensors: TensorToWrite[] = [matrix('token_embd.weight', K_MULTIPLE, hidden, random)];
  for (let layer = 0; layer < layers; layer++) {
    tensors.push(vector(`blk.${layer}.ffn_norm.weight`, hidden, random));
    tensors.push(matrix(`blk.${layer}.ffn_up.weight`, feedForward, hidden, random));
    tensors.push(matrix(`blk.${layer}.ffn_down.weight`, hidden, feedForward, random));
  }
  return writeGguf(modelEntries(seed, shape), tensors);
}

function modelEntries(seed: number, shape: ModelShape): MetadataEntry[] {
  return [
    { key: 'general.architecture', type: 'string', value: 'llama' },
    { key: 'general.name', type: 'string', value: `synthetic model, seed ${seed}` },
    { key: 'general.license', type: 'string', value: 'cc0-1.0' },
    { key: 'general.quantization_version', type: 'u32', value: 2 },
    { key: 'llama.block_count', type: 'u32', value: shape.layers },
    { key: 'llama.embedding_length', type: 'u32', value: shape.hidden },
    { key: 'llama.feed_forward_length', type: 'u32', value: shape.feedForward },
  ];
}

function checkSizes(m: number, k: number, most: number): void {
  if (!Number.isInteger(m) || m < 1) throw new WeftError('--m', `M is ${m}, it must be a whole number of at least 1`);
  checkK(k, '--k');
  if (m * k > most)
    throw new WeftError('--m', `${m} x ${k} are ${m * k} weights, at most ${most} are made`, [
      `use --m ${Math.floor(most / k)} or less`,
      'leave the values out: --timing-only',
    ]);
}

function checkFormat(format: string): FormatId {
  const ids = Object.keys(FORMATS) as FormatId[];
  const id = ids.find((known) => known === format);
  if (id === undefined)
    throw new WeftError('--format', `weights cannot be made in ${format}; there are ${ids.join(', ')}`, [`Use --format ${nearestNames(format, ids, 1)[0]}`]);
  return id;
}

/** Fills `weights` with values of N(0, 1/k), rounded to f32. */
function drawGaussian(weights: Float32Array, k: number, random: Rng): Float32Array {
  const deviation = 1 / Math.sqrt(k);
  for (let i = 0; i < weights.length; i++) weights[i] = random.gauss() * deviation;
  return weights;
}

function matrix(name: string, m: number, k: number, random: Rng): TensorToWrite {
  const data = toEnd(drawingRows(m, k, random, 'q4_k')).weights;
  return { name, typeId: FORMATS.q4_k.type, shape: [k, m], data };
}

/** A norm's gains: 1 with a deviation of 0.1. */
function vector(name: string, length: number, random: Rng): TensorToWrite {
  const data = new Uint8Array(4 * length);
  const view = new DataView(data.buffer);
  for (let i = 0; i < length; i++) view.setFloat32(4 * i, 1 + 0.1 * random.gauss(), true);
  return { name, typeId: FORMATS.f32.type, shape: [length], data };
}

/** How m x k weights of a format come about: drawn and encoded up to {@link QUANTISED_UP_TO} of them where there is an encoder, else random valid blocks. */
function drawnWith(m: number, k: number, format: FormatId): Encode | undefined {
  const encode = encoderOf(format);
  return m * k <= QUANTISED_UP_TO || RANDOM_BLOCKS[format] === undefined ? encode : undefined;
}

/** Whether the weights of a synthetic matrix are drawn and encoded, and kept as they were before. */
export const isDrawn = (m: number, k: number, format: string): boolean => drawnWith(m, k, format as FormatId) !== undefined;

function blocksOf(format: FormatId): RandomBlocks {
  const random = RANDOM_BLOCKS[format];
  assert(random !== undefined, `${format} has neither an encoder nor random blocks`);
  return random;
}

const RANDOM_BLOCKS: Readonly<Partial<Record<FormatId, RandomBlocks>>> = { q4_k: RANDOM_Q4_K, q5_k: RANDOM_Q5_K, q6_k: RANDOM_Q6_K };
