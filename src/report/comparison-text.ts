/** Two results side by side, for a terminal and as Markdown. Numbers as they are, whole ones grouped. */
import type { Change, Comparison } from '../analysis/compare.ts';
import { grouped, percent, real, signed } from '../base/numbers.ts';
import { markdown } from './escape.ts';
import { table } from './markdown-table.ts';

const NONE = '–';

/** Settings that both have and that differ: setting, A, B. */
export const settingRows = ({ settings }: Comparison): string[][] =>
  settings.flatMap(({ setting, a, b }) => (a === null || b === null ? [] : [[setting, a, b]]));

/** Metric, A, B, difference, percent. */
export const changeRow = ({ metric, a, b, difference, share }: Change): string[] => [
  metric,
  number(a),
  number(b),
  difference === null ? NONE : Number.isInteger(difference) ? signed(difference) : `${difference > 0 ? '+' : ''}${real(difference, 4)}`,
  share === null ? NONE : share === 0 ? percent(0, 2) : `${share > 0 ? '+' : ''}${percent(share, 2)}`,
];

const number = (value: number | null): string => (value === null ? NONE : Number.isInteger(value) ? grouped(value) : real(value));

/** Heading, settings that differ, metrics; names escaped. */
export function comparisonMarkdown(names: readonly [string, string], comparison: Comparison): string {
  const [a, b] = names.map(markdown);
  const settings = settingRows(comparison).map((row) => row.map(markdown));
  const changes = comparison.changes.map((change) => changeRow(change).map(markdown));
  const parts = [
    `# ${a} and ${b}`,
    ...(settings.length === 0 ? [] : [table(['Setting', a, b], ['left', 'left', 'left'], settings)]),
    ...(changes.length === 0 ? [] : [table(['Metric', a, b, 'Difference', 'Of the first'], ['left', 'right', 'right', 'right', 'right'], changes)]),
  ];
  return `${parts.join('\n\n')}\n`;
}
