import { describe, expect, it } from 'vitest';
import { histogram, rowErrors } from '../../src/analysis/numerics.ts';
import { rng } from '../../src/base/rng.ts';

describe('errors by row', () => {
  it('takes the largest difference of each row over its tokens, worst row first', () => {
    // N = 2 tokens of M = 3 rows, one token after the other.
    const y = [1, 2, 3, 4, 5, 6];
    const yF64 = [1, 2.5, 3, 4.25, 5.25, 6];
    expect(rowErrors(y, yF64, 3, 2)).toEqual([
      { row: 1, column: 0, y: 2, yF64: 2.5, error: 0.5 },
      { row: 0, column: 1, y: 4, yF64: 4.25, error: 0.25 },
      { row: 2, column: 0, y: 3, yF64: 3, error: 0 },
    ]);
  });

  it('of some rows gives the worst of all, ties by row', () => {
    const random = rng(3);
    const y = Float32Array.from({ length: 2 * 500 }, () => random.below(40));
    const all = rowErrors(y, new Float64Array(1000), 500, 2);
    for (const most of [1, 7, 499, 500]) expect(rowErrors(y, new Float64Array(1000), 500, 2, most)).toEqual(all.slice(0, most));
  });
});

describe('histogram', () => {
  it('counts every value at or above 0 once', () => {
    const values = [0, 1, 1, 5, 9, 10, -1];
    const bins = histogram(values, 5);
    expect(bins.reduce((sum, b) => sum + b.count, 0)).toBe(6);
    for (const b of bins) expect(b.count).toBe(values.filter((v) => v >= b.from && v < b.to).length);
  });

  it('has bins of whole cycles, one for values that are all equal, none for no values', () => {
    expect(histogram([7, 7, 7], 32)).toEqual([{ from: 7, to: 8, count: 3 }]);
    expect(histogram([-1, -1], 32)).toEqual([]);
  });
});
