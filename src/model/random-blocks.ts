/**
 * Random valid blocks of the K formats, for matrices too large to quantise in time and for formats without a quantiser: uniform
 * quants, scales as a quantiser leaves them, the mean near 0 and the deviation near 1/sqrt(k). Neither cycles nor
 * bit-exactness depend on the values.
 */
import type { Rng } from '../base/rng.ts';
import { f32ToF16 } from '../quant/f16.ts';
import { Q4_K_BYTES, Q4_K_SCALES } from '../quant/q4_k.ts';
import { Q5_K_BYTES } from '../quant/q5_k.ts';
import { Q6_K_BYTES, Q6_K_SCALE_OF_SCALES, Q6_K_SCALES } from '../quant/q6_k.ts';
import { K4_SCALE_BYTES, packScalesK4 } from '../quant/scales_k4.ts';
import { K_MULTIPLE } from './workload.ts';

export interface RandomBlocks {
  /** Draws of 32 bits that every block of 256 weights takes. */
  readonly drawsOfBlock: number;
  /** m x k weights as stored, row by row. */
  draw(m: number, k: number, random: Rng): Uint8Array;
}

/** Sub-block scales are drawn from 32 to 63, the range a quantiser's largest scale leaves most others in. */
const MEAN_SCALE = 47.5;
/** Signed scales of Q6_K are drawn from 64 to 127. */
const MEAN_SCALE_Q6 = 95.5;

/** Deviation of a uniform integer 0 .. levels - 1. */
const deviationOf = (levels: number): number => Math.sqrt((levels ** 2 - 1) / 12);

/** Q4_K: the minimums centre the weights (7.5 is the mean nibble; dmin = 8 d, so m = round(7.5 sc / 8) fits its six bits). */
export const RANDOM_Q4_K = randomK4(16, Q4_K_BYTES);

/** Q5_K: likewise with 32 levels; the fifth bits lie between the scales and the nibbles. */
export const RANDOM_Q5_K = randomK4(32, Q5_K_BYTES);

/** A factor of d, eight scales, the quants a word at a time. */
function randomK4(levels: number, blockBytes: number): RandomBlocks {
  const quantBytes = blockBytes - Q4_K_SCALES - K4_SCALE_BYTES;
  return { drawsOfBlock: 1 + 8 + quantBytes / 4, draw: (m, k, random) => drawK4(m, k, random, levels, blockBytes) };
}

function drawK4(m: number, k: number, random: Rng, levels: number, blockBytes: number): Uint8Array {
  const bytes = new Uint8Array((m * k * blockBytes) / K_MULTIPLE);
  const view = new DataView(bytes.buffer);
  const d = 1 / (Math.sqrt(k) * deviationOf(levels) * MEAN_SCALE);
  const scales = new Uint8Array(8);
  const mins = new Uint8Array(8);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const jitter = 0.75 + 0.5 * random.unit();
    view.setUint16(at, f32ToF16(d * jitter), true);
    view.setUint16(at + 2, f32ToF16((levels / 2) * d * jitter), true);
    for (let j = 0; j < 8; j++) {
      scales[j] = 32 + random.below(32);
      mins[j] = Math.round((((levels - 1) / 2) * scales[j]!) / (levels / 2));
    }
    packScalesK4(scales, mins, bytes, at + Q4_K_SCALES);
    for (let i = Q4_K_SCALES + K4_SCALE_BYTES; i < blockBytes; i += 4) view.setUint32(at + i, random.bits(), true);
  }
  return bytes;
}

/** Q6_K: quants are centred already, drawn two bytes at a time; sixteen scales of either sign; a factor of d. */
export const RANDOM_Q6_K: RandomBlocks = { drawsOfBlock: Q6_K_SCALES / 2 + 2 * 16 + 1, draw: drawQ6K };

function drawQ6K(m: number, k: number, random: Rng): Uint8Array {
  const bytes = new Uint8Array((m * k * Q6_K_BYTES) / K_MULTIPLE);
  const view = new DataView(bytes.buffer);
  const d = 1 / (Math.sqrt(k) * deviationOf(64) * MEAN_SCALE_Q6);
  for (let at = 0; at < bytes.length; at += Q6_K_BYTES) {
    for (let i = 0; i < Q6_K_SCALES; i += 2) view.setUint16(at + i, random.bits() & 0xffff, true);
    for (let i = 0; i < 16; i++) view.setInt8(at + Q6_K_SCALES + i, (64 + random.below(64)) * (random.below(2) === 0 ? 1 : -1));
    view.setUint16(at + Q6_K_SCALE_OF_SCALES, f32ToF16(d * (0.75 + 0.5 * random.unit())), true);
  }
  return bytes;
}
