/**
 * Two results side by side. A result is plain JSON data (what `weft run --json` and every other `--json` print, a report) or a
 * trace; it is flattened to settings (texts, and everything under `config`) and measures (all other numbers), each under
 * its dotted name: `utilisation.mac`, `facts.waves`.
 */
import type { TraceReader } from '../trace/reader.ts';
import { isStall, KIND, type Kind } from '../trace/schema.ts';
import { cyclesByKind, lastResult } from './metrics.ts';

export interface Result {
  readonly settings: ReadonlyMap<string, string>;
  readonly measures: ReadonlyMap<string, number>;
}

/** A metric of A and B; null where a side does not have it. */
export interface Change {
  readonly metric: string;
  readonly a: number | null;
  readonly b: number | null;
  /** B - A, null unless both have it. */
  readonly difference: number | null;
  /** The difference as a share of |A|; null where there is none, or A is 0. */
  readonly share: number | null;
}

export interface SettingChange {
  readonly setting: string;
  readonly a: string | null;
  readonly b: string | null;
}

export interface Comparison {
  /** Settings that differ; those that only one side names are among them. */
  readonly settings: readonly SettingChange[];
  /** Every metric, in the order of A, then what only B has. */
  readonly changes: readonly Change[];
}

/** The data as a result; of a report its summary and its PE-cycles. */
export function resultOf(data: object): Result {
  const settings = new Map<string, string>();
  const measures = new Map<string, number>();
  flatten(isReport(data) ? reported(data) : data, '', settings, measures);
  return { settings, measures };
}

const isReport = (data: object): data is { readonly summary: object; readonly peCycles?: unknown } =>
  'schema' in data && data.schema === 'weft-report' && 'summary' in data && typeof data.summary === 'object' && data.summary !== null;

function reported({ summary, peCycles }: { readonly summary: object; readonly peCycles?: unknown }): object {
  const kinds = Array.isArray(peCycles) ? peCycles.filter(({ kind }) => typeof kind === 'string').map(({ kind, cycles }) => [kind, cycles]) : [];
  return { ...summary, peCycles: Object.fromEntries(kinds) };
}

/** Results are not deeper than this; what a file nests deeper is left out. */
const MOST_DEPTH = 16;

/** Lists are left out, but for those of named values: `facts` of `{ name, value }` are `facts.<name>`. */
function flatten(value: unknown, path: string, settings: Map<string, string>, measures: Map<string, number>, depth = 0): void {
  if (depth > MOST_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) if (isNamedValue(item)) flatten(item.value, `${path}.${item.name}`, settings, measures, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) flatten(item, path === '' ? key : `${path}.${key}`, settings, measures, depth + 1);
  } else if (typeof value === 'number' && !path.startsWith('config.')) measures.set(path, value);
  else if (value !== null && value !== undefined) settings.set(path, String(value));
}

const isNamedValue = (item: unknown): item is { readonly name: string; readonly value: unknown } =>
  typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string' && 'value' in item;

/** What a trace alone says of a run, under the names that a report has for it. */
export function traceData(reader: TraceReader, about: { readonly modelVersion: string; readonly traceHash: string }): object {
  const { machine, width, height } = reader.program;
  const hasResults = lastResult(reader) >= 0;
  const cycles = hasResults ? lastResult(reader) + 1 : reader.trace.cycles;
  const peCycles = cyclesByKind(reader, cycles);
  const isBusy = (kind: string): boolean => kind !== 'idle' && !isStall(KIND[kind as Kind]);
  const busy = Object.entries(peCycles).reduce((sum, [kind, n]) => (isBusy(kind) ? sum + n : sum), 0);
  return {
    config: { machine: machine.id, tuning: machine.tuning ?? {}, pes: { width, height } },
    cycles,
    microseconds: (cycles / machine.clockHz) * 1e6,
    utilisation: { busy: busy / Math.max(1, reader.pes * cycles) },
    ...about,
    peCycles,
  };
}

export function compareResults(a: Result, b: Result): Comparison {
  const settings = [...keysOf(a.settings, b.settings)].map((setting) => ({ setting, a: a.settings.get(setting) ?? null, b: b.settings.get(setting) ?? null }));
  const changes = [...keysOf(a.measures, b.measures)].map((metric) => changeOf(metric, a.measures.get(metric) ?? null, b.measures.get(metric) ?? null));
  return { settings: settings.filter((setting) => setting.a !== setting.b), changes };
}

const keysOf = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): ReadonlySet<string> => new Set([...a.keys(), ...b.keys()]);

function changeOf(metric: string, a: number | null, b: number | null): Change {
  if (a === null || b === null) return { metric, a, b, difference: null, share: null };
  const difference = b - a;
  return { metric, a, b, difference, share: difference === 0 ? 0 : a === 0 ? null : difference / Math.abs(a) };
}

/** Whether a metric of both sides changed by more than `threshold` as a share of A; from 0 every change is more. */
export const isBeyond = ({ difference, share }: Change, threshold: number): boolean =>
  difference !== null && difference !== 0 && (share === null || Math.abs(share) > threshold);

/** Orders of a table of changes: as in the file, by name, or the largest first. */
export type Sort = 'file' | 'name' | 'difference' | 'share';

export function sortChanges(changes: readonly Change[], sort: Sort): readonly Change[] {
  if (sort === 'file') return changes;
  if (sort === 'name') return changes.toSorted((x, y) => (x.metric < y.metric ? -1 : 1));
  const size = (change: Change): number => {
    if (change.difference === null) return -1;
    return Math.abs(sort === 'difference' ? change.difference : (change.share ?? Number.POSITIVE_INFINITY));
  };
  return changes.toSorted((x, y) => size(y) - size(x));
}
