/**
 * Q4_K on a PE: one block of 144 B -> 256 f32 equal to ggml's bit for bit (design: kernels.md section 3, q4_k.md).
 *
 * Three steps: the scale table becomes factors (k4.ts); vectors take the nibbles apart; vectors make the weights (k4.ts),
 * nibbles and weights in 752 element cycles on WSE-2 and 392 on WSE-3. The code is straight-line (26 instructions a block);
 * its size is part of the code reserve, *assumed*.
 */

import { immediate, mem, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand } from '../../machine/program.ts';
import { FORMATS } from '../../quant/formats.ts';
import { Q4_K_QUANTS } from '../../quant/q4_k.ts';
import { at, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';
import { factors, factorsApart, reserveScales, reserveTable, SUB_WEIGHTS, weights } from './k4.ts';

/** 16-bit words of nibbles: four weights each. */
const NIBBLE_WORDS = 64;

export const Q4_K: Dequantiser = {
  format: FORMATS.q4_k,
  unit: unitOf(FORMATS.q4_k),
  direct: false,
  reserve: (memory) => ({ ...reserveNibbles(memory), ...reserveTable(memory) }),
  code: (from, to, scratch, registers) => [...factors(from, scratch, registers), ...nibbles(from, to, scratch, 4), ...weights(to, scratch, registers)],
  factored: {
    reserve: (memory) => ({ ...reserveNibbles(memory), ...reserveScales(memory) }),
    code: (from, quants, to, width, scratch, registers) => [...factorsApart(from, to, scratch, registers), ...nibbles(from, quants, scratch, width)],
  },
};

/** One nibble of each word at a time; before that, the bytes of the scale table as 16-bit words. */
const reserveNibbles = (memory: MemoryPlan): Scratch => ({ words: memory.add('nibbles as 16-bit words', 'block', 2 * NIBBLE_WORDS) });

/**
 * The 256 nibbles at their places, as f32 or (`width` 2) f16. Word w holds bytes 2w and 2w + 1: its nibbles, low to high, are weights l, l + 32,
 * l + 1 and l + 33 of the 64 weights that sixteen words share (l = 2 * (w % 16)).
 */
function nibbles(from: Place, to: Place, s: Scratch, width: number): Instruction[] {
  const words = mem(s.words);
  const packed = at(from, Q4_K_QUANTS);
  const and = (a: MemoryOperand): Instruction => vector('dequantise', 'and16', NIBBLE_WORDS, { to: words, a, scalar: immediate(15) });
  const shift = (bits: number): Instruction => vector('dequantise', 'shr16', NIBBLE_WORDS, { to: words, a: packed, scalar: immediate(bits) });
  const convert = width === 2 ? 'i16_f16' : 'i16_f32';
  const place = (first: number): Instruction =>
    vector('dequantise', convert, NIBBLE_WORDS, { to: at(to, width * first, 2, { inner: 16, outer: 64 }), a: words });
  return [and(packed), place(0), shift(4), and(words), place(SUB_WEIGHTS), shift(8), and(words), place(1), shift(12), place(SUB_WEIGHTS + 1)];
}
