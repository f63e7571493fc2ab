/** The sweep page's English and what its metrics are. */
import { DEFINITIONS } from '../../analysis/definitions.ts';
import { TUNABLES, type Tunable } from '../../machine/tuning.ts';
import { type Metric, PARAMS, type PointResult, SWEEP_DEFAULTS, type SweepSetup } from '../../store/sweep.ts';
import { OPTIONS, type OptionSpec } from '../../store/types.ts';
import { valueText } from '../../sweep/series.ts';
import { count, grouped } from '../format.ts';
import { FORMAT_NAMES, MACHINE_NAMES } from '../strings.ts';

interface MetricWords {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly of: (result: PointResult) => number;
  /** The same by closed form; NaN where it says nothing. */
  readonly closedForm: (result: PointResult) => number;
}

const cyclesOf = ({ cycles, closedForm }: PointResult): number => cycles ?? closedForm;
const none = (): number => Number.NaN;

export const METRIC_WORDS: Readonly<Record<Metric, MetricWords>> = {
  cycles: { name: 'Cycles', unit: 'cycles', meaning: DEFINITIONS.cycles.meaning, of: cyclesOf, closedForm: (r) => r.closedForm },
  cyclesPerColumn: {
    name: 'Cycles per column',
    unit: 'cycles a column',
    meaning: 'Simulated cycles / N: what one column of B costs beside the others.',
    of: (r) => cyclesOf(r) / r.n,
    closedForm: (r) => r.closedForm / r.n,
  },
  microseconds: { name: 'Time', unit: 'µs', meaning: DEFINITIONS.microseconds.meaning, of: (r) => r.microseconds, closedForm: none },
  utilisationMac: {
    name: 'Multiply-add utilisation',
    unit: '%',
    meaning: DEFINITIONS['utilisation.mac'].meaning,
    of: (r) => 100 * r.utilisationMac,
    closedForm: none,
  },
  sramBytes: { name: 'SRAM of the fullest PE', unit: 'B', meaning: DEFINITIONS.sram.meaning, of: (r) => r.sramBytes, closedForm: none },
  usedPes: { name: 'PEs with work', unit: 'PEs', meaning: 'PEs that hold rows of A.', of: (r) => r.usedPes, closedForm: none },
};

/** Values to begin with when a parameter is chosen. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  n: '1..8*2',
  k: '256..2048:256',
  m: '16..128*2',
  seed: '1..4',
  kernel: 'streaming,stationary',
  machine: 'teaching,wse2,wse3',
  format: 'q4_k,q6_k,q8_0,f16',
  pes: '4x4,8x4,8x8',
  as: 'q4_k_ix,q4_k_ix_e5m2',
  engine: 'wavelet,timing',
  tensor: 'blk.0.ffn_up,blk.1.attn_output',
  hop: '1..8',
  ramp: '1..8',
  queue: '1..32*2',
  fifo: '1..8',
  clock: '500..1500:250',
  mac: '0.25..4*2',
};

/** What the short parameters are. */
const SIZES: Readonly<Record<string, string>> = {
  n: 'tokens',
  k: 'columns of A',
  m: 'rows of A',
  pes: 'rectangle of PEs',
  tensor: 'of the model',
  as: 're-encoded weights',
};

/** A parameter in the list: its name on the command line, and what it is. */
export function paramWords(id: string): string {
  const tunable = (TUNABLES as Readonly<Record<string, Tunable>>)[id];
  if (tunable !== undefined) return `${id}, ${tunable.unit === 'factor' ? 'times the rate' : tunable.unit}`;
  const spec: OptionSpec | undefined = (OPTIONS as Readonly<Record<string, OptionSpec>>)[id];
  const what = SIZES[id] ?? (spec?.name.toLowerCase() === id ? undefined : spec?.name.toLowerCase());
  return what === undefined ? id : `${id}, ${what}`;
}

/** How the values of a parameter are written; `kernels` are the names of all of them. */
export function howToWrite(id: string, kernels: readonly string[]): string {
  if (PARAMS.get(id) === 'number') return '1..8*2 takes 1, 2, 4, 8; 256..1024:256 goes in steps; 1,3,9 is a list.';
  if (PARAMS.get(id) === 'decimal') return '0.25..4*2 takes 0.25, 0.5, 1, 2, 4; 0.5,1 is a list.';
  if (PARAMS.get(id) === 'rectangle') return 'Width x height in PEs, parted by commas.';
  const names: Readonly<Record<string, readonly string[]>> = {
    kernel: kernels,
    machine: MACHINE_NAMES.map((m) => m.id),
    format: FORMAT_NAMES.map((f) => f.id),
    as: ['q4_k_ix', 'q4_k_ix_e5m2'],
    engine: ['wavelet', 'timing', 'auto'],
    tensor: ['names of tensors of the model'],
  };
  const list = names[id] ?? (OPTIONS as Readonly<Record<string, OptionSpec>>)[id]?.values ?? [];
  return `Parted by commas, of ${list.join(', ')}.`;
}

