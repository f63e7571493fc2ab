/**
 * What makes a result fail: conditions on its metrics (`cycles > 13000`), and a baseline that it must not be worse than. The
 * names are those of compare.ts.
 */
import { WeftError } from '../base/error.ts';
import { nearestNames } from '../model/nearest.ts';
import type { Result } from './compare.ts';

const OPERATORS = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const;

/** The result fails where this holds. */
export interface Condition {
  readonly metric: string;
  readonly operator: keyof typeof OPERATORS;
  readonly value: number;
}

/** A metric, an operator, a number (`12 %` is 0.12): `sram.usedBytes >= 40000`. Throws WeftError on `field`. */
export function parseCondition(field: string, text: string): Condition {
  const match = /^\s*([^<>=!]*[^<>=!\s])\s*(<=|>=|==|!=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)\s*$/i.exec(text);
  if (match === null)
    throw new WeftError(field, `'${text}' is not a metric, an operator (${Object.keys(OPERATORS).join(' ')}) and a number`, [
      `write for example ${field} "cycles > 13000"`,
    ]);
  const [, metric, operator, number, percent] = match;
  return { metric, operator: operator as Condition['operator'], value: Number(number) / (percent === '' ? 1 : 100) };
}

/** Throws WeftError on `field` for a metric that is none of `names`, with the nearest. */
export function checkMetric(field: string, { metric }: Condition, names: readonly string[]): void {
  if (names.includes(metric)) return;
  throw new WeftError(field, `there is no metric '${metric}'`, names.length > 0 ? [`use ${nearestNames(metric, names, 2).join(' or ')}`] : []);
}

/** A sentence for every condition that holds. Throws WeftError for a metric the result does not have. */
export function failedConditions(field: string, conditions: readonly Condition[], { measures }: Result): string[] {
  for (const condition of conditions) checkMetric(field, condition, [...measures.keys()]);
  return conditions
    .filter(({ metric, operator, value }) => OPERATORS[operator](measures.get(metric)!, value))
    .map(({ metric, operator, value }) => `${metric} is ${measures.get(metric)}, which is ${operator} ${value}`);
}

/** Metrics that a baseline holds against a result, by what is worse; sizes of the problem and models of it are not among them. */
const WORSE: readonly (readonly [RegExp, 'more' | 'less'])[] = [
  [/^(cycles|loadCycles|hostInCycles|hostOutCycles)$/, 'more'],
  [/^latency\./, 'more'],
  [/^sram\.usedBytes$/, 'more'],
  [/^errors\./, 'more'],
  [/^utilisation\.(mac|busy)$/, 'less'],
];

/** What two results of one problem have in common. */
const PROBLEM = ['config.m', 'config.k', 'config.n', 'config.format', 'includesLoad'];

/** One of them; a result of cycles alone (`--timing-only --json`) has its sizes beside its metrics. */
function inProblem({ settings, measures }: Result, name: string): string | undefined {
  const bare = name.replace('config.', '');
  return settings.get(name) ?? settings.get(bare) ?? measures.get(bare)?.toString();
}

/**
 * A sentence for every metric that is worse than the baseline's by more than `tolerance`, a share of it. Throws WeftError on
 * `field` where the two are not of one problem or have no such metric in common.
 */
export function worseThan(field: string, baseline: Result, result: Result, tolerance: number): string[] {
  for (const name of PROBLEM) {
    const [before, now] = [baseline, result].map((side) => inProblem(side, name));
    if (before !== undefined && now !== undefined && before !== now)
      throw new WeftError(field, `it is of another problem: ${name} is ${before} there and ${now} here`, ['make the baseline anew with the same flags']);
  }
  const names = [...baseline.measures.keys()].filter((name) => result.measures.has(name) && worseSide(name) !== undefined);
  if (names.length === 0) throw new WeftError(field, 'it has no metric in common with this result', ['give the output of the same command with --json']);
  return names.flatMap((name) => {
    const [before, now] = [baseline.measures.get(name)!, result.measures.get(name)!];
    const excess = worseSide(name) === 'more' ? now - before : before - now;
    if (excess <= tolerance * Math.abs(before)) return [];
    const share = before === 0 ? '' : `, ${Number(((100 * excess) / Math.abs(before)).toPrecision(3))} % ${worseSide(name)}`;
    return [`${name} is ${now}, was ${before}${share}`];
  });
}

const worseSide = (name: string): 'more' | 'less' | undefined => WORSE.find(([pattern]) => pattern.test(name))?.[1];
