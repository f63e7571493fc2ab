/**
 * Where things lie in `split-k`: A is tiled in two dimensions. Fabric column x holds a slice of K, fabric row y a band of
 * rows of A, PE x, y the tile where they meet.
 *
 *     slices: whole units of 256 weights; the first columns have one unit more where W does not divide them. The west end of
 *             a row, where the sums arrive last, so has the longer slices.
 *     bands:  R = ceil(M / H) rows each, the last one fewer; fabric rows behind it are idle.
 *
 * A PE's memory is that of its row code (streaming or stationary) on the tile. Its results are the partial sums; a reduction
 * adds to them in place and passes on what arrives, so it needs no buffer but the word of a control wavelet. Descriptors of
 * vector ops are in registers, as in the row kernels.
 */
import type { Allocation } from '../../machine/program.ts';
import type { PatternPe } from '../collectives/pattern.ts';
import type { RowJob, RowLayout, RowMapping } from '../rows/mapping.ts';
import type { Rectangle, Shape } from '../types.ts';

export interface Split {
  readonly rectangle: Rectangle;
  readonly rows: number;
  /** R: rows of every band but, possibly, the last one. */
  readonly rowsPerPe: number;
  /** Fabric rows that hold a band. */
  readonly usedHeight: number;
  readonly rowsOfLast: number;
  /** Weights of a unit, units of the longest slice, fabric columns that hold one of those. */
  readonly unit: number;
  readonly units: number;
  readonly longColumns: number;
}

/** `unit`: weights that cannot be torn apart; K holds at least one for each fabric column. */
export function split({ m, k }: Pick<Shape, 'm' | 'k'>, rectangle: Rectangle, unit: number): Split {
  const rowsPerPe = Math.ceil(m / rectangle.height);
  const usedHeight = Math.ceil(m / rowsPerPe);
  const all = k / unit;
  const units = Math.ceil(all / rectangle.width);
  return {
    rectangle,
    rows: m,
    rowsPerPe,
    usedHeight,
    rowsOfLast: m - (usedHeight - 1) * rowsPerPe,
    unit,
    units,
    longColumns: all - (units - 1) * rectangle.width,
  };
}

/** Columns of A in fabric column x: the first one, and how many. */
export function sliceOf({ units, longColumns, unit }: Split, x: number): { readonly first: number; readonly k: number } {
  const short = Math.max(0, x - longColumns);
  return { first: unit * (x * units - short), k: unit * (x < longColumns ? units : units - 1) };
}

/** Rows of A in fabric row y. */
export function rowsIn({ usedHeight, rowsPerPe, rowsOfLast }: Split, y: number): number {
  if (y >= usedHeight) return 0;
  return y === usedHeight - 1 ? rowsOfLast : rowsPerPe;
}

/** A mapping as split-k plans it. */
export interface Mapping {
  /** The row code. */
  readonly inner: RowMapping<RowLayout>;
  readonly split: Split;
  /** The job of a PE with R rows and the longest slice. */
  readonly job: RowJob;
  /** The reduction's part of each PE of a fabric row, from west to east. */
  readonly pattern: readonly PatternPe[];
}

/** The job of a PE in fabric column x with this many rows. */
export const jobAt = ({ job, split: s }: Mapping, x: number, rows: number): RowJob => ({ ...job, rows, k: sliceOf(s, x).k });

export interface SplitLayout extends RowLayout {
  /** The word of the control wavelet, on PEs that send one. */
  readonly controlWord: number;
}

export const CONTROL_BYTES = 4;

/** Memory of a PE that runs `job` and has this part in the reduction. */
export function layout(inner: RowMapping<RowLayout>, job: RowJob, pe: PatternPe): SplitLayout {
  const rows = inner.layout(job);
  const last = rows.allocations[rows.allocations.length - 1];
  const controlWord = last.address + last.bytes;
  if (pe.control === undefined) return { ...rows, controlWord };
  const word: Allocation = { name: 'control wavelet', kind: 'queues', address: controlWord, bytes: CONTROL_BYTES };
  return { ...rows, controlWord, allocations: [...rows.allocations, word] };
}
