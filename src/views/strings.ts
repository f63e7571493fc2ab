/**
 * English that several parts of the page say: names, definitions behind every `?`, sentences. What one part says stands in the module of
 * this name in its folder, and what the state says in src/store/strings.ts; no other file of the page has words of its own.
 */

import type { Reason } from '../analysis/critical-path.ts';
import { DEFINITIONS as METRICS } from '../analysis/definitions.ts';
import type { EventKind } from '../analysis/events.ts';
import type { Region } from '../analysis/fabric-frame.ts';
import type { DockTab, Layer } from '../store/types.ts';
import { count, grouped } from './format.ts';

/** States of a PE in the fixed stacking order of every area and legend (visual.md section 3). */
export const STATE_ORDER = ['compute', 'dequantise', 'send', 'receive', 'load', 'slot', 'wait', 'blocked'] as const;
export type StateName = (typeof STATE_ORDER)[number] | 'idle';

export const STATE_NAMES: Readonly<Record<StateName, string>> = {
  compute: 'Compute',
  dequantise: 'Dequantise',
  send: 'Send',
  receive: 'Receive',
  load: 'Load',
  slot: 'Wait slot',
  wait: 'Wait data',
  blocked: 'Blocked',
  idle: 'Idle',
};

/** Reasons on the critical path (analysis/critical-path.ts). */
export const REASON_NAMES: Readonly<Record<Reason, string>> = {
  compute: 'Compute',
  dequantise: 'Dequantise',
  send: 'Send',
  receive: 'Receive',
  load: 'Load',
  slot: 'Wait for the issue slot',
  wait: 'Wait for data in memory',
  blocked: 'Blocked by memory',
  ramp: 'Over the ramp',
  hop: 'Over links',
  link: 'Behind another wavelet',
  room: 'For a free slot',
  start: 'Start of a task',
  host: 'At the host',
  other: 'Unexplained',
};

/** The original kernel file's block format, which reads no real file. */
export const ORIGINAL_FORMATS = [
  { id: 'q4_k_ix', name: 'q4_k_ix (original file, E4M3)' },
  { id: 'q4_k_ix_e5m2', name: 'q4_k_ix (original file, E5M2)' },
] as const;

