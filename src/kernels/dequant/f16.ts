/** F16 on a PE: 256 weights of 2 B -> f32 by the machine's own conversion, exact. NaN payloads are not kept. */
import { vector } from '../../machine/builder.ts';
import { FORMATS } from '../../quant/formats.ts';
import { at, type Dequantiser, UNIT_WEIGHTS, unitOf } from './dequantiser.ts';

export const F16: Dequantiser = {
  format: FORMATS.f16,
  unit: unitOf(FORMATS.f16),
  direct: false,
  reserve: () => ({}),
  code: (from, to) => [vector('dequantise', 'f16_f32', UNIT_WEIGHTS, { to: at(to, 0), a: at(from, 0) })],
};
