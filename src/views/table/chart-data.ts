/**
 * The numbers of a chart: what its table shows and its data files hold. A file's header is the key of each column, which names
 * the unit; numbers stay plain.
 */
import { grouped } from '../../base/numbers.ts';
import { csvCell } from '../../base/text.ts';

/** Null where a row has no value. */
export type Cell = number | string | null;

export interface Column {
  /** As the table heads it. */
  readonly name: string;
  /** As data files name it: `from_cycle`, `share_compute`. */
  readonly key: string;
  /** How the table writes its numbers; grouped digits if absent. */
  readonly show?: (value: number) => string;
}

export interface ChartData {
  readonly title: string;
  /** The first column says what a row is. */
  readonly columns: readonly Column[];
  readonly rows: ReadonlyArray<readonly Cell[]>;
}

/** A cell as the table writes it. */
export function shown(cell: Cell, { show = (value) => grouped(value) }: Column): string {
  if (cell === null) return '';
  return typeof cell === 'number' ? show(cell) : cell;
}

/** RFC 4180. */
export function csvOf({ columns, rows }: ChartData): string {
  const lines = [columns.map(({ key }) => key), ...rows];
  return lines.map((row) => `${row.map((cell) => csvCell(cell ?? undefined)).join(',')}\r\n`).join('');
}

/** A JSON object a row. */
export function ndjsonOf({ columns, rows }: ChartData): string {
  return rows.map((row) => `${JSON.stringify(Object.fromEntries(columns.map(({ key }, i) => [key, row[i]])))}\n`).join('');
}
