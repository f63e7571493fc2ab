/** The runs of docs/kernels.md: every variant on every machine, over shapes and options. */
import type { KernelOptions, RunConfig } from '../src/api/protocol.ts';
import { MACHINES, type MachineId } from '../src/machine/spec.ts';

export interface KernelCase {
  readonly kernel: string;
  readonly machine: MachineId;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly pes?: readonly [width: number, height: number];
  readonly options?: KernelOptions;
}

type Place = readonly [m: number, k: number, n: number, width: number, height: number];

const MACHINE_IDS = Object.keys(MACHINES) as MachineId[];

/** A kernel with its options on all machines and places. */
function everywhere(kernel: string, places: readonly Place[], options?: KernelOptions): KernelCase[] {
  return MACHINE_IDS.flatMap((machine) =>
    places.map(([m, k, n, width, height]) => ({ kernel, machine, m, k, n, pes: [width, height] as const, ...(options && { options }) })),
  );
}

/** One row a PE; several, the last PE with fewer; a long line. */
const ROWS: readonly Place[] = [
  [24, 512, 2, 6, 4],
  [29, 256, 3, 4, 3],
  [48, 256, 1, 48, 1],
];

export const CASES: readonly KernelCase[] = [
  ...everywhere('streaming', ROWS),
  ...everywhere('stationary', ROWS),
];

export const configOf = ({ kernel, machine, m, k, n, pes, options }: KernelCase): RunConfig => ({
  model: 'synthetic',
  tensor: '',
  m,
  k,
  n,
  seed: 7,
  kernel,
  machine,
  ...(pes && { pes: { width: pes[0], height: pes[1] } }),
  ...(options && { options }),
});
