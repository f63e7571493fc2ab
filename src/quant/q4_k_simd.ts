/**
 * Q4_K by WebAssembly SIMD where there is some, else by plain TypeScript: the same bits. The code is assembled at first use
 * (simd/q4_k_code.ts); blocks are copied into its memory and floats out of it in pieces that stay in the nearest cache.
 */
import { assert } from '../base/error.ts';
import { blockCount, K_BLOCK_WEIGHTS } from './blocks.ts';
import { dotF32Sequential } from './dot.ts';
import { dequantiseQ4K, Q4_K_BYTES } from './q4_k.ts';
import { exportsOf, moduleOf } from './simd/instance.ts';
import { FREE, LANES, q4kModule, SUMS } from './simd/q4_k_code.ts';

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  dequantise(block: number, end: number, out: number): void;
  dot(block: number, end: number, stride: number, x: number): void;
}

/** Blocks that are copied at once: 16 KiB of floats. */
const PIECE = 16;

let kernels: Kernels | null | undefined;

/** The assembled kernels; null where WebAssembly or its SIMD is missing or forbidden. */
function simd(): Kernels | null {
  if (kernels === undefined) kernels = instantiate();
  return kernels;
}

function instantiate(): Kernels | null {
  const module = moduleOf(q4kModule());
  return module && (exportsOf(module) as Kernels);
}

/** The first `length` bytes of the memory of the kernels. */
function bytesOf({ memory }: Kernels, length: number): Uint8Array {
  if (memory.buffer.byteLength < length) memory.grow(Math.ceil((length - memory.buffer.byteLength) / 65536));
  return new Uint8Array(memory.buffer);
}

/** Whether every block's d and dmin are finite; the kernels leave the others to the twin. */
function allFinite(bytes: Uint8Array): boolean {
  for (let at = 1; at < bytes.length; at += Q4_K_BYTES) if ((bytes[at] & 0x7c) === 0x7c || (bytes[at + 2] & 0x7c) === 0x7c) return false;
  return true;
}

/** {@link dequantiseQ4K} for whole tensors: bytes[144 n] -> out[256 n], the same bits, whatever the scales. */
export function dequantiseQ4KFast(bytes: Uint8Array, out: Float32Array): void {
  const blocks = blockCount(bytes, Q4_K_BYTES, out, K_BLOCK_WEIGHTS);
  const kernel = blocks >= PIECE ? simd() : null;
  if (!kernel || !allFinite(bytes)) {
    dequantiseQ4K(bytes, out);
    return;
  }
  const to = FREE + PIECE * Q4_K_BYTES;
  const memory = bytesOf(kernel, to + 4 * PIECE * K_BLOCK_WEIGHTS);
  for (let block = 0; block < blocks; block += PIECE) {
    const end = Math.min(blocks, block + PIECE);
    memory.set(bytes.subarray(block * Q4_K_BYTES, end * Q4_K_BYTES), FREE);
    kernel.dequantise(FREE, FREE + (end - block) * Q4_K_BYTES, to);
    out.set(new Float32Array(memory.buffer, to, (end - block) * K_BLOCK_WEIGHTS), block * K_BLOCK_WEIGHTS);
  }
}

/**
 * y[r] = row r of Q4_K weights . x, in f32 with k ascending as one PE adds (dotF32Sequential); rows lie one after the other.
 * The same bits as the twin, but for the sign and payload of a NaN.
 * @param bytes y.length rows of x.length weights each
 */
export function dotRowsQ4K(bytes: Uint8Array, x: Float32Array, y: Float32Array): void {
  const stride = bytes.length / y.length;
  assert(stride * K_BLOCK_WEIGHTS === x.length * Q4_K_BYTES, `${bytes.length} bytes are not ${y.length} Q4_K rows of ${x.length} weights`);
  const kernel = simd();
  if (!kernel || !allFinite(bytes)) {
    dotRowsQ4KPlain(bytes, x, y);
    return;
  }
  const rows = FREE + 4 * x.length;
  const memory = bytesOf(kernel, rows + LANES * stride);
  const sums = new Float32Array(memory.buffer, SUMS, LANES);
  new Float32Array(memory.buffer, FREE, x.length).set(x);
  for (let first = 0; first < y.length; first += LANES) {
    const count = Math.min(LANES, y.length - first);
    memory.set(bytes.subarray(first * stride, (first + count) * stride), rows);
    sums.fill(0);
    kernel.dot(rows, rows + stride, stride, FREE);
    y.set(sums.subarray(0, count), first);
  }
}

/** Twin of {@link dotRowsQ4K}: a row dequantised, then its products added one by one. */
export function dotRowsQ4KPlain(bytes: Uint8Array, x: Float32Array, y: Float32Array): void {
  const stride = bytes.length / y.length;
  const row = new Float32Array(x.length);
  for (let r = 0; r < y.length; r++) {
    dequantiseQ4K(bytes.subarray(r * stride, (r + 1) * stride), row);
    y[r] = dotF32Sequential(row, x);
  }
}