export const SWEEP_TEXT = {
  varies: 'What varies',
  stays: 'What stays',
  constants: 'Constants of the machine',
  points: 'Points',
  empty: 'Choose what to vary and press Sweep; points appear as they are computed, on every core to spare. Or begin with a question:',
  computing: 'Computing…',
  none: 'No point could run',
  title: 'Sweep · Weft',
  file: 'weft-sweep',
  results: 'Results',
  view: 'View',
  metric: 'Metric',
  views: { chart: 'Chart', pareto: 'Trade-offs', table: 'Table' },
  fullestPe: 'B of the fullest PE',
  pesWithWork: 'PEs with work',
  overtakes: (lower: string, upper: string, x: string, at: string) => `${lower} overtakes ${upper} at ${x}\u00a0=\u00a0${at}`,
  alike: (metric: string) => `The same ${metric} at every point`,
  /** `line` is empty where there is one line only. */
  least: (metric: string, line: string, x: string, at: string | number) => `Least ${metric}: ${line === '' ? '' : `${line}, `}${x} = ${valueText(at)}`,
  lead: (done: number, of: number, failed: number, mode: string) =>
    `${count(done, 'point')} of ${grouped(of)}${failed === 0 ? '' : `, ${count(failed, 'point')} that cannot run (the table says why)`}. Markers: ${mode}. Lines: closed form. A press opens the run.`,
  modes: { simulated: 'simulated', 'closed-form': 'closed-form' },
  nameOf: (label: string) => `${label}, name`,
  valuesOf: (label: string) => `${label}, values`,
  nothingMore: 'nothing more',
  likeNumbers: '1..8*2',
  likeNames: 'one,other',
  along: 'Along',
  lineForEach: 'A line for each',
  progress: (done: number, of: number) => `${grouped(done)} of ${grouped(of)} points`,
  sweep: 'Sweep',
  stopped: 'Stopped. What was computed is kept, and is not computed again.',
  heads: ['cycles', 'closed form off', 'bound', 'utilisation', 'SRAM, B', 'PEs', 'bits off'],
  against: (y: string, x: string) => `${y} against ${x}`,
  front: 'Filled: no other is as good in both',
  cyclesAgainst: (cost: string) => `Cycles against ${cost}`,
  cycles: 'cycles',
  openPareto: (name: string, cycles: string, cost: string, title: string) => `${name}: ${cycles} cycles, ${cost} ${title}; open this run`,
  openPoint: (series: string, x: string, at: string | number, value: string) => `${series} ${x} ${valueText(at)}: ${value}; open this run`,
  logarithmic: (axis: string) => `${axis}, logarithmic`,
  log: (axis: string) => `${axis}, log`,
  crossing: (lower: string, x: string, at: string) => `${lower} from ${x} = ${at}`,
} as const;

/** Columns of a sweep's data beside the parameters, by their keys. */
export const DATA_COLUMNS = [
  ['cycles', 'Cycles'],
  ['closed_form_cycles', 'Closed form'],
  ['lower_bound_cycles', 'Lower bound'],
  ['microseconds', 'Time, µs'],
  ['utilisation_mac', 'Utilisation'],
  ['sram_bytes', 'SRAM, B'],
  ['used_pes', 'PEs'],
  ['results_unlike_plain_loop', 'Bits off'],
  ['error', 'Why there are none'],
] as const;

/** Questions to begin with, each a setup. */
export const QUESTIONS: readonly { readonly text: string; readonly setup: SweepSetup }[] = [
  { text: 'From how many tokens on does it pay to dequantise only once?', setup: SWEEP_DEFAULTS },
  {
    text: 'How do cycles grow with K on the three machines?',
    setup: { ...SWEEP_DEFAULTS, x: { name: 'k', values: '256..2048*2' }, y: { name: 'machine', values: 'teaching,wse2,wse3' } },
  },
  {
    text: 'What do slower hops cost, and which mapping minds them more?',
    setup: { ...SWEEP_DEFAULTS, x: { name: 'hop', values: '1..8' }, y: { name: 'kernel', values: 'streaming,split-k' } },
  },
  {
    text: 'How many PEs are worth it where rows share them?',
    setup: { ...SWEEP_DEFAULTS, x: { name: 'pes', values: '4x4,8x4,8x8' }, y: { name: '', values: '' }, view: 'pareto' },
  },
];
