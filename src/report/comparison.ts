/** A comparison in words: rows for a terminal, a page and Markdown, so that all show the same cells. */
import type { Change, Comparison } from '../analysis/compare.ts';
import { grouped, real, signed } from '../base/numbers.ts';
import { markdown as escaped } from './escape.ts';
import { table } from './markdown-table.ts';

/** Setting, A, B. A side that does not have it is empty. */
export const settingRows = ({ settings }: Pick<Comparison, 'settings'>): string[][] => settings.map(({ setting, a, b }) => [setting, a ?? '', b ?? '']);

/** Metric, A, B, difference, share of A. */
export function changeRow({ metric, a, b, difference, share }: Change): string[] {
  return [metric, number(a), number(b), difference === null ? '' : signedNumber(difference), share === null ? '' : `${signed(share * 100, 2)}\u202f%`];
}

/** Both tables under a title with the names of the files. */
export function comparisonMarkdown([a, b]: readonly [string, string], comparison: Comparison): string {
  const settings = settingRows(comparison).map((row) => row.map(escaped));
  const changes = comparison.changes.map((change) => changeRow(change).map(escaped));
  const parts = [
    `# ${escaped(a)} and ${escaped(b)}`,
    `A is ${escaped(a)}, B is ${escaped(b)}.`,
    ...(settings.length > 0 ? [table(['setting', 'A', 'B'], ['left', 'left', 'left'], settings)] : []),
    ...(changes.length > 0 ? [table(['metric', 'A', 'B', 'difference', 'of A'], ['left', 'right', 'right', 'right', 'right'], changes)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

const number = (n: number | null): string => (n === null ? '' : Number.isInteger(n) ? grouped(n) : real(n, 4));

const signedNumber = (n: number): string => (Number.isInteger(n) ? signed(n) : `${n > 0 ? '+' : ''}${real(n, 4)}`);
