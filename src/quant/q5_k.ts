/**
 * Q5_K, ggml type 13: 256 weights in 176 B (5.5 bits each): as Q4_K, with a fifth bit per weight between the scales and the
 * nibbles: d f16 @0, dmin f16 @2, scales and minimums @4, qh[32] @16, nibbles @48. Weight 32j+l:
 *
 *     q = nibble + 16 * (bit j of qh[l]);   y[32j+l] = (d * scale[j]) * q - (dmin * min[j])
 *
 * Source: ggml 0.21.0, block_q5_K and dequantize_row_q5_K. The products have at most 11 + 6 + 5 significant bits: exact, so
 * the subtraction is the only rounding and doubles stored into a Float32Array are bit-exact.
 */
import { assert } from '../base/error.ts';
import { blockCount, K_BLOCK_WEIGHTS } from './blocks.ts';
import { f16ToF32, f16ToF32Reference } from './f16.ts';
import type { Q4KBlock } from './q4_k.ts';
import { minK4, scaleK4, unpackScalesK4Reference } from './scales_k4.ts';

/** Bytes of a Q5_K block of 256 weights. */
export const Q5_K_BYTES = 176;
const SCALES = 4;
/** Byte offset of the fifth bits. */
export const Q5_K_HIGH_BITS = 16;
/** Byte offset of the nibbles. */
export const Q5_K_NIBBLES = 48;

/** Dequantises whole Q5_K blocks: bytes[176 * n] -> out[256 * n]. `bytes` may start at any address. */
export function dequantiseQ5K(bytes: Uint8Array, out: Float32Array): void {
  const blocks = blockCount(bytes, Q5_K_BYTES, out, K_BLOCK_WEIGHTS);
  for (let b = 0; b < blocks; b++) dequantiseBlock(bytes, b * Q5_K_BYTES, out, b * K_BLOCK_WEIGHTS);
}

function dequantiseBlock(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16ToF32(bytes[at] | (bytes[at + 1] << 8));
  const dmin = f16ToF32(bytes[at + 2] | (bytes[at + 3] << 8));
  for (let pair = 0; pair < 4; pair++) {
    const scaleLow = d * scaleK4(bytes, at + SCALES, 2 * pair);
    const scaleHigh = d * scaleK4(bytes, at + SCALES, 2 * pair + 1);
    const minLow = dmin * minK4(bytes, at + SCALES, 2 * pair);
    const minHigh = dmin * minK4(bytes, at + SCALES, 2 * pair + 1);
    const from = at + Q5_K_NIBBLES + 32 * pair;
    const low = to + 64 * pair;
    for (let l = 0; l < 32; l++) {
      const nibbles = bytes[from + l];
      const top = bytes[at + Q5_K_HIGH_BITS + l] >> (2 * pair);
      out[low + l] = scaleLow * ((nibbles & 15) | ((top & 1) << 4)) - minLow;
      out[low + l + 32] = scaleHigh * ((nibbles >> 4) | ((top & 2) << 3)) - minHigh;
    }
  }
}

/** Takes one 176-byte block apart; quants are 0..31. Allocates: not for hot loops. */
export function decodeQ5K(block: Uint8Array): Q4KBlock {
  assert(block.length === Q5_K_BYTES, `a Q5_K block has ${Q5_K_BYTES} bytes, not ${block.length}`);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const { scales, mins } = unpackScalesK4Reference(block.subarray(SCALES, Q5_K_HIGH_BITS));
  const quants = new Uint8Array(K_BLOCK_WEIGHTS);
  for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
    const j = Math.floor(i / 32);
    const byte = block[Q5_K_NIBBLES + 32 * Math.floor(j / 2) + (i % 32)];
    const nibble = j % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    quants[i] = nibble + 16 * (Math.floor(block[Q5_K_HIGH_BITS + (i % 32)] / 2 ** j) % 2);
  }
  return { d: f16ToF32Reference(view.getUint16(0, true)), dmin: f16ToF32Reference(view.getUint16(2, true)), scales, mins, quants };
}

/** Twin of {@link dequantiseQ5K}: the formula of the header, weight by weight, rounded to f32 after every step. */
export function dequantiseQ5KReference(bytes: Uint8Array, out: Float32Array): void {
  const f = Math.fround;
  for (let b = 0; b < out.length / K_BLOCK_WEIGHTS; b++) {
    const { d, dmin, scales, mins, quants } = decodeQ5K(bytes.subarray(b * Q5_K_BYTES, (b + 1) * Q5_K_BYTES));
    for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
      const j = Math.floor(i / 32);
      out[b * K_BLOCK_WEIGHTS + i] = f(f(d * scales[j]) * quants[i]) - f(dmin * mins[j]);
    }
  }
}
