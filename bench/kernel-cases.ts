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

/** A reduction over whole bands, over bands with fewer rows at the end, along a wide row. */
const TILES: readonly Place[] = [
  [16, 1024, 2, 4, 8],
  [21, 1536, 1, 3, 6],
];

/** Every token at once; four fabric rows of tokens. */
const STREAMS: readonly Place[] = [
  [12, 512, 3, 12, 1],
  [20, 256, 8, 8, 4],
];

const OPTIONS: readonly KernelOptions[] = [
  { overlap: 'on' },
  { f16: 'on' },
  { factored: 'source' },
  { factored: 'pe' },
  { drain: 'column' },
  { edge: 'east' },
  { overlap: 'on', f16: 'on', drain: 'column' },
];

/** A layer; its size is K, its rectangle its own choice. */
const layers = (machine: MachineId, n: number, options?: KernelOptions): KernelCase => ({
  kernel: 'transformer_layer',
  machine,
  m: 256,
  k: 256,
  n,
  ...(options && { options }),
});

export const CASES: readonly KernelCase[] = [
  ...everywhere('streaming', ROWS),
  ...everywhere('stationary', ROWS),
  ...(['streaming', 'stationary'] as const).flatMap((kernel) => OPTIONS.flatMap((options) => everywhere(kernel, [ROWS[1]], options))),
  ...everywhere('batched', [[12, 256, 6, 4, 9]], { batch: 3 }),
  ...everywhere('batched', [[12, 256, 8, 4, 6]], { batch: 4, inner: 'stationary' }),
  ...everywhere('llama7b', [[32, 512, 1, 8, 4]]),
  ...everywhere('weight-streaming', STREAMS),
  ...everywhere('weight-streaming', [STREAMS[1]], { overlap: 'on' }),
  ...(['chain', 'tree', 'two-phase'] as const).flatMap((reduce) => everywhere('split-k', TILES, { reduce })),
  ...everywhere('split-k', [TILES[0]], { inner: 'stationary', f16: 'on' }),
  ...MACHINE_IDS.flatMap((machine) => [
    layers(machine, 3),
    layers(machine, 3, { inner: 'stationary' }),
    layers(machine, 2, { form: 'bare' }),
    layers(machine, 4, { sequences: 2 }),
  ]),
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
