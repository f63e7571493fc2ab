/**
 * What others publish or claim of whole models, with the clock each counts in, and the power of the machines. None of it was
 * measured by us, and none is a program of this machine: placements and number formats differ.
 */
import { grouped } from '../base/numbers.ts';
import type { MachineId } from '../machine/spec.ts';
import type { Published } from './estimate-types.ts';

const FILE = 'the kernel file this project began with';

export const PUBLISHED: readonly Published[] = [
  {
    name: 'decode, kernel file',
    model: 'Llama-7B',
    value: 2400,
    unit: 'tokens/s',
    clockHz: null,
    source: FILE,
    meaning: 'One wafer; 0.4 to 0.5 ms a token. No derivation, no clock.',
  },
  {
    name: `batch ${grouped(1000)}, kernel file`,
    model: 'Llama-7B',
    value: 25_000,
    unit: 'tokens/s',
    clockHz: null,
    source: FILE,
    meaning: 'No derivation, no clock.',
  },
  {
    name: `batch ${grouped(50_000)}, kernel file`,
    model: 'Llama-7B',
    value: 50_000,
    unit: 'tokens/s',
    clockHz: null,
    source: FILE,
    meaning: 'No derivation, no clock.',
  },
  {
    name: 'decode, WaferLLM',
    model: 'LLaMA3-8B',
    value: 2699.9,
    unit: 'tokens/s',
    clockHz: 1.1e9,
    source: 'He et al., WaferLLM, OSDI 2025',
    meaning: 'f16 on 420 x 420 PEs of a WSE-2, tiled in two dimensions: 91\u202f043 B of weights a PE, so not a program of this machine.',
  },
];

/** Power of a system while it works; the machine's model has none. */
export const POWER: Readonly<Record<MachineId, { readonly watts: number | null; readonly source: string }>> = {
  teaching: { watts: null, source: 'no power: this machine does not exist' },
  wse2: {
    watts: 23_000,
    source: 'rack power of a CS-2 as published by others (the energy ratio in the WaferLLM paper gives about 15 kW), drawn in full at all times (assumed)',
  },
  wse3: { watts: 23_000, source: 'about 23 kW for a CS-3 as published by others, drawn in full at all times (assumed)' },
};
