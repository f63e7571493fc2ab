/** A Markdown table. Cells must be escaped by the caller (escape.ts); missing header cells are empty. */

export type Align = 'left' | 'right';

export function table(head: readonly string[], align: readonly Align[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const header = align.map((_, i) => head[i] ?? '');
  return [line(header), line(align.map((a) => (a === 'right' ? '---:' : '---'))), ...rows.map(line)].join('\n');
}
