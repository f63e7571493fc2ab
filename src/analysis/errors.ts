/**
 * How far results are from their references (kernels.md section 4): the plain loop bit for bit, float64 with the same
 * dequantised weights, and the weights before quantisation where they are known.
 */
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
}

/** Dot products in float64, k ascending: C and sum |w x| as N x M. `rows` yields row m's f32 weights. */
export function float64Reference(
  row: (m: number) => Float32Array,
  x: Float32Array,
  m: number,
  k: number,
  n: number,
): { y: Float64Array; sumAbs: Float64Array } {
  const y = new Float64Array(n * m);
  const sumAbs = new Float64Array(n * m);
  for (let r = 0; r < m; r++) {
    const w = row(r);
    for (let t = 0; t < n; t++) {
      let [sum, abs] = [0, 0];
      for (let i = 0, at = t * k; i < k; i++, at++) {
        const p = w[i] * x[at];
        sum += p;
        abs += p < 0 ? -p : p;
      }
      y[t * m + r] = sum;
      sumAbs[t * m + r] = abs;
    }
  }
  return { y, sumAbs };
}

/** All errors of `y`; `unquantised` is the float64 product with the original weights. Arrays are N x M. */
export function measureErrors(
  y: Float32Array,
  plain: Float32Array,
  reference: { y: Float64Array; sumAbs: Float64Array },
  unquantised: Float64Array | null,
): Errors {
  const [bits, plainBits] = [new Uint32Array(y.buffer, y.byteOffset, y.length), new Uint32Array(plain.buffer, plain.byteOffset, plain.length)];
  let [unequal, maxAbs, maxRel] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    if (bits[i] !== plainBits[i]) unequal++;
    const error = Math.abs(y[i] - reference.y[i]);
    maxAbs = Math.max(maxAbs, error);
    if (reference.sumAbs[i] > 0) maxRel = Math.max(maxRel, error / reference.sumAbs[i]);
  }
  return {
    vsPlainLoop: unequal,
    maxAbsVsF64: maxAbs,
    relRmsVsF64: relativeRms(y, reference.y),
    maxRelVsSumAbs: maxRel,
    relRmsVsUnquantised: unquantised ? relativeRms(y, unquantised) : null,
  };
}

function relativeRms(y: Float32Array, reference: Float64Array): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    error += (y[i] - reference[i]) ** 2;
    size += reference[i] ** 2;
  }
  return size > 0 ? Math.sqrt(error / size) : 0;
}
