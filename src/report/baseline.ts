/** A report's difference from a baseline: settings that differ, and metrics that moved by more than a threshold. */
import { type Change, compareResults, isBeyond, type Result, resultOf, sortChanges } from '../analysis/compare.ts';
import type { Report, ReportComparison, Summary } from './types.ts';

export interface Baseline {
  /** As the reader knows it: a file's name. */
  readonly name: string;
  readonly result: Result;
  /** Share of the baseline's value. */
  readonly threshold: number;
}

/** Texts that name a run rather than set it up. */
const NAMES: ReadonlySet<string> = new Set(['traceHash', 'stateHash']);

export function comparison(summary: Summary, peCycles: Report['peCycles'], { name, result, threshold }: Baseline): ReportComparison {
  const own = { ...summary, peCycles: Object.fromEntries(peCycles.map(({ kind, cycles }) => [kind, cycles])) };
  const { settings, changes } = compareResults(result, resultOf(own));
  const both = changes.filter(({ difference }) => difference !== null);
  const beyond = both.filter((change: Change) => isBeyond(change, threshold));
  return {
    baseline: name,
    threshold,
    settings: settings.filter(({ setting }) => !NAMES.has(setting)),
    changes: sortChanges(beyond, 'share'),
    within: both.length - beyond.length,
  };
}
