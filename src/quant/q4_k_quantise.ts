/**
 * The Q4_K quantiser, ggml 0.21.0's quantize_row_q4_K_ref and make_qkx2_quants, rounded to f32 after every operation.
 * Its bytes equal those of a ggml built without fused multiply-add (x86-64 baseline); a build that contracts a*b+c may
 * choose a neighbouring level, so never demand equality with an arbitrary file. It leaves out importance matrices.
 *
 * Per 32 values x with weights w = rms(x) + |x|: 21 trial grids give levels l; for each the weighted least squares fit
 * x = scale * l + min (min <= 0) is kept if its weighted squared error is the lowest so far. Two quirks of the original are
 * kept because they change bytes: an improvement overwrites the `min` that later trials subtract, and where the rounded
 * scale is 0 the levels of the search stay. There is one implementation, written to be read; ggml's bytes are its twin.
 */
import { checkRow, K_BLOCK_WEIGHTS, nearestInt } from './blocks.ts';
import { f16ToF32, f32ToF16 } from './f16.ts';
import { Q4_K_BYTES, Q4_K_QUANTS, Q4_K_SCALES } from './q4_k.ts';
import { packScalesK4 } from './scales_k4.ts';

const f = Math.fround;
/** Weights that share a scale and a minimum. */
const SUB_BLOCK = 32;
const SUB_BLOCKS = K_BLOCK_WEIGHTS / SUB_BLOCK;
const MAX_LEVEL = 15;
const MAX_SCALE = 63;
/** Intervals a trial grid lays over the range of a sub-block: 14.0, 14.1 .. 16.0 (rmin -1, rdelta 0.1f, nstep 20). */
const TRIAL_INTERVALS = Float32Array.from({ length: 21 }, (_, step) => f(-1 + f(f(0.1) * step)) + MAX_LEVEL);

/**
 * Quantises a row of weights, x[256 * n] -> 144 * n bytes.
 * @throws WeftError when the row is not a whole number of blocks or holds NaN or infinity.
 */
export function quantiseQ4K(x: Float32Array): Uint8Array {
  checkRow(x, 'weights', 'Q4_K');
  const blocks = x.length / K_BLOCK_WEIGHTS;
  const bytes = new Uint8Array(blocks * Q4_K_BYTES);
  const work = workspace();
  for (let b = 0; b < blocks; b++) quantiseBlock(x, b * K_BLOCK_WEIGHTS, bytes, b * Q4_K_BYTES, work);
  return bytes;
}

/** Scratch arrays of one row, so that no block allocates. */
interface Workspace {
  /** Importance of the 32 values at hand. */
  weights: Float32Array;
  /** Levels of the trial at hand. */
  trial: Uint8Array;
  /** Best levels so far, of the whole block. */
  levels: Uint8Array;
  /** Fitted scale and (negated) minimum per sub-block, and both rounded to 6 bits. */
  scales: Float32Array;
  mins: Float32Array;
  scales6: Uint8Array;
  mins6: Uint8Array;
}

function workspace(): Workspace {
  return {
    weights: new Float32Array(SUB_BLOCK),
    trial: new Uint8Array(SUB_BLOCK),
    levels: new Uint8Array(K_BLOCK_WEIGHTS),
    scales: new Float32Array(SUB_BLOCKS),
    mins: new Float32Array(SUB_BLOCKS),
    scales6: new Uint8Array(SUB_BLOCKS),
    mins6: new Uint8Array(SUB_BLOCKS),
  };
}

function quantiseBlock(x: Float32Array, from: number, bytes: Uint8Array, at: number, work: Workspace): void {
  for (let j = 0; j < SUB_BLOCKS; j++) {
    weigh(x, from + SUB_BLOCK * j, work.weights);
    searchFit(x, from + SUB_BLOCK * j, j, work);
  }
  const d = f32ToF16(roundTo6Bits(work.scales, work.scales6));
  const dmin = f32ToF16(roundTo6Bits(work.mins, work.mins6));
  packScalesK4(work.scales6, work.mins6, bytes, at + Q4_K_SCALES);
  bytes[at] = d;
  bytes[at + 1] = d >> 8;
  bytes[at + 2] = dmin;
  bytes[at + 3] = dmin >> 8;
  for (let j = 0; j < SUB_BLOCKS; j++) chooseLevels(x, from + SUB_BLOCK * j, j, f16ToF32(d), f16ToF32(dmin), work);
  packLevels(work.levels, bytes, at + Q4_K_QUANTS);
}

/** weights[l] = sqrt(sum x^2 / 32) + |x[l]|. */
function weigh(x: Float32Array, from: number, weights: Float32Array): void {
  let squares = 0;
  for (let l = 0; l < SUB_BLOCK; l++) squares = f(squares + f(x[from + l] * x[from + l]));
  const rms = f(Math.sqrt(f(squares / SUB_BLOCK)));
  for (let l = 0; l < SUB_BLOCK; l++) weights[l] = rms + Math.abs(x[from + l]);
}

