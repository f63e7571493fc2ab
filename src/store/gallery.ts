/**
 * The gallery: scenarios with a question each, as links, and what their pictures show. Pictures and numbers are made from real
 * runs by scripts/build-gallery.ts and read from a file, so that the first screen simulates nothing. Words: views/gallery/strings.ts.
 */
import type { RunConfig } from '../api/protocol.ts';
import { encodeCompare } from './compare-url.ts';
import { INITIAL } from './lab.ts';
import type { Route } from './routes.ts';
import type { Layer } from './types.ts';
import { encodeLink, WAFER } from './url.ts';

/** What a picture shows: states or a magnitude over a part of the run, two runs on one clock, or the bytes of a PE. */
export type Picture =
  | { readonly kind: 'states' /** Part of the run that is played, in shares of it; the whole if absent. */; readonly part?: readonly [number, number] }
  | { readonly kind: 'queues' }
  | { readonly kind: 'latency' }
  | { readonly kind: 'pair' }
  | { readonly kind: 'bytes'; readonly ks: readonly number[] };

export interface Scenario {
  readonly id: ScenarioId;
  readonly route: Route;
  readonly picture: Picture;
  /** The runs of the picture: one, or two for a pair. */
  readonly runs: readonly RunConfig[];
  /** Layer that the Lab opens with. */
  readonly layer?: Layer;
  /** Hash of a page that is neither the Lab nor compare. */
  readonly hash?: string;
}

/** The demo model's smaller matrix of 512 rows, a row a PE, in the shape of a picture. */
const DEMO: RunConfig = { ...INITIAL.config, pes: { width: 28, height: 19 } };
/** The same beside a second one. */
const TALL: RunConfig = { ...DEMO, pes: { width: 20, height: 26 } };
const synthetic = (kernel: string, m: number, k: number, n: number, more: Partial<RunConfig> = {}): RunConfig => ({
  ...INITIAL.config,
  model: 'synthetic',
  kernel,
  m,
  k,
  n,
  ...more,
});
/** 48 rows in two fabric rows of 24 PEs: eight bands fit. */
const batch = (sequences: number): RunConfig => synthetic('batched', 48, 256, sequences, { pes: { width: 24, height: 16 }, options: { batch: sequences } });

const states: Picture = { kind: 'states' };

export const SCENARIOS = [
  { id: 'streaming', route: 'lab', picture: { kind: 'states', part: [0, 0.5] }, runs: [DEMO] },
  { id: 'stationary', route: 'lab', picture: states, runs: [{ ...DEMO, kernel: 'stationary' }] },
  { id: 'against', route: 'compare', picture: { kind: 'pair' }, runs: [TALL, { ...TALL, kernel: 'stationary' }] },
  { id: 'wavefront', route: 'lab', picture: { kind: 'latency' }, runs: [DEMO], layer: 'latency' },
  { id: 'backpressure', route: 'lab', picture: { kind: 'queues' }, runs: [DEMO], layer: 'queues' },
  { id: 'bytes', route: 'lab', picture: { kind: 'bytes', ks: [4096, 8192, 11_008, 11_264, 14_336] }, runs: [synthetic('stationary', 16, 14_336, 1)] },
  { id: 'last-pe', route: 'lab', picture: states, runs: [synthetic('streaming', 385, 256, 1, { pes: { width: 24, height: 16 } })] },
  { id: 'batched', route: 'lab', picture: states, runs: [batch(8)] },
  { id: 'waves', route: 'lab', picture: states, runs: [batch(9)] },
  {
    id: 'split-k',
    route: 'lab',
    picture: { kind: 'states', part: [0.98, 1] },
    runs: [synthetic('split-k', 16, 6144, 2, { pes: { width: 24, height: 16 }, options: { reduce: 'tree' } })],
  },
  { id: 'weight-streaming', route: 'lab', picture: states, runs: [synthetic('weight-streaming', 48, 512, 16, { pes: { width: 24, height: 16 } })] },
  { id: 'llama7b', route: 'lab', picture: { kind: 'states', part: [0, 0.14] }, runs: [synthetic('llama7b', 600, 4096, 1, { pes: { width: 30, height: 20 } })] },
  { id: 'layer', route: 'lab', picture: states, runs: [synthetic('transformer_layer', INITIAL.config.m, 256, 2)] },
  { id: 'original', route: 'lab', picture: { kind: 'states', part: [0.2, 1] }, runs: [{ ...DEMO, n: 1, as: 'q4_k_ix' }] },
  {
    id: 'wafer',
    route: 'lab',
    picture: { kind: 'states', part: [0.02, 0.3] },
    runs: [synthetic('streaming', WAFER.width * WAFER.height, 4096, 1, { pes: WAFER })],
  },
  { id: 'deadlock', route: 'lab', picture: states, runs: [{ ...INITIAL.config, scenario: 'deadlock', machine: 'teaching' }] },
  {
    id: 'sentences',
    route: 'model',
    picture: states,
    runs: [{ ...DEMO, tensor: 'blk.1.ffn_up', kernel: 'stationary', pes: { width: 48, height: 32 } }],
    hash: 'tab=sentences',
  },
] as const satisfies readonly (Omit<Scenario, 'id'> & { readonly id: string })[];

