/** The numbers of two runs that are held against each other: picked, named and written; none is computed here. */
import { type Change, compareResults, resultOf } from '../../analysis/compare.ts';
import { DEFINITIONS, KIND_DEFINITIONS } from '../../analysis/definitions.ts';
import { unequalResults } from '../../analysis/lockstep.ts';
import { bytesMoved, cyclesByKind, energyProxy, type Metrics, waveletsOf } from '../../analysis/metrics.ts';
import { verdict } from '../../analysis/verdict.ts';
import { grouped, percent, real, signed } from '../../base/numbers.ts';
import type { Side } from '../../store/compare.ts';
import { hasValues, type ProgramRun, type RunConfig, type TimedRun } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import type { ChartData } from '../table/chart-data.ts';
import { COMPARE_TEXT, SETTING_NAMES } from './strings.ts';

/** A run that ended well, and the reader of its trace. */
export interface EndedRun {
  readonly run: TimedRun | ProgramRun;
  readonly reader: TraceReader;
  /** Its kernel, or the hand-written program. */
  readonly name: string;
}

/** What of a side has numbers; null while there is nothing. */
export function endedOf({ result, program, reader }: Pick<Side, 'result' | 'program' | 'reader'>): EndedRun | null {
  const run = result ?? program;
  return run === null || reader === null ? null : { run, reader, name: 'plan' in run ? run.plan.kernel : run.title };
}

/** What a table of changes lists of a run, under the names of analysis/definitions.ts. */
const measuresOf = ({ run, reader }: EndedRun): object => ('window' in run ? programMeasures(run, reader) : matrixMeasures(run));

/** Of a hand-written program: the window it measured itself, and what its PEs did in all of the run. */
function programMeasures({ window, program }: ProgramRun, reader: TraceReader): object {
  const { cycles, model } = window;
  const [peCycles, wavelets] = [cyclesByKind(reader, reader.trace.cycles), waveletsOf(reader)];
  return { cycles, microseconds: (cycles / program.machine.clockHz) * 1e6, closedForm: model, ...effort(peCycles, wavelets), peCycles, wavelets };
}

const effort = (peCycles: Metrics['peCycles'], wavelets: Metrics['wavelets']) => ({
  bytesMoved: bytesMoved(wavelets),
  energyProxy: energyProxy(peCycles, wavelets),
});

function matrixMeasures(result: TimedRun): object {
  const { metrics, plan } = result;
  const { closedForm, lowerBound, sram } = verdict(result);
  return {
    cycles: metrics.cycles,
    microseconds: metrics.microseconds,
    utilisation: metrics.utilisation,
    closedForm: closedForm.cycles,
    lowerBound: lowerBound.cycles,
    sram: sram.usedBytes,
    ...effort(metrics.peCycles, metrics.wavelets),
    latency: metrics.latency,
    peCycles: metrics.peCycles,
    wavelets: metrics.wavelets,
    loadCycles: metrics.loadCycles,
    hostInCycles: metrics.hostInCycles,
    hostOutCycles: metrics.hostOutCycles,
    ...(hasValues(result) && { errors: result.errors }),
    facts: plan.facts ?? [],
  };
}

export const factsOf = ({ run }: EndedRun): Facts => ('plan' in run ? (run.plan.facts ?? []) : []);

export const changesOf = (a: EndedRun, b: EndedRun): readonly Change[] => compareResults(resultOf(measuresOf(a)), resultOf(measuresOf(b))).changes;

type Facts = NonNullable<TimedRun['plan']['facts']>;