/** Formats a synthetic matrix can be stored in. */
export const FORMAT_NAMES = [
  ...(['q4_k', 'q5_k', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32'] as const).map((id) => ({ id: id as string, name: id.toUpperCase() })),
  ...ORIGINAL_FORMATS,
];

/** A format as it is written. */
export const formatName = (id: string): string => (id.startsWith('q4_k_ix') ? id : id.toUpperCase());

interface ScenarioWords {
  readonly id: string;
  readonly name: string;
  readonly idea: string;
  /** For rows of any size: what is taken where nothing is chosen (src/scenarios). */
  readonly sizes?: { readonly pes: number; readonly words: number };
}

/** Hand-written programs that can be run in place of the matrix product. */
export const SCENARIOS: readonly ScenarioWords[] = [
  {
    id: 'deadlock',
    name: 'A deadlock',
    idea: 'Four PEs in a ring. In the first round each sends, then adds what it gets. In the second each waits first, so nobody sends.',
  },
  {
    id: 'line',
    name: 'A stream along a line',
    idea: 'PE 0 sends its words; every router passes each of them on and up its ramp at once.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'store-and-forward',
    name: 'Stored and forwarded',
    idea: 'Every PE takes the whole message into its memory before it sends it to the next.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'reduce-star',
    name: 'Adding up: star',
    idea: 'Every PE sends its words to PE 0, which adds one vector after the other.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'reduce-chain',
    name: 'Adding up: chain',
    idea: 'Every PE adds its own word to the arriving one and passes the sum on.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'reduce-tree',
    name: 'Adding up: tree',
    idea: 'In every round half of the PEs send to a neighbour at twice the distance of the round before.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'reduce-two-phase',
    name: 'Adding up: two phases',
    idea: 'Groups of PEs run a chain to their leader; then the leaders run a chain among themselves.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'all-reduce-chain-broadcast',
    name: 'Sums for all: chain and broadcast',
    idea: 'A chain brings the sums to PE 0; its stream then goes to all, passed on by routers.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'all-reduce-ring',
    name: 'Sums for all: ring',
    idea: 'The words in as many chunks as PEs; in each round every PE sends one to the next and receives another.',
    sizes: { pes: 16, words: 64 },
  },
  {
    id: 'slow-sink',
    name: 'A slow sink',
    idea: 'PE 0 sends a word a cycle; the last PE works on each word before it takes the next, so queues fill from there upstream.',
    sizes: { pes: 16, words: 256 },
  },
];

/** Pages, as the ways to them are called. */
export const PAGE_NAMES = { examples: 'Examples', lab: 'Lab', compare: 'Compare', sweep: 'Sweep', learn: 'Learn', model: 'Model' } as const;

export const THEME_NAMES = { light: 'light', dark: 'dark', system: 'system' } as const;

export const MACHINE_NAMES = [
  { id: 'teaching', name: 'Teaching' },
  { id: 'wse2', name: 'WSE-2' },
  { id: 'wse3', name: 'WSE-3' },
] as const;

export const ENGINE_CHOICES = [
  { id: 'auto', name: 'Auto' },
  { id: 'wavelet', name: 'Wavelet' },
  { id: 'timing', name: 'Timing' },
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

export const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  state: 'State',
  utilisation: 'Utilisation',
  latency: 'Latency',
  sram: 'SRAM',
  queues: 'Queues',
  links: 'Links',
  demand: 'Link demand',
  colors: 'Colors',
};

export const DOCK_TABS: readonly { readonly id: DockTab; readonly name: string }[] = [
  { id: 'utilisation', name: 'Utilisation' },
  { id: 'latency', name: 'Latency' },
  { id: 'lanes', name: 'PE lanes' },
  { id: 'links', name: 'Links' },
  { id: 'events', name: 'Events' },
  { id: 'numerics', name: 'Numerics' },
  { id: 'path', name: 'Critical path' },
  { id: 'physics', name: 'Physics' },
  { id: 'estimate', name: 'Estimate' },
  { id: 'study', name: 'Study' },
];

/** Tabs about time: those that show a part of the run where one is chosen. */
export const TIME_TABS: readonly DockTab[] = ['utilisation', 'latency', 'lanes', 'links', 'events', 'path'];

/** Moments of a run (analysis/events.ts). */
export const EVENT_NAMES: Readonly<Record<EventKind, string>> = {
  firstX: 'First x in',
  firstMac: 'First multiply-add',
  firstTurn: 'First switch turns',
  lastTurn: 'Last switch turns',
  turn: 'Its switch turns',
  firstStall: 'First stall',
  longestStall: 'Longest stall',
  hostBegin: 'Host begins',
  hostEnd: 'Host ends',
  firstResult: 'First result at the edge',
  lastResult: 'Last result at the edge',
  sent: 'Its last result sent',
  atEdge: 'Its last result at the edge',
  end: 'End of the run',
};

export const STAGE_NAMES = { firstX: 'first x in', firstMac: 'first multiply-add', sent: 'result sent', atEdge: 'result at the edge' } as const;

/** Keys, as shown under `?` and bound in app/shortcuts.ts. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Space', 'Play or pause, in the direction it last went'],
  ['← →', 'One cycle back or forward'],
  ['Shift ← →', 'Previous or next change of the selected PE'],
  ['Home End', 'First or last cycle'],
  ['[ ]', 'Slower or faster'],
  [', .', 'Previous or next event'],
  ['M', 'Mark this cycle or the chosen range, or take its mark away'],
  ['R', 'Begin a range of cycles at the playhead, or let go of it'],
  ['Shift and drag', 'Timeline: choose a range of cycles'],
  ['Shift M, Alt ← →', 'Next mark; previous or next mark'],
  ['Shift 1 to 9, Ctrl 1 to 9', 'Give this cycle a key'],
  ['1 to 9', 'Go to the cycle with that key'],
  ['B', 'Go to what the selected PE waits for'],
  ['L, Shift L', 'Next or previous layer'],
  ['Q', 'Show or hide the dock'],
  ['Ctrl B', 'Show or hide the setup'],
  ['/, F1, Ctrl Shift P', 'Search: PEs, rows, tensors, events, commands'],
  ['Ctrl Enter', 'Run'],
  ['Ctrl Shift C', 'Copy a link to this moment'],
  ['Ctrl O', 'Open a file: model, trace, topology, project'],
  ['Ctrl S', 'Save the setup, and the comparison, as a project file'],
  ['Ctrl E', 'Export'],
  ['W S, Ctrl wheel', 'Timeline: fewer or more cycles, at the pointer or the playhead'],
  ['A D, Shift wheel', 'Timeline: earlier or later'],
  ['+ − 0', 'Timeline: fewer, more or all cycles'],
  ['F', 'Timeline: the chosen range or the mark at the playhead, again: all'],
  ['+ − 0', 'Fabric: zoom in, out, whole'],
  ['Wheel', 'Fabric: zoom at the pointer'],
  ['Shift and drag', 'Fabric: zoom to a region'],
  ['U', 'Fabric and timeline: undo zoom'],
  ['W A S D', 'Fabric: pan'],
  ['F', 'Fabric: selected PE, again: whole'],
  ['G', 'Fabric: go to PE x,y'],
  ['← → ↑ ↓ Enter', 'In the fabric: move the cursor, select its PE'],
  ['Shift ← → ↑ ↓, Shift click', 'In the fabric: select a rectangle of PEs'],
  ['C', 'Compare: side by side, A, B, overlay, difference'],
  ['?', 'This help'],
  ['Esc', 'Close; let go of a range or of a rectangle of PEs'],
];

/** Fields of a setup, wherever one is made. */
export const FIELD_NAMES = {
  model: 'Model',
  tensor: 'Tensor',
  kernel: 'Kernel',
  machine: 'Machine',
  engine: 'Engine',
  seed: 'Seed',
  rectangle: 'Rectangle',
  width: 'Rectangle width',
  height: 'Rectangle height',
} as const;

/** A metric's definition, from the one place that has it. */
const metric = (key: keyof typeof METRICS): readonly [name: string, text: string] => [METRICS[key].name, METRICS[key].meaning];

/** Definitions behind the `?`: name and text. Metrics come from analysis/definitions.ts, the rest is about this page. */
export const DEFINITIONS = {
  simulated: metric('cycles'),
  closedForm: metric('closedForm'),
  lowerBound: metric('lowerBound'),
  mac: metric('utilisation.mac'),
  busy: metric('utilisation.busy'),
  mapping: metric('utilisation.mapping'),
  latencyFirst: metric('latency.first'),
  latencyMax: metric('latency.max'),
  load: metric('loadCycles'),
  hostIn: metric('hostInCycles'),
  hostOut: metric('hostOutCycles'),
  vsPlainLoop: metric('errors.vsPlainLoop'),
  vsF64: metric('errors.maxAbsVsF64'),
  relRms: metric('errors.relRmsVsF64'),
  relSum: metric('errors.maxRelVsSumAbs'),
  unquantised: metric('errors.relRmsVsUnquantised'),
  vsSequential: metric('errors.vsF32Sequential'),
  vsInteger: metric('errors.relRmsVsIntegerDot'),
  seed: [FIELD_NAMES.seed, 'Draws the activations, and a synthetic matrix. The same seed gives the same numbers everywhere.'],
  memory: ['Memory per PE', 'Every byte of the fullest PE: code reserve, weights, buffers, results. The limit is 48 KiB, 49\u202f152\u202fB.'],
  engine: [
    FIELD_NAMES.engine,
    'The wavelet engine moves every wavelet and computes every value. The timing engine gives the same cycle for every event without the values, for whole wafers in seconds; results can be computed afterwards. A program it cannot prove it declines. Auto takes the wavelet engine where it fits into memory and into about a minute.',
  ],
  rectangle: [
    FIELD_NAMES.rectangle,
    'Width × height in PEs. Empty takes the default: the smallest near-square one that gives every row its own PE, else the whole fabric.',
  ],
  linkDemand: [
    'Link demand',
    'Utilisation: wavelets that went over the link, a cycle. Demand: those, and for every cycle each one that stood ready at the head of its FIFO and could not go. Above 100\u202f% several wait at once.',
  ],
  partialSum: [
    'Partial sum',
    'What the accumulator of this PE holds in this cycle: the products added up so far of a row with a column of B. Beside it the plain loop after the same products, which must agree in every bit, and the same weights and activations in float64.',
  ],
  xQueue: ['x queue', 'Activations waiting in the input queue, those on the ramp included.'],
} as const satisfies Record<string, readonly [name: string, text: string]>;
export type Definition = keyof typeof DEFINITIONS;

export const TEXT = {
  product: 'Weft',
  pageTitle: (what: string) => `${what} · Weft`,
  saved: (file: string) => `${file} was saved.`,
  share: 'Share',
  shareHint: 'Copy a link to this moment (Ctrl Shift C)',
  cycle: (n: number) => `cycle ${grouped(n)}`,
  cycles: (n: number) => count(n, 'cycle'),
  never: 'never',
  pes: (n: number) => count(n, 'PE'),
  /** A rectangle of PEs by its corners. */
  area: ({ x0, y0, x1, y1 }: Region) => `PEs ${x0},${y0} to ${x1 - 1},${y1 - 1}`,
  statesNow: 'PEs by state, now',
  row: (n: number) => `row ${grouped(n)}`,
  color: (n: number) => `color ${n}`,
  close: 'Close',
  openFull: 'Open in Weft ↗',
  privacy: 'Files stay in this tab',
  cancel: 'Cancel',
  openIt: 'Open it',
  auto: 'auto',
  free: 'free',
  fits: '✓ fits',
  doesNotFit: 'does not fit',
  demoModel: 'Demo model',
  synthetic: 'Synthetic, by seed',
  demonstrations: 'Demonstrations',
  dropHere: 'Drop a model, a trace, a topology or a project to open it here',
  wholeRun: 'The whole run',
  moreTime: 'Show more cycles',
  lessTime: 'Show fewer cycles',
  allTime: 'Show all cycles',
  noMarks: 'Nothing is marked yet.',
  marks: 'Marks',
  mark: (what: string) => `Mark ${what}`,
  unmark: 'Take this mark away',
  beginRange: 'Begin a range here',
  dropRange: 'Let go of the range',
  chosen: (range: string, length: string) => `${range}, ${length} chosen`,
  areaLanes: (n: number) => `the first ${n} selected PEs at most`,
  sizes: 'C = A · B. A: M rows of K weights; B: N columns of K activations, one a token.',
  stale: 'The setup changed since this run.',
  stopped: 'The verdict says who waits for whom; the fabric shows it.',
  noNumbers: 'There is a trace and no result here: the run stopped before it had numbers, multiplies no matrix, or comes from a trace file.',
  engineTiming: 'The timing engine: cycles and trace, values only when they are asked for.',
  engineWavelet: 'The wavelet engine: every value, checked against the plain loop.',
  programWindow: "The program reads the time-stamp counter itself; the headline is what lies between its two stamps, its last PE's or its root's end included.",
  sorry: 'The run stopped with an error. The earlier result is kept.',
} as const;
