/** The numbers of two runs that are held against each other: picked, named and written; none is computed here. */
import { type Change, compareResults, resultOf } from '../../analysis/compare.ts';
import { DEFINITIONS, KIND_DEFINITIONS } from '../../analysis/definitions.ts';
import { verdict } from '../../analysis/verdict.ts';
import { grouped, percent, real, signed } from '../../base/numbers.ts';
import type { RunConfig, RunResult } from '../../store/types.ts';
import { SETTING_NAMES } from './strings.ts';

/** What a table of changes lists of a run, under the names of analysis/definitions.ts. */
function measuresOf(result: RunResult): object {
  const { metrics, errors, plan } = result;
  const { closedForm, lowerBound, sram } = verdict(result);
  return {
    cycles: metrics.cycles,
    microseconds: metrics.microseconds,
    utilisation: metrics.utilisation,
    closedForm: closedForm.cycles,
    lowerBound: lowerBound.cycles,
    sram: sram.usedBytes,
    latency: metrics.latency,
    peCycles: metrics.peCycles,
    wavelets: metrics.wavelets,
    loadCycles: metrics.loadCycles,
    hostInCycles: metrics.hostInCycles,
    hostOutCycles: metrics.hostOutCycles,
    errors,
    facts: plan.facts ?? [],
  };
}

export const changesOf = (a: RunResult, b: RunResult): readonly Change[] => compareResults(resultOf(measuresOf(a)), resultOf(measuresOf(b))).changes;

interface Named {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

const KNOWN: Readonly<Record<string, Named>> = DEFINITIONS;

/** Name, unit and meaning of a metric; facts of kernels bring their own words. */
export function nameOf(metric: string, facts: RunResult['plan']['facts'] = []): Named {
  if (KNOWN[metric]) return KNOWN[metric];
  const [group, ...rest] = metric.split('.');
  const last = rest.join('.');
  if (group === 'peCycles' && KIND_DEFINITIONS[last]) return { ...KIND_DEFINITIONS[last], name: `PE-cycles: ${KIND_DEFINITIONS[last].name.toLowerCase()}` };
  const fact = facts.find(({ name }) => name === last);
  return fact ? { name: fact.name, unit: fact.unit, meaning: fact.meaning } : { name: metric, unit: '', meaning: '' };
}

/** Cells of a row: A, B, difference, and the difference as a share of A; shares differ by points. */
export function cellsOf({ a, b, difference, share }: Change, unit: string): readonly [string, string, string, string] {
  if (unit === 'share') {
    const points = difference === null ? '' : signed(difference * 100, 1);
    return [shareText(a), shareText(b), points, points === '' ? '' : 'points'];
  }
  const signedNumber = (n: number): string => (Number.isInteger(n) ? signed(n) : `${n > 0 ? '+' : ''}${real(n, 4)}`);
  return [numberText(a), numberText(b), difference === null ? '' : signedNumber(difference), share === null ? '' : `${signed(share * 100, 1)}\u202f%`];
}

const shareText = (n: number | null): string => (n === null ? '\u2013' : Math.abs(n) < 0.001 && n !== 0 ? real(n, 3) : percent(n));
const numberText = (n: number | null): string => (n === null ? '\u2013' : Number.isInteger(n) ? grouped(n) : real(n, 4));

/** Settings in which two runs differ, in words: "kernel, options". */
export function differingSettings(a: RunConfig, b: RunConfig): string {
  const of = (config: RunConfig, key: keyof typeof SETTING_NAMES): string => JSON.stringify(config[key] ?? null);
  const keys = (Object.keys(SETTING_NAMES) as (keyof typeof SETTING_NAMES)[]).filter((key) => of(a, key) !== of(b, key));
  return [...new Set(keys.map((key) => SETTING_NAMES[key]))].join(', ');
}

/** A table as Markdown: cells with their bars escaped, numbers right. */
export function markdownTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), ''].join('\n');
}
