import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../../src/base/rng.ts';
import { markAfter } from '../../src/trace/sequences.ts';
import { Shapes } from '../../src/trace/shapes.ts';

type Row = readonly [what: number, begin: number, extent: number, extra: number];

const CASES = 30;

/** A row of a shape. */
const randomRow = (r: Rng): Row => [r.below(9), r.below(1000), r.below(1000), r.below(6) - 1];

/** Adds a shape at random, half of them with rows that come again, and gives all its rows. */
function addShape(r: Rng, shapes: Shapes, areSpans: boolean): readonly Row[] {
  const all: Row[] = [];
  const add = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const row = randomRow(r);
      shapes.row(...row);
      all.push(row);
    }
  };
  add(r.below(5));
  if (r.below(2) === 0) {
    const [first, from] = [shapes.rows, all.length];
    add(1 + r.below(6));
    const [times, shift, step] = [1 + r.below(4), 1000 + r.below(500), areSpans ? r.below(4) : undefined];
    shapes.repeat(first, times, shift, step);
    const round = all.slice(from);
    for (let k = 1; k <= times; k++) {
      for (const [what, begin, extent, extra] of round)
        all.push([what, begin + k * shift, areSpans ? extent + k * shift : extent, markAfter(extra, k * (step ?? 0))]);
    }
    add(r.below(5));
  }
  shapes.close(false);
  return all;
}

const rowsOf = (shapes: Shapes, shape: number): Row[] =>
  Array.from({ length: shapes.length(shape) }, (_, k) => shapes.first(shape) + k).map((row) => [
    shapes.what(row),
    shapes.begin(row),
    shapes.extent(row),
    shapes.extra(row),
  ]);

/** The same, piece by piece. */
function piecesOf(shapes: Shapes, shape: number, areSpans: boolean): Row[] {
  const rows: Row[] = [];
  shapes.eachPiece(shape, (data, from, to, later, further) => {
    for (let w = from; w < to; w += 4) rows.push([data[w], data[w + 1] + later, data[w + 2] + (areSpans ? later : 0), markAfter(data[w + 3], further)]);
  });
  return rows;
}

describe('shapes', () => {
  it.each([true, false])('keep rows that come again once, and give all of them, of spans %s', (areSpans) => {
    for (let seed = 0; seed < CASES; seed++) {
      const r = rng(seed);
      const [shapes, copies] = [new Shapes(), new Shapes()];
      const all = [[], ...Array.from({ length: 20 }, () => addShape(r, shapes, areSpans))];
      const order = [...all.keys()].sort(() => r.below(3) - 1);
      for (const shape of order) expect(rowsOf(shapes, shape), `seed ${seed}, shape ${shape}`).toEqual(all[shape]);
      for (const shape of order) expect(piecesOf(shapes, shape, areSpans), `seed ${seed}, shape ${shape}`).toEqual(all[shape]);
      for (const shape of order) {
        copies.copy(shapes, shape);
        expect(rowsOf(copies, copies.close(false)), `seed ${seed}, copy of shape ${shape}`).toEqual(all[shape]);
      }
    }
  });

  it('refuse more rows than have numbers', () => {
    const shapes = new Shapes();
    shapes.row(0, 0, 1, 1);
    expect(() => shapes.repeat(0, 2 ** 31, 10)).toThrow('more than 2147483647 rows');
  });
});
