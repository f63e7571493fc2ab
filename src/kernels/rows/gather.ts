/**
 * What arrives at the edge, put in order. With `drain` end: in each fabric row PE by PE from the edge on, then token by token,
 * then row by row. With `drain` column: token by token, then PE by PE, then row by row, and a control wavelet after each token.
 */
import { assert } from '../../base/error.ts';
import { controlsOf, drainOrder, type Way } from './fabric.ts';
import { drainsByColumn } from './mapping.ts';
import { type Placement, rowsIn, rowsOn } from './placement.ts';

/** Words of each fabric row's sink -> N x M f32, one token after the other; in pieces of a fabric row. */
export function* gatheringRows(p: Placement, n: number, sinks: readonly Uint32Array[], way: Way = {}): Generator<void, Float32Array> {
  const out = new Uint32Array(n * p.rows);
  assert(sinks.length === p.usedHeight, `${sinks.length} sinks instead of ${p.usedHeight}`);
  for (let y = 0; y < p.usedHeight; y++) {
    const words = sinks[y];
    const expected = rowsIn(p, y) * n + controlsOf(p, way, y, n);
    assert(words.length === expected, `fabric row ${y}: ${words.length} words instead of ${expected}`);
    gatherRow(p, n, y, words, way, out);
    yield;
  }
  return new Float32Array(out.buffer);
}

function gatherRow(p: Placement, n: number, y: number, words: Uint32Array, way: Way, out: Uint32Array): void {
  const pes = drainOrder(p, way, y).map((x) => y * p.rectangle.width + x);
  let next = 0;
  const take = (pe: number, token: number): void => {
    const rows = rowsOn(p, pe);
    out.set(words.subarray(next, next + rows), token * p.rows + pe * p.rowsPerPe);
    next += rows;
  };
  if (!drainsByColumn(way)) {
    for (const pe of pes) for (let token = 0; token < n; token++) take(pe, token);
    return;
  }
  const controls = controlsOf(p, way, y, 1);
  for (let token = 0; token < n; token++) {
    for (const pe of pes) take(pe, token);
    next += controls;
  }
}
