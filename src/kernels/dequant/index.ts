/** The formats that can be dequantised on a PE, by the id of quant/formats.ts. */
import { WeftError } from '../../base/error.ts';
import type { Dequantiser } from './dequantiser.ts';
import { Q4_K } from './q4_k.ts';

const DEQUANTISERS: Readonly<Record<string, Dequantiser>> = { q4_k: Q4_K };

/**
 * The dequantiser of a stored format.
 * @throws WeftError (`format`) when PEs have no program for it.
 */
export function dequantiserFor(format: string): Dequantiser {
  if (!Object.hasOwn(DEQUANTISERS, format)) {
    const possible = Object.keys(DEQUANTISERS).join(', ');
    throw new WeftError('format', `the tensor's type is ${format}, for which PEs have no dequantise program yet; they have ${possible}`, [
      `choose a tensor of type ${possible}`,
    ]);
  }
  return DEQUANTISERS[format];
}
