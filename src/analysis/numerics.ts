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

/** Per row its largest absolute difference; `y` and `yF64` are N x M. Worst row first, ties by row. */
export function rowErrors(y: ArrayLike<number>, yF64: ArrayLike<number>, m: number, n: number): RowError[] {
  const rows: RowError[] = [];
  for (let row = 0; row < m; row++) {
    let column = 0;
    let error = -1;
    for (let j = 0; j < n; j++) {
      const e = Math.abs(y[j * m + row] - yF64[j * m + row]);
      if (e > error) [column, error] = [j, e];
    }
    rows.push({ row, column, y: y[column * m + row], yF64: yF64[column * m + row], error });
  }
  return rows.sort((a, b) => b.error - a.error || a.row - b.row);
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
