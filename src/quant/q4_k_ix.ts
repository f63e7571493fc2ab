/**
 * q4_k_ix, the block format of the kernel file this project started from (design: q4_k.md, "The block format of the original
 * kernel file"): 256 weights in 142 B. It is not a type of ggml, and no GGUF file holds it.
 *
 *     byte 0 d, byte 1 dmin     FP8; which kind the file does not say: E4M3, or E5M2 under an id of its own
 *     bytes 2..13               four groups of three bytes, little-endian: four 6-bit fields sc[2i], sc[2i+1], m[2i], m[2i+1]
 *     bytes 14..141             16 bytes a sub-block of 32; the even weight in the low nibble, the odd one in the high nibble
 *
 *     y[32j + l] = d * (sc[j] - 32) * q + dmin * (m[j] - 32)      the minimum is added
 *
 * The products have at most 4 + 6 + 4 significant bits, so the addition is the only rounding and doubles stored into a
 * Float32Array are bit-exact. {@link misreadQ4K} is what a Q4_K block looks like to a program that takes it for this format.
 */
import { assert } from '../base/error.ts';
import { blockCount, K_BLOCK_WEIGHTS } from './blocks.ts';
import { f16ToF32 } from './f16.ts';
import { type Fp8Kind, f32ToFp8, fp8Table, fp8ToF32Reference } from './fp8.ts';
import { Q4_K_BYTES, Q4_K_SCALES } from './q4_k.ts';

/** Bytes of a block of 256 weights. */
export const Q4_K_IX_BYTES = 142;
/** Byte offsets of the scale table and of the nibbles. */
export const Q4_K_IX_SCALES = 2;
export const Q4_K_IX_QUANTS = 14;
/** What is taken off every scale and minimum. */
export const Q4_K_IX_OFFSET = 32;
/** How pages and reports name the format. */
export const Q4_K_IX_LABEL = "q4_k_ix, the original file's format";

/** bytes[142 * n] -> out[256 * n]. */
export type DequantiseQ4KIx = (bytes: Uint8Array, out: Float32Array) => void;

/** The fast path for one kind of FP8. */
export function dequantiseQ4KIx(kind: Fp8Kind): DequantiseQ4KIx {
  return (bytes, out) => {
    const blocks = blockCount(bytes, Q4_K_IX_BYTES, out, K_BLOCK_WEIGHTS);
    const table = fp8Table(kind);
    for (let b = 0; b < blocks; b++) dequantiseBlock(bytes, b * Q4_K_IX_BYTES, out, b * K_BLOCK_WEIGHTS, table);
  };
}

function dequantiseBlock(bytes: Uint8Array, at: number, out: Float32Array, to: number, table: Float32Array): void {
  const d = table[bytes[at]];
  const dmin = table[bytes[at + 1]];
  for (let j = 0; j < 8; j++) {
    const group = at + Q4_K_IX_SCALES + 3 * (j >> 1);
    const fields = (bytes[group] | (bytes[group + 1] << 8) | (bytes[group + 2] << 16)) >> (6 * (j & 1));
    const scale = d * ((fields & 63) - Q4_K_IX_OFFSET);
    const min = dmin * (((fields >> 12) & 63) - Q4_K_IX_OFFSET);
    const from = at + Q4_K_IX_QUANTS + 16 * j;
    for (let i = 0; i < 16; i++) {
      out[to + 32 * j + 2 * i] = scale * (bytes[from + i] & 15) + min;
      out[to + 32 * j + 2 * i + 1] = scale * (bytes[from + i] >> 4) + min;
    }
  }
}

/** One block taken apart. */
export interface Q4KIxBlock {
  readonly d: number;
  readonly dmin: number;
  /** Eight scales and minimums as they count, -32..31. */
  readonly scales: number[];
  readonly mins: number[];
  /** 256 quants, 0..15, in the order of the weights. */
  readonly quants: Uint8Array;
}

/** Takes one 142-byte block apart, field by field. Allocates: not for hot loops. */
export function decodeQ4KIx(block: Uint8Array, kind: Fp8Kind): Q4KIxBlock {
  assert(block.length === Q4_K_IX_BYTES, `a q4_k_ix block has ${Q4_K_IX_BYTES} bytes, not ${block.length}`);
  const fields: number[] = [];
  for (let group = 0; group < 4; group++) {
    const [a, b, c] = block.subarray(Q4_K_IX_SCALES + 3 * group);
    fields.push(a % 64, Math.floor(a / 64) + 4 * (b % 16), Math.floor(b / 16) + 16 * (c % 4), Math.floor(c / 4));
  }
  const field = (j: number, first: number): number => fields[4 * Math.floor(j / 2) + first + (j % 2)] - Q4_K_IX_OFFSET;
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const quants = new Uint8Array(K_BLOCK_WEIGHTS);
  for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
    const byte = block[Q4_K_IX_QUANTS + Math.floor(i / 2)];
    quants[i] = i % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
  }
  return {
    d: fp8ToF32Reference(block[0], kind),
    dmin: fp8ToF32Reference(block[1], kind),
    scales: eight.map((j) => field(j, 0)),
    mins: eight.map((j) => field(j, 2)),
    quants,
  };
}

/** Twin of {@link dequantiseQ4KIx}: the formula of the header, weight by weight, rounded to f32 after every step. */
export function dequantiseQ4KIxReference(kind: Fp8Kind): DequantiseQ4KIx {
  const f = Math.fround;
  return (bytes, out) => {
    for (let b = 0; b < out.length / K_BLOCK_WEIGHTS; b++) {
      const { d, dmin, scales, mins, quants } = decodeQ4KIx(bytes.subarray(b * Q4_K_IX_BYTES, (b + 1) * Q4_K_IX_BYTES), kind);
      for (let i = 0; i < K_BLOCK_WEIGHTS; i++) {
        const j = Math.floor(i / 32);
        out[b * K_BLOCK_WEIGHTS + i] = f(f(d * scales[j]) * quants[i]) + f(dmin * mins[j]);
      }
    }
  };
}

/**
 * Real Q4_K blocks as q4_k_ix takes them: d and dmin rounded to FP8, the twelve scale bytes and the 128 nibble bytes as they
 * lie. (Taking the first two bytes of the f16 d for FP8 values instead is wrong by a factor of 10^5.)
 */
export function misreadQ4K(blocks: Uint8Array, kind: Fp8Kind): Uint8Array {
  const count = blocks.length / Q4_K_BYTES;
  assert(Number.isInteger(count), `${blocks.length} bytes are not a whole number of Q4_K blocks`);
  const out = new Uint8Array(count * Q4_K_IX_BYTES);
  for (let b = 0; b < count; b++) {
    const [from, to] = [b * Q4_K_BYTES, b * Q4_K_IX_BYTES];
    for (const i of [0, 1]) out[to + i] = f32ToFp8(f16ToF32(blocks[from + 2 * i] | (blocks[from + 2 * i + 1] << 8)), kind);
    out.set(blocks.subarray(from + Q4_K_SCALES, from + Q4_K_BYTES), to + Q4_K_IX_SCALES);
  }
  return out;
}
