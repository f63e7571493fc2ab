/**
 * What Q4_K and Q5_K share on a PE: d, dmin and the table of eight 6-bit scales and minimums that open the block become the
 * factors d * sc[j] and -dmin * m[j]; the last step makes the weights, 32 at a time.
 *
 * y[32j + l] = (d * sc[j]) * q + (-dmin * m[j]): the products are exact in f32, so the addition is the only rounding, and
 * adding the negated minimum rounds as subtracting it does, the sign of zero included. Source: ggml's get_scale_min_k4.
 */
import { immediate, inRegister, mem, scalar, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, ScalarInstruction, ScalarStep } from '../../machine/program.ts';
import { Q4_K_SCALES } from '../../quant/q4_k.ts';
import { at, type DequantiseRegisters, type Place, type Scratch } from './dequantiser.ts';

/** Sub-blocks of 32 weights with their own scale and minimum. */
const SUB_BLOCKS = 8;
export const SUB_WEIGHTS = 32;

/** Scratch of the table alone; `words` of the caller's scratch holds at least eight 16-bit words. */
export const reserveScales = (memory: MemoryPlan): Scratch => ({
  /** sc[0..7], m[0..7], a byte each. */
  bytes: memory.add('scale table, bytes', 'block', 2 * SUB_BLOCKS),
  /** f32: sc[0..7], later times d, then m[0..7]. */
  factors: memory.add('scale table, f32', 'block', 4 * 2 * SUB_BLOCKS),
});

/** The same with room for the minimums as the weights need them. */
export const reserveTable = (memory: MemoryPlan): Scratch => ({ ...reserveScales(memory), ...reservePairs(memory) });

/** -dmin * m[j] twice each: read with period 2, the addend is always in the other bank class than the weight. */
export const reservePairs = (memory: MemoryPlan): Scratch => ({ pairs: memory.add('minimums in pairs, f32', 'block', 8 * SUB_BLOCKS, 8, 4) });

/** sc[0..7], then m[0..7] as f32; d and -dmin in registers. */
function scaleTable(from: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  const words = mem(s.words);
  const table = mem(s.bytes);
  return [
    scaleBytes(from, s, r),
    vector('dequantise', 'and16', SUB_BLOCKS, { to: words, a: table, scalar: immediate(0xff) }),
    vector('dequantise', 'i16_f32', SUB_BLOCKS, { to: mem(s.factors, 2), a: words }),
    vector('dequantise', 'shr16', SUB_BLOCKS, { to: words, a: table, scalar: immediate(8) }),
    vector('dequantise', 'i16_f32', SUB_BLOCKS, { to: mem(s.factors + 4, 2), a: words }),
  ];
}

/** factors[j] = d * sc[j], pairs[2j] = pairs[2j + 1] = -dmin * m[j]. */
export function factors(from: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  const mins = mem(s.factors + 4 * SUB_BLOCKS, 0, { inner: 2, outer: 1 });
  return [
    ...scaleTable(from, s, r),
    vector('dequantise', 'f32_scale', SUB_BLOCKS, { to: mem(s.factors), a: mem(s.factors), scalar: inRegister(r.d) }),
    vector('dequantise', 'f32_scale', 2 * SUB_BLOCKS, { to: mem(s.pairs), a: mins, scalar: inRegister(r.negDmin) }),
  ];
}

/** At `to`: -dmin * m[0..7], then d * sc[0..7], for a dot that leaves them to its end. */
export function factorsApart(from: Place, to: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  return [
    ...scaleTable(from, s, r),
    vector('dequantise', 'f32_scale', SUB_BLOCKS, { to: at(to, 0), a: mem(s.factors + 4 * SUB_BLOCKS), scalar: inRegister(r.negDmin) }),
    vector('dequantise', 'f32_scale', SUB_BLOCKS, { to: at(to, 4 * SUB_BLOCKS), a: mem(s.factors), scalar: inRegister(r.d) }),
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

/** In place: weight = pair[j] + quant * factors[j], 32 at a time. */
export function weights(to: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  return Array.from({ length: SUB_BLOCKS }, (_, j) => {
    const part = at(to, 4 * SUB_WEIGHTS * j);
    return [
      scalar('dequantise', { op: 'ld32', d: r.s0, imm: s.factors + 4 * j }),
      vector('dequantise', 'f32_mac', SUB_WEIGHTS, { to: part, a: mem(s.pairs + 8 * j, 1, { inner: 2, outer: 0 }), b: part, scalar: inRegister(r.s0) }),
    ];
  }).flat();
}
