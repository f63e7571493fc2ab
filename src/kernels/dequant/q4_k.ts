/**
 * Q4_K on a PE: one block of 144 B -> 256 f32 equal to ggml's bit for bit (design: kernels.md section 3, q4_k.md).
 *
 * y[32j + l] = (d * sc[j]) * q + (-dmin * m[j]): the products are exact in f32, so the addition is the only rounding, and
 * adding the negated minimum rounds as subtracting it does, the sign of zero included.
 *
 * Three steps: scalar masks take the sixteen 6-bit values out of twelve bytes; vectors make the factors d * sc[j] and
 * -dmin * m[j]; vectors make the weights, 752 element cycles on WSE-2 and 392 on WSE-3. The code is straight-line (26
 * instructions a block); its size is part of the code reserve, *assumed*.
 */

import { immediate, inRegister, mem, scalar, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand, ScalarInstruction, ScalarStep } from '../../machine/program.ts';
import { FORMATS } from '../../quant/formats.ts';
import { Q4_K_QUANTS, Q4_K_SCALES } from '../../quant/q4_k.ts';
import { type DequantiseRegisters, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';

/** Sub-blocks of 32 weights with their own scale and minimum. */
const SUB_BLOCKS = 8;
const SUB_WEIGHTS = 32;
/** 16-bit words of nibbles: four weights each. */
const NIBBLE_WORDS = 64;

export const Q4_K: Dequantiser = {
  format: FORMATS.q4_k,
  unit: unitOf(FORMATS.q4_k),
  direct: false,
  reserve,
  code: (from, to, scratch, registers) => [...factors(from, scratch, registers), ...nibbles(from, to, scratch), ...weights(to, scratch, registers)],
};

function reserve(memory: MemoryPlan): Scratch {
  return {
    /** One nibble of each word at a time; before that, the bytes of the scale table as 16-bit words. */
    words: memory.add('nibbles as 16-bit words', 'block', 2 * NIBBLE_WORDS),
    /** sc[0..7], m[0..7], a byte each. */
    bytes: memory.add('scale table, bytes', 'block', 2 * SUB_BLOCKS),
    /** f32: sc[0..7], later times d, then m[0..7]. */
    factors: memory.add('scale table, f32', 'block', 4 * 2 * SUB_BLOCKS),
    /** -dmin * m[j] twice each: read with period 2, the addend is always in the other bank class than the weight. */
    pairs: memory.add('minimums in pairs, f32', 'block', 8 * SUB_BLOCKS, 8, 4),
  };
}

/** A vector of memory that starts `bytes` after `place`. */
const at = (place: Place, bytes: number, stride = 1, shape: Pick<MemoryOperand, 'inner' | 'outer'> = {}): MemoryOperand =>
  mem(place.address + bytes, stride, { ...shape, ...(place.base === undefined ? {} : { base: place.base }) });

/** factors[j] = d * sc[j], pairs[2j] = pairs[2j + 1] = -dmin * m[j]. */
function factors(from: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  const words = mem(s.words);
  const table = mem(s.bytes);
  const mins = mem(s.factors + 4 * SUB_BLOCKS, 0, { inner: 2, outer: 1 });
  return [
    scaleBytes(from, s, r),
    vector('dequantise', 'and16', SUB_BLOCKS, { to: words, a: table, scalar: immediate(0xff) }),
    vector('dequantise', 'i16_f32', SUB_BLOCKS, { to: mem(s.factors, 2), a: words }),
    vector('dequantise', 'shr16', SUB_BLOCKS, { to: words, a: table, scalar: immediate(8) }),
    vector('dequantise', 'i16_f32', SUB_BLOCKS, { to: mem(s.factors + 4, 2), a: words }),
    vector('dequantise', 'f32_scale', SUB_BLOCKS, { to: mem(s.factors), a: mem(s.factors), scalar: inRegister(r.d) }),
    vector('dequantise', 'f32_scale', 2 * SUB_BLOCKS, { to: mem(s.pairs), a: mins, scalar: inRegister(r.negDmin) }),
  ];
}

/**
 * d and -dmin into registers, the sixteen 6-bit values into bytes, four at a time (the layout is in q4_k.md): the low six
 * bits of words 0 and 1 are sc[0..3] and m[0..3]; their top two bits complete the nibbles of word 2 to sc[4..7] and m[4..7].
 */
function scaleBytes(from: Place, s: Scratch, r: DequantiseRegisters): ScalarInstruction {
  const load = (op: 'ld16' | 'ld32', d: number, offset: number): ScalarStep => ({ op, d, a: from.base, imm: from.address + offset });
  const store = (group: number, b: number): ScalarStep => ({ op: 'st32', b, imm: s.bytes + 4 * group });
  const and = (d: number, a: number, imm: number): ScalarStep => ({ op: 'andi', d, a, imm });
  const shift = (d: number, a: number, imm: number): ScalarStep => ({ op: 'shri', d, a, imm });
  const half = (d: number, offset: number): ScalarStep[] => [load('ld16', d, offset), { op: 'f16_f32', d, a: d }];
  /** t = the top two bits of every byte of `word`, at bits 4 and 5. */
  const topBits = (word: number): ScalarStep[] => [shift(r.t, word, 2), and(r.t, r.t, 0x30303030)];
  const [SIX, FOUR] = [0x3f3f3f3f, 0x0f0f0f0f];
  return scalar(
    'dequantise',
    ...half(r.d, 0),
    ...half(r.negDmin, 2),
    { op: 'fneg', d: r.negDmin, a: r.negDmin },
    load('ld32', r.s0, Q4_K_SCALES),
    load('ld32', r.s1, Q4_K_SCALES + 4),
    load('ld32', r.s2, Q4_K_SCALES + 8),
    ...topBits(r.s0),
    and(r.s0, r.s0, SIX),
    store(0, r.s0),
    and(r.s0, r.s2, FOUR),
    { op: 'or', d: r.s0, a: r.s0, b: r.t },
    store(1, r.s0),
    ...topBits(r.s1),
    and(r.s1, r.s1, SIX),
    store(2, r.s1),
    shift(r.s2, r.s2, 4),
    and(r.s2, r.s2, FOUR),
    { op: 'or', d: r.s2, a: r.s2, b: r.t },
    store(3, r.s2),
  );
}

/**
 * The 256 nibbles as f32 at their places. Word w holds bytes 2w and 2w + 1: its nibbles, low to high, are weights l, l + 32,
 * l + 1 and l + 33 of the 64 weights that sixteen words share (l = 2 * (w % 16)).
 */
function nibbles(from: Place, to: Place, s: Scratch): Instruction[] {
  const words = mem(s.words);
  const packed = at(from, Q4_K_QUANTS);
  const and = (a: MemoryOperand): Instruction => vector('dequantise', 'and16', NIBBLE_WORDS, { to: words, a, scalar: immediate(15) });
  const shift = (bits: number): Instruction => vector('dequantise', 'shr16', NIBBLE_WORDS, { to: words, a: packed, scalar: immediate(bits) });
  const place = (first: number): Instruction => vector('dequantise', 'i16_f32', NIBBLE_WORDS, { to: at(to, 4 * first, 2, { inner: 16, outer: 64 }), a: words });
  return [and(packed), place(0), shift(4), and(words), place(SUB_WEIGHTS), shift(8), and(words), place(1), shift(12), place(SUB_WEIGHTS + 1)];
}

/** In place: weight = pair[j] + nibble * factors[j], 32 at a time. */
function weights(to: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  return Array.from({ length: SUB_BLOCKS }, (_, j) => {
    const part = at(to, 4 * SUB_WEIGHTS * j);
    return [
      scalar('dequantise', { op: 'ld32', d: r.s0, imm: s.factors + 4 * j }),
      vector('dequantise', 'f32_mac', SUB_WEIGHTS, { to: part, a: mem(s.pairs + 8 * j, 1, { inner: 2, outer: 0 }), b: part, scalar: inRegister(r.s0) }),
    ];
  }).flat();
}
