/**
 * Q8_0 on a PE: eight blocks of 34 B -> 256 f32 equal to ggml's bit for bit (layout: quant/q8_0.ts).
 *
 * No op reads signed bytes. The high byte of a word is one arithmetic shift; the low byte is masked, and its sign comes from
 * (b ^ 128) - 128, which on WSE-2 is cheaper than two shifts. d * q has at most 19 bits: nothing is rounded.
 */
import { immediate, mem, vector } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction } from '../../machine/program.ts';
import { FORMATS } from '../../quant/formats.ts';
import { Q8_0_BYTES } from '../../quant/q8_0.ts';
import { constantOf, PACKED_WORDS, reserveConstant, storeConstant } from './bytes.ts';
import { at, type DequantiseRegisters, type Dequantiser, type Place, type Scratch, unitOf } from './dequantiser.ts';
import { multiplyByPairs, reserveScalePairs } from './scale-pairs.ts';

/** Blocks in a unit; 16-bit words of a block, d and then the quants. */
const BLOCKS = 8;
const WORDS = Q8_0_BYTES / 2;
/** The sign of a byte. */
const SIGN = 0x80;

export const Q8_0: Dequantiser = {
  format: FORMATS.q8_0,
  unit: unitOf(FORMATS.q8_0),
  direct: false,
  reserve: (memory: MemoryPlan): Scratch => ({
    words: memory.add('quants as 16-bit words', 'block', 2 * PACKED_WORDS, 8, 2),
    ...reserveConstant(memory),
    ...reserveScalePairs(memory, BLOCKS),
  }),
  code: (from, to, s, r) => [...factors(from, s), ...quants(from, to, s, r), ...multiplyByPairs(to, s, BLOCKS)],
};

/** pairs[2b] = pairs[2b + 1] = d of block b. */
function factors(from: Place, s: Scratch): Instruction[] {
  return [vector('dequantise', 'f16_f32', 2 * BLOCKS, { to: mem(s.pairs), a: at(from, 0, 0, { inner: 2, outer: WORDS }) })];
}

/** The quants as f32: even weights are low bytes, odd ones high bytes. */
function quants(from: Place, to: Place, s: Scratch, r: DequantiseRegisters): Instruction[] {
  const stored = at(from, 2, 1, { inner: WORDS - 1, outer: WORDS });
  const words = mem(s.words);
  const place = (odd: 0 | 1): Instruction => vector('dequantise', 'i16_f32', PACKED_WORDS, { to: at(to, 4 * odd, 2), a: words });
  return [
    storeConstant(SIGN, s, r),
    vector('dequantise', 'and16', PACKED_WORDS, { to: words, a: stored, scalar: immediate(0xff) }),
    vector('dequantise', 'xor16', PACKED_WORDS, { to: words, a: words, b: constantOf(s) }),
    vector('dequantise', 'sub16', PACKED_WORDS, { to: words, a: words, b: constantOf(s) }),
    place(0),
    vector('dequantise', 'asr16', PACKED_WORDS, { to: words, a: stored, scalar: immediate(8) }),
    place(1),
  ];
}
