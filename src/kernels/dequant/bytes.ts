/**
 * Quants as bytes -> f32, shared by formats that put a quant together from several bit fields (Q5_K, Q6_K): the fields of two
 * weights are joined in one 16-bit word, then the word's low and high byte are converted to the even and the odd places.
 * 128 words make 256 weights; the low byte of word w is weight 2w.
 */
import { immediate, mem, scalar, setTo, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand, ScalarInstruction } from '../../machine/program.ts';
import { at, type DequantiseRegisters, type Place, type Scratch } from './dequantiser.ts';

/** Words of two quants. */
export const PACKED_WORDS = 128;

/** `words` lies 2 bytes beside a multiple of 8, `packed` at one: an op that reads both never meets two conflicting banks. */
export function reserveBytes(memory: MemoryPlan): Scratch {
  return {
    packed: memory.add('quants as bytes', 'block', 2 * PACKED_WORDS),
    words: memory.add('quants as 16-bit words', 'block', 2 * PACKED_WORDS, 8, 2),
  };
}

/** Four copies of a 16-bit constant, read with period 4: in the next bank class to that of `words`, element by element. */
export const reserveConstant = (memory: MemoryPlan): Scratch => ({ constant: memory.add('constant, 4 times', 'block', 8, 8, 4) });

/** Stores the constant; it has to be done in every program, for scratch may be overwritten in between. */
export function storeConstant(value: number, s: Scratch, r: DequantiseRegisters): ScalarInstruction {
  const store = (imm: number) => ({ op: 'st32', b: r.t, imm: s.constant + imm }) as const;
  return scalar('dequantise', setTo(r.t, value * 0x10001), store(0), store(4));
}

/** The constant as the second operand of an op over words. */
export const constantOf = (s: Scratch): MemoryOperand => mem(s.constant, 1, { inner: 4, outer: 0 });

/** packed |= words: joins the fields. */
export const join = (s: Scratch): Instruction => vector('dequantise', 'or16', PACKED_WORDS, { to: mem(s.packed), a: mem(s.packed), b: mem(s.words) });

/** to[2w] = low byte of packed word w, to[2w + 1] = its high byte; less the constant where `biased`; as f32 or (`width` 2) f16. */
export function bytesToFloats(to: Place, s: Scratch, biased: boolean, width = 4): Instruction[] {
  const [packed, words] = [mem(s.packed), mem(s.words)];
  const convert = width === 2 ? 'i16_f16' : 'i16_f32';
  const shifted = biased ? [vector('dequantise', 'sub16', PACKED_WORDS, { to: words, a: words, b: constantOf(s) })] : [];
  const place = (first: number): Instruction[] => [...shifted, vector('dequantise', convert, PACKED_WORDS, { to: at(to, width * first, 2), a: words })];
  return [
    vector('dequantise', 'and16', PACKED_WORDS, { to: words, a: packed, scalar: immediate(0xff) }),
    ...place(0),
    vector('dequantise', 'shr16', PACKED_WORDS, { to: words, a: packed, scalar: immediate(8) }),
    ...place(1),
  ];
}
