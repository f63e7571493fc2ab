/** The page's English, in one place: names, definitions behind every `?`, sentences. Numbers are put in by the views. */
import type { DockTab } from '../store/types.ts';

/** States of a PE in the fixed stacking order of every area and legend (visual.md section 3). */
export const STATE_ORDER = ['compute', 'dequantise', 'send', 'receive', 'load', 'slot', 'wait', 'blocked'] as const;
export type StateName = (typeof STATE_ORDER)[number] | 'idle';

export const STATE_NAMES: Readonly<Record<StateName, string>> = {
  compute: 'Compute',
  dequantise: 'Dequantise',
  send: 'Send',
  receive: 'Receive',
  load: 'Load',
  slot: 'Wait for slot',
  wait: 'Wait data',
  blocked: 'Blocked',
  idle: 'Idle',
};

export const KERNELS = [
  { id: 'streaming', name: 'streaming', idea: 'Rows stay as Q4_K blocks; every block is dequantised again for every column.' },
  { id: 'stationary', name: 'stationary', idea: 'Each PE dequantises its row once into SRAM, then streams all columns through it.' },
] as const;

export const MACHINE_NAMES = [
  { id: 'teaching', name: 'Teaching' },
  { id: 'wse2', name: 'WSE-2' },
  { id: 'wse3', name: 'WSE-3' },
] as const;

export const MEMORY_NAMES: Readonly<Record<string, string>> = {
  code: 'Code',
  weights: 'Weights',
  block: 'Dequantised block',
  activations: 'Activations',
  results: 'Results',
  queues: 'Queues',
  stack: 'Stack',
};

export const DOCK_TABS: readonly { readonly id: DockTab; readonly name: string }[] = [
  { id: 'utilisation', name: 'Utilisation' },
  { id: 'latency', name: 'Latency' },
  { id: 'lanes', name: 'PE lanes' },
  { id: 'numerics', name: 'Numerics' },
  { id: 'physics', name: 'Physics' },
];

export const STAGE_NAMES = { firstX: 'first x in', firstMac: 'first multiply-add', sent: 'result sent', atEdge: 'result at the edge' } as const;

/** Keys, as shown under `?` and bound in app/shortcuts.ts. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Space', 'Play or pause'],
  ['← →', 'One cycle back or forward'],
  ['Shift ← →', 'Previous or next change of the selected PE'],
  ['Home End', 'First or last cycle'],
  ['[ ]', 'Slower or faster'],
  ['Ctrl Enter', 'Run'],
  ['Ctrl Shift C', 'Copy a link to this moment'],
  ['Ctrl O', 'Open a GGUF file'],
  ['?', 'This help'],
  ['Esc', 'Close, cancel a drag'],
];

/** Definitions: one per metric shown (kernels.md section 5, machine.md). */
export const DEFINITIONS = {
  simulated: ['Simulated', 'Cycles from the first activation entering the fabric to the last result leaving it, counted by the wavelet engine. Dequantisation is included; loading the weights is not.'],
  closedForm: ['Closed form', 'The same span predicted by a formula from sizes and prices, without simulating. The difference is what the formula leaves out.'],
  lowerBound: ['Lower bound', 'No schedule of this mapping can be faster: the largest of issue cycles, wavelets over the busiest link, and the longest path.'],
  mac: ['Multiply-add utilisation', 'Useful multiply-adds divided by PEs of the rectangle × cycles × the rate of the chosen dot program.'],
  busy: ['Busy', 'Cycles in which a PE issues anything, divided by PEs × cycles.'],
  mapping: ['Mapping', 'PEs that hold rows, divided by all PEs of the rectangle.'],
  latency: ['Latency of a row', 'Cycles from the first activation entering the fabric to the last result of that row at the edge. First and last row to arrive.'],
  load: ['Load, host in, host out', 'Cycles the host needs at its rate for the whole wafer to bring the weights, bring the activations, take the results. Not part of the cycles above.'],
  vsPlainLoop: ['Against the plain loop', 'Results whose bit pattern differs from an independent scalar program that does the same operations in the same order. It must be 0.'],
  vsF64: ['Against float64', 'Largest absolute difference from the same product in float64 with the same dequantised weights.'],
  relRms: ['Relative RMS', 'Root mean square of the difference from float64 over the root mean square of the results.'],
  relSum: ['Against Σ|w·x|', 'Largest error over the sum of the magnitudes it was made of. The tolerance is 2e−6.'],
  hop: ['Hop latency', 'Cycles a wavelet needs from one router to the next.'],
  queue: ['Ramp queue 0', 'Words the input queue between router and compute element holds.'],
  clock: ['Clock', 'Turns cycles into time. It changes no cycle count.'],
  memory: ['Memory per PE', 'Every byte of the fullest PE: code reserve, weights, buffers, results. The limit is 48 KiB, 49 152 B.'],
  rectangle: ['Rectangle', 'Width × height in PEs. Empty takes the default: the smallest near-square one that gives every row its own PE.'],
  stateHash: ['State hash', 'A hash of the whole machine at this cycle. Two people with the same link see the same digits.'],
  xQueue: ['x queue', 'Activations waiting in the input queue, those on the ramp included.'],
  tokens: ['N', 'Columns of the activation matrix: tokens multiplied with the same weights.'],
} as const;
export type Definition = keyof typeof DEFINITIONS;

export const TEXT = {
  product: 'Weft',
  privacy: 'Files stay in this tab',
  dropHere: 'Drop a GGUF file to open it here',
  noRun: 'No run yet.',
  noRunHint: 'Press Run or change a field.',
  stale: 'The setup changed since this run.',
  sorry: 'The run stopped with an error. The earlier result is kept.',
} as const;
