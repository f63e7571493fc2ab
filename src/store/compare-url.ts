/**
 * The hash of the compare route: `#v=1&a=<link>&b=<link>&t=1234&sel=3,2&align=mac&view=overlay&layer=utilisation`, where a and b are links of the Lab
 * (url.ts) written as one value each. Reading never throws; what it cannot take is left out with a notice.
 */
import type { LatencyStage } from '../analysis/latency.ts';
import { joinPairs, LINK_VERSION, type LinkPair } from '../api/link.ts';
import type { RunConfig } from '../api/protocol.ts';
import { type Fields, keysOf, oneOf, readFields, someOf, usualOf, writeFields, ZOOM } from './link-fields.ts';
import { linkProblems } from './packed.ts';
import { SPEEDS } from './playback.ts';
import { type CameraShare, type Layer, STAGES } from './types.ts';
import { encodeLink, LinkReader, parseLink } from './url.ts';

/** What cycle 0 of the common clock is in each run: its begin, its first multiply-add, its first result at the edge, its end. */
export const ALIGNMENTS = ['start', 'mac', 'result', 'end'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];
export const COMPARE_VIEWS = ['side', 'a', 'b', 'overlay', 'difference'] as const;
export type CompareView = (typeof COMPARE_VIEWS)[number];
/** Layers of the Lab that have something to say of every PE. */
export const COMPARE_LAYERS = ['state', 'utilisation', 'latency', 'sram', 'queues', 'links', 'demand'] as const satisfies readonly Layer[];
export type CompareLayer = (typeof COMPARE_LAYERS)[number];
/** Changes up to such a share of A can be left out. */
export const THRESHOLDS = [0, 0.01, 0.05, 0.2] as const;
export const CHANGE_ORDERS = ['file', 'name', 'difference', 'share'] as const;
/** Charts that can be tables. */
export const COMPARE_TABLES = ['fabrics', 'strips', 'curve'] as const;

/** How the two runs are held against each other and looked at. */
export interface CompareLooks {
  readonly align: Alignment;
  readonly view: CompareView;
  readonly layer: CompareLayer;
  /** Which event latency counts to. */
  readonly latencyStage: LatencyStage;
  /** What of the fabrics is on screen, the same part of each; null is all of them. */
  readonly camera: CameraShare | null;
  /** Changes up to this share of A are not listed. */
  readonly threshold: number;
  readonly sort: (typeof CHANGE_ORDERS)[number];
  /** What is shown as a table. */
  readonly tables: readonly (typeof COMPARE_TABLES)[number][];
}

const LOOKS: Fields<CompareLooks> = {
  align: oneOf('align', ALIGNMENTS),
  view: oneOf('view', COMPARE_VIEWS),
  layer: oneOf('layer', COMPARE_LAYERS),
  latencyStage: oneOf('stage', STAGES),
  camera: ZOOM,
  threshold: oneOf<number>('over', THRESHOLDS, 0.01),
  sort: oneOf('sort', CHANGE_ORDERS),
  tables: someOf('tables', COMPARE_TABLES),
};

export const USUAL_LOOKS: CompareLooks = usualOf(LOOKS);

/** What a link of two runs holds; what is absent is as usual. */
export interface CompareLink {
  readonly a: RunConfig;
  readonly b: RunConfig;
  /** Playhead in cycles of A; null leaves it to the page. Before A's begin when it is negative. */
  readonly cycle?: number | null;
  readonly sel?: { readonly x: number; readonly y: number } | null;
  /** Cycles of A a second, where it is not what suits the runs. */
  readonly speed?: number | null;
  readonly looks?: Partial<CompareLooks>;
}

export interface ParsedCompare {
  readonly link: CompareLink;
  readonly notices: readonly string[];
  /** Whether the hash held any state. */
  readonly present: boolean;
}

const KNOWN: ReadonlySet<string> = new Set(['v', 'a', 'b', 't', 'sel', 'speed', ...keysOf(LOOKS)]);

/** The hash, without its #. */
export function encodeCompare({ a, b, cycle = null, sel, speed = null, looks = {} }: CompareLink): string {
  const pairs: LinkPair[] = [
    ['v', LINK_VERSION],
    ['a', encodeLink({ config: a })],
    ['b', encodeLink({ config: b })],
  ];
  if (cycle !== null) pairs.push(['t', Math.floor(cycle)]);
  if (sel) pairs.push(['sel', `${sel.x},${sel.y}`]);
  if (speed !== null) pairs.push(['speed', speed]);
  return joinPairs([...pairs, ...writeFields(LOOKS, looks)]);
}

/** Reads a hash (with or without #); runs that it does not say are those of `defaults`. Never throws. */
export function parseCompare(hash: string, defaults: Pick<CompareLink, 'a' | 'b'>): ParsedCompare {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const reader = new LinkReader(params);
  for (const problem of linkProblems(params, KNOWN)) reader.note(problem);
  reader.version();
  const run = (key: 'a' | 'b'): RunConfig => {
    const { link, notices } = parseLink(reader.text(key, ''), defaults[key]);
    for (const sentence of notices) reader.note(`${key.toUpperCase()}: ${sentence}`);
    return link.config;
  };
  const [sel, cycle] = [reader.pair('sel', ','), reader.whole('t')];
  const speed = Number(reader.choice('speed', SPEEDS.map(String), ''));
  const link = {
    a: run('a'),
    b: run('b'),
    ...(cycle !== null && { cycle }),
    ...(sel && { sel: { x: sel[0], y: sel[1] } }),
    ...(speed > 0 && { speed }),
    looks: readFields(LOOKS, params, (sentence) => reader.note(sentence)),
  };
  return { link, notices: reader.notices, present: params.size > 0 };
}
