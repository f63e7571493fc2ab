/** The English of the model page; what a plan, an estimate or a claim says of itself comes with it. */
import type { Claim } from '../../store/whole.ts';
import { bytes, clock, count, grouped, percent, prefixed } from '../format.ts';
import { TEXT } from '../strings.ts';

/** The page, its form, and what several of its tabs say. */
export const MODEL_TEXT = {
  pageTitle: (tab: string) => `${tab} · Weft`,
  questions: 'Questions about whole models',
  tabs: { fits: 'What fits', speed: 'How fast', claims: 'Claims', sentences: 'Two sentences', machine: 'The machine' },
  drop: 'Drop a GGUF or a config.json to look at its model',
  asTable: (title: string) => `${title}, as a table`,
  tokens: (n: number) => count(n, 'token'),
  sequences: (n: number) => count(n, 'sequence'),
  wafers: (n: number) => count(n, 'wafer'),
  tokensPerSecond: (rate: string) => `${rate} tokens/s`,
  form: {
    title: 'Model and machine',
    openFile: 'Open a GGUF or config.json…',
    storedAs: 'Stored as',
    asItSays: 'as it says, else Q4_K',
    context: 'Context',
    tokens: 'tokens',
    usual: 'usual',
    batch: 'Batch',
    sequences: 'sequences',
    mapping: 'Mapping',
    mappings: { best: 'best', rows: 'rows', 'split-k': 'split-k' },
    withOptions: (options: string) => `With ${options}.`,
    without: 'Without',
    cache: 'Keys, values',
    cacheFormat: 'Keys and values as',
  },
} as const;

/** What fits. */
export const FITS_TEXT = {
  planning: 'Planning…',
  noPlace: (model: string, machine: string) => `${model} cannot be placed on ${machine} like this`,
  onOne: (model: string, machine: string) => `${model} fits on one ${machine}`,
  onMany: (model: string, machine: string, wafers: number, layers: number) =>
    `${model} takes ${MODEL_TEXT.wafers(wafers)}, or as many passes: ${count(layers, 'layer')} lie on a ${machine} at once`,
  noFix: 'Nothing that was tried mends it.',
  split: 'split',
  once: 'once',
  layers: (first: number, last: number) => `${first} to ${last}`,
  someLayers: (n: number, first: number, last: number) => `${n} of ${first} to ${last}`,
  matrices: 'Matrices',
  caption: (kernel: string) => `Matrices, ${kernel}; press a name for every byte of its PEs`,
  heads: {
    matrix: 'matrix',
    layers: 'layers',
    format: 'format',
    shape: 'rows × K',
    stored: 'stored',
    fits: 'fits',
    rowsPerPe: 'rows a PE',
    pes: 'PEs of one',
    fullest: 'fullest PE',
    of: (capacity: number) => `of ${bytes(capacity)}`,
  },
  columns: { matrix: 'Matrix', rows: 'Rows', stored: 'Stored', rowsPerPe: 'Rows a PE', pes: 'PEs of one' },
  fewest: 'On the fewest PEs',
  spread: 'Over the whole wafer',
  singleRow: 'A PE with a single row',
  rows: (place: string, rowsPerPe: number, slices: number, pes: number) =>
    slices > 1
      ? `${place}: ${count(rowsPerPe, 'row')} a PE, each over ${grouped(slices)} PEs, ${TEXT.pes(pes)}`
      : `${place}: ${count(rowsPerPe, 'row')} a PE, ${TEXT.pes(pes)}`,
  cache: {
    title: 'Keys and values',
    size: (perToken: number, all: number, pesPerLayer: number, tokensPerPe: number) =>
      `${bytes(perToken)} a token, ${bytes(all)} in all: ${TEXT.pes(pesPerLayer)} a layer, ${grouped(tokensPerPe)} tokens of a head on the fullest.`,
    context: (longest: number, made: number) => `Longest context that fits: ${MODEL_TEXT.tokens(longest)}; the model was made for ${grouped(made)}.`,
    pe: (n: number) => `A PE with ${grouped(n)} tokens of one head`,
  },
  norms: {
    title: 'Norms',
    size: (norms: number, hidden: number, pes: number) => `${count(norms, 'norm')} of ${grouped(hidden)}, ${TEXT.pes(pes)} each`,
    pe: "A norm's PE",
  },
  host: 'On the host',
  notes: 'Notes',
  wafer: {
    title: 'PEs by what they hold',
    norms: 'norms',
    cache: 'keys and values',
    missing: 'missing',
    columns: { for: 'For', share: 'Of the wafer' },
    used: (used: number, all: number, machine: string) =>
      `PEs as densely as it goes: ${grouped(used)} of ${grouped(all)} of ${machine} (${percent(used / all)})`,
    share: (name: string, pes: number) => `${name} ${grouped(pes)} PEs`,
    shareHint: (name: string, pes: number) => `${name}: ${grouped(pes)} PEs`,
  },
} as const;

