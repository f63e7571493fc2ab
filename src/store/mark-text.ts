/** Marks as text: `12.3.2,340k1` in a link (cycle, the PE's x and y if one was selected, the digit that goes there), and as they lie in the storage. */
import type { Mark } from './types.ts';

/** So that a link stays short. */
export const MOST_MARKS = 20;

export const encodeMarks = (marks: readonly Mark[]): string =>
  marks.map(({ cycle, at, digit }) => `${cycle}${at ? `.${at.x}.${at.y}` : ''}${digit ? `k${digit}` : ''}`).join(',');

/** Marks of a link, in order, without names; and the parts that are none. */
export function parseMarks(text: string): { readonly marks: readonly Mark[]; readonly refused: readonly string[] } {
  const marks: Mark[] = [];
  const refused: string[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    const [, place, digit] = /^(\d{1,15}(?:\.\d{1,6}\.\d{1,6})?)(?:k([1-9]))?$/.exec(part) ?? [];
    if (place === undefined || marks.length === MOST_MARKS) {
      refused.push(part.slice(0, 20));
      continue;
    }
    const [cycle, x, y] = place.split('.').map(Number);
    marks.push({ cycle, at: y === undefined ? null : { x, y }, name: '', ...(digit && { digit: Number(digit) }) });
  }
  return { marks: inOrder(marks), refused };
}

export const inOrder = (marks: readonly Mark[]): readonly Mark[] => marks.toSorted((a, b) => a.cycle - b.cycle);

/** What of a stored value are marks. */
export function asMarks(value: unknown): readonly Mark[] {
  return Array.isArray(value) ? inOrder(value.filter(isMark).slice(0, MOST_MARKS)) : [];
}

function isMark(value: unknown): value is Mark {
  const { cycle, at, name, digit } = (value ?? {}) as Record<string, unknown>;
  if (digit !== undefined && !(Number.isInteger(digit) && (digit as number) >= 1 && (digit as number) <= 9)) return false;
  const place = at as { x?: unknown; y?: unknown } | null;
  const isPlace = place === null || (typeof place === 'object' && [place.x, place.y].every((n) => Number.isSafeInteger(n) && (n as number) >= 0));
  return Number.isSafeInteger(cycle) && (cycle as number) >= 0 && typeof name === 'string' && isPlace;
}

/** A link's marks with the names that the same ones have among those `known`. */
export function withNames(marks: readonly Mark[], known: readonly Mark[]): readonly Mark[] {
  return marks.map((mark) => known.find((k) => encodeMarks([k]) === encodeMarks([mark])) ?? mark);
}
