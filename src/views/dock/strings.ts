/** The English of the dock: its tabs, tables and studies; what the whole page shares is in ../strings.ts. */
import { count, grouped } from '../format.ts';

export const DOCK_TEXT = {
  tabs: 'Run over time',
  height: 'Height of the dock',
  sharesCaption: (pes: number, bucket: number) => `share of ${count(pes, 'PE')} in each state, mean per ${count(bucket, 'cycle')}`,
  latencyCaption: (pes: number) => `${count(pes, 'PE')}, cycles since the first activation entered`,
  lanesCaption: 'selected PE, its neighbours, first and last PE',
  pes: 'PEs',
  sharesTable: 'Share of PEs in each state',
  phase: (name: string, cycles: number) => `${name} · ${grouped(cycles)} cycles`,
  lanesTable: 'Cycles of PEs by state',
  cycles: (n: number) => count(n, 'cycle'),
} as const;

export const LATENCY_TEXT = {
  stage: 'Latency stage',
  byCycle: (stage: string) => `PEs by cycle of ${stage}`,
  facts: { min: 'First', mean: 'Mean', p95: '95th percentile', max: 'Last' },
  table: 'Latency stages',
} as const;

export const LINKS_TEXT = {
  carried: 'carried',
  waited: 'waited as well',
  counting: (share: string) => `Counting links: ${share}`,
  tooMany: 'More wavelets moved in this run than are followed one by one here.',
  none: 'No wavelet moved in this run.',
  table: 'The link over time',
  busiest: 'Busiest links',
  columns: { place: 'Link', colors: 'Colors', wavelets: 'Wavelets', utilisation: 'Utilisation', demand: 'Demand' },
  first: (shown: number, all: number) => `The first ${shown} of ${grouped(all)} links. `,
  terms: 'Utilisation and demand',
} as const;

export const EVENTS_TEXT = {
  label: 'Events',
  stall: (name: string, state: string, cycles: number) => `${name}: ${state}, ${count(cycles, 'cycle')}`,
  turn: (name: string, color: number) => `${name}, color ${color}`,
  ofRun: (n: number, pe: string | null) => `${count(n, 'event')} of the run${pe === null ? '' : ` and of ${pe}`}`,
  within: (span: string) => ` in ${span}`,
  keys: 'keys , and . go to the one before and after',
  further: (n: number) => `and ${grouped(n)} further from the playhead`,
} as const;

export const MARKS_TEXT = {
  label: 'Marks',
  cycle: (n: number) => `cycle ${grouped(n)}`,
  nameOf: (cycle: string) => `Name of the mark at ${cycle}`,
  name: 'Name',
  removeOf: (cycle: string) => `Remove the mark at ${cycle}`,
  remove: 'Remove',
} as const;

export const NUMERICS_TEXT = {
  vsPlainLoop: 'Differ from the plain loop',
  vsSequential: 'Differ from f32, k ascending',
  vsF64: 'Largest error, float64',
  relRms: 'Relative RMS, float64',
  relSum: 'Largest error over Σ|w·x|',
  unquantised: 'Relative RMS, unquantised',
  vsInteger: 'Relative RMS, integer dot',
  of: (n: number, all: number) => `${grouped(n)} of ${grouped(all)}`,
  table: 'Rows that differ most from float64',
  row: 'Row',
  token: 'Token',
  y: 'y, f32',
  yF64: 'y, float64',
  difference: '|difference|',
  notListed: (n: number) => `${grouped(n)} rows differ less and are not listed.`,
} as const;

export const ORIGINAL_TEXT = {
  meaning:
    "The block format of the kernel file this project started from: 142 bytes with FP8 scales. Read with it, a real Q4_K file gives the wrong weights; put into it properly, the same weights lose a little. Relative RMS against ggml's weights.",
  comparing: 'Comparing formats…',
  caption: 'The original file’s format, q4_k_ix',
  name: 'q4_k_ix',
  scales: 'scales',
  misread: 'bytes misread',
  reencoded: 're-encoded',
  run: 'run',
  runAs: (format: string) => `Run as ${format}`,
} as const;

export const PATH_TEXT = {
  label: 'Critical path',
  byReason: (cycles: number) => `${grouped(cycles)} cycles by reason`,
  name: 'Critical path',
  meaning:
    "From the last event backwards: at every moment the one thing that everything after it waited for. The pieces lie one before the other without gaps, so their cycles sum up to the run's. Shortening anything else shortens nothing.",
  steps: (n: number, longest: boolean) => `${count(n, 'step')}, ${longest ? 'the longest first' : 'in order of time'}`,
  inOrder: 'In order of time',
  longestFirst: 'Longest first',
  hide: 'Not on the fabric',
  show: 'Show on the fabric',
  more: (n: number) => `and ${grouped(n)} more`,
} as const;

export const PHYSICS_TEXT = { label: 'Physics checks', holds: '✓ holds', broken: 'broken' } as const;

export const ESTIMATE_TEXT = {
  label: 'Estimate',
  terms: 'Closed form and bound',
  term: 'term',
  cycles: 'cycles',
  closedForm: 'Closed form',
  bound: { issue: 'Bound by issue cycles', link: 'Bound by the busiest link', path: 'Bound by the longest path' },
  prices: 'Issue cycles of 256 weights',
  price: 'Price of a block',
  priceMeaning:
    "Vector operations and scalar code of the kernel, priced by each machine's table: elements, set-up of operations, scalar instructions. The price of this run is the row of its machine.",
  machine: 'machine',
  program: 'program',
  elements: 'elements',
  setup: 'set-up',
  scalar: 'scalar',
  sum: 'sum',
  programs: { dequantise: 'dequantise', dot: 'row dot' },
  of: (kernel: string) => `Of ${kernel}`,
} as const;

export const STUDY_TEXT = {
  accountings: { resident: 'Weights resident', loaded: 'Load counted once', reloaded: 'Reloaded per wave' },
  limits: { compute: 'more sequences', pes: 'PEs', rows: 'whole fabric rows', host: 'the host' },
  cyclesResident: 'cycles, weights resident',
  equals: (name: string, value: number) => `${name} = ${grouped(value)}`,
  crossingLabel: (against: string, name: string) => `Cycles of stationary and ${against} against ${name}`,
  crossings: 'Crossings',
  noCrossing: 'No crossing',
  batched: 'batched',
  linear: 'linear',
  batch: 'batch',
  columnsASecond: 'columns a second',
  knee: (batch: number) => `knee, batch ${grouped(batch)}`,
  growthLabel: 'Columns a second against the batch',
  throughput: 'Throughput against the batch',
  both: 'Cycles of both kernels',
  columns: { waves: 'waves', less: 'less', groups: 'groups', cycles: 'cycles', perSecond: 'columns/s', limit: 'more of what would help' },
  growth: {
    before: 'On the whole rectangle more sequences bring columns a second in proportion up to a batch of ',
    between: ', and less than 5 % more from ',
    after: ' on. Weights are resident; the host’s rate is shared by all groups.',
  },
  layer: 'A study compares mappings of one matrix product; this run is a whole layer.',
  stationaryAgainst: 'Stationary against',
  against: 'Against',
  alongWord: 'along',
  along: 'Along',
  working: 'Working out closed forms…',
} as const;
