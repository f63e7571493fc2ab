/** Lines of a sweep, where they cross, what is best of two costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointResult } from '../../src/api/point.ts';
import type { PointRecord } from '../../src/sweep/journal.ts';
import { crossingsOf, paretoOf, seriesOf } from '../../src/sweep/series.ts';

const point = (n: number, kernel: string, cycles: number | null): PointRecord => {
  const known = { hash: `${n} ${kernel}`, mode: 'simulated' as const, modelVersion: '1', modelHash: '', config: { n, kernel } };
  return cycles === null
    ? { ...known, error: { field: 'k', message: 'no', fixes: [] } }
    : { ...known, result: { cycles, closedForm: cycles + 1 } as PointResult };
};

const lines = (records: readonly PointRecord[]) =>
  seriesOf(
    records,
    'n',
    'kernel',
    (r) => r.cycles ?? 0,
    (r) => r.closedForm,
  );

describe('series of a sweep', () => {
  it('are a line for each value of the second parameter, in order of the first, without what failed', () => {
    const series = lines([point(4, 'a', 40), point(1, 'a', 10), point(2, 'b', null), point(1, 'b', 15)]);
    expect(series.map(({ name, points }) => [name, points.map(({ x, value, closedForm }) => [x, value, closedForm])])).toEqual([
      [
        'a',
        [
          [1, 10, 11],
          [4, 40, 41],
        ],
      ],
      ['b', [[1, 15, 16]]],
    ]);
  });

  it('are named by the parameter where a value does not say of what it is', () => {
    const named = (y: string, value: string | number) =>
      seriesOf(
        [{ ...point(1, 'a', 1), config: { n: 1, [y]: value } }],
        'n',
        y,
        (r) => r.cycles ?? 0,
        () => 0,
      ).map(({ name }) => name);
    expect([named('kernel', 'split-k'), named('m', 4096), named('overlap', 'on'), named('', '')]).toEqual([
      ['split-k'],
      ['m = 4\u202f096'],
      ['overlap = on'],
      [''],
    ]);
  });

  it('cross where one becomes the smaller: from the computed value on, the lines meet before it', () => {
    const series = lines([point(1, 'a', 10), point(2, 'a', 20), point(4, 'a', 40), point(1, 'b', 18), point(2, 'b', 24), point(4, 'b', 36)]);
    expect(crossingsOf(series)).toEqual([{ lower: 'b', upper: 'a', at: 4, before: 2, x: 3, value: 30 }]);
  });

  it('of equal lines never cross', () => {
    expect(crossingsOf(lines([point(1, 'a', 1), point(2, 'a', 2), point(1, 'b', 1), point(2, 'b', 2)]))).toEqual([]);
  });
});

describe('the best of two costs', () => {
  it('is beaten by no point, and beats or equals every other', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pairs, (points) => {
        const best = paretoOf(
          points,
          (p) => p[0],
          (p) => p[1],
        );
        const beats = (p: readonly number[], q: readonly number[]): boolean => p[0] <= q[0] && p[1] <= q[1] && (p[0] < q[0] || p[1] < q[1]);
        for (const b of best) expect(points.some((p) => beats(p, b))).toBe(false);
        for (const p of points) expect(best.some((b) => b[0] <= p[0] && b[1] <= p[1])).toBe(true);
      }),
      { seed: 3 },
    );
  });
});
