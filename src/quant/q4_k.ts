/**
 * Q4_K, ggml type 12: 256 weights in 144 B (4.5 bits each): d f16 @0, dmin f16 @2, twelve bytes of 6-bit scales and minimums @4,
 * 4-bit quants @16. Weight 32j+l is byte 32*floor(j/2)+l of the quants, the low nibble for even j and the high one for odd j:
 *
 *     y[32j+l] = (d * scale[j]) * q - (dmin * min[j])
 *
 * Source: ggml 0.21.0, block_q4_K of ggml-common.h and dequantize_row_q4_K of ggml-quants.c. The products have at most
 * 11 + 6 + 4 significant bits, so they are exact and the subtraction is the only rounding: doubles stored into a Float32Array
 * are bit-exact, infinite and NaN scales included. The quantiser is q4_k_quantise.ts, the integer dot product is in q8_k.ts.
 */
import { assert } from '../base/error.ts';
import { blockCount, K_BLOCK_WEIGHTS } from './blocks.ts';
import { f16ToF32, f16ToF32Reference } from './f16.ts';
import { minK4, scaleK4, unpackScalesK4Reference } from './scales_k4.ts';

/** Bytes of a Q4_K block of 256 weights. */
export const Q4_K_BYTES = 144;
/** Byte offset of the packed scales and minimums. */
export const Q4_K_SCALES = 4;
/** Byte offset of the nibbles. */
export const Q4_K_QUANTS = 16;

/** Dequantises whole Q4_K blocks: bytes[144 * n] -> out[256 * n]. `bytes` may start at any address. */
export function dequantiseQ4K(bytes: Uint8Array, out: Float32Array): void {
  const blocks = blockCount(bytes, Q4_K_BYTES, out, K_BLOCK_WEIGHTS);
  for (let b = 0; b < blocks; b++) dequantiseBlock(bytes, b * Q4_K_BYTES, out, b * K_BLOCK_WEIGHTS);
}

function dequantiseBlock(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16ToF32(bytes[at] | (bytes[at + 1] << 8));
  const dmin = f16ToF32(bytes[at + 2] | (bytes[at + 3] << 8));
  const packed = at + Q4_K_SCALES;
  for (let pair = 0; pair < 4; pair++) {
    const scaleLow = d * scaleK4(bytes, packed, 2 * pair);
    const scaleHigh = d * scaleK4(bytes, packed, 2 * pair + 1);
    const minLow = dmin * minK4(bytes, packed, 2 * pair);
    const minHigh = dmin * minK4(bytes, packed, 2 * pair + 1);
    dequantisePair(bytes, at + Q4_K_QUANTS + 32 * pair, out, to + 64 * pair, scaleLow, minLow, scaleHigh, minHigh);
  }
}

/** Two sub-blocks from their 32 shared bytes. Four bytes a turn: a quarter faster than one (measured, Node 20). */
function dequantisePair(
  bytes: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  scaleLow: number,
  minLow: number,
  scaleHigh: number,
  minHigh: number,
): void {
  for (let l = 0; l < 32; l += 4) {
    const q0 = bytes[from + l];
    const q1 = bytes[from + l + 1];
    const q2 = bytes[from + l + 2];
    const q3 = bytes[from + l + 3];
    const low = to + l;
    out[low] = scaleLow * (q0 & 15) - minLow;
    out[low + 1] = scaleLow * (q1 & 15) - minLow;
    out[low + 2] = scaleLow * (q2 & 15) - minLow;
    out[low + 3] = scaleLow * (q3 & 15) - minLow;
    out[low + 32] = scaleHigh * (q0 >> 4) - minHigh;
    out[low + 33] = scaleHigh * (q1 >> 4) - minHigh;
    out[low + 34] = scaleHigh * (q2 >> 4) - minHigh;
    out[low + 35] = scaleHigh * (q3 >> 4) - minHigh;
  }
}

/** One Q4_K block taken apart, for inspectors and the reference twins. */
export interface Q4KBlock {
  /** Super-block scale of the scales. */
  d: number;
  /** Super-block scale of the minimums. */
  dmin: number;
  /** Eight scales, 0..63, one per 32 weights. */
  scales: number[];
  /** Eight minimums, 0..63, one per 32 weights; dmin * min is subtracted. */
  mins: number[];
  /** 256 quants, 0..15, in the order of the weights. */
  quants: Uint8Array;
}

/** Takes one 144-byte block apart. Allocates: not for hot loops. */
export function decodeQ4K(block: Uint8Array): Q4KBlock {
  assert(block.length === Q4_K_BYTES, `a Q4_K block has ${Q4_K_BYTES} bytes, not ${block.length}`);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const { scales, mins } = unpackScalesK4Reference(block.subarray(Q4_K_SCALES, Q4_K_QUANTS));
  const quants = new Uint8Array(K_BLOCK_WEIGHTS);
  for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
    const subBlock = Math.floor(i / 32);
    const byte = block[Q4_K_QUANTS + 32 * Math.floor(subBlock / 2) + (i % 32)];
    quants[i] = subBlock % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
  }
  return { d: f16ToF32Reference(view.getUint16(0, true)), dmin: f16ToF32Reference(view.getUint16(2, true)), scales, mins, quants };
}

/** Twin of {@link dequantiseQ4K}: the formula of the header, weight by weight, rounded to f32 after every step. */
export function dequantiseQ4KReference(bytes: Uint8Array, out: Float32Array): void {
  for (let b = 0; b < out.length / K_BLOCK_WEIGHTS; b++) {
    const block = decodeQ4K(bytes.subarray(b * Q4_K_BYTES, (b + 1) * Q4_K_BYTES));
    for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
      const j = Math.floor(i / 32);
      const scaled = Math.fround(Math.fround(block.d * block.scales[j]) * block.quants[i]);
      out[b * K_BLOCK_WEIGHTS + i] = scaled - Math.fround(block.dmin * block.mins[j]);
    }
  }
}
