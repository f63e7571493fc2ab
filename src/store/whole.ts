/**
 * The state of the model page: which model, on which machine, and what was answered about it. Each tab asks one question; it is
 * asked when the tab is looked at and its inputs have changed since.
 */
import { createStore } from 'zustand/vanilla';
import type { KernelOptions, OptionId, WireError } from '../api/protocol.ts';
import {
  type CapacityReport,
  type Claim,
  MODEL_PRESETS,
  type ModelEstimate,
  type PassProgress,
  type SimilarityResult,
  type Storage,
  type WholeSource,
} from '../api/whole-protocol.ts';
import { type Fields, keysOf, numbersOf, oneOf, readFields, someOf, usualOf, writeFields } from './link-fields.ts';
import { linkProblems } from './packed.ts';
import { LINK_TEXT, RUN_TEXT } from './strings.ts';
import { LinkReader, readOptions } from './url.ts';

export const WHOLE_TABS = ['fits', 'speed', 'claims', 'sentences', 'machine'] as const;
export type WholeTab = (typeof WHOLE_TABS)[number];
export const WHOLE_MACHINES = ['teaching', 'wse2', 'wse3'] as const;
export const PLAN_KERNELS = ['streaming', 'stationary', 'split-k'] as const;
/** Options that change the memory of a PE. */
const PLAN_OPTIONS: readonly OptionId[] = ['inner', 'f16', 'overlap', 'factored', 'drain', 'dot', 'reduce'];
export const CACHE_FORMATS = ['f32', 'f16'] as const;
export const PRESET_NAMES: readonly string[] = MODEL_PRESETS.map(({ name }) => name);
export const MAPPINGS = ['best', 'rows', 'split-k'] as const;
export const PRODUCT_KERNELS = ['streaming', 'stationary', 'split-k'] as const;
export const PHASES = ['decode', 'prefill'] as const;
export const WHOLE_TABLES = ['wafer-bar', 'beside', 'embedding-1', 'embedding-2'] as const;
export const STORAGES = ['q4_k', 'q4_k_m', 'q5_k', 'q5_k_m', 'q6_k', 'q8_0', 'f16', 'bf16', 'f32'] as const;

export type {
  CapacityReport,
  Claim,
  MatrixPlan,
  ModelEstimate,
  Overflow,
  PeAccount,
  PhaseEstimate,
  RowsOnPes,
  SimilarityResult,
  StageRow,
} from '../api/whole-protocol.ts';

/** A question's answer. `key` is made of the inputs that it was asked with. */
export interface Ask<T> {
  readonly key: string;
  readonly status: 'none' | 'loading' | 'ready' | 'failed';
  /** The last answer; while another is on its way, to other inputs. */
  readonly value: T | null;
  readonly error: WireError | null;
}

/** What the user chooses, and a link holds. */
export interface WholeSetup {
  readonly tab: WholeTab;
  readonly source: WholeSource;
  readonly machine: (typeof WHOLE_MACHINES)[number];
  /** Null: what the model was made for, 4,096 at most. */
  readonly context: number | null;
  readonly batch: number;
  /** Counted as if stored so; null is as the file says, Q4_K where it says nothing. */
  readonly format: Storage | null;
  readonly kernel: (typeof PLAN_KERNELS)[number];
  /** The kernel's own options, as a fix of the planner sets them. */
  readonly options: KernelOptions;
  readonly cache: (typeof CACHE_FORMATS)[number];
  readonly mapping: (typeof MAPPINGS)[number];
  /** Of the products of two sentences. */
  readonly product: (typeof PRODUCT_KERNELS)[number];
  readonly a: string;
  readonly b: string;
  /** Of the estimate: whose stages are listed. */
  readonly phase: (typeof PHASES)[number];
  /** Matrices whose PEs are shown byte by byte, by their place in the list; null for none. */
  readonly opened: readonly number[] | null;
  /** Charts shown as tables. */
  readonly tables: readonly (typeof WHOLE_TABLES)[number][];
}

export interface WholeState extends WholeSetup {
  readonly fits: Ask<CapacityReport>;
  readonly speed: Ask<ModelEstimate>;
  readonly claims: Ask<readonly Claim[]>;
  readonly similarity: Ask<SimilarityResult>;
  /** How far the comparison of sentences is. */
  readonly progress: PassProgress | null;
}

