/** Which rows of which matrix a PE holds, and which PE holds a row first. */
import { once } from '../../base/once.ts';
import type { TimedRun } from '../../store/types.ts';

type Rows = TimedRun['rows'];

/** Rows `first` to `first + count - 1` of each of `matrices`, by name; the name is empty where all rows are of one matrix. */
export interface HeldRows {
  readonly first: number;
  readonly count: number;
  readonly matrices: readonly string[];
}

const ONLY = [''];

export function rowsOf({ first, count, matrices }: Rows, pe: number): HeldRows {
  const names = matrices?.groups[matrices.of[pe]] ?? ONLY;
  return { first: first[pe], count: first[pe] < 0 ? 0 : count[pe] / names.length, matrices: names };
}

/** Of each matrix the lowest PE that holds each row, or -1. */
const holdersOf: (rows: Rows) => ReadonlyMap<string, Int32Array> = once((rows) => {
  const lengths = new Map<string, number>();
  for (let pe = 0; pe < rows.first.length; pe++) {
    const { first, count, matrices } = rowsOf(rows, pe);
    if (count > 0) for (const name of matrices) lengths.set(name, Math.max(lengths.get(name) ?? 0, first + count));
  }
  const holders = new Map([...lengths].map(([name, length]) => [name, new Int32Array(length).fill(-1)]));
  for (let pe = rows.first.length - 1; pe >= 0; pe--) {
    const { first, count, matrices } = rowsOf(rows, pe);
    if (count > 0) for (const name of matrices) holders.get(name)?.fill(pe, first, first + count);
  }
  return holders;
});

/** The lowest PE that holds a row of the only matrix, or -1. */
export const peOfRow = (rows: Rows, row: number): number => holdersOf(rows).get('')?.[row] ?? -1;

/** The matrices that have this row, each with the lowest PE that holds it. */
export const holdersOfRow = (rows: Rows, row: number): ReadonlyArray<{ readonly matrix: string; readonly pe: number }> =>
  [...holdersOf(rows)].flatMap(([matrix, holders]) => (holders[row] >= 0 ? [{ matrix, pe: holders[row] }] : []));
