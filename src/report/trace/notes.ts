/** What somebody noted beside a run travels with its trace: marks as events that a viewer shows, and all of it as a project file. */
import { printable } from '../escape.ts';
import type { Detail } from './slices.ts';

/** A marked cycle, or the cycles from `cycle` to `end`. */
interface Mark {
  readonly cycle: number;
  readonly end?: number;
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly name: string;
  readonly digit?: number;
}

export interface Notes {
  readonly marks: readonly Mark[];
  /** A project file as one line of JSON; in the trace it stands in a line of its own, so that it is found without reading the rest. */
  readonly project: string;
}

/** What a mark is called, and what else is known of it. */
export function markEvent({ cycle, end, at, name, digit }: Mark): { readonly name: string; readonly details: readonly Detail[] } {
  const details: Detail[] = [];
  if (end !== undefined) details.push(['end', end]);
  if (at !== null) details.push(['pe', `${at.x},${at.y}`]);
  if (digit !== undefined) details.push(['key', digit]);
  const unnamed = end === undefined ? `cycle ${cycle}` : `cycles ${cycle} to ${end}`;
  return { name: name === '' ? unnamed : printable(name), details };
}
