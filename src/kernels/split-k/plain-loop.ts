/**
 * The plain loop of `split-k`: an independent scalar program in the documented order. Every slice of K is a product of its
 * own (k ascending, the rounding of the options: rows/plain-loop.ts); then the partial sums of a fabric row are added in the reduction's order.
 */
import { rowBytes } from '../../quant/formats.ts';
import { REDUCES } from '../collectives/index.ts';
import { dequantiserFor } from '../dequant/index.ts';
import { addingProducts } from '../rows/plain-loop.ts';
import type { Gemm } from '../types.ts';
import { activationsOf } from './host.ts';
import { type Mapping, rowsIn, sliceOf } from './layout.ts';
import type { Reduction } from './plan.ts';

/** N x M f32, in pieces. */
export function* addingSlices({ split, job }: Mapping, { reduce, group }: Reduction, gemm: Gemm): Generator<void, Float32Array> {
  const { m, n } = gemm;
  const pes = split.rectangle.width;
  const slices: Float32Array[] = [];
  for (let x = 0; x < pes; x++) slices.push(yield* addingProducts(sliced(gemm, sliceOf(split, x)), job));
  const out = new Float32Array(n * m);
  for (let y = 0; y < split.usedHeight; y++) {
    const rows = rowsIn(split, y);
    const vectors = new Float32Array(pes * n * rows);
    const place = (token: number) => token * m + y * split.rowsPerPe;
    for (const [x, sums] of slices.entries()) {
      for (let token = 0; token < n; token++) vectors.set(sums.subarray(place(token), place(token) + rows), (x * n + token) * rows);
    }
    const row = { machine: job.machine, pes, wavelets: n * rows, group, descriptors: REDUCES[reduce].descriptors };
    const sums = REDUCES[reduce].result(row, vectors);
    for (let token = 0; token < n; token++) out.set(sums.subarray(token * rows, (token + 1) * rows), place(token));
    yield;
  }
  return out;
}

/** The product of columns first .. first + k - 1 of A with the same rows of B. */
function sliced(gemm: Gemm, slice: { readonly first: number; readonly k: number }): Gemm {
  const { format } = dequantiserFor(gemm.format);
  const [whole, part] = [gemm.k, slice.k].map((k) => rowBytes(format, k));
  const first = (slice.first / format.blockSize) * format.blockBytes;
  const weights = new Uint8Array(gemm.m * part);
  for (let row = 0; row < gemm.m; row++) weights.set(gemm.weights.subarray(row * whole + first, row * whole + first + part), row * part);
  return { ...gemm, k: slice.k, weights, x: activationsOf(gemm, slice) };
}
