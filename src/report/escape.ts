/**
 * Names come from files that anyone may have written. Before they reach a terminal or a Markdown file, control characters,
 * line breaks and direction overrides become visible escapes, and Markdown's own marks lose their meaning.
 */

import { printable } from '../base/text.ts';

export { csvCell, printable } from '../base/text.ts';

/**
 * Text as one inline run of Markdown, inside a table too: `\`, backticks, `*`, `|`, brackets, `<`, `>`, `#`, `&`, `~`, `!`, `$` and
 * leading list marks are escaped; an underscore only where it could open emphasis (not inside a word, as in `ffn_up`).
 */
export function markdown(text: string): string {
  return printable(text)
    .replace(/[\\`*|[\]<>#&~!$]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/^([+-]|\d+[.)])(?=\s)/, '\\$1');
}

/** Text as inline code; the fence is longer than any run of backticks inside, and pipes are escaped for tables. */
export function inlineCode(text: string): string {
  const clean = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || clean === '' ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** Text between tags or inside a quoted attribute of HTML or SVG. */
export function html(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** An argument as a POSIX shell reads it back; control characters as in {@link printable}. */
export function shellArgument(text: string): string {
  const clean = printable(text);
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}