/** How fast. */
export const SPEED_TEXT = {
  searching: 'Searching the best places, and running pieces of it…',
  title: (model: string, machine: string, rate: string) => `${model} on ${machine}: ${rate} tokens a second`,
  lead: (hz: number, context: number, batch: number) => `At ${clock(hz)}, a context of ${grouped(context)} tokens, ${MODEL_TEXT.sequences(batch)} at once.`,
  decode: {
    name: 'Decode',
    meaning: (batch: number, context: number, schedule: string, weights: string) =>
      `One token more for each of ${MODEL_TEXT.sequences(batch)}, ${grouped(context)} tokens in the cache. ${schedule}, ${weights} weights.`,
    of: (n: number) => `Decode of ${MODEL_TEXT.tokens(n)}`,
  },
  prefill: {
    name: 'Prefill',
    meaning: (prompt: number) => `${grouped(prompt)} tokens of a prompt together.`,
    of: (n: number) => `Prefill of ${MODEL_TEXT.tokens(n)}`,
  },
  firstToken: { name: 'First token', meaning: 'From the prompt to the first new token.' },
  energy: { name: 'Energy a token', notKnown: 'not known' },
  bound: 'At most, one row a PE',
  stages: {
    title: 'Where the cycles go',
    label: 'Stages',
    phase: 'Phase',
    how: (schedule: string, mapping: string, weights: string, width: number, height: number) =>
      `${schedule}, ${mapping}, weights ${weights}, on ${grouped(width)} × ${grouped(height)} PEs`,
    heads: {
      stage: 'stage',
      placed: 'placed',
      rowsPerPe: 'rows a PE',
      cycles: 'cycles × bound',
      times: 'times',
      time: 'time',
      share: 'share',
      boundBy: 'bound by',
    },
    columns: {
      stage: 'Stage',
      rowsPerPe: 'Rows a PE',
      cycles: 'Cycles',
      lowerBound: 'Lower bound',
      times: 'Times',
      per: 'Per',
      allCycles: 'All cycles',
      seconds: 'Seconds',
      share: 'Share',
      boundBy: 'Bound by',
    },
    placed: (kernel: string, panels: number, width: number, height: number) =>
      `${kernel}${panels > 1 ? `, ${grouped(panels)} panels` : ''} ${grouped(width)} × ${grouped(height)}`,
    per: { layer: 'a token, in layers', token: 'a token' },
    all: 'All',
  },
  alternatives: {
    title: 'Looked at',
    searched: (candidates: number, pruned: number) => `${grouped(candidates)} places, ${grouped(pruned)} left out by their bound`,
  },
  residence: {
    title: 'On the wafer',
    all: '✓ all of it',
    weights: 'Weights',
    weightsOn: (size: number, pes: number) => `${prefixed(size)}B on ${grouped(pes)} PEs`,
    cache: 'Keys and values',
    cacheOn: (size: number, pes: number, perToken: number) => `${prefixed(size)}B on ${grouped(pes)} PEs, ${bytes(perToken)} a token`,
    context: 'Longest context at this batch',
    batch: 'Largest batch at this context',
  },
  evidence: {
    title: 'What this rests on',
    simulated: 'Simulated wavelet by wavelet:',
    closedForm: 'By closed form:',
    assumed: 'Assumed:',
    pieces: 'Pieces run on the wavelet engine for this answer',
    heads: { piece: 'piece', simulated: 'simulated', closedForm: 'closed form', error: 'error' },
  },
  beside: {
    title: 'Beside others',
    scale: 'tokens a second, logarithmic',
    data: 'Tokens a second',
    columns: { who: 'Who', kind: 'Kind', meaning: 'What it is' },
    kinds: { ours: 'ours', bound: 'bound', published: 'published' },
    ours: 'This estimate.',
    throughHost: 'Through the host',
    bound: 'One row a PE, at most',
    noClock: 'no clock said',
  },
} as const;

