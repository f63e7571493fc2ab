/** Tables as aligned text. */
import { printable } from '../src/report/escape.ts';

/** Cells padded to columns; the last `right` columns are numbers. */
export function columns(rows: ReadonlyArray<readonly string[]>, right: number): string[] {
  if (rows.length === 0) return [];
  const clean = rows.map((row) => row.map(printable));
  const widths = clean[0].map((_, i) => Math.max(...clean.map((row) => row[i].length)));
  return clean.map((row) => `  ${row.map((cell, i) => (i >= row.length - right ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ')}`.trimEnd());
}
