/**
 * Q6_K on a PE: one block of 210 B -> 256 f32 equal to ggml's bit for bit (layout: quant/q6_k.ts).
 *
 * Vectors bring the upper two bits of two weights to bits 4 and 12 of a word, join them with two nibbles, take 32 off every
 * quant and convert (bytes.ts); then each run of 16 weights is multiplied with d * scale. d * scale is exact, the last product
 * is the only rounding. Blocks of 210 B lie at odd multiples of 2, so everything is read as 16-bit words.
 */
import { immediate, inRegister, mem, scalar, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand } from '../../machine/program.ts';
import { FORMATS } from '../../quant/formats.ts';
import { Q6_K_HIGH_BITS, Q6_K_SCALE_OF_SCALES, Q6_K_SCALES } from '../../quant/q6_k.ts';
import { bytesToFloats, join, PACKED_WORDS, reserveBytes, reserveConstant, storeConstant } from './bytes.ts';
import { at, type DequantiseRegisters, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';
import { multiplyByPairs, reserveScalePairs } from './scale-pairs.ts';

/** Runs of 16 weights, each with its own scale; words of a group of 32 weights, and of a half of four groups. */
const RUNS = 16;
const GROUP = 16;
const HALF = 4 * GROUP;
/** What is taken off every quant. */
const OFFSET = 32;

export const Q6_K: Dequantiser = {
  format: FORMATS.q6_k,
  unit: unitOf(FORMATS.q6_k),
  direct: false,
  reserve: (memory: MemoryPlan): Scratch => ({ ...reserveBytes(memory), ...reserveConstant(memory), ...reserveScalePairs(memory, RUNS) }),
  code: (from, to, s, r) => [
    ...factors(from, s, r),
    ...highBits(from, s),
    ...nibbles(from, s),
    join(s),
    storeConstant(OFFSET, s, r),
    ...bytesToFloats(to, s, true),
    ...multiplyByPairs(to, s, RUNS),
  ],
};

/** pairs[2i] = pairs[2i + 1] = d * scale[i]; the signed bytes of a word by shifts. */
function factors(from: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  const stored = at(from, Q6_K_SCALES);
  const words = mem(s.words);
  const twice = mem(s.words, 0, { inner: 2, outer: 1 });
  const shift = (op: 'shl16' | 'asr16', a: MemoryOperand): Instruction => vector('dequantise', op, RUNS / 2, { to: words, a, scalar: immediate(8) });
  const place = (odd: 0 | 1): Instruction => vector('dequantise', 'i16_f32', RUNS, { to: mem(s.pairs + 8 * odd, 1, { inner: 2, outer: 4 }), a: twice });
  return [
    scalar('dequantise', { op: 'ld16', d: r.d, a: from.base, imm: from.address + Q6_K_SCALE_OF_SCALES }, { op: 'f16_f32', d: r.d, a: r.d }),
    shift('shl16', stored),
    shift('asr16', words),
    place(0),
    shift('asr16', stored),
    place(1),
    vector('dequantise', 'f32_scale', 2 * RUNS, { to: mem(s.pairs), a: mem(s.pairs), scalar: inRegister(r.d) }),
  ];
}

/** Words of group g (0..3) in both halves. */
const group = (address: number, g: number): MemoryOperand => mem(address + 2 * GROUP * g, 1, { inner: GROUP, outer: HALF });

/** words = the upper two bits of two weights at bits 4, 5, 12 and 13: those of group g are bits 2g and 2g + 1 of the high bytes. */
function highBits(from: Place, s: Scratch): Instruction[] {
  const high = at(from, Q6_K_HIGH_BITS);
  const shifts = [
    ['shl16', 4],
    ['shl16', 2],
    ['mov16', 0],
    ['shr16', 2],
  ] as const;
  return [
    ...shifts.map(([op, bits], g) =>
      vector('dequantise', op, 2 * GROUP, { to: group(s.words, g), a: high, ...(bits === 0 ? {} : { scalar: immediate(bits) }) }),
    ),
    vector('dequantise', 'and16', PACKED_WORDS, { to: mem(s.words), a: mem(s.words), scalar: immediate(0x3030) }),
  ];
}

/** packed = two nibbles as bytes: low ones in groups 0 and 1 of each half, high ones in groups 2 and 3. */
function nibbles(from: Place, s: Scratch): Instruction[] {
  const stored = at(from, 0);
  const groups = (first: number): MemoryOperand => mem(s.packed + 2 * GROUP * first, 1, { inner: 2 * GROUP, outer: HALF });
  const [low, high] = [groups(0), groups(2)];
  return [
    vector('dequantise', 'and16', PACKED_WORDS / 2, { to: low, a: stored, scalar: immediate(0x0f0f) }),
    vector('dequantise', 'shr16', PACKED_WORDS / 2, { to: high, a: stored, scalar: immediate(4) }),
    vector('dequantise', 'and16', PACKED_WORDS / 2, { to: high, a: high, scalar: immediate(0x0f0f) }),
  ];
}