/** Claims of others, checked. */
export const CLAIMS_TEXT = {
  on: 'Checked on',
  running: 'Running what the claims are about…',
  title: 'Claims, checked',
  lead: (claims: number, tally: string) =>
    `What the kernel file this project began with says of the machine, beside what the simulation gives. ${grouped(claims)} claims: ${tally}.`,
  table: 'Claims and verdicts',
  heads: { claim: 'claim', verdict: 'verdict', ours: 'here, and what gave it', why: 'why' },
  verdicts: {
    holds: 'holds',
    partly: 'partly',
    'does not hold': 'does not hold',
    'outside the model': 'outside the model',
  } satisfies Record<Claim['verdict'], string>,
} as const;

/** Two sentences compared. */
export const SENTENCES_TEXT = {
  title: 'Are two sentences alike?',
  lead: 'Universal Sentence Encoder Lite turns each into 512 numbers. Its ten matrix products run on simulated PEs, from Q4_K rows; the numbers below are what came off the wafer.',
  first: 'First sentence',
  second: 'Second sentence',
  try: 'Try',
  /** Pairs worth a try, from very much alike to not at all. The encoder reads English. */
  pairs: [
    ['How old are you?', 'What is your age?'],
    ['The cat sat on the mat.', 'A kitten is resting on a rug.'],
    ['The stock market fell sharply today.', 'Shares dropped on Wall Street.'],
    ['I love pizza.', 'It will rain tomorrow.'],
  ],
  on: 'On',
  productsBy: 'products by',
  compare: 'Compare on the wafer',
  comparison: 'Comparison',
  opening: 'Opening the model',
  launch: (n: number, of: number, name: string) => `Launch ${n} of ${of}: ${name}`,
  cancelled: 'The comparison was cancelled.',
  cosine: 'Cosine',
  cosineMeaning:
    'Of the angle between the two embeddings: 1 for sentences the model cannot tell apart, about 0 for unrelated ones. Computed from what came off the simulated wafer.',
  alike: { much: 'cosine: much alike', somewhat: 'cosine: somewhat alike', little: 'cosine: little alike', not: 'cosine: not alike' },
  float64: 'Without a wafer, float64',
  allLaunches: 'All launches',
  time: (machine: string, hz: number) => `On ${machine} at ${clock(hz)}`,
  loading: 'Copying the weights in',
  macs: 'Multiply-adds',
  physics: 'Physics',
  checks: (passed: boolean, checks: number, bitsOff: number) => `${passed ? '✓' : '✗'} ${count(checks, 'check')}, ${count(bitsOff, 'bit')} off the plain loops`,
  embedding: (sentence: string) => `Embedding of "${sentence}"`,
  embeddingStrip: (sentence: string, values: number) => `Embedding of "${sentence}", ${grouped(values)} values`,
  columns: { place: 'Place', value: 'Value' },
  against: (n: number, cosine: string, largest: string) =>
    `${MODEL_TEXT.tokens(n)}; beside float64 without a wafer: cosine ${cosine}, largest difference ${largest}`,
  launches: 'Launches',
  caption: 'Launches: every matrix product, wavelet by wavelet',
  heads: { matrix: 'matrix', shape: 'rows × K × tokens', cycles: 'cycles', closedForm: 'closed form', utilisation: 'utilisation', bitsOff: 'bits off' },
  host: 'Not on the wafer',
} as const;

/** What the machine is taken to be. */
export const MACHINE_TEXT = {
  title: 'The machine',
  lead: {
    before: 'Every number that moves a cycle count, and where it comes from. Keys S1 to S12 name the sources below; what none of them gives is ',
    assumed: 'assumed',
    after: '. Teaching is no real machine: it makes the arithmetic of a first lesson come out by hand.',
  },
  constants: 'Constants of the machines',
  constant: 'constant',
  sources: 'Sources',
  equations: 'Equations',
  limits: 'What the model leaves out',
  published: {
    title: 'Beside published cycles',
    meaning: 'Published by others for their programs, measured here with ours. None of it is silicon measured by us.',
    byFamily: 'Calibration by family',
    families: { programs: 'programs', rows: 'published rows', exact: 'equal to the cycle', mean: 'mean difference', worst: 'largest difference' },
    all: (rows: number) => `All ${grouped(rows)} rows`,
    table: 'Published cycles beside ours',
    heads: { program: 'program', source: 'source', published: 'published', ours: 'ours', difference: 'difference' },
  },
  versions: 'Versions of the model',
} as const;
