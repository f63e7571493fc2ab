/** The whole model beside one projection: stages of a token, tokens a second, the bound, what others claim, what is resident. */
import { WeftError } from '../../base/error.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { matricesOfModel, type Stage, type StagedMatrix } from '../../model/architecture.ts';
import { modelPreset } from '../../model/presets.ts';
import type { InnerId } from '../inner.ts';
import type { KernelOptions } from '../options.ts';
import type { Fact } from '../types.ts';
import { type ForwardEstimate, forwardEstimate } from './forward.ts';
import { residencyOf } from './residency.ts';

/** The matrices of Llama-2-7B: 4096 x 4096 four times a layer, 11008 x 4096 twice, 4096 x 11008; 32 layers; head 32000 x 4096. */
export const LLAMA_2_7B: readonly StagedMatrix[] = matricesOfModel(modelPreset('Llama-2-7B'));

/** Tokens of a prompt where the product itself has one column. */
export const PREFILL = 512;

/** What others say (machine.md section 7); none of it is a program of this machine. */
export const CLAIMS: readonly Fact[] = [
  {
    name: 'Claimed decode, kernel file',
    value: 2400,
    unit: 'tokens/s',
    meaning: 'By the kernel file this project began with, for Llama-7B on one wafer; it gives no derivation.',
  },
  {
    name: 'Measured decode, WaferLLM',
    value: 2699.9,
    unit: 'tokens/s',
    meaning: 'LLaMA3-8B in f16 on 420 x 420 PEs of a WSE-2 at 1.1 GHz (OSDI 2025), tiled in two dimensions: 91,043 B of weights a PE would not fit here.',
  },
];

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  qkv: 'Stage q, k, v',
  attn_output: 'Stage output projection',
  ffn_up: 'Stage gate, up',
  ffn_down: 'Stage down',
  output: 'Stage head',
};

/** Of Llama-2-7B on `machine`, with the format of the projection in all matrices. */
export function factsOf(machine: MachineSpec, format: string, n: number, inner: InnerId, options: KernelOptions): Fact[] {
  const shapes = LLAMA_2_7B.map((matrix) => ({ ...matrix, format: format as StagedMatrix['format'] }));
  const tokens = n > 1 ? n : PREFILL;
  const left = residencyFacts(shapes, machine);
  try {
    const decode = forwardEstimate(shapes, machine, 1, inner, options);
    const prefill = forwardEstimate(shapes, machine, tokens, inner, options);
    return [...speedFacts(decode, prefill, tokens, inner), ...boundFacts(decode, machine), ...CLAIMS, ...stageFacts(decode), ...left];
  } catch (error) {
    // The projection may fit where the model's longest row does not: 11,008 weights as f32 and what a PE needs beside them.
    if (!(error instanceof WeftError)) throw error;
    return [
      { name: 'Decode', value: 0, unit: 'tokens/s', meaning: `The whole of Llama-2-7B in ${format} cannot be placed: ${error.message}.` },
      ...CLAIMS,
      ...left,
    ];
  }
}

function speedFacts(decode: ForwardEstimate, prefill: ForwardEstimate, tokens: number, inner: InnerId): Fact[] {
  const left = 'matrix products only, no attention over the context';
  const once: Fact = {
    name: 'Decode, rows already f32',
    value: tenth(decode.dequantisedPerSecond),
    unit: 'tokens/s',
    meaning: 'As decode, if every row had been dequantised for an earlier token and stayed.',
  };
  return [
    {
      name: 'Decode',
      value: tenth(decode.tokensPerSecond),
      unit: 'tokens/s',
      meaning: `Llama-2-7B, one token after the other: clock over the cycles of all stages (${left}).`,
    },
    ...(inner === 'stationary' ? [once] : []),
    {
      name: `Prefill of ${tokens}`,
      value: tenth(prefill.tokensPerSecond),
      unit: 'tokens/s',
      meaning: `${tokens} tokens through each stage together (${left}).`,
    },
  ];
}

function boundFacts(decode: ForwardEstimate, machine: MachineSpec): Fact[] {
  return [
    {
      name: 'Serial weight steps',
      value: decode.serialSteps,
      unit: '',
      meaning: 'Weights that a PE multiplies one after the other for a token: the rows of all stages, one behind the other.',
    },
    {
      name: 'Decode at one weight a cycle',
      value: tenth(decode.boundPerSecond),
      unit: 'tokens/s',
      meaning: `${machine.name}'s clock over the serial weight steps: no f32 mapping of whole rows is faster.`,
    },
  ];
}

const stageFacts = ({ stages }: ForwardEstimate): Fact[] =>
  stages.map(({ stage, cycles, times, rows, k, rowsPerPe, passes }) => ({
    name: STAGE_NAMES[stage],
    value: cycles,
    unit: 'cycles',
    meaning: `${rows} rows of ${k}, ${rowsPerPe} a PE${passes > 1 ? ` in ${passes} passes` : ''}, one token; ${times} time${times > 1 ? 's' : ''} a token.`,
  }));

function residencyFacts(shapes: readonly StagedMatrix[], machine: MachineSpec): Fact[] {
  const { rows, storedBytes, copies, f32Pes, pes } = residencyOf(shapes, machine);
  return [
    { name: 'Rows of the model', value: rows, unit: 'rows', meaning: `All matrices of all layers; the wafer has ${pes} PEs.` },
    {
      name: 'Copies as stored',
      value: Math.floor(10 * copies) / 10,
      unit: '',
      meaning: `How often its ${storedBytes} B fit into all PEs beside the code reserve.`,
    },
    {
      name: 'PEs for f32 rows',
      value: f32Pes,
      unit: 'PEs',
      meaning: `With all rows dequantised at once; ${f32Pes <= pes ? 'they fit' : 'they do not fit'} into ${pes} PEs.`,
    },
  ];
}

const tenth = (value: number): number => Math.round(10 * value) / 10;
