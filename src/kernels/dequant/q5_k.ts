/**
 * Q5_K on a PE: one block of 176 B -> 256 f32 equal to ggml's bit for bit (layout: quant/q5_k.ts).
 *
 * As Q4_K, with a fifth bit per weight: bit j of high byte l belongs to weight 32j + l. Vectors bring the fifth bits of two
 * weights to bits 4 and 12 of a word, join them with two nibbles, and convert bytes to f32 (bytes.ts); the scale table and
 * the weights are those of k4.ts. d * sc * q has at most 22 bits, so the addition stays the only rounding.
 */
import { immediate, mem, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand } from '../../machine/program.ts';
import { FORMATS } from '../../quant/formats.ts';
import { Q5_K_HIGH_BITS, Q5_K_NIBBLES } from '../../quant/q5_k.ts';
import { bytesToFloats, join, PACKED_WORDS, reserveBytes } from './bytes.ts';
import { at, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';
import { factors, factorsApart, reserveScales, reserveTable, weights } from './k4.ts';

/** Words of a sub-block: two weights each. */
const RUN = 16;
/** Words of all even, or of all odd sub-blocks. */
const HALF = PACKED_WORDS / 2;

export const Q5_K: Dequantiser = {
  format: FORMATS.q5_k,
  unit: unitOf(FORMATS.q5_k),
  direct: false,
  reserve: (memory: MemoryPlan): Scratch => ({ ...reserveBytes(memory), ...reserveTable(memory) }),
  code: (from, to, s, r) => [...factors(from, s, r), ...quants(from, to, s, 4), ...weights(to, s, r)],
  factored: {
    reserve: (memory) => ({ ...reserveBytes(memory), ...reserveScales(memory) }),
    code: (from, to, apart, width, s, r) => [...factorsApart(from, apart, s, r), ...quants(from, to, s, width)],
  },
};

const quants = (from: Place, to: Place, s: Scratch, width: number): Instruction[] => [
  ...fifthBits(from, s),
  ...nibbles(from, s),
  join(s),
  ...bytesToFloats(to, s, false, width),
];

/** The words of the even (0) or odd (1) sub-blocks among those of all eight. */
const half = (address: number, odd: 0 | 1): MemoryOperand => mem(address + 2 * RUN * odd, 1, { inner: RUN, outer: 2 * RUN });

/** words = the fifth bits of two weights at bits 4 and 12: sub-block 2p from bits 2p and 8 + 2p of the high words, 2p + 1 from the bits above. */
function fifthBits(from: Place, s: Scratch): Instruction[] {
  const high = at(from, Q5_K_HIGH_BITS);
  const shifts = [
    ['shl16', 4],
    ['shl16', 2],
    ['mov16', 0],
    ['shr16', 2],
  ] as const;
  return [
    ...shifts.map(([op, bits], pair) =>
      vector('dequantise', op, RUN, { to: mem(s.words + 4 * RUN * pair), a: high, ...(bits === 0 ? {} : { scalar: immediate(bits) }) }),
    ),
    vector('dequantise', 'shr16', HALF, { to: half(s.words, 1), a: half(s.words, 0), scalar: immediate(1) }),
    vector('dequantise', 'and16', PACKED_WORDS, { to: mem(s.words), a: mem(s.words), scalar: immediate(0x1010) }),
  ];
}

/** packed = two nibbles as bytes: of the even sub-blocks the low ones, of the odd ones the high ones. */
function nibbles(from: Place, s: Scratch): Instruction[] {
  const stored = at(from, Q5_K_NIBBLES);
  const odd = half(s.packed, 1);
  return [
    vector('dequantise', 'and16', HALF, { to: half(s.packed, 0), a: stored, scalar: immediate(0x0f0f) }),
    vector('dequantise', 'shr16', HALF, { to: odd, a: stored, scalar: immediate(4) }),
    vector('dequantise', 'and16', HALF, { to: odd, a: odd, scalar: immediate(0x0f0f) }),
  ];
}
