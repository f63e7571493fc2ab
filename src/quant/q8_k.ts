/**
 * Q8_K activations (ggml type 15, never on disk) and the integer dot product of a Q4_K row with them, as llama.cpp runs it
 * on CPUs. Per 256 values: d f32, 256 signed quants, 16 sums of 16 quants each.
 * Source: ggml 0.21.0, quantize_row_q8_K_ref and ggml_vec_dot_q4_K_q8_K_generic, rounded to f32 after every operation.
 * It leaves out the SIMD orders of ggml (AVX2, NEON), whose last bits differ. The rounding of the activations adds 0.3 to
 * 0.8 % relative RMS of noise; the plain loop over dequantised weights (dot.ts) is what a PE computes.
 */

import { assert } from '../base/error.ts';
import { each } from '../base/pieces.ts';
import { checkRow, K_BLOCK_WEIGHTS, nearestInt } from './blocks.ts';
import { f16ToF32 } from './f16.ts';
import { decodeQ4K, Q4_K_BYTES, Q4_K_QUANTS, Q4_K_SCALES } from './q4_k.ts';
import { minK4, scaleK4 } from './scales_k4.ts';

/** Bytes of a Q8_K block of 256 values as ggml lays it out: d f32 @0, quants @4, sums i16 @260. */
export const Q8_K_BYTES = 292;
const QUANTS = 4;
const SUMS = 260;
const SUMS_PER_BLOCK = 16;

/** A row of n blocks as columns: d[n], quants[256 * n], sums[16 * n] (each the sum of 16 quants). */
export interface Q8KRow {
  d: Float32Array;
  quants: Int8Array;
  sums: Int16Array;
}

/**
 * Quantises a row of activations, x[256 * n].
 * @throws WeftError when the row is not a whole number of blocks or holds NaN or infinity.
 */
export function quantiseQ8K(x: Float32Array): Q8KRow {
  checkRow(x, 'activations', 'Q8_K');
  const blocks = x.length / K_BLOCK_WEIGHTS;
  const row = { d: new Float32Array(blocks), quants: new Int8Array(x.length), sums: new Int16Array(blocks * SUMS_PER_BLOCK) };
  for (let b = 0; b < blocks; b++) quantiseBlock(x, b, row);
  return row;
}

function quantiseBlock(x: Float32Array, block: number, row: Q8KRow): void {
  const from = block * K_BLOCK_WEIGHTS;
  let max = 0; // the first element of largest magnitude, with its sign
  for (let i = from; i < from + K_BLOCK_WEIGHTS; i++) {
    if (Math.abs(x[i]) > Math.abs(max)) max = x[i];
  }
  if (max === 0) return; // ggml leaves the sums of such a block unwritten; here they are zero
  const inverse = Math.fround(-127 / max);
  for (let i = from; i < from + K_BLOCK_WEIGHTS; i++) {
    const quant = Math.min(127, nearestInt(Math.fround(inverse * x[i])));
    row.quants[i] = quant;
    row.sums[i >> 4] += row.quants[i];
  }
  row.d[block] = 1 / inverse;
}

/** The bytes ggml would hold for a row: 292 per block. */
export function encodeQ8K(row: Q8KRow): Uint8Array {
  const bytes = new Uint8Array(row.d.length * Q8_K_BYTES);
  const view = new DataView(bytes.buffer);
  for (let b = 0; b < row.d.length; b++) {
    const at = b * Q8_K_BYTES;
    view.setFloat32(at, row.d[b], true);
    for (let i = 0; i < K_BLOCK_WEIGHTS; i++) view.setInt8(at + QUANTS + i, row.quants[b * K_BLOCK_WEIGHTS + i]);
    for (let i = 0; i < SUMS_PER_BLOCK; i++) view.setInt16(at + SUMS + 2 * i, row.sums[b * SUMS_PER_BLOCK + i], true);
  }
  return bytes;
}

/** Sums per element index modulo 8 of one block: the order of additions of ggml's generic code. */
const lanes = new Int32Array(8);
const laneSums = new Float32Array(8);

/**
 * The dot product of a Q4_K row (144 * n bytes) with a Q8_K row of n blocks, bit-equal to ggml's generic code without fused
 * multiply-add. Per block: lane l sums scale * q * q8 over the elements with index % 8 = l (exact integers below 2^24), then
 * every lane is scaled and added in f32; the minimums are subtracted through the sums of 16.
 */
