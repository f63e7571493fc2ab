/**
 * The plain loop of row-per-PE kernels: an independent scalar program that does what the PEs do, in their documented order.
 * It shares no code with the PE programs: weights come from the quant room's reference twin.
 */
import { rowBytes } from '../../quant/formats.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { Gemm } from '../types.ts';

/** N x M f32, one token after the other: k ascending, a rounding after every multiplication and every addition. */
export function plainLoop(gemm: Gemm): Float32Array {
  const { m, k, n, weights, x } = gemm;
  const { format } = dequantiserFor(gemm.format);
  const bytes = rowBytes(format, k);
  const row = new Float32Array(k);
  const out = new Float32Array(n * m);
  for (let r = 0; r < m; r++) {
    format.reference(weights.subarray(r * bytes, (r + 1) * bytes), row);
    for (let token = 0; token < n; token++) {
      let acc = 0;
      for (let i = 0; i < k; i++) acc = Math.fround(acc + Math.fround(row[i] * x[token * k + i]));
      out[token * m + r] = acc;
    }
  }
  return out;
}
