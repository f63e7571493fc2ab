/**
 * Q8_0, ggml type 8: 32 weights in 34 B: d f16 @0, signed quants @2; y = d * q.
 * Source: ggml 0.21.0, block_q8_0 and dequantize_row_q8_0. The product has at most 19 significant bits: nothing is rounded.
 */
import { blockCount } from './blocks.ts';
import { f16ToF32, f16ToF32Reference } from './f16.ts';

/** Weights in a Q8_0 block. */
export const Q8_0_WEIGHTS = 32;
/** Bytes of a Q8_0 block of 32 weights. */
export const Q8_0_BYTES = 34;

/** Dequantises whole Q8_0 blocks: bytes[34 * n] -> out[32 * n]. `bytes` may start at any address. */
export function dequantiseQ80(bytes: Uint8Array, out: Float32Array): void {
  const blocks = blockCount(bytes, Q8_0_BYTES, out, Q8_0_WEIGHTS);
  const quants = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let b = 0; b < blocks; b++) {
    const at = b * Q8_0_BYTES;
    const to = b * Q8_0_WEIGHTS;
    const d = f16ToF32(bytes[at] | (bytes[at + 1] << 8));
    for (let l = 0; l < Q8_0_WEIGHTS; l++) out[to + l] = d * quants[at + 2 + l];
  }
}

/** Twin of {@link dequantiseQ80}. */
export function dequantiseQ80Reference(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / Q8_0_WEIGHTS) * Q8_0_BYTES;
    const d = f16ToF32Reference(view.getUint16(at, true));
    out[i] = d * view.getInt8(at + 2 + (i % Q8_0_WEIGHTS));
  }
}
