/**
 * The two 8-bit floating-point formats of the OCP specification (OFP8, revision 1.0, 2023): E4M3 (bias 7, no infinity, only
 * S.1111.111 is NaN, largest 448) and E5M2 (bias 15, the upper half of an f16, infinity and NaN, largest finite 57,344).
 * Conversion to FP8 rounds to nearest, ties to even, and saturates; NaN in gives NaN out.
 */

export const FP8_KINDS = ['e4m3', 'e5m2'] as const;
export type Fp8Kind = (typeof FP8_KINDS)[number];

/** Bits of the fraction, exponent bias, bits of the largest finite value and of NaN. */
const LAYOUT = {
  e4m3: { fraction: 3, bias: 7, largest: 0x7e, nan: 0x7f },
  e5m2: { fraction: 2, bias: 15, largest: 0x7b, nan: 0x7f },
} as const satisfies Record<Fp8Kind, object>;

const TABLES: Readonly<Record<Fp8Kind, Float32Array>> = { e4m3: tabulate('e4m3'), e5m2: tabulate('e5m2') };

function tabulate(kind: Fp8Kind): Float32Array {
  return Float32Array.from({ length: 256 }, (_, bits) => fp8ToF32Reference(bits, kind));
}

/** Values of all 256 bit patterns. */
export const fp8Table = (kind: Fp8Kind): Float32Array => TABLES[kind];

/** Bits of the largest finite value; non-negative values ascend with their bits. */
export const fp8Largest = (kind: Fp8Kind): number => LAYOUT[kind].largest;

/** The value of eight bits: sign, exponent and fraction as the specification defines them. */
export function fp8ToF32Reference(bits: number, kind: Fp8Kind): number {
  const { fraction, bias, largest } = LAYOUT[kind];
  const magnitude = bits % 128;
  const sign = bits < 128 ? 1 : -1;
  if (magnitude > largest) return kind === 'e5m2' && magnitude === 0x7c ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const exponent = Math.floor(magnitude / 2 ** fraction);
  const part = (magnitude % 2 ** fraction) / 2 ** fraction;
  return exponent === 0 ? sign * part * 2 ** (1 - bias) : sign * (1 + part) * 2 ** (exponent - bias);
}

/** The bits of the nearest FP8 value, ties to even; beyond the largest finite value that one. */
export function f32ToFp8(value: number, kind: Fp8Kind): number {
  const { largest, nan } = LAYOUT[kind];
  const table = TABLES[kind];
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(magnitude)) return nan;
  if (magnitude >= table[largest]) return sign | largest;
  let low = 0;
  let high: number = largest;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle] <= magnitude) low = middle;
    else high = middle;
  }
  const [toLow, toHigh] = [magnitude - table[low], table[high] - magnitude];
  const even = low % 2 === 0 ? low : high;
  return sign | (toLow < toHigh ? low : toHigh < toLow ? high : even);
}
