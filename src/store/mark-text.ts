/** Marks as text: `12.3.2,340-400k1` in a link (cycle, or the first and last of a range, the PE's x and y if one was selected, the digit that goes there), and as they lie in the storage. */
import type { Mark } from './types.ts';

/** So that a link stays short. */
export const MOST_MARKS = 20;

export const encodeMarks = (marks: readonly Mark[]): string =>
  marks.map(({ cycle, end, at, digit }) => `${cycle}${end === undefined ? '' : `-${end}`}${at ? `.${at.x}.${at.y}` : ''}${digit ? `k${digit}` : ''}`).join(',');

/** Marks of a link, in order, without names; and the parts that are none. */
export function parseMarks(text: string): { readonly marks: readonly Mark[]; readonly refused: readonly string[] } {
  const marks: Mark[] = [];
  const refused: string[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    const found = /^(\d{1,15})(?:-(\d{1,15}))?(?:\.(\d{1,6})\.(\d{1,6}))?(?:k([1-9]))?$/.exec(part);
    const [cycle, end, x, y, digit] = (found ?? []).slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
    if (cycle === undefined || (end !== undefined && end <= cycle) || marks.length === MOST_MARKS) {
      refused.push(part.slice(0, 20));
      continue;
    }
    const at = x === undefined || y === undefined ? null : { x, y };
    marks.push({ cycle, ...(end !== undefined && { end }), at, name: '', ...(digit !== undefined && { digit }) });
  }
  return { marks: inOrder(marks), refused };
}

export const inOrder = (marks: readonly Mark[]): readonly Mark[] => marks.toSorted((a, b) => a.cycle - b.cycle);

/** What of a stored value are marks. */
export function asMarks(value: unknown): readonly Mark[] {
  return Array.isArray(value) ? inOrder(value.filter(isMark).slice(0, MOST_MARKS)) : [];
}

function isMark(value: unknown): value is Mark {
  const { cycle, end, at, name, digit } = (value ?? {}) as Record<string, unknown>;
  if (end !== undefined && !(Number.isSafeInteger(end) && (end as number) > (cycle as number))) return false;
  if (digit !== undefined && !(Number.isInteger(digit) && (digit as number) >= 1 && (digit as number) <= 9)) return false;
  const place = at as { x?: unknown; y?: unknown } | null;
  const isPlace = place === null || (typeof place === 'object' && [place.x, place.y].every((n) => Number.isSafeInteger(n) && (n as number) >= 0));
  return Number.isSafeInteger(cycle) && (cycle as number) >= 0 && typeof name === 'string' && isPlace;
}

/** A link's marks with the names that the same ones have among those `known`. */
export function withNames(marks: readonly Mark[], known: readonly Mark[]): readonly Mark[] {
  return marks.map((mark) => known.find((k) => encodeMarks([k]) === encodeMarks([mark])) ?? mark);
}
