/**
 * The hash of the compare route: `#v=1&a=<link>&b=<link>&align=mac&view=overlay&layer=utilisation&t=1234&sel=3,2`, where a and b are links of the Lab
 * (url.ts) written as one value each. Reading never throws; what it cannot take is left out with a notice.
 */
import type { RunConfig } from '../api/protocol.ts';
import { linkProblems } from './packed.ts';
import { encodeLink, LINK_VERSION, parseLink } from './url.ts';

/** What cycle 0 of the common clock is in each run: its begin, its first multiply-add, its first result at the edge, its end. */
export const ALIGNMENTS = ['start', 'mac', 'result', 'end'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];
export const COMPARE_VIEWS = ['side', 'a', 'b', 'overlay', 'difference'] as const;
export type CompareView = (typeof COMPARE_VIEWS)[number];
export const COMPARE_LAYERS = ['state', 'utilisation'] as const;
export type CompareLayer = (typeof COMPARE_LAYERS)[number];

export interface CompareLink {
  readonly a: RunConfig;
  readonly b: RunConfig;
  readonly align: Alignment;
  readonly view: CompareView;
  readonly layer: CompareLayer;
  /** Playhead in cycles of A; null leaves it to the page. Before A's begin when it is negative. */
  readonly cycle: number | null;
  readonly sel: { readonly x: number; readonly y: number } | null;
}

export interface ParsedCompare {
  readonly link: CompareLink;
  readonly notices: readonly string[];
}

const KNOWN: ReadonlySet<string> = new Set(['v', 'a', 'b', 'align', 'view', 'layer', 't', 'sel']);

const runLink = (config: RunConfig): string => encodeLink({ config, cycle: null, sel: null, layer: 'state' });

/** The hash, without its #. */
export function encodeCompare({ a, b, align, view, layer, cycle, sel }: CompareLink): string {
  const pairs: [string, string | number][] = [
    ['v', LINK_VERSION],
    ['a', runLink(a)],
    ['b', runLink(b)],
  ];
  if (align !== 'start') pairs.push(['align', align]);
  if (view !== 'side') pairs.push(['view', view]);
  if (layer !== 'state') pairs.push(['layer', layer]);
  if (cycle !== null) pairs.push(['t', Math.floor(cycle)]);
  if (sel) pairs.push(['sel', `${sel.x},${sel.y}`]);
  return pairs.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2C/g, ',')}`).join('&');
}

/** Reads a hash (with or without #) over `defaults`; never throws. */
export function parseCompare(hash: string, defaults: CompareLink): ParsedCompare {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const notices: string[] = [...linkProblems(params, KNOWN)];
  const run = (key: 'a' | 'b'): RunConfig => {
    const text = params.get(key);
    if (text === null) return defaults[key];
    const { link, notices: said } = parseLink(text, { config: defaults[key], cycle: null, sel: null, layer: 'state' });
    notices.push(...said.map((sentence) => `${key.toUpperCase()}: ${sentence}`));
    return link.config;
  };
  const choice = <T extends string>(key: string, values: readonly T[], fallback: T): T => {
    const value = params.get(key);
    if (value === null || (values as readonly string[]).includes(value)) return (value ?? fallback) as T;
    notices.push(`${key}=${value} is unknown; ${fallback} was taken.`);
    return fallback;
  };
  const numbers = (key: string, count: number): readonly number[] | null => {
    const value = params.get(key);
    const list = value?.split(',').map(Number);
    if (list === undefined) return null;
    if (list.length === count && value !== '' && list.every(Number.isSafeInteger)) return list;
    notices.push(`${key}=${value} cannot be read; it was left out.`);
    return null;
  };
  const version = params.get('v') ?? String(LINK_VERSION);
  if (version !== String(LINK_VERSION)) notices.push(`The link is of version ${version}; this page reads version ${LINK_VERSION} and took what it knows.`);
  const sel = numbers('sel', 2);
  const link: CompareLink = {
    a: run('a'),
    b: run('b'),
    align: choice('align', ALIGNMENTS, defaults.align),
    view: choice('view', COMPARE_VIEWS, defaults.view),
    layer: choice('layer', COMPARE_LAYERS, defaults.layer),
    cycle: numbers('t', 1)?.[0] ?? null,
    sel: sel?.every((v) => v >= 0) ? { x: sel[0], y: sel[1] } : null,
  };
  return { link, notices };
}
