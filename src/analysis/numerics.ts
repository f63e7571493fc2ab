/** Numbers about the results: which rows differ most from float64, and how values spread. */

export interface RowError {
  readonly row: number;
  /** Column (token) of the row's largest difference. */
  readonly column: number;
  /** The simulated result there and float64's. */
  readonly y: number;
  readonly yF64: number;
  /** |y - yF64| there. */
  readonly error: number;
}

/**
 * Per row its largest absolute difference, of the `most` rows where it is largest; `y` and `yF64` are N x M. Worst row first,
 * ties by row.
 */
export function rowErrors(y: ArrayLike<number>, yF64: ArrayLike<number>, m: number, n: number, most: number = m): RowError[] {
  const errors = new Float64Array(m).fill(-1);
  const columns = new Uint32Array(m);
  for (let j = 0, at = 0; j < n; j++)
    for (let row = 0; row < m; row++, at++) {
      const error = Math.abs(y[at] - yF64[at]);
      if (error > errors[row]) [errors[row], columns[row]] = [error, j];
    }
  const rows: RowError[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < m; row++) {
    if (errors[row] <= least) continue;
    const at = columns[row] * m + row;
    rows.push({ row, column: columns[row], y: y[at], yF64: yF64[at], error: errors[row] });
    // Now and then those are let go that cannot be among the worst any more.
    if (rows.length === 2 * most) least = worst(rows, most)[most - 1].error;
  }
  return worst(rows, most);
}

/** Puts the worst first and lets all but `most` go. */
function worst(rows: RowError[], most: number): RowError[] {
  rows.sort((a, b) => b.error - a.error || a.row - b.row).splice(most);
  return rows;
}

export interface Bin {
  /** Values in [from, to); the last bin includes its end. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Counts of the values at or above 0 in `bins` equal bins from the smallest to the largest; empty when there is none. */
export function histogram(values: ArrayLike<number>, bins: number): Bin[] {
  let [low, high] = [Number.POSITIVE_INFINITY, -1];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (high < 0) return [];
  const width = Math.max(1, Math.ceil((high - low + 1) / bins));
  const counts = new Array<number>(Math.ceil((high - low + 1) / width)).fill(0);
  for (let i = 0; i < values.length; i++) if (values[i] >= 0) counts[Math.floor((values[i] - low) / width)]++;
  return counts.map((count, i) => ({ from: low + i * width, to: low + (i + 1) * width, count }));
}
