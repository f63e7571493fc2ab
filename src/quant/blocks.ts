/**
 * What every block format shares: the arithmetic of whole blocks and ggml's way of rounding to an integer.
 * Source: ggml 0.21.0 (commit d99724f2), `nearest_int` of ggml-quants.c.
 */
import { assert, WeftError } from '../base/error.ts';

/** Weights in a super-block of the K family (ggml's QK_K). */
export const K_BLOCK_WEIGHTS = 256;

/**
 * The number of whole blocks that `bytes` holds.
 * `out` must have exactly one place per weight; anything else is a mistake of the caller, not of a file.
 */
export function blockCount(bytes: Uint8Array, blockBytes: number, out: Float32Array, blockSize: number): number {
  const blocks = bytes.length / blockBytes;
  assert(Number.isInteger(blocks), `${bytes.length} bytes are not a whole number of ${blockBytes}-byte blocks`);
  assert(out.length === blocks * blockSize, `${blocks} blocks of ${blockSize} weights do not fill ${out.length} values`);
  return blocks;
}

/**
 * Refuses a row that no quantiser to blocks of 256 can take; `field` and `format` name it in the message.
 * @throws WeftError when the row is not a whole number of blocks or holds NaN or infinity.
 */
export function checkRow(x: Float32Array, field: string, format: string): void {
  if (x.length % K_BLOCK_WEIGHTS !== 0) {
    const message = `${x.length} values are not a whole number of ${format} blocks of ${K_BLOCK_WEIGHTS}`;
    throw new WeftError(field, message, [`Use a row length that is a multiple of ${K_BLOCK_WEIGHTS}`]);
  }
  const bad = x.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new WeftError(`${field}[${bad}]`, `${x[bad]} cannot be quantised to ${format}`, ['Give finite numbers only']);
}

/** 1.5 * 2^23: at this size one unit in the last place of an f32 is 1, so adding it rounds to an integer, ties to even. */
const ROUNDING_MAGIC = 12582912;
const floatBox = new Float32Array(1);
const intBox = new Int32Array(floatBox.buffer);

/**
 * ggml's `nearest_int`: the integer nearest to an f32, ties to even, for |value| <= 4,194,303.
 * Beyond that it returns what the same bits give in C (ggml only asserts there), so NaN is 0 and infinity is -4,194,304:
 * rows of subnormal values reach it, and their bytes must be equal too.
 */
export function nearestInt(value: number): number {
  floatBox[0] = value + ROUNDING_MAGIC;
  return (intBox[0] & 0x007fffff) - 0x00400000;
}
