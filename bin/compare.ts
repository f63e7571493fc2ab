/** `weft compare`: two results side by side, and gates on the second. */
import { type Change, type Comparison, compareResults, isBeyond, type Result, readResult, type Sort, sortChanges, worseThan } from '../src/api/compare.ts';
import { count, percent } from '../src/base/numbers.ts';
import { changeRow, comparisonMarkdown, settingRows } from '../src/report/comparison.ts';
import { printable } from '../src/report/escape.ts';
import { toJson } from '../src/report/json.ts';
import { columns } from './columns.ts';
import { RunFailed } from './fail.ts';
import { readPieces } from './files.ts';
import type { ConditionFlags } from './gate-flags.ts';
import { openGate } from './gates.ts';

export interface CompareFlags extends ConditionFlags {
  /** Shares of A. */
  readonly threshold?: number;
  readonly tolerance?: number;
  readonly sort: Sort;
  readonly quiet?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

export async function compareCommand(a: string, b: string, flags: CompareFlags): Promise<void> {
  const [first, second] = [await read('A', a), await read('B', b)];
  const gate = await openGate(flags.failIf ? { failIf: flags.failIf } : {}, [...second.measures.keys()]);
  const { settings, changes } = compareResults(first, second);
  const shown = sortChanges(changes, flags.sort).filter((change) => flags.threshold === undefined || isBeyond(change, flags.threshold));
  const comparison = { settings: settings.filter((setting) => setting.a !== null && setting.b !== null), changes: shown };
  if (flags.json) process.stdout.write(toJson({ a, b, threshold: flags.threshold ?? null, settings, metrics: shown, compared: changes.length }));
  else if (flags.markdown) process.stdout.write(comparisonMarkdown([a, b], comparison));
  else if (!flags.quiet) process.stdout.write(text([a, b], comparison, changes, flags.threshold));
  gate.check(second);
  const worse = flags.tolerance === undefined ? [] : worseThan('A', first, second, flags.tolerance);
  if (worse.length > 0) throw new RunFailed(`--tolerance: ${worse.join('; ')}`);
}

const read = async (argument: string, path: string): Promise<Result> => readResult(argument, path, await readPieces(argument, path));

function text([a, b]: readonly [string, string], comparison: Comparison, all: readonly Change[], threshold: number | undefined): string {
  const settings = settingRows(comparison);
  const rows = comparison.changes.map((change) => changeRow(change));
  const both = all.filter(({ difference }) => difference !== null);
  const equal = both.filter(({ difference }) => difference === 0).length;
  const within =
    threshold === undefined ? '' : `, ${count(both.filter((change) => isBeyond(change, threshold)).length, 'metric')} beyond ${percent(threshold, 2)}`;
  const lines = [
    `A is ${a}`,
    `B is ${b}`,
    ...(settings.length > 0 ? ['', ...columns([['Setting', 'A', 'B'], ...settings], 0)] : []),
    ...(rows.length > 0 ? ['', ...columns([['Metric', 'A', 'B', 'Difference', 'of A'], ...rows], 4)] : []),
    '',
    `${count(both.length, 'metric')} of both, ${equal} of them equal${within}; ${all.length - both.length} of one side only`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
