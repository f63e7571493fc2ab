/**
 * Puts weights into q4_k_ix as well as its fields allow. The original file has no quantiser; this one minimises the squared
 * error of the weights. Per 32 values a least-squares fit x = scale * level + min over 21 trial grids (as ggml searches, but
 * unweighted and with a minimum of either sign); then, of the FP8 values next to the largest scale / 31 and the largest
 * |minimum| / 31, the pair whose best 6-bit scales, minimums and levels give the lowest error of the block.
 *
 * What it cannot mend: E4M3 has no value between 0 and 2^-9, and the scales of trained weights are often some 2^-11, so a
 * scale is a small multiple of d and loses bits. E5M2 reaches 2^-16.
 */
import { checkRow, K_BLOCK_WEIGHTS } from './blocks.ts';
import { type Fp8Kind, f32ToFp8, fp8Largest, fp8Table } from './fp8.ts';
import { Q4_K_IX_BYTES, Q4_K_IX_LABEL, Q4_K_IX_OFFSET, Q4_K_IX_QUANTS, Q4_K_IX_SCALES } from './q4_k_ix.ts';

const SUB_BLOCK = 32;
const SUB_BLOCKS = K_BLOCK_WEIGHTS / SUB_BLOCK;
const MAX_LEVEL = 15;
/** Largest scale or minimum as it counts; the smallest is -32. */
const MAX_FIELD = 31;
/** Intervals a trial grid lays over the range of a sub-block: 14.0, 14.1 .. 16.0. */
const TRIALS = Array.from({ length: 21 }, (_, step) => 14 + step / 10);

/** A scale and a minimum as real numbers. */
interface Fit {
  readonly scale: number;
  readonly min: number;
}

/** A sub-block's choice: fields as they count, and the squared error of the levels they give. */
interface Choice {
  readonly scale: number;
  readonly min: number;
  readonly error: number;
}

/**
 * Quantises weights, x[256 * n] -> 142 * n bytes.
 * @throws WeftError when they are not a whole number of blocks or hold NaN or infinity.
 */
export function quantiseQ4KIx(x: Float32Array, kind: Fp8Kind): Uint8Array {
  checkRow(x, 'weights', Q4_K_IX_LABEL);
  const blocks = x.length / K_BLOCK_WEIGHTS;
  const bytes = new Uint8Array(blocks * Q4_K_IX_BYTES);
  for (let b = 0; b < blocks; b++) quantiseBlock(x.subarray(b * K_BLOCK_WEIGHTS, (b + 1) * K_BLOCK_WEIGHTS), kind, bytes, b * Q4_K_IX_BYTES);
  return bytes;
}

function quantiseBlock(x: Float32Array, kind: Fp8Kind, bytes: Uint8Array, at: number): void {
  const table = fp8Table(kind);
  const fits = Array.from({ length: SUB_BLOCKS }, (_, j) => fitSubBlock(x, SUB_BLOCK * j));
  let best = { d: 0, dmin: 0, choices: [] as Choice[], error: Number.POSITIVE_INFINITY };
  for (const d of candidates(Math.max(...fits.map((fit) => fit.scale)), kind)) {
    for (const dmin of candidates(Math.max(...fits.map((fit) => Math.abs(fit.min))), kind)) {
      const choices = fits.map((fit, j) => chooseFields(x, SUB_BLOCK * j, fit, table[d], table[dmin]));
      const error = choices.reduce((sum, choice) => sum + choice.error, 0);
      if (error < best.error) best = { d, dmin, choices, error };
    }
  }
  bytes[at] = best.d;
  bytes[at + 1] = best.dmin;
  packFields(best.choices, bytes, at + Q4_K_IX_SCALES);
  for (const [j, { scale, min }] of best.choices.entries()) packLevels(x, SUB_BLOCK * j, table[best.d] * scale, table[best.dmin] * min, bytes, at);
}

/** The FP8 values around `largest` / 31, as bits; not 0 unless all is 0. */
function candidates(largest: number, kind: Fp8Kind): number[] {
  if (largest === 0) return [0];
  const nearest = f32ToFp8(largest / MAX_FIELD, kind);
  return [nearest - 1, nearest, nearest + 1].filter((bits) => bits >= 1 && bits <= fp8Largest(kind));
}