interface Named {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

const KNOWN: Readonly<Record<string, Named>> = DEFINITIONS;

/** Name, unit and meaning of a metric; facts of kernels bring their own words. */
export function nameOf(metric: string, facts: Facts = []): Named {
  if (KNOWN[metric]) return KNOWN[metric];
  const [group, ...rest] = metric.split('.');
  const last = rest.join('.');
  if (group === 'peCycles' && KIND_DEFINITIONS[last])
    return { ...KIND_DEFINITIONS[last], name: COMPARE_TEXT.peCyclesOf(KIND_DEFINITIONS[last].name.toLowerCase()) };
  const fact = facts.find(({ name }) => name === last);
  return fact ? { name: fact.name, unit: fact.unit, meaning: fact.meaning } : { name: metric, unit: '', meaning: '' };
}

/** Cells of a row: A, B, difference, and the difference as a share of A; shares differ by points. */
export function cellsOf({ a, b, difference, share }: Change, unit: string): readonly [string, string, string, string] {
  if (unit === 'share') {
    const points = difference === null ? '' : signed(difference * 100, 1);
    return [shareText(a), shareText(b), points, points === '' ? '' : COMPARE_TEXT.points];
  }
  const signedNumber = (n: number): string => (Number.isInteger(n) ? signed(n) : `${n > 0 ? '+' : ''}${real(n, 4)}`);
  return [numberText(a), numberText(b), difference === null ? '' : signedNumber(difference), share === null ? '' : `${signed(share * 100, 1)}\u202f%`];
}

const shareText = (n: number | null): string => (n === null ? '\u2013' : Math.abs(n) < 0.001 && n !== 0 ? real(n, 3) : percent(n));
const numberText = (n: number | null): string => (n === null ? '\u2013' : Number.isInteger(n) ? grouped(n) : real(n, 4));

/** Whether the physics of both runs held, and whether they agree in their results, in words. */
export function checksOf(a: TimedRun | ProgramRun, b: TimedRun | ProgramRun): { readonly hold: boolean; readonly words: string } {
  const hold = [a, b].every((run) => ('window' in run ? run.window.exact : run.conservation.every((c) => c.holds)));
  return { hold, words: `${hold ? COMPARE_TEXT.holds : COMPARE_TEXT.fails}; ${agreement(a, b)}` };
}

function agreement(a: TimedRun | ProgramRun, b: TimedRun | ProgramRun): string {
  if ('window' in a || 'window' in b) return COMPARE_TEXT.noMatrix;
  if (!hasValues(a) || !hasValues(b)) return COMPARE_TEXT.timedOnly;
  const unequal = unequalResults(a.y, b.y);
  if (unequal === null) return COMPARE_TEXT.otherSizes;
  return unequal === 0 ? COMPARE_TEXT.equal : COMPARE_TEXT.unequal(unequal);
}

/** Settings in which two runs differ, in words: "kernel, options". */
export function differingSettings(a: RunConfig, b: RunConfig): string {
  const of = (config: RunConfig, key: keyof typeof SETTING_NAMES): string => {
    const value = config[key] ?? null;
    // Options and constants are in the order in which they were chosen.
    return JSON.stringify(value, value !== null && typeof value === 'object' ? Object.keys(value).sort() : undefined);
  };
  const keys = (Object.keys(SETTING_NAMES) as (keyof typeof SETTING_NAMES)[]).filter((key) => of(a, key) !== of(b, key));
  return [...new Set(keys.map((key) => SETTING_NAMES[key]))].join(', ');
}

/** What changes as data: every metric, whatever the page hides. */
export function changesData(a: EndedRun, b: EndedRun): ChartData {
  const facts = [...factsOf(a), ...factsOf(b)];
  return {
    title: COMPARE_TEXT.changes,
    columns: [
      { name: COMPARE_TEXT.metric, key: 'metric' },
      { name: COMPARE_TEXT.meaning, key: 'name' },
      { name: COMPARE_TEXT.unit, key: 'unit' },
      { name: COMPARE_TEXT.runA(a.name), key: 'a' },
      { name: COMPARE_TEXT.runB(b.name), key: 'b' },
      { name: COMPARE_TEXT.minus, key: 'difference' },
      { name: COMPARE_TEXT.ofA, key: 'share_of_a' },
    ],
    rows: changesOf(a, b).map(({ metric, a: before, b: after, difference, share }) => {
      const { name, unit } = nameOf(metric, facts);
      return [metric, name, unit, before, after, difference, share];
    }),
  };
}

/** A table as Markdown: cells with their bars escaped, numbers right. */
export function markdownTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), ''].join('\n');
}
