/**
 * q4_k_ix, the original file's block format, on a PE: one block of 142 B -> 256 f32 equal to the reference (quant/q4_k_ix.ts).
 *
 * d and dmin are FP8, for which the machine has no operation. E5M2 is the upper half of an f16. E4M3 is put into an f16 with
 * the exponent bias of 15 instead of 7, which makes it 2^8 too small, subnormal values included; its only NaN gets bit 14 set.
 * The 6-bit fields are spread over bytes by masks. Blocks of 142 B lie at odd multiples of 2: all is read as 16-bit words.
 */
import { immediate, inRegister, mem, scalar, setTo, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand, ScalarStep } from '../../machine/program.ts';
import { FORMATS, type OriginalFormatId } from '../../quant/formats.ts';
import type { Fp8Kind } from '../../quant/fp8.ts';
import { Q4_K_IX_OFFSET, Q4_K_IX_QUANTS, Q4_K_IX_SCALES } from '../../quant/q4_k_ix.ts';
import { constantOf, reserveConstant, storeConstant } from './bytes.ts';
import { at, type DequantiseRegisters, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';
import { reservePairs, weights } from './k4.ts';

/** Words of nibbles, four weights each; fields of the scale table, and words that hold them as bytes. */
const NIBBLE_WORDS = 64;
const FIELDS = 16;
const TABLE_WORDS = FIELDS / 2;

export const Q4_K_IX: Dequantiser = dequantiser('q4_k_ix', 'e4m3');
export const Q4_K_IX_E5M2: Dequantiser = dequantiser('q4_k_ix_e5m2', 'e5m2');

function dequantiser(id: OriginalFormatId, kind: Fp8Kind): Dequantiser {
  return {
    format: FORMATS[id],
    unit: unitOf(FORMATS[id]),
    direct: false,
    reserve,
    code: (from, to, s, r) => [...factors(from, s, r, kind), ...nibbles(from, to, s), ...weights(to, s, r)],
  };
}

function reserve(memory: MemoryPlan): Scratch {
  return {
    /** One nibble of each word at a time; before that, the fields as 16-bit words. */
    words: memory.add('nibbles as 16-bit words', 'block', 2 * NIBBLE_WORDS, 8, 2),
    ...reserveConstant(memory),
    /** The fields as stored, a byte each: sc 2i, sc 2i + 1, m 2i, m 2i + 1 for i = 0..3; then the same as f32. */
    bytes: memory.add('scale table, bytes', 'block', FIELDS),
    table: memory.add('scale table, f32', 'block', 4 * FIELDS),
    factors: memory.add('scales, f32', 'block', 4 * TABLE_WORDS),
    ...reservePairs(memory),
  };
}

/** factors[j] = d * (sc[j] - 32), pairs[2j] = pairs[2j + 1] = dmin * (m[j] - 32). */
function factors(from: Place, s: Scratch, r: DequantiseRegisters, kind: Fp8Kind): Instruction[] {
  const [low, high] = [mem(s.words), mem(s.words + 2 * TABLE_WORDS)];
  const bytes = mem(s.bytes);
  /** The minimums of even or odd sub-blocks, twice each. */
  const minimums = (odd: 0 | 1): Instruction =>
    vector('dequantise', 'f32_scale', TABLE_WORDS, {
      to: mem(s.pairs + 8 * odd, 1, { inner: 2, outer: 4 }),
      a: mem(s.table + 8 + 4 * odd, 0, { inner: 2, outer: 4 }),
      scalar: inRegister(r.negDmin),
    });
  return [
    scalar('dequantise', ...floats(from, r, kind), ...fields(from, s, r)),
    storeConstant(Q4_K_IX_OFFSET, s, r),
    vector('dequantise', 'and16', TABLE_WORDS, { to: low, a: bytes, scalar: immediate(0xff) }),
    vector('dequantise', 'shr16', TABLE_WORDS, { to: high, a: bytes, scalar: immediate(8) }),
    vector('dequantise', 'sub16', FIELDS, { to: low, a: low, b: constantOf(s) }),
    vector('dequantise', 'i16_f32', TABLE_WORDS, { to: mem(s.table, 2), a: low }),
    vector('dequantise', 'i16_f32', TABLE_WORDS, { to: mem(s.table + 4, 2), a: high }),
    vector('dequantise', 'f32_scale', TABLE_WORDS, { to: mem(s.factors), a: mem(s.table, 1, { inner: 2, outer: 4 }), scalar: inRegister(r.d) }),
    minimums(0),
    minimums(1),
  ];
}

const load = (d: number, from: Place, offset: number): ScalarStep => ({ op: 'ld16', d, a: from.base, imm: from.address + offset });
const and = (d: number, a: number, imm: number): ScalarStep => ({ op: 'andi', d, a, imm });
const or = (d: number, b: number): ScalarStep => ({ op: 'or', d, a: d, b });
const left = (d: number, a: number, imm: number): ScalarStep => ({ op: 'shli', d, a, imm });
const right = (d: number, a: number, imm: number): ScalarStep => ({ op: 'shri', d, a, imm });

/** The two bytes of the first word as f32 in the registers `d` and `negDmin` (which here holds dmin itself: it is added). */
function floats(from: Place, r: DequantiseRegisters, kind: Fp8Kind): ScalarStep[] {
  const both = [r.d, r.negDmin];
  const bytes = [load(r.d, from, 0), right(r.negDmin, r.d, 8), and(r.d, r.d, 0xff)];
  if (kind === 'e5m2') return [...bytes, ...both.flatMap((x): ScalarStep[] => [left(x, x, 8), { op: 'f16_f32', d: x, a: x }])];
  const float = (x: number): ScalarStep[] => [
    and(r.s1, x, 0x80),
    left(r.s1, r.s1, 8),
    and(x, x, 0x7f),
    { op: 'addi', d: r.s2, a: x, imm: 1 },
    and(r.s2, r.s2, 0x80),
    or(x, r.s2),
    left(x, x, 7),
    or(x, r.s1),
    { op: 'f16_f32', d: x, a: x },
    { op: 'fmul', d: x, a: x, b: r.s0 },
  ];
  return [...bytes, setTo(r.s0, TWO_TO_8), ...both.flatMap(float)];
}

/** The bits of the f32 256. */
const TWO_TO_8 = 0x43800000;

/** Sixteen 6-bit fields into bytes: two groups of 24 bits out of every three words. */
function fields(from: Place, s: Scratch, r: DequantiseRegisters): ScalarStep[] {
  /** Four fields of six bits to four bytes: first two by two, then one by one. */
  const spread = (x: number, group: number): ScalarStep[] => [
    and(r.t, x, 0xfff),
    left(x, x, 4),
    and(x, x, 0x0fff0000),
    or(x, r.t),
    and(r.t, x, 0x003f003f),
    left(x, x, 2),
    and(x, x, 0x3f003f00),
    or(x, r.t),
    { op: 'st32', b: x, imm: s.bytes + 4 * group },
  ];
  return [0, 1].flatMap((half) => [
    ...[r.s0, r.s1, r.s2].map((x, i) => load(x, from, Q4_K_IX_SCALES + 6 * half + 2 * i)),
    left(r.t, r.s1, 16),
    or(r.s0, r.t),
    ...spread(r.s0, 2 * half),
    right(r.s1, r.s1, 8),
    left(r.s2, r.s2, 8),
    or(r.s1, r.s2),
    ...spread(r.s1, 2 * half + 1),
  ]);
}

/** The 256 nibbles as f32 at their places: word w holds weights 4w .. 4w + 3, low to high. */
function nibbles(from: Place, to: Place, s: Scratch): Instruction[] {
  const words = mem(s.words);
  const packed = at(from, Q4_K_IX_QUANTS);
  const mask = (a: MemoryOperand): Instruction => vector('dequantise', 'and16', NIBBLE_WORDS, { to: words, a, scalar: immediate(15) });
  const shift = (bits: number): Instruction => vector('dequantise', 'shr16', NIBBLE_WORDS, { to: words, a: packed, scalar: immediate(bits) });
  const place = (nibble: number): Instruction => vector('dequantise', 'i16_f32', NIBBLE_WORDS, { to: at(to, 4 * nibble, 4), a: words });
  return [mask(packed), place(0), shift(4), mask(words), place(1), shift(8), mask(words), place(2), shift(12), place(3)];
}
