/**
 * What q4_k_ix makes of real Q4_K weights, as relative root mean square of the difference from ggml's dequantised weights:
 * the misreading (their bytes taken for q4_k_ix), and the best the format can hold of them (re-encoding).
 */

import { K_BLOCK_WEIGHTS } from './blocks.ts';
import type { Fp8Kind } from './fp8.ts';
import { dequantiseQ4K, Q4_K_BYTES } from './q4_k.ts';
import { dequantiseQ4KIx, misreadQ4K, Q4_K_IX_BYTES } from './q4_k_ix.ts';
import { quantiseQ4KIx } from './q4_k_ix_quantise.ts';

export interface Q4KIxComparison {
  /** Relative RMS of the weights when Q4_K blocks are read as q4_k_ix: 0 is equal, 1 is as wrong as all zeros. */
  readonly misreading: number;
  /** The same after {@link quantiseQ4KIx} has put the weights into the format. */
  readonly reencoding: number;
  /** Blocks compared. */
  readonly blocks: number;
}

/** Compares `weights`, whole Q4_K blocks. */
export function compareQ4KIx(weights: Uint8Array, kind: Fp8Kind = 'e4m3'): Q4KIxComparison {
  const blocks = weights.length / Q4_K_BYTES;
  const exact = new Float32Array(blocks * K_BLOCK_WEIGHTS);
  dequantiseQ4K(weights, exact);
  return {
    misreading: relativeRms(valuesOf(misreadQ4K(weights, kind), kind), exact),
    reencoding: relativeRms(valuesOf(quantiseQ4KIx(exact, kind), kind), exact),
    blocks,
  };
}

function valuesOf(bytes: Uint8Array, kind: Fp8Kind): Float32Array {
  const out = new Float32Array((bytes.length / Q4_K_IX_BYTES) * K_BLOCK_WEIGHTS);
  dequantiseQ4KIx(kind)(bytes, out);
  return out;
}

/** Root mean square of a - b over the root mean square of b; 0 for equal rows of zeros. */
export function relativeRms(a: Float32Array, b: Float32Array): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return error === 0 ? 0 : Math.sqrt(error / size);
}