export function dotQ4KQ8K(weights: Uint8Array, row: Q8KRow): number {
  assert(weights.length === row.d.length * Q4_K_BYTES, `${weights.length} bytes of Q4_K do not match ${row.d.length} blocks of Q8_K`);
  laneSums.fill(0);
  let total = 0;
  for (let b = 0; b < row.d.length; b++) {
    const at = b * Q4_K_BYTES;
    const d = f16ToF32(weights[at] | (weights[at + 1] << 8));
    const dmin = f16ToF32(weights[at + 2] | (weights[at + 3] << 8));
    addLanes(weights, at, row.quants, b * K_BLOCK_WEIGHTS);
    const scale = Math.fround(d * row.d[b]);
    for (let l = 0; l < 8; l++) laneSums[l] += Math.fround(scale * lanes[l]);
    const minSum = weighMins(weights, at, row.sums, b * SUMS_PER_BLOCK);
    total = Math.fround(total - Math.fround(Math.fround(dmin * row.d[b]) * minSum));
  }
  for (let l = 0; l < 8; l++) total = Math.fround(total + laneSums[l]);
  return total;
}

/** Fills {@link lanes} for the block at byte `at` and the 256 quants from `from`. */
function addLanes(weights: Uint8Array, at: number, quants: Int8Array, from: number): void {
  lanes.fill(0);
  for (let pair = 0; pair < 4; pair++) {
    const scaleLow = scaleK4(weights, at + Q4_K_SCALES, 2 * pair);
    const scaleHigh = scaleK4(weights, at + Q4_K_SCALES, 2 * pair + 1);
    const q = at + Q4_K_QUANTS + 32 * pair;
    const y = from + 64 * pair;
    for (let l = 0; l < 8; l++) {
      const q0 = weights[q + l];
      const q1 = weights[q + l + 8];
      const q2 = weights[q + l + 16];
      const q3 = weights[q + l + 24];
      const low = (q0 & 15) * quants[y + l] + (q1 & 15) * quants[y + l + 8] + (q2 & 15) * quants[y + l + 16] + (q3 & 15) * quants[y + l + 24];
      const high = (q0 >> 4) * quants[y + l + 32] + (q1 >> 4) * quants[y + l + 40] + (q2 >> 4) * quants[y + l + 48] + (q3 >> 4) * quants[y + l + 56];
      lanes[l] += scaleLow * low + scaleHigh * high;
    }
  }
}

/** Sum over sub-blocks of min * (sum of its 32 activations), an exact integer. */
function weighMins(weights: Uint8Array, at: number, sums: Int16Array, from: number): number {
  let sum = 0;
  for (let j = 0; j < 8; j++) sum += minK4(weights, at + Q4_K_SCALES, j) * (sums[from + 2 * j] + sums[from + 2 * j + 1]);
  return sum;
}

/** Multiply-adds from one yield to the next. */
const BREATH = 1 << 22;

/**
 * In pieces: ggml's integer dot products of m Q4_K rows with n columns of activations, x[n * k], as N x M; null where activations are not
 * finite, which Q8_K cannot hold.
 */
export function* integerDots(weights: Uint8Array, x: Float32Array, m: number, k: number, n: number): Generator<void, Float32Array | null> {
  const out = new Float32Array(n * m);
  const bytes = weights.length / m;
  for (let token = 0; token < n; token++) {
    const column = x.subarray(token * k, (token + 1) * k);
    if (!column.every(Number.isFinite)) return null;
    const activations = quantiseQ8K(column);
    const add = (row: number): void => {
      out[token * m + row] = dotQ4KQ8K(weights.subarray(row * bytes, (row + 1) * bytes), activations);
    };
    yield* each(m, add, Math.ceil(BREATH / k));
  }
  return out;
}

/** The two exact integers of one block that {@link dotQ4KQ8KReference} scales: sum of scale * q * q8 by lane, and of min * q8. */
export interface BlockSums {
  lanes: number[];
  mins: number;
}

/** The exact integer sums of one Q4_K block with 256 Q8_K quants, element by element. */
export function blockSumsReference(block: Uint8Array, quants: Int8Array): BlockSums {
  const { scales, mins, quants: levels } = decodeQ4K(block);
  const sums: BlockSums = { lanes: [0, 0, 0, 0, 0, 0, 0, 0], mins: 0 };
  for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
    const j = Math.floor(i / 32);
    sums.lanes[i % 8] += scales[j] * levels[i] * quants[i];
    sums.mins += mins[j] * quants[i];
  }
  return sums;
}

/** Twin of {@link dotQ4KQ8K}. */
export function dotQ4KQ8KReference(weights: Uint8Array, row: Q8KRow): number {
  const f = Math.fround;
  const sums = [0, 0, 0, 0, 0, 0, 0, 0];
  let total = 0;
  for (let b = 0; b < row.d.length; b++) {
    const block = weights.subarray(b * Q4_K_BYTES, (b + 1) * Q4_K_BYTES);
    const { d, dmin } = decodeQ4K(block);
    const exact = blockSumsReference(block, row.quants.subarray(b * K_BLOCK_WEIGHTS, (b + 1) * K_BLOCK_WEIGHTS));
    for (let l = 0; l < 8; l++) sums[l] = f(sums[l] + f(f(d * row.d[b]) * exact.lanes[l]));
    total = f(total - f(f(dmin * row.d[b]) * exact.mins));
  }
  for (const sum of sums) total = f(total + sum);
  return total;
}
