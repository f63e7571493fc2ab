/** The formats that PEs can dequantise, by the id of quant/formats.ts. */
import { WeftError } from '../../base/error.ts';
import { MemoryPlan } from '../../machine/memory.ts';
import { type Price, priceCode } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { GGML_FORMATS } from '../../quant/formats.ts';
import { BF16 } from './bf16.ts';
import { DEQUANTISE_REGISTERS, type DequantiseRegisters, type Dequantiser } from './dequantiser.ts';
import { F16 } from './f16.ts';
import { F32 } from './f32.ts';
import { Q4_K } from './q4_k.ts';
import { Q4_K_IX, Q4_K_IX_E5M2 } from './q4_k_ix.ts';
import { Q5_K } from './q5_k.ts';
import { Q6_K } from './q6_k.ts';
import { Q8_0 } from './q8_0.ts';

const DEQUANTISERS: Readonly<Record<string, Dequantiser>> = Object.fromEntries(
  [Q4_K, Q5_K, Q6_K, Q8_0, F16, BF16, F32, Q4_K_IX, Q4_K_IX_E5M2].map((dequantiser) => [dequantiser.format.id, dequantiser]),
);

/** Ids of the formats that kernels can place. */
export const PLACEABLE: readonly string[] = Object.keys(DEQUANTISERS);

/** Those whose scales and minimums a dot may leave to its end. */
export const FACTORED_FORMATS: readonly string[] = PLACEABLE.filter((id) => DEQUANTISERS[id].factored);

/** Whether kernels can place rows of this format (a tensor's type, as the model room names it). */
export const canPlace = (format: string): boolean => Object.hasOwn(DEQUANTISERS, format);

/**
 * The dequantiser of a stored format.
 * @throws WeftError (`format`) when PEs have no program for it.
 */
export function dequantiserFor(format: string): Dequantiser {
  if (!canPlace(format)) {
    const inFiles = PLACEABLE.filter((id) => GGML_FORMATS.some((ggml) => ggml.id === id)).join(', ');
    throw new WeftError('format', `the tensor's type is ${format}, for which PEs have no dequantise program; they have ${inFiles}`, [
      `choose a tensor of type ${inFiles}`,
    ]);
  }
  return DEQUANTISERS[format];
}

/** What dequantising one unit (256 weights) of a format costs on a machine: element, set-up and scalar cycles apart. */
export function dequantisePrice(format: string, machine: MachineSpec): Price {
  const dequantiser = dequantiserFor(format);
  const memory = new MemoryPlan(machine);
  const from = memory.add('unit', 'weights', dequantiser.unit.bytes);
  const to = memory.add('f32', 'block', 4 * dequantiser.unit.size);
  const registers = Object.fromEntries(DEQUANTISE_REGISTERS.map((name, i) => [name, i])) as DequantiseRegisters;
  return priceCode(dequantiser.code({ address: from }, { address: to }, dequantiser.reserve(memory), registers), machine);
}
