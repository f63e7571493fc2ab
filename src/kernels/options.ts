/**
 * What can be chosen about a mapping, in one table: the command line, links, the page and every kernel's check read it.
 * A kernel names the options it knows and, where they differ from the first value, its defaults; everything else is refused.
 */
import { WeftError } from '../base/error.ts';
import type { MachineSpec } from '../machine/spec.ts';

export interface OptionSpec {
  readonly name: string;
  /** Values in words, the usual one first; a number's option has a least value instead. */
  readonly values?: readonly string[];
  readonly least?: number;
  readonly meaning: string;
}

/** Every option of every kernel (kernels.md sections 1 and 2). */
export const OPTIONS = {
  dot: {
    name: 'Row dot',
    values: ['two-op', 'fused1'],
    meaning: 'two-op multiplies into a temporary and adds it up; fused1 takes one element a cycle, which no real machine documents (assumed).',
  },
  overlap: {
    name: 'Overlap',
    values: ['off', 'on'],
    meaning: 'A microthread receives the next block while the main thread computes, at one issue a wavelet and a second buffer.',
  },
  f16: {
    name: 'Half precision',
    values: ['off', 'on'],
    meaning: 'Weights and activations in f16, two activations a wavelet, sums in f32.',
  },
  factored: {
    name: 'Factored',
    values: ['off', 'source', 'pe'],
    meaning: 'Scale and minimum stay outside the dot; the sums of the activations come as eight more wavelets a block, or each PE makes them.',
  },
  drain: {
    name: 'Drain',
    values: ['end', 'column'],
    meaning: 'When results leave: all at the end, or after every column, with a control wavelet that turns the switches back.',
  },
  edge: {
    name: 'Results to',
    values: ['west', 'east'],
    meaning: 'Results leave against the activations on links of their own, or with them on shared ones.',
  },
  reduce: {
    name: 'Reduction',
    values: ['chain', 'tree', 'two-phase'],
    meaning: 'How the partial sums of a fabric row are added up.',
  },
  inner: {
    name: 'Inner',
    values: ['streaming', 'stationary'],
    meaning: 'Whether a PE dequantises its rows again for every column or once.',
  },
  form: {
    name: 'Layer',
    values: ['full', 'bare'],
    meaning: 'With norms, RoPE, residuals and activation as the model says, or the bare matrix products and attention of the original file.',
  },
  activation: {
    name: 'Activation',
    values: ['model', 'none', 'gelu', 'relu', 'swiglu'],
    meaning: 'Between the FFN matrices; the default is what the model says.',
  },
  group: { name: 'Group', least: 1, meaning: 'How many PEs make a group of the two-phase reduction; about the square root of the row if not given.' },
  batch: { name: 'Batch', least: 1, meaning: 'How many sequences the columns are; each column is one if not given.' },
  sequences: { name: 'Sequences', least: 1, meaning: 'How many times N columns go through.' },
} as const satisfies Record<string, OptionSpec>;

export type OptionId = keyof typeof OPTIONS;
export const OPTION_IDS = Object.keys(OPTIONS) as OptionId[];

type ValueOf<Spec> = Spec extends { readonly values: readonly (infer V)[] } ? V : number;
/** A choice for every option; those a kernel does not know are absent. */
export type KernelOptions = { readonly [Id in OptionId]?: ValueOf<(typeof OPTIONS)[Id]> };

export type DotProgram = NonNullable<KernelOptions['dot']>;

/** The row dot a machine runs unless told otherwise. */
export const defaultDot = (machine: MachineSpec): DotProgram => (machine.fusedDot ? 'fused1' : 'two-op');

/**
 * What was chosen, over the defaults.
 * @throws WeftError on an option the kernel does not know, or a value the option does not have.
 */
export function chooseOptions<Defaults extends KernelOptions>(
  kernel: string,
  known: readonly OptionId[],
  defaults: Defaults,
  chosen: KernelOptions = {},
): Defaults & KernelOptions {
  for (const [id, value] of Object.entries(chosen)) {
    if (value === undefined) continue;
    const knows = (known as readonly string[]).includes(id);
    if (!knows && isUsual(id, value)) continue;
    if (!knows) throw new WeftError(id, `the kernel ${kernel} has no option "${id}"`, [`leave ${id} out`, `its options are ${known.join(', ')}`]);
    checkValue(id as OptionId, value);
  }
  const given = Object.fromEntries(Object.entries(chosen).filter(([id, value]) => value !== undefined && (known as readonly string[]).includes(id)));
  return { ...defaults, ...given };
}

/** The value that changes nothing where the option is unknown: a default that was spelled out. */
function isUsual(id: string, value: string | number): boolean {
  const spec: OptionSpec | undefined = OPTIONS[id as OptionId];
  return spec?.values?.[0] === value || (id === 'sequences' && value === 1);
}

function checkValue(id: OptionId, value: string | number): void {
  const spec: OptionSpec = OPTIONS[id];
  if (spec.values) {
    if (!spec.values.includes(String(value)))
      throw new WeftError(id, `"${value}" is no choice for ${id}; there are ${spec.values.join(', ')}`, [`use ${spec.values[0]}`]);
    return;
  }
  const least = spec.least ?? 1;
  if (!Number.isSafeInteger(value) || Number(value) < least)
    throw new WeftError(id, `${id} is ${value}; it must be a whole number from ${least}`, [`use ${least}`]);
}
