/** A stored row taken apart for the plain loop of a factored dot: quants, d sc and -dmin m, by the quant room's readable twins. */
import { assert } from '../../base/error.ts';
import { rowBytes } from '../../quant/formats.ts';
import { decodeQ4K } from '../../quant/q4_k.ts';
import { decodeQ5K } from '../../quant/q5_k.ts';
import { dequantiserFor } from '../dequant/index.ts';
import type { Gemm } from '../types.ts';

export interface FactoredRow {
  /** One of each weight. */
  readonly quants: Float32Array;
  /** d sc_j and -dmin m_j of each sub-block, exact in f32. */
  readonly scales: Float32Array;
  readonly negativeMins: Float32Array;
  /** Weights of a sub-block. */
  readonly subSize: number;
}

const SUB_SIZE = 32;
const SUB_BLOCKS = 8;

/** A block taken apart, by format. */
const DECODERS: Readonly<Record<string, typeof decodeQ4K>> = { q4_k: decodeQ4K, q5_k: decodeQ5K };

/** Row `row` of a matrix in a format with scales and minimums. */
export function factoredRow({ format, k, weights }: Gemm, row: number): FactoredRow {
  const decode = DECODERS[format];
  assert(decode !== undefined, `${format} has scales and minimums`);
  const { blockSize, blockBytes } = dequantiserFor(format).format;
  const first = row * rowBytes(dequantiserFor(format).format, k);
  const blocks = k / blockSize;
  const out = { quants: new Float32Array(k), scales: new Float32Array(blocks * SUB_BLOCKS), negativeMins: new Float32Array(blocks * SUB_BLOCKS) };
  for (let b = 0; b < blocks; b++) {
    const { d, dmin, scales, mins, quants } = decode(weights.subarray(first + b * blockBytes, first + (b + 1) * blockBytes));
    out.quants.set(quants, b * blockSize);
    out.scales.set(
      scales.map((scale) => d * scale),
      b * SUB_BLOCKS,
    );
    out.negativeMins.set(
      mins.map((min) => -dmin * min),
      b * SUB_BLOCKS,
    );
  }
  return { ...out, subSize: SUB_SIZE };
}
