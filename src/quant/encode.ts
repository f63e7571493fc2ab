/**
 * f32 -> rows as stored, for the formats that are simple to make: F32, F16, BF16 and Q8_0 by ggml's own rules, Q4_K by its
 * quantiser (q4_k_quantise.ts), q4_k_ix by ours. Q5_K and Q6_K have no quantiser here.
 * Source: ggml 0.21.0, GGML_FP32_TO_FP16, ggml_compute_fp32_to_bf16, quantize_row_q8_0_ref (f32 rounding after every step).
 */
import { assert } from '../base/error.ts';
import { f32ToF16 } from './f16.ts';
import type { FormatId } from './formats.ts';
import { quantiseQ4KIx } from './q4_k_ix_quantise.ts';
import { quantiseQ4K } from './q4_k_quantise.ts';
import { Q8_0_BYTES, Q8_0_WEIGHTS } from './q8_0.ts';

type Encode = (x: Float32Array) => Uint8Array;

const ENCODERS: Readonly<Partial<Record<FormatId, Encode>>> = {
  f32: (x) => new Uint8Array(x.slice().buffer),
  f16: (x) => new Uint8Array(Uint16Array.from(x, f32ToF16).buffer),
  bf16: encodeBF16,
  q8_0: quantiseQ80,
  q4_k: quantiseQ4K,
  q4_k_ix: (x) => quantiseQ4KIx(x, 'e4m3'),
  q4_k_ix_e5m2: (x) => quantiseQ4KIx(x, 'e5m2'),
};

/** How weights are put into a format; undefined where there is no encoder. */
export const encoderOf = (format: FormatId): Encode | undefined => ENCODERS[format];

/** The upper half of each f32, rounded to nearest even; a NaN stays one and becomes quiet. */
export function encodeBF16(x: Float32Array): Uint8Array {
  const words = new Uint32Array(x.slice().buffer);
  const halves = Uint16Array.from(words, (word) => {
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 64;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
  return new Uint8Array(halves.buffer);
}

/** x[32 * n] -> 34 * n bytes: d = largest magnitude / 127, quants rounded half away from zero (C's roundf). */
export function quantiseQ80(x: Float32Array): Uint8Array {
  const blocks = x.length / Q8_0_WEIGHTS;
  assert(Number.isInteger(blocks), `${x.length} values are not a whole number of Q8_0 blocks of ${Q8_0_WEIGHTS}`);
  const bytes = new Uint8Array(blocks * Q8_0_BYTES);
  const view = new DataView(bytes.buffer);
  for (let b = 0; b < blocks; b++) {
    const values = x.subarray(b * Q8_0_WEIGHTS, (b + 1) * Q8_0_WEIGHTS);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const d = Math.fround(largest / 127);
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    view.setUint16(b * Q8_0_BYTES, f32ToF16(d), true);
    for (let i = 0; i < Q8_0_WEIGHTS; i++) {
      const scaled = Math.fround(values[i] * inverse);
      view.setInt8(b * Q8_0_BYTES + 2 + i, Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
  }
  return bytes;
}
