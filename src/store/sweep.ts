/** The state of the sweep page: a base configuration, one or two parameters with their values, and the points computed so far. */
import { createStore } from 'zustand/vanilla';
import { configOfPoint, POINT_KINDS, type PointResult } from '../api/point.ts';
import { OPTION_IDS, type RunConfig, TUNABLE_IDS } from '../api/protocol.ts';
import type { ParamKind } from '../sweep/grid.ts';
import type { PointRecord } from '../sweep/journal.ts';
import { INITIAL } from './lab.ts';
import { encodeLink, parseLink } from './url.ts';

export type { PointRecord, PointResult };

/** What can be varied, in the order in which it is offered. */
export const PARAMS: ReadonlyMap<string, ParamKind> = new Map(
  ['n', 'k', 'm', 'seed', 'kernel', 'machine', 'format', 'pes', ...TUNABLE_IDS, ...OPTION_IDS, 'tensor', 'as', 'engine'].map((name) => [
    name,
    POINT_KINDS.get(name) ?? 'text',
  ]),
);

export const METRICS = ['cycles', 'cyclesPerColumn', 'microseconds', 'utilisationMac', 'sramBytes', 'usedPes'] as const;
export type Metric = (typeof METRICS)[number];
export const MODES = ['simulated', 'closed-form'] as const;
export const SWEEP_VIEWS = ['chart', 'pareto', 'table'] as const;

export interface SweepSetup {
  readonly base: RunConfig;
  /** As the command line has them: `n`, and `1..64*2`. The second may be empty. */
  readonly x: { readonly name: string; readonly values: string };
  readonly y: { readonly name: string; readonly values: string };
  readonly mode: (typeof MODES)[number];
  readonly metric: Metric;
  readonly view: (typeof SWEEP_VIEWS)[number];
}

export interface SweepState extends SweepSetup {
  readonly status: 'empty' | 'running' | 'done' | 'stopped';
  /** In the order in which they came. */
  readonly records: readonly PointRecord[];
  readonly points: number;
  /** The grid that the records are of. */
  readonly asked: Pick<SweepSetup, 'x' | 'y' | 'mode'> | null;
  /** What is wrong with the grid. */
  readonly error: { readonly field: string; readonly message: string; readonly fixes: readonly string[] } | null;
}

export const SWEEP_DEFAULTS: SweepSetup = {
  base: { ...INITIAL.config, model: 'synthetic', tensor: '', m: 64, k: 1024, n: 1, kernel: 'streaming' },
  x: { name: 'n', values: '1..8*2' },
  y: { name: 'kernel', values: 'streaming,stationary' },
  mode: 'simulated',
  metric: 'cycles',
  view: 'chart',
};

export const sweep = createStore<SweepState>(() => ({ ...SWEEP_DEFAULTS, status: 'empty', records: [], points: 0, asked: null, error: null }));

/** The hash, without its #: the base as the Lab's link, what is varied, and whether that was run. */
export function sweepLink({ base, x, y, mode, metric, view, asked = null }: SweepSetup & Partial<Pick<SweepState, 'asked'>>): string {
  const own = { x: `${x.name}:${x.values}`, y: `${y.name}:${y.values}`, mode, metric, view };
  const pairs = Object.entries(own).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  if (asked !== null && asked.x === x && asked.y === y && asked.mode === mode) pairs.push('run=1');
  return [encodeLink({ config: base }), ...pairs].join('&');
}

/** Reads a hash; never throws. */
export function parseSweep(hash: string): { readonly setup: SweepSetup; readonly run: boolean; readonly notices: readonly string[] } {
  const { link, notices } = parseLink(hash, SWEEP_DEFAULTS.base);
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const one = <T extends string>(key: string, values: readonly T[], fallback: T): T => values.find((v) => v === params.get(key)) ?? fallback;
  const varied = (key: 'x' | 'y'): SweepSetup['x'] => {
    const text = params.get(key);
    if (text === null) return SWEEP_DEFAULTS[key];
    const at = text.indexOf(':');
    return { name: text.slice(0, Math.max(0, at)), values: text.slice(at + 1) };
  };
  return {
    setup: {
      base: link.config,
      x: varied('x'),
      y: varied('y'),
      mode: one('mode', MODES, SWEEP_DEFAULTS.mode),
      metric: one('metric', METRICS, SWEEP_DEFAULTS.metric),
      view: one('view', SWEEP_VIEWS, SWEEP_DEFAULTS.view),
    },
    run: params.get('run') === '1',
    notices,
  };
}

/** The Lab's link of a point, without its #. */
export const labLinkOfPoint = (point: PointRecord['config']): string => encodeLink({ config: configOfPoint(point) });
