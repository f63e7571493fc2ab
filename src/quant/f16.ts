/**
 * IEEE 754 binary16 to binary32 and back, on integers that hold the sixteen bits.
 * Same results as ggml's GGML_FP16_TO_FP32 and GGML_FP32_TO_FP16 in software: ties to even, overflow to infinity,
 * any NaN becomes sign | 0x7E00. NaN payloads are left out: they are not significant in any format of this room.
 */

/** Factor of the significand for each sign and exponent (bits 10..15): 2^(e-25), and 2^-24 for subnormals. */
const SIGNIFICAND_UNIT = Float64Array.from({ length: 64 }, (_, i) => {
  const exponent = i & 31;
  const unit = exponent === 0 ? 2 ** -24 : 2 ** (exponent - 25);
  return i < 32 ? unit : -unit;
});

/** The f32 value of an f16 given by its bits (0..65535). Exact. */
export function f16ToF32(bits: number): number {
  const exponent = bits & 0x7c00;
  const fraction = bits & 0x03ff;
  const unit = SIGNIFICAND_UNIT[bits >>> 10];
  if (exponent === 0) return unit * fraction;
  if (exponent !== 0x7c00) return unit * (1024 + fraction);
  if (fraction !== 0) return Number.NaN;
  return bits < 0x8000 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

const floatBox = new Float32Array(1);
const bitsBox = new Uint32Array(floatBox.buffer);
/** Bits of the f32 0.5: in [0.5, 1) one unit in the last place is 2^-24, the step of f16 subnormals. */
const HALF_BITS = 0x3f000000;

/** The bits of the f16 nearest to an f32 (ties to even). A double that is no f32 is rounded to f32 first, as in C. */
export function f32ToF16(value: number): number {
  floatBox[0] = value;
  const bits = bitsBox[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more rounds to infinity
  if (magnitude < 0x38800000) {
    floatBox[0] = Math.abs(value) + 0.5; // below 2^-14: the addition itself rounds to a multiple of 2^-24
    return sign | (bitsBox[0] - HALF_BITS);
  }
  const rounded = magnitude + 0x0fff + ((magnitude >>> 13) & 1); // 13 bits fall away, ties to even
  return sign | ((rounded - (112 << 23)) >>> 13); // 112 = difference of the exponent biases 127 and 15
}

/** Twin of {@link f16ToF32}: sign, exponent and fraction as the standard defines them. */
export function f16ToF32Reference(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 31;
  const fraction = (bits & 0x03ff) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Twin of {@link f32ToF16}: searches the two f16 neighbours of |value| and takes the nearer, or the even one of two equally near. */
export function f32ToF16Reference(value: number): number {
  const f32 = Math.fround(value);
  if (Number.isNaN(f32)) return nanSign(value) | 0x7e00;
  const sign = f32 < 0 || Object.is(f32, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(f32);
  let low = 0; // bits of the largest f16 <= magnitude; non-negative f16 values ascend with their bits
  let high = 0x7c00;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (f16ToF32Reference(middle) <= magnitude) low = middle;
    else high = middle;
  }
  const above = high === 0x7c00 ? 65536 : f16ToF32Reference(high); // for rounding, infinity sits where 2^16 would
  const toLow = magnitude - f16ToF32Reference(low);
  const toHigh = above - magnitude;
  const even = low % 2 === 0 ? low : high;
  return sign | (toLow < toHigh ? low : toHigh < toLow ? high : even);
}

/** The sign bit of a NaN, which no comparison shows. */
function nanSign(value: number): number {
  floatBox[0] = value;
  return (bitsBox[0] >>> 16) & 0x8000;
}
