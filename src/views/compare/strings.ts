/** The compare page's English. */
import type { Alignment, CompareView } from '../../store/compare-url.ts';

export const ALIGNMENT_NAMES: readonly { readonly id: Alignment; readonly name: string }[] = [
  { id: 'start', name: 'cycle 0' },
  { id: 'mac', name: 'first multiply' },
  { id: 'result', name: 'first result' },
  { id: 'end', name: 'end' },
];

export const VIEW_NAMES: readonly { readonly id: CompareView; readonly name: string }[] = [
  { id: 'side', name: 'Side by side' },
  { id: 'a', name: 'A' },
  { id: 'b', name: 'B' },
  { id: 'overlay', name: 'Overlay' },
  { id: 'difference', name: 'Difference' },
];

export const LAYER_OPTIONS = [
  { id: 'state', name: 'State' },
  { id: 'utilisation', name: 'Utilisation' },
] as const;

export const COMPARE_TEXT = {
  title: 'Compare · Weft',
  swap: 'Swap A and B',
  same: 'nothing: A and B are the same run',
  differs: 'Differs in',
  align: 'Align at',
  view: 'View',
  strips: 'PEs by state over time',
  fabrics: 'Fabrics',
  fabricOf: (side: string) => `Fabric of ${side}`,
  differences: 'Multiply-add utilisation, PE by PE',
  allFabrics: 'A, B and their difference',
  pictureOf: { overlay: 'Overlay', difference: 'Difference' },
  noFabric: 'There is no fabric on screen here.',
  statesNow: 'PEs by state, now',
  layer: 'Layer',
  difference: (window: string) => `multiply-add utilisation, mean of ${window}`,
  overlay: 'left half of a PE: A, right half: B',
  byShare: 'The rectangles differ: places are compared by their share of width and height.',
  options: 'Options',
  defaults: 'default',
  running: 'simulating',
  missing: (name: string) => `This run needs the file ${name}.`,
  open: 'Open it',
  changes: 'What changes',
  hidden: (n: number, share: string) => `${n} ${n === 1 ? 'row' : 'rows'} within ${share} hidden`,
  threshold: 'Hide up to',
  sort: 'Order',
  copy: 'Copy as Markdown',
  copied: 'The table was copied as Markdown.',
  notCopied: 'The clipboard is not available here.',
  perColumn: 'Cycles per column against N',
  perColumnHint: 'closed forms of both mappings; points: these runs, simulated',
  noCurve: 'These runs have no common N.',
  noForms: 'Neither mapping can be placed with another N.',
  noNumbers: 'Numbers are held against each other when both runs have ended well.',
  stopped: (side: string, cycle: string) => `${side} stopped at cycle ${cycle}.`,
  drop: 'Drop the GGUF file that a run needs',
  equal: 'results equal bit for bit',
  unequal: (n: string) => `${n} results differ`,
  otherSizes: 'results of other sizes',
  timedOnly: 'timed only, so there are no results to hold against each other',
  noMatrix: 'a hand-written program has no matrix product to hold against the other',
  holds: 'physics checks hold in both',
  fails: 'a physics check fails',
} as const;

export const SORT_NAMES = [
  { id: 'file', name: 'as listed' },
  { id: 'difference', name: 'by difference' },
  { id: 'share', name: 'by share' },
  { id: 'name', name: 'by name' },
] as const;

/** Settings of a run, as "Differs in" names them. */
export const SETTING_NAMES = {
  scenario: 'program',
  model: 'model',
  tensor: 'tensor',
  m: 'M',
  k: 'K',
  n: 'N',
  seed: 'seed',
  format: 'format',
  as: 'format',
  kernel: 'kernel',
  engine: 'engine',
  machine: 'machine',
  pes: 'rectangle',
  options: 'options',
} as const;
