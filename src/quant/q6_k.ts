/**
 * Q6_K, ggml type 14: 256 weights in 210 B (6.5625 bits each): low nibbles ql[128] @0, upper two bits qh[64] @128,
 * sixteen signed scales @192, d f16 @208. For half h = 0..1, group g = 0..3, place l = 0..31:
 *
 *     q = (nibble of ql[64h + 32(g & 1) + l], low for g < 2 | ((qh[32h + l] >> 2g) & 3) << 4) - 32
 *     y[128h + 32g + l] = (d * scale[8h + 2g + floor(l / 16)]) * q
 *
 * Source: ggml 0.21.0, block_q6_K and dequantize_row_q6_K. d * scale has at most 19 significant bits and is exact, so the
 * product with q is the only rounding and doubles stored into a Float32Array are bit-exact.
 */
import { blockCount, K_BLOCK_WEIGHTS } from './blocks.ts';
import { f16ToF32, f16ToF32Reference } from './f16.ts';

/** Bytes of a Q6_K block of 256 weights. */
export const Q6_K_BYTES = 210;
/** Byte offsets of the upper two bits, of the signed scales and of d. */
export const Q6_K_HIGH_BITS = 128;
export const Q6_K_SCALES = 192;
export const Q6_K_SCALE_OF_SCALES = 208;

/** Dequantises whole Q6_K blocks: bytes[210 * n] -> out[256 * n]. `bytes` may start at any address. */
export function dequantiseQ6K(bytes: Uint8Array, out: Float32Array): void {
  const blocks = blockCount(bytes, Q6_K_BYTES, out, K_BLOCK_WEIGHTS);
  const scales = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let b = 0; b < blocks; b++) {
    const at = b * Q6_K_BYTES;
    const d = f16ToF32(bytes[at + Q6_K_SCALE_OF_SCALES] | (bytes[at + Q6_K_SCALE_OF_SCALES + 1] << 8));
    // A run is 16 places l of one half: it shares four scales, one per group.
    for (let run = 0; run < 4; run++) dequantiseRun(bytes, scales, at, run, d, out, b * K_BLOCK_WEIGHTS);
  }
}

function dequantiseRun(bytes: Uint8Array, scales: Int8Array, at: number, run: number, d: number, out: Float32Array, block: number): void {
  const half = run >> 1;
  const first = 16 * (run & 1);
  const scaleAt = at + Q6_K_SCALES + 8 * half + (run & 1);
  const scale0 = d * scales[scaleAt];
  const scale1 = d * scales[scaleAt + 2];
  const scale2 = d * scales[scaleAt + 4];
  const scale3 = d * scales[scaleAt + 6];
  const low = at + 64 * half + first;
  const high = at + Q6_K_HIGH_BITS + 32 * half + first;
  const to = block + 128 * half + first;
  for (let l = 0; l < 16; l++) {
    const even = bytes[low + l];
    const odd = bytes[low + l + 32];
    const top = bytes[high + l];
    out[to + l] = scale0 * (((even & 15) | ((top & 3) << 4)) - 32);
    out[to + l + 32] = scale1 * (((odd & 15) | ((top & 12) << 2)) - 32);
    out[to + l + 64] = scale2 * (((even >> 4) | (top & 48)) - 32);
    out[to + l + 96] = scale3 * (((odd >> 4) | ((top & 192) >> 2)) - 32);
  }
}

/** Twin of {@link dequantiseQ6K}: the formula of the header, weight by weight, rounded to f32 after every step. */
export function dequantiseQ6KReference(bytes: Uint8Array, out: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / K_BLOCK_WEIGHTS) * Q6_K_BYTES;
    const h = Math.floor(i / 128) % 2;
    const g = Math.floor(i / 32) % 4;
    const l = i % 32;
    const byte = bytes[at + 64 * h + 32 * (g % 2) + l];
    const nibble = g < 2 ? byte % 16 : Math.floor(byte / 16);
    const top = Math.floor(bytes[at + Q6_K_HIGH_BITS + 32 * h + l] / 4 ** g) % 4;
    const scale = view.getInt8(at + Q6_K_SCALES + 8 * h + 2 * g + Math.floor(l / 16));
    const d = f16ToF32Reference(view.getUint16(at + Q6_K_SCALE_OF_SCALES, true));
    out[i] = Math.fround(d * scale) * (nibble + 16 * top - 32);
  }
}
