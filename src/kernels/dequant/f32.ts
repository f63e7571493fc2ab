/** F32 on a PE: nothing to dequantise. Kernels read the rows where they were stored; there is no code and no second copy. */
import { FORMATS } from '../../quant/formats.ts';
import { type Dequantiser, unitOf } from './dequantiser.ts';

export const F32: Dequantiser = { format: FORMATS.f32, unit: unitOf(FORMATS.f32), direct: true, reserve: () => ({}), code: () => [] };