/** make_qkx2_quants for sub-block j: fills scales[j], mins[j] and its 32 levels. */
function searchFit(x: Float32Array, from: number, j: number, work: Workspace): void {
  const { trial, weights } = work;
  let lowest = x[from];
  let highest = x[from];
  let sumW = weights[0];
  let sumX = f(weights[0] * x[from]);
  for (let l = 1; l < SUB_BLOCK; l++) {
    lowest = Math.min(lowest, x[from + l]);
    highest = Math.max(highest, x[from + l]);
    sumW = f(sumW + weights[l]);
    sumX = f(sumX + f(weights[l] * x[from + l]));
  }
  let min = Math.min(lowest, 0);
  let scale = 0;
  const levels = work.levels.subarray(SUB_BLOCK * j, SUB_BLOCK * (j + 1));
  if (highest === min) {
    levels.fill(0);
  } else {
    const density = f(MAX_LEVEL / f(highest - min));
    scale = f(1 / density);
    layLevels(x, from, density, min, levels);
    let bestError = squaredError(x, from, scale, min, weights, levels);
    for (const intervals of TRIAL_INTERVALS) {
      layLevels(x, from, f(intervals / f(highest - min)), min, trial);
      const fit = leastSquares(x, from, weights, trial, sumW, sumX);
      if (fit === undefined) continue;
      const error = squaredError(x, from, fit.scale, fit.min, weights, trial);
      if (!(error < bestError)) continue;
      levels.set(trial);
      bestError = error;
      scale = fit.scale;
      min = fit.min; // the next trial's grid starts here: a quirk of the original
    }
  }
  work.scales[j] = scale;
  work.mins[j] = -min;
}

/** levels[l] = clamp(round(density * (x[l] - min)), 0, 15). */
function layLevels(x: Float32Array, from: number, density: number, min: number, levels: Uint8Array): void {
  for (let l = 0; l < SUB_BLOCK; l++) {
    levels[l] = clampLevel(nearestInt(f(density * f(x[from + l] - min))));
  }
}

function clampLevel(level: number): number {
  return level > 0 ? (level < MAX_LEVEL ? level : MAX_LEVEL) : 0;
}

/** Sum of w * (scale * level + min - x)^2. */
function squaredError(x: Float32Array, from: number, scale: number, min: number, weights: Float32Array, levels: Uint8Array): number {
  let error = 0;
  for (let l = 0; l < SUB_BLOCK; l++) {
    const difference = f(f(f(scale * levels[l]) + min) - x[from + l]);
    error = f(error + f(weights[l] * f(difference * difference)));
  }
  return error;
}

/** Scale and minimum (never above 0) that fit x best to given levels; undefined when all levels are alike. */
function leastSquares(
  x: Float32Array,
  from: number,
  weights: Float32Array,
  levels: Uint8Array,
  sumW: number,
  sumX: number,
): { scale: number; min: number } | undefined {
  let sumL = 0;
  let sumL2 = 0;
  let sumXL = 0;
  for (let l = 0; l < SUB_BLOCK; l++) {
    const weighted = f(weights[l] * levels[l]);
    sumL = f(sumL + weighted);
    sumL2 = f(sumL2 + f(weighted * levels[l]));
    sumXL = f(sumXL + f(weighted * x[from + l]));
  }
  const determinant = f(f(sumW * sumL2) - f(sumL * sumL));
  if (!(determinant > 0)) return undefined;
  const min = f(f(f(sumL2 * sumX) - f(sumL * sumXL)) / determinant);
  if (min > 0) return { scale: f(sumXL / sumL2), min: 0 };
  return { scale: f(f(f(sumW * sumXL) - f(sumX * sumL)) / determinant), min };
}

/** Rounds eight values to 0..63 of their largest; returns the step, largest / 63. */
function roundTo6Bits(values: Float32Array, rounded: Uint8Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const inverse = largest > 0 ? f(MAX_SCALE / largest) : 0;
  for (let j = 0; j < SUB_BLOCKS; j++) {
    const byte = nearestInt(f(inverse * values[j])) & 255; // C stores it into a byte before it compares
    rounded[j] = Math.min(MAX_SCALE, byte);
  }
  return f(largest / MAX_SCALE);
}

/** Levels of sub-block j once more, now with the scale and minimum a reader will see. */
function chooseLevels(x: Float32Array, from: number, j: number, d: number, dmin: number, work: Workspace): void {
  const scale = f(d * work.scales6[j]);
  if (scale === 0) return; // the levels of the search stay: a quirk of the original
  const min = f(dmin * work.mins6[j]);
  for (let l = 0; l < SUB_BLOCK; l++) {
    work.levels[SUB_BLOCK * j + l] = clampLevel(nearestInt(f(f(x[from + l] + min) / scale)));
  }
}

/** Two sub-blocks share 32 bytes: the even one in the low nibbles. */
function packLevels(levels: Uint8Array, bytes: Uint8Array, at: number): void {
  for (let pair = 0; pair < SUB_BLOCKS / 2; pair++) {
    for (let l = 0; l < SUB_BLOCK; l++) {
      const low = 2 * SUB_BLOCK * pair + l;
      bytes[at + SUB_BLOCK * pair + l] = levels[low] | (levels[low + SUB_BLOCK] << 4);
    }
  }
}
