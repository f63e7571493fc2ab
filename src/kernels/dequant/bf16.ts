/**
 * BF16 on a PE: 256 weights of 2 B -> f32. The stored bits are the high half of the f32: they are moved there, two 16-bit
 * words apart, and the low halves are cleared every time, for products may have been written over them.
 */
import { immediate, vector } from '../../machine/builder.ts';
import { FORMATS } from '../../quant/formats.ts';
import { at, type Dequantiser, UNIT_WEIGHTS, unitOf } from './dequantiser.ts';

export const BF16: Dequantiser = {
  format: FORMATS.bf16,
  unit: unitOf(FORMATS.bf16),
  direct: false,
  reserve: () => ({}),
  code: (from, to) => [
    vector('dequantise', 'and16', UNIT_WEIGHTS, { to: at(to, 0, 2), a: at(from, 0), scalar: immediate(0) }),
    vector('dequantise', 'mov16', UNIT_WEIGHTS, { to: at(to, 2, 2), a: at(from, 0) }),
  ],
};