export type ScenarioId = (typeof SCENARIOS)[number]['id'];

/** Where a scenario leads, under the page's base; `cycle` is the moment its still picture shows, where there is one. */
export function addressOf({ route, runs, layer = 'state', hash }: Scenario, cycle: number | null): string {
  const state = hash ?? (route === 'compare' ? encodeCompare({ a: runs[0], b: runs[1], cycle }) : encodeLink({ config: runs[0], cycle, view: { layer } }));
  return `/${route}/#${state}`;
}

/** Where the file of pictures lies, under the page's base. */
export const GALLERY_FILE = 'gallery/gallery.json';

/** A run as a film: one byte a PE (of a large fabric every tenth in both directions) and frame, a kind of schema.ts or a step of the magnitude ramp, 255 for an outline. */
export interface Film {
  readonly width: number;
  readonly height: number;
  readonly values: 'states' | 'ramp';
  /** Frame after frame, PE after PE; raw deflate, then base64. */
  readonly data: string;
}

/** What is said below a picture, as numbers; words are the page's. */
export type Fact =
  | { readonly kind: 'run'; readonly cycles: number; readonly bound: number }
  | { readonly kind: 'pair'; readonly a: number; readonly b: number }
  | { readonly kind: 'behind'; readonly cycles: number }
  | { readonly kind: 'held'; readonly share: number }
  | { readonly kind: 'mapping'; readonly busy: number }
  | { readonly kind: 'waves'; readonly waves: number }
  | { readonly kind: 'tokens'; readonly perSecond: number }
  | { readonly kind: 'rms'; readonly reencoded: number; readonly misread: number }
  | { readonly kind: 'over'; readonly k: number; readonly bytes: number }
  | { readonly kind: 'stuck'; readonly cycle: number; readonly waits: number };

/** Bytes of a PE by what fills them, for one K. */
export interface BytesBar {
  readonly k: number;
  readonly code: number;
  readonly weights: number;
  readonly rest: number;
}

/** What the file holds of a scenario. */
export interface Shown {
  readonly films: readonly Film[];
  /** The cycle of each frame, one clock for all films; frames lie closer where more PEs change. */
  readonly cycles: readonly number[];
  /** Cycles of the longest run. */
  readonly of: number;
  /** The frame that tells most. */
  readonly still: number;
  readonly bars?: { readonly capacity: number; readonly list: readonly BytesBar[] };
  readonly facts: readonly Fact[];
}

/** The file of pictures. `inputs` is a hash of everything it was made from. */
export interface GalleryData {
  readonly inputs: string;
  readonly shown: Readonly<Record<ScenarioId, Shown>>;
}
