/** Rows of a CSV file that people and other tools wrote: quotes as in RFC 4180, cells trimmed, empty rows and trailing commas left out. */

export interface CsvRow {
  /** From 1, as an editor shows it. */
  readonly line: number;
  readonly cells: readonly string[];
}

export function readCsv(text: string): CsvRow[] {
  const rows = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line: i + 1, cells: cellsOf(line) }));
  return rows.filter(({ cells }) => cells.length > 0);
}

/** Cells of a line, without the empty ones at its end. */
function cellsOf(line: string): string[] {
  const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => match[1].trim());
  const plain = cells.map((cell) => (/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"').trim() : cell));
  while (plain.length > 0 && plain[plain.length - 1] === '') plain.pop();
  return plain;
}
