/**
 * Rows without blocks: F32, F16 and BF16, one weight after the other, little-endian (GGUF v3 on disk).
 * The fast paths that copy bytes count on a little-endian host, as every JavaScript engine Weft runs on is.
 */
import { blockCount } from './blocks.ts';
import { f16ToF32, f16ToF32Reference } from './f16.ts';

/** F32, 4 B per weight: a copy of the bits. */
export function dequantiseF32(bytes: Uint8Array, out: Float32Array): void {
  const weights = blockCount(bytes, 4, out, 1);
  new Uint8Array(out.buffer, out.byteOffset, 4 * weights).set(bytes);
}

let f16Table: Float32Array | undefined;

/** F16, 2 B per weight, exact. The first call tabulates all 65,536 values (256 KiB). */
export function dequantiseF16(bytes: Uint8Array, out: Float32Array): void {
  const weights = blockCount(bytes, 2, out, 1);
  f16Table ??= Float32Array.from({ length: 65536 }, (_, bits) => f16ToF32(bits));
  const table = f16Table;
  for (let i = 0; i < weights; i++) out[i] = table[bytes[2 * i] | (bytes[2 * i + 1] << 8)];
}

/** BF16, 2 B per weight: the upper half of an f32. */
export function dequantiseBF16(bytes: Uint8Array, out: Float32Array): void {
  const weights = blockCount(bytes, 2, out, 1);
  const bits = new Int32Array(out.buffer, out.byteOffset, weights);
  for (let i = 0; i < weights; i++) bits[i] = (bytes[2 * i] << 16) | (bytes[2 * i + 1] << 24);
}

/** Twin of {@link dequantiseF32}. */
export function dequantiseF32Reference(bytes: Uint8Array, out: Float32Array): void {
  const view = viewOf(bytes);
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, true);
}

/** Twin of {@link dequantiseF16}. */
export function dequantiseF16Reference(bytes: Uint8Array, out: Float32Array): void {
  const view = viewOf(bytes);
  for (let i = 0; i < out.length; i++) out[i] = f16ToF32Reference(view.getUint16(2 * i, true));
}

/** Twin of {@link dequantiseBF16}: places the sixteen bits above sixteen zeros and reads the f32. */
export function dequantiseBF16Reference(bytes: Uint8Array, out: Float32Array): void {
  const view = viewOf(bytes);
  const word = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < out.length; i++) {
    word.setUint32(0, view.getUint16(2 * i, true) * 65536);
    out[i] = word.getFloat32(0);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
