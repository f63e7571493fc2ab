/** What arrives at the edge, put in order: in each fabric row PE by PE, then token by token, then row by row. */
import { assert } from '../../base/error.ts';
import { type Placement, rowsIn, rowsOn } from './placement.ts';

/** Words of each fabric row's sink -> N x M f32, one token after the other. */
export function gatherRows(p: Placement, n: number, sinks: readonly Uint32Array[]): Float32Array {
  const out = new Uint32Array(n * p.rows);
  assert(sinks.length === p.usedHeight, `${sinks.length} sinks instead of ${p.usedHeight}`);
  for (let y = 0; y < p.usedHeight; y++) {
    const words = sinks[y];
    assert(words.length === rowsIn(p, y) * n, `fabric row ${y}: ${words.length} results instead of ${rowsIn(p, y) * n}`);
    let next = 0;
    for (let pe = y * p.rectangle.width; next < words.length; pe++) {
      const rows = rowsOn(p, pe);
      for (let token = 0; token < n; token++) {
        out.set(words.subarray(next, next + rows), token * p.rows + pe * p.rowsPerPe);
        next += rows;
      }
    }
  }
  return new Float32Array(out.buffer);
}
