/**
 * The plain loop of row-per-PE kernels: an independent scalar program that does what the PEs do, in their documented order.
 * It shares no code with the PE programs: weights come from the quant room's reference twins. k ascends everywhere, and every
 * sum begins at +0. With fl = rounding to f32 and hf = rounding to f16 (both to nearest even):
 *
 *     plain       acc = fl(acc + fl(w x))
 *     f16         w and x are hf of the f32 values; two-op: acc = fl(acc + hf(w x)); fused1: acc = fl(acc + w x), w x exact
 *     factored    of every block of 256, in sub-blocks j = 0 .. 7 of 32: X_j = the running sum of x, S_j = that of q x, each
 *                 product and sum rounded as above with the quant q in place of w; then acc = fl(acc + fl(-dmin m_j X_j)) for
 *                 j = 0 .. 7, then acc = fl(acc + fl(d sc_j S_j)) for j = 0 .. 7; d sc_j and dmin m_j are exact in f32
 *
 * `overlap`, `drain` and `edge` change no bit, nor does who makes the sums X_j.
 */
import { each, toEnd } from '../../base/pieces.ts';
import { f16ToF32, f32ToF16 } from '../../quant/f16.ts';
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { DotProgram, Gemm } from '../types.ts';
import { type FactoredRow, factoredRow } from './factored-row.ts';
import { isFactored, isHalf, type RowOptions } from './mapping.ts';

const { fround } = Math;
const half = (value: number): number => f16ToF32(f32ToF16(value));

/** What the numbers depend on. */
export type LoopOptions = RowOptions & { readonly dot?: DotProgram };

/** N x M f32, one token after the other. */
export const plainLoop = (gemm: Gemm, options: LoopOptions = {}): Float32Array => toEnd(addingProducts(gemm, options));

/** Multiply-adds from one yield to the next. */
const BREATH = 1 << 19;

/** The same in pieces of some dots, row by row. */
export function* addingProducts(gemm: Gemm, options: LoopOptions = {}): Generator<void, Float32Array> {
  const { m, k, n } = gemm;
  const out = new Float32Array(n * m);
  const x = isHalf(options) ? gemm.x.map(half) : gemm.x;
  let dot = dotOf(gemm, 0, options);
  const add = (i: number): void => {
    const token = i % n;
    const r = (i - token) / n;
    if (token === 0) dot = dotOf(gemm, r, options);
    out[token * m + r] = dot(x.subarray(token * k, (token + 1) * k));
  };
  yield* each(m * n, add, Math.ceil(BREATH / k));
  return out;
}

/** Both the plain loop's sum of some of a row's products and the same products in float64. */
export interface PartialSums {
  readonly plainLoop: number;
  /** Weights and activations rounded as the PE has them, products and sum in float64. */
  readonly f64: number;
}

/** The sums of row `row` with token `token` over weights from .. to; factored dots have whole blocks of 256 only. */
export function partialSums(
  gemm: Gemm,
  options: LoopOptions,
  { row, token, from, to }: Readonly<Record<'row' | 'token' | 'from' | 'to', number>>,
): PartialSums {
  const all = gemm.x.subarray(token * gemm.k, (token + 1) * gemm.k);
  const x = isHalf(options) ? all.map(half) : all;
  const weights = weightsOf(gemm, row, isHalf(options) && !isFactored(options));
  let f64 = 0;
  for (let i = from; i < to; i++) f64 += weights[i] * x[i];
  return { plainLoop: dotOf(gemm, row, options)(x, from, to), f64 };
}

/** The dot of a row's weights from .. to (all if absent) with the same of a token. */
type Dot = (x: Float32Array, from?: number, to?: number) => number;

function dotOf(gemm: Gemm, row: number, options: LoopOptions): Dot {
  return isFactored(options) ? factoredDot(factoredRow(gemm, row), options) : weightsDot(weightsOf(gemm, row, isHalf(options)), options);
}

function weightsOf({ format, k, weights }: Gemm, row: number, inHalf: boolean): Float32Array {
  const quant = dequantiserFor(format).format;
  const bytes = rowBytes(quant, k);
  const out = new Float32Array(k);
  quant.reference(weights.subarray(row * bytes, (row + 1) * bytes), out);
  return inHalf ? out.map(half) : out;
}

/** The running sum of products of a[from .. to) with x, as the options round them. */
type Running = (a: ArrayLike<number>, x: Float32Array, from: number, to: number, start: number) => number;

const floats: Running = (a, x, from, to, start) => {
  let acc = start;
  for (let i = from; i < to; i++) acc = fround(acc + fround(a[i] * x[i]));
  return acc;
};
const halves: Running = (a, x, from, to, start) => {
  let acc = start;
  for (let i = from; i < to; i++) acc = fround(acc + half(a[i] * x[i]));
  return acc;
};
const exactProducts: Running = (a, x, from, to, start) => {
  let acc = start;
  for (let i = from; i < to; i++) acc = fround(acc + a[i] * x[i]);
  return acc;
};
const runningOf = (options: LoopOptions): Running => (isHalf(options) ? (options.dot === 'fused1' ? exactProducts : halves) : floats);

function weightsDot(weights: Float32Array, options: LoopOptions): Dot {
  const running = runningOf(options);
  return (x, from = 0, to = x.length) => running(weights, x, from, to, 0);
}

function factoredDot({ quants, scales, negativeMins, subSize }: FactoredRow, options: LoopOptions): Dot {
  const running = runningOf(options);
  const perBlock = 8;
  return (x, from = 0, to = x.length) => {
    let acc = 0;
    for (let first = from / subSize; first < to / subSize; first += perBlock) {
      const subBlocks = Array.from({ length: perBlock }, (_, j) => first + j);
      for (const j of subBlocks) acc = fround(acc + fround(negativeMins[j] * runningSum(x, j * subSize, (j + 1) * subSize)));
      for (const j of subBlocks) acc = fround(acc + fround(scales[j] * running(quants, x, j * subSize, (j + 1) * subSize, 0)));
    }
    return acc;
  };
}

function runningSum(x: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = fround(sum + x[i]);
  return sum;
}