/** How the answers are looked at. */
const LOOKS: Fields<Pick<WholeSetup, 'phase' | 'opened' | 'tables'>> = {
  phase: oneOf('phase', PHASES),
  opened: numbersOf('open'),
  tables: someOf('tables', WHOLE_TABLES),
};

const NOTHING: Ask<never> = { key: '', status: 'none', value: null, error: null };

export const WHOLE_DEFAULTS: WholeSetup = {
  tab: 'fits',
  source: { kind: 'preset', name: 'Llama-2-7B' },
  machine: 'wse2',
  context: null,
  batch: 1,
  format: null,
  kernel: 'streaming',
  options: {},
  cache: 'f32',
  mapping: 'best',
  product: 'stationary',
  a: RUN_TEXT.sentences[0],
  b: RUN_TEXT.sentences[1],
  ...usualOf(LOOKS),
};

export const whole = createStore<WholeState>(() => ({
  ...WHOLE_DEFAULTS,
  fits: NOTHING,
  speed: NOTHING,
  claims: NOTHING,
  similarity: NOTHING,
  progress: null,
}));

/** Longest sentence that a link carries; longer ones stay on the page alone. */
const MOST_TEXT = 300;

/** The hash, without its #: what differs from the defaults. */
export function wholeLink(s: WholeSetup): string {
  const pairs: [string, string | number | null][] = [['tab', s.tab]];
  if (s.source.name !== WHOLE_DEFAULTS.source.name) pairs.push(['model', s.source.name]);
  for (const key of OWN_KEYS) if (s[key] !== WHOLE_DEFAULTS[key] && String(s[key]).length <= MOST_TEXT) pairs.push([key, s[key]]);
  for (const id of PLAN_OPTIONS) if (s.options[id] !== undefined) pairs.push([id, s.options[id]]);
  return [...pairs, ...writeFields(LOOKS, s)].map(([key, value]) => `${key}=${encodeURIComponent(value ?? '')}`).join('&');
}

const OWN_KEYS = ['machine', 'context', 'batch', 'format', 'kernel', 'cache', 'mapping', 'product', 'a', 'b'] as const;
const KNOWN: ReadonlySet<string> = new Set(['tab', 'model', ...OWN_KEYS, ...PLAN_OPTIONS, ...keysOf(LOOKS)]);

export interface ParsedWhole {
  readonly setup: WholeSetup;
  /** Sentences about what was changed. */
  readonly notices: readonly string[];
}

/** Reads a hash; never throws. A model that is no preset is a file that only the user can give: it stays the default, with a notice. */
export function parseWhole(hash: string, presets: readonly string[]): ParsedWhole {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const reader = new LinkReader(params);
  for (const problem of linkProblems(params, KNOWN)) reader.note(problem);
  const name = reader.text('model', WHOLE_DEFAULTS.source.name);
  const known = presets.find((preset) => preset.toLowerCase() === name.toLowerCase());
  if (!known) reader.note(LINK_TEXT.othersFile(name, WHOLE_DEFAULTS.source.name));
  const context = reader.count('context');
  const setup: WholeSetup = {
    tab: reader.choice('tab', WHOLE_TABS, WHOLE_DEFAULTS.tab),
    source: { kind: 'preset', name: known ?? WHOLE_DEFAULTS.source.name },
    machine: reader.choice('machine', WHOLE_MACHINES, WHOLE_DEFAULTS.machine),
    context: context === '' ? null : context,
    batch: reader.count('batch') || WHOLE_DEFAULTS.batch,
    format: reader.choice('format', ['', ...STORAGES] as const, '') || null,
    kernel: reader.choice('kernel', PLAN_KERNELS, WHOLE_DEFAULTS.kernel),
    options: readOptions(reader, PLAN_OPTIONS) ?? {},
    cache: reader.choice('cache', CACHE_FORMATS, WHOLE_DEFAULTS.cache),
    mapping: reader.choice('mapping', MAPPINGS, WHOLE_DEFAULTS.mapping),
    product: reader.choice('product', PRODUCT_KERNELS, WHOLE_DEFAULTS.product),
    a: reader.text('a', WHOLE_DEFAULTS.a).slice(0, MOST_TEXT),
    b: reader.text('b', WHOLE_DEFAULTS.b).slice(0, MOST_TEXT),
    ...usualOf(LOOKS),
    ...readFields(LOOKS, params, (sentence) => reader.note(sentence)),
  };
  return { setup, notices: reader.notices };
}
