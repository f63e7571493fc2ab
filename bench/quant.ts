/**
 * Speed of src/quant: each fast path against its reference twin, in the same run on the same blocks.
 * The blocks are 2,048 Q4_K blocks of Gaussian weights (or random bytes for the other formats): 524,288 weights, 2 MiB as f32.
 * Rates are the best of several passes: on a shared machine the best is the least disturbed.
 */
import { rng } from '../src/base/rng.ts';
import { dotF32Sequential, dotF64 } from '../src/quant/dot.ts';
import { FORMATS, type Format } from '../src/quant/formats.ts';
import { dequantiseQ4K } from '../src/quant/q4_k.ts';
import { quantiseQ4K } from '../src/quant/q4_k_quantise.ts';
import { dequantiseQ4KFast, dotRowsQ4K, dotRowsQ4KPlain } from '../src/quant/q4_k_simd.ts';
import { dotQ4KQ8K, dotQ4KQ8KReference, quantiseQ8K } from '../src/quant/q8_k.ts';
import { type BenchRow, row as rowOf } from './row.ts';

const WEIGHTS = 524_288;
const UNIT = 'million weights/s';

/** Million weights per second of `work`, which handles `weights` of them: the best of several passes, after a warm-up. */
function rate(weights: number, passes: number, work: () => void): number {
  work();
  let best = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < passes; pass++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return weights / best / 1000;
}

const row = (name: string, value: number, baseline: number): BenchRow => rowOf(name, value, UNIT, baseline);

/** Normally distributed values with the spread of a trained weight matrix. */
function gaussian(count: number, seed: number): Float32Array {
  const random = rng(seed);
  return Float32Array.from({ length: count }, () => 0.02 * random.gauss());
}

/** Random bytes below 64: the f16 scales read from them are small and finite. */
function someBytes(count: number): Uint8Array {
  const random = rng(1);
  return Uint8Array.from({ length: count }, () => random.below(64));
}

function dequantiseRow(format: Format, bytes: Uint8Array): BenchRow {
  const out = new Float32Array(WEIGHTS);
  const fast = rate(WEIGHTS, 60, () => format.dequantise(bytes, out));
  const slow = rate(WEIGHTS, 3, () => format.reference(bytes, out));
  return row(`dequantise ${format.name} (baseline: its reference twin)`, fast, slow);
}

/** WebAssembly SIMD against plain TypeScript: whole tensors, and rows of 4,096 weights added up in the order of a PE, sixteen at once. */
function simdRows(blocks: Uint8Array, activations: Float32Array): BenchRow[] {
  const out = new Float32Array(WEIGHTS);
  const x = activations.subarray(0, 4096);
  const sums = new Float32Array(WEIGHTS / x.length);
  return [
    row(
      'dequantise Q4_K by SIMD (baseline: plain TypeScript)',
      rate(WEIGHTS, 100, () => dequantiseQ4KFast(blocks, out)),
      rate(WEIGHTS, 60, () => dequantiseQ4K(blocks, out)),
    ),
    row(
      'dequantise Q4_K + f32 dot in PE order by SIMD (baseline: plain TypeScript)',
      rate(WEIGHTS, 100, () => dotRowsQ4K(blocks, x, sums)),
      rate(WEIGHTS, 20, () => dotRowsQ4KPlain(blocks, x, sums)),
    ),
  ];
}

/** Every row of this bench; about 4 seconds. */
export function benches(): BenchRow[] {
  const weights = gaussian(WEIGHTS, 2);
  const activations = gaussian(WEIGHTS, 3);
  const blocks = quantiseQ4K(weights);
  const quantised = quantiseQ8K(activations);
  const formats = Object.values(FORMATS).map((format) => {
    const bytes = format.id === 'q4_k' ? blocks : someBytes((WEIGHTS / format.blockSize) * format.blockBytes);
    return dequantiseRow(format, bytes);
  });
  const integer = rate(WEIGHTS, 20, () => dotQ4KQ8K(blocks, quantised));
  const integerTwin = rate(WEIGHTS, 3, () => dotQ4KQ8KReference(blocks, quantised));
  const sequential = rate(WEIGHTS, 20, () => dotF32Sequential(weights, activations));
  const double = rate(WEIGHTS, 20, () => dotF64(weights, activations));
  return [
    ...formats,
    ...simdRows(blocks, activations),
    row('integer dot product Q4_K x Q8_K (baseline: its reference twin)', integer, integerTwin),
    row('sequential f32 dot product (baseline: float64 in the same order)', sequential, double),
  ];
}
