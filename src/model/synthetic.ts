/**
 * Workloads and model files made from a seed: the same bytes for the same seed on every machine. Weights are N(0, 1/K), so
 * that outputs of standard normal activations are of order 1, as in a freshly initialised layer.
 * Left out: the correlations and outliers of trained weights; the demo model has those.
 */
import { WeftError } from '../base/error.ts';
import { type Rng, rng } from '../base/rng.ts';
import { f32ToF16 } from '../quant/f16.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { Q4_K_BYTES, Q4_K_QUANTS, Q4_K_SCALES } from '../quant/q4_k.ts';
import { quantiseQ4K } from '../quant/q4_k_quantise.ts';
import { packScalesK4 } from '../quant/scales_k4.ts';
import type { MetadataEntry } from './gguf-types.ts';
import { type TensorToWrite, writeGguf } from './gguf-write.ts';
import { checkK, gaussianActivations, K_MULTIPLE, type Workload } from './workload.ts';

/**
 * Up to here gaussian weights are drawn and quantised, which takes about a second. Larger matrices get random valid Q4_K
 * blocks directly: quantising 4096 x 4096 would keep a page waiting, and neither cycles nor bit-exactness depend on it.
 */
export const QUANTISED_UP_TO = 2 ** 20;
/** 2^31 weights are 1.2 GB of Q4_K. */
const MAX_WEIGHTS = 2 ** 31;

/** A model's sizes, in the terms of llama's GGUF keys. */
export interface ModelShape {
  /** Hidden size, a multiple of 256. */
  readonly hidden: number;
  /** FFN size, a multiple of 256. */
  readonly feedForward: number;
  readonly layers: number;
}

/** C[m x n] = A[m x k] * B[k x n], A in Q4_K. Throws WeftError on `--m`, `--k` or `--n`. `original` is known up to QUANTISED_UP_TO weights. */
export function synthetic(m: number, k: number, n: number, seed: number): Workload {
  checkM(m);
  checkK(k, '--k');
  if (m * k > MAX_WEIGHTS)
    throw new WeftError('--m', `${m} x ${k} are ${m * k} weights, at most ${MAX_WEIGHTS} are made`, [`Use --m ${Math.floor(MAX_WEIGHTS / k)} or less`]);
  const x = gaussianActivations(n, k, seed);
  const drawn = m * k <= QUANTISED_UP_TO;
  const original = drawn ? gaussianWeights(m, k, rng(seed)) : undefined;
  const weights = original === undefined ? randomBlocks(m, k, rng(seed)) : quantiseQ4K(original);
  const how = drawn ? 'gaussian weights, quantised' : 'random Q4_K blocks of gaussian-like scale (too large to quantise here)';
  return {
    name: `synthetic ${m} x ${k}`,
    source: {
      kind: 'synthetic',
      tensor: `synthetic.${m}x${k}`,
      summary: [
        ['weights', how],
        ['seed', String(seed)],
      ],
    },
    m,
    k,
    n,
    format: 'q4_k',
    weights,
    x,
    ...(original === undefined ? {} : { original }),
  };
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

function checkM(m: number): void {
  if (!Number.isInteger(m) || m < 1) throw new WeftError('--m', `M is ${m}, it must be a whole number of at least 1`);
}

/** m x k values of N(0, 1/k), rounded to f32. */
function gaussianWeights(m: number, k: number, random: Rng): Float32Array {
  const deviation = 1 / Math.sqrt(k);
  return Float32Array.from({ length: m * k }, () => random.gauss() * deviation);
}

function matrix(name: string, m: number, k: number, random: Rng): TensorToWrite {
  const data = syntheticRows(m, k, random, 'q4_k');
  return { name, typeId: FORMATS.q4_k.type, shape: [k, m], data };
}

/** A norm's gains: 1 with a deviation of 0.1. */
function vector(name: string, length: number, random: Rng): TensorToWrite {
  const data = new Uint8Array(4 * length);
  const view = new DataView(data.buffer);
  for (let i = 0; i < length; i++) view.setFloat32(4 * i, 1 + 0.1 * random.gauss(), true);
  return { name, typeId: FORMATS.f32.type, shape: [length], data };
}

/** Deviation of a uniform nibble 0..15: sqrt((16^2 - 1) / 12). */
const NIBBLE_DEVIATION = Math.sqrt(255 / 12);
/** Sub-block scales are drawn from 32 to 63, the range a quantiser's largest scale leaves most others in. */
const MEAN_SCALE = 47.5;

/**
 * m x k weights as valid Q4_K blocks: uniform nibbles, scales 32 to 63, and mins that centre them (7.5 is the mean nibble;
 * dmin = 8 d, so m = round(7.5 sc / 8) fits its six bits). The mean is near 0 and the deviation near 1/sqrt(k).
 */
export function randomBlocks(m: number, k: number, random: Rng): Uint8Array {
  const bytes = new Uint8Array((m * k * Q4_K_BYTES) / K_MULTIPLE);
  const view = new DataView(bytes.buffer);
  const d = 1 / (Math.sqrt(k) * NIBBLE_DEVIATION * MEAN_SCALE);
  const scales = new Uint8Array(8);
  const mins = new Uint8Array(8);
  for (let at = 0; at < bytes.length; at += Q4_K_BYTES) {
    const jitter = 0.75 + 0.5 * random.unit();
    view.setUint16(at, f32ToF16(d * jitter), true);
    view.setUint16(at + 2, f32ToF16(8 * d * jitter), true);
    for (let j = 0; j < 8; j++) {
      scales[j] = 32 + random.below(32);
      mins[j] = Math.round((7.5 * scales[j]!) / 8);
    }
    packScalesK4(scales, mins, bytes, at + Q4_K_SCALES);
    for (let i = Q4_K_QUANTS; i < Q4_K_BYTES; i += 4) view.setUint32(at + i, random.bits(), true);
  }
  return bytes;
}

/** m rows of k seeded weights as stored: drawn and quantised up to {@link QUANTISED_UP_TO} of them, else random valid blocks. */
export function syntheticRows(m: number, k: number, random: Rng, format: FormatId): Uint8Array {
  if (format !== 'q4_k') throw new WeftError('--format', `synthetic weights are q4_k, not ${format}`, ['use q4_k']);
  return m * k <= QUANTISED_UP_TO ? quantiseQ4K(gaussianWeights(m, k, random)) : randomBlocks(m, k, random);
}
