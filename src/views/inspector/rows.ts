/** Which rows of A a PE holds, and which PE holds a row first. */
import type { TimedRun } from '../../store/types.ts';
import { holdersOf } from '../derived.ts';

type Rows = TimedRun['rows'];

export function rowsOf(rows: Rows, pe: number): { readonly first: number; readonly count: number } {
  return { first: rows.first[pe], count: rows.first[pe] < 0 ? 0 : rows.count[pe] };
}

/** The lowest PE that holds this row, or -1. */
export const peOfRow = (rows: Rows, row: number): number => holdersOf(rows)[row] ?? -1;
