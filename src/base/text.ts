/** Text that others may have written, made safe for a line of a terminal and for a cell of a CSV file. */

/** Controls (Cc), format and direction marks (Cf), line and paragraph separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text that is safe on one line of a terminal: `\u{1b}` instead of an escape character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/**
 * A cell of a CSV file (RFC 4180). Numbers stay numbers; of a text, control characters become visible, and one that a
 * spreadsheet would compute (it begins with `=`, `+`, `-` or `@`) gets an apostrophe before it.
 */
export function csvCell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const clean = printable(value).replace(/^(?=\s*[=+\-@])/, "'");
  return /[",]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