/** Scale (>= 0) and minimum of least squared error over the trial grids. */
function fitSubBlock(x: Float32Array, from: number): Fit {
  const values = x.subarray(from, from + SUB_BLOCK);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  let best: Fit = { scale: (high - low) / MAX_LEVEL, min: low };
  let bestError = squaredError(x, from, best);
  if (high === low) return best;
  for (const intervals of TRIALS) {
    const fit = leastSquares(values, { scale: (high - low) / intervals, min: low });
    const error = squaredError(x, from, fit);
    if (error < bestError) [best, bestError] = [fit, error];
  }
  return best;
}

/** The nearest level of scale > 0; level 0 where the scale is 0. */
function levelOf(x: number, { scale, min }: Fit): number {
  const level = (x - min) / scale;
  return level > 0 && scale > 0 ? (level < MAX_LEVEL ? (level + 0.5) | 0 : MAX_LEVEL) : 0;
}

function squaredError(x: Float32Array, from: number, fit: Fit): number {
  let sum = 0;
  for (let l = from; l < from + SUB_BLOCK; l++) {
    const error = fit.scale * levelOf(x[l], fit) + fit.min - x[l];
    sum += error * error;
  }
  return sum;
}

/** The line that fits the values best at the levels of a grid. */
function leastSquares(values: Float32Array, grid: Fit): Fit {
  let [sumL, sumL2, sumX, sumXL] = [0, 0, 0, 0];
  for (const x of values) {
    const level = levelOf(x, grid);
    sumL += level;
    sumL2 += level * level;
    sumX += x;
    sumXL += x * level;
  }
  const determinant = SUB_BLOCK * sumL2 - sumL * sumL;
  const scale = (SUB_BLOCK * sumXL - sumL * sumX) / determinant;
  return determinant > 0 && scale > 0 ? { scale, min: (sumX - scale * sumL) / SUB_BLOCK } : grid;
}

/** The fields of a sub-block for given d and dmin: the scale rounded down or up, the minimum that then fits best. */
function chooseFields(x: Float32Array, from: number, fit: Fit, d: number, dmin: number): Choice {
  const ratio = d === 0 ? 0 : fit.scale / d;
  let best: Choice = { scale: 0, min: 0, error: Number.POSITIVE_INFINITY };
  for (const rounded of [Math.floor(ratio), Math.ceil(ratio)]) {
    const scale = Math.min(MAX_FIELD, rounded);
    const min = roundMin(meanRest(x, from, { scale: d * scale, min: fit.min }), dmin);
    const error = squaredError(x, from, { scale: d * scale, min: dmin * min });
    if (error < best.error) best = { scale, min, error };
  }
  return best;
}

/** Mean of x - scale * level: the minimum of least squared error at the levels of a fit. */
function meanRest(x: Float32Array, from: number, fit: Fit): number {
  let sum = 0;
  for (let l = from; l < from + SUB_BLOCK; l++) sum += x[l] - fit.scale * levelOf(x[l], fit);
  return sum / SUB_BLOCK;
}

const roundMin = (min: number, dmin: number): number => (dmin === 0 ? 0 : Math.max(-Q4_K_IX_OFFSET, Math.min(MAX_FIELD, Math.round(min / dmin))));

/** Four fields of six bits to three bytes, the first in the lowest bits. */
function packFields(choices: readonly Choice[], bytes: Uint8Array, at: number): void {
  for (let group = 0; group < SUB_BLOCKS / 2; group++) {
    const [even, odd] = [choices[2 * group], choices[2 * group + 1]];
    const fields = [even.scale, odd.scale, even.min, odd.min].map((value) => value + Q4_K_IX_OFFSET);
    const packed = fields[0] | (fields[1] << 6) | (fields[2] << 12) | (fields[3] << 18);
    for (let i = 0; i < 3; i++) bytes[at + 3 * group + i] = packed >> (8 * i);
  }
}

/** Two neighbours share a byte, the even one in the low nibble. */
function packLevels(x: Float32Array, from: number, scale: number, min: number, bytes: Uint8Array, at: number): void {
  for (let l = from; l < from + SUB_BLOCK; l += 2) {
    bytes[at + Q4_K_IX_QUANTS + l / 2] = levelOf(x[l], { scale, min }) | (levelOf(x[l + 1], { scale, min }) << 4);
  }
}
