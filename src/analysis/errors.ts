/**
 * How far results are from their references (kernels.md section 4): the plain loop bit for bit; f32 sums in ascending k and
 * float64, both with the same dequantised weights; ggml's integer dot product; the weights before quantisation where known.
 */
import { each } from '../base/pieces.ts';

export interface Errors {
  /** Number of results whose bit pattern differs from the plain loop's. */
  readonly vsPlainLoop: number;
  /** Largest absolute difference from float64 with the same dequantised weights. */
  readonly maxAbsVsF64: number;
  /** Root mean square of that difference over the root mean square of the float64 results. */
  readonly relRmsVsF64: number;
  /** Largest |error| / sum |w x|, to hold against the tolerance of 2e-6 (q4_k.md). */
  readonly maxRelVsSumAbs: number;
  /** Relative root mean square against the unquantised weights, where known; else null. */
  readonly relRmsVsUnquantised: number | null;
  /** Results whose bits differ from f32 sums in ascending k, and the relative root mean square; null where C is not one product. */
  readonly vsF32Sequential: number | null;
  readonly relRmsVsF32Sequential: number | null;
  /** Against ggml's integer dot product (Q4_K weights, activations rounded to Q8_K, generic order); null for other formats. */
  readonly maxAbsVsIntegerDot: number | null;
  readonly relRmsVsIntegerDot: number | null;
}

/** Results in float64, and in f32 where they are plain sums. */
export interface Reference {
  readonly y: Float64Array;
  /** Sum of |w x|. */
  readonly sumAbs: Float64Array;
  /** f32 sums, k ascending, a rounding after every multiplication and every addition. */
  readonly sequential?: Float32Array;
}

/** Multiply-adds from one yield to the next, and results that are compared. */
const BREATH = 1 << 21;
const RESULTS = 1 << 19;

/** In pieces: dot products in float64 and in f32, k ascending, and sum |w x|, all as N x M. `row` yields row m's f32 weights. */
export function* float64Reference(row: (m: number) => Float32Array, x: Float32Array, m: number, k: number, n: number): Generator<void, Required<Reference>> {
  const y = new Float64Array(n * m);
  const sumAbs = new Float64Array(n * m);
  const sequential = new Float32Array(n * m);
  const add = (w: Float32Array, t: number, to: number): void => {
    let [sum, abs, single] = [0, 0, 0];
    for (let i = 0, at = t * k; i < k; i++, at++) {
      const p = w[i] * x[at];
      sum += p;
      abs += Math.abs(p);
      single = Math.fround(single + Math.fround(p));
    }
    y[to] = sum;
    sumAbs[to] = abs;
    sequential[to] = single;
  };
  yield* rowByRow(row, m, n, add, Math.ceil(BREATH / k));
  return { y, sumAbs, sequential };
}

/** In pieces: dot products in float64 alone, k ascending, as N x M; arguments as above. */
export function* float64Product(row: (m: number) => Float32Array, x: Float32Array, m: number, k: number, n: number): Generator<void, Float64Array> {
  const y = new Float64Array(n * m);
  const add = (w: Float32Array, t: number, to: number): void => {
    let sum = 0;
    for (let i = 0, at = t * k; i < k; i++, at++) sum += w[i] * x[at];
    y[to] = sum;
  };
  yield* rowByRow(row, m, n, add, Math.ceil(BREATH / k));
  return y;
}

/** Row by row all tokens: `add` is told the row's weights, the token, and the place of their product in N x M. */
function* rowByRow(
  row: (m: number) => Float32Array,
  m: number,
  n: number,
  add: (w: Float32Array, t: number, to: number) => void,
  breath: number,
): Generator<void, void> {
  let w = new Float32Array();
  const visit = (i: number): void => {
    const t = i % n;
    const r = (i - t) / n;
    if (t === 0) w = row(r) as Float32Array<ArrayBuffer>;
    add(w, t, t * m + r);
  };
  yield* each(m * n, visit, breath);
}

/**
 * All errors of `y`, in pieces; `unquantised` is the float64 product with the original weights, `integer` ggml's integer dot products,
 * null where there are none. Arrays are N x M.
 */
export function* measuringErrors(
  y: Float32Array,
  plain: Float32Array,
  reference: Reference,
  unquantised: Float64Array | null,
  integer: Float32Array | null = null,
): Generator<void, Errors> {
  const { sequential, sumAbs } = reference;
  let [maxAbs, maxRel, maxAbsInteger] = [0, 0, 0];
  const look = (i: number): void => {
    const error = Math.abs(y[i] - reference.y[i]);
    maxAbs = Math.max(maxAbs, error);
    if (sumAbs[i] > 0) maxRel = Math.max(maxRel, error / sumAbs[i]);
    if (integer) maxAbsInteger = Math.max(maxAbsInteger, Math.abs(y[i] - integer[i]));
  };
  yield* each(y.length, look, RESULTS);
  return {
    vsPlainLoop: yield* countingUnequal(y, plain),
    maxAbsVsF64: maxAbs,
    relRmsVsF64: yield* measuringRms(y, reference.y),
    maxRelVsSumAbs: maxRel,
    relRmsVsUnquantised: unquantised ? yield* measuringRms(y, unquantised) : null,
    vsF32Sequential: sequential ? yield* countingUnequal(y, sequential) : null,
    relRmsVsF32Sequential: sequential ? yield* measuringRms(y, sequential) : null,
    maxAbsVsIntegerDot: integer ? maxAbsInteger : null,
    relRmsVsIntegerDot: integer ? yield* measuringRms(y, integer) : null,
  };
}

/** Results whose bit patterns differ, counted in pieces. */
export function* countingUnequal(a: Float32Array, b: Float32Array): Generator<void, number> {
  const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);
  const [bits, others] = [bitsOf(a), bitsOf(b)];
  let count = 0;
  const compare = (i: number): void => {
    if (bits[i] !== others[i]) count++;
  };
  yield* each(bits.length, compare, RESULTS);
  return count;
}

function* measuringRms(y: Float32Array, reference: Float32Array | Float64Array): Generator<void, number> {
  let [error, size] = [0, 0];
  const add = (i: number): void => {
    error += (y[i] - reference[i]) ** 2;
    size += reference[i] ** 2;
  };
  yield* each(y.length, add, RESULTS);
  return size > 0 ? Math.sqrt(error / size) : 0;
}
