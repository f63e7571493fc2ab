/** The selected cell of the grid on which both runs are seen, and the PEs that lie under it. */
import { pairGrid, peUnder } from '../../analysis/pair-map.ts';
import type { CompareState, SideId, Spot } from '../../store/compare.ts';
import type { Grid } from '../canvas/viewport.ts';

/** The grid on which the runs are seen: that of both, or of the one there is. */
export function seenGrid({ a, b }: CompareState): Grid | null {
  if (a.reader !== null && b.reader !== null) return pairGrid(a.reader, b.reader);
  return (a.reader ?? b.reader)?.trace ?? null;
}

/** Index of a spot on a grid; null where the grid has none there. */
export function cellOf(spot: Spot | null, { width, height }: Grid): number | null {
  return spot === null || spot.x >= width || spot.y >= height ? null : spot.y * width + spot.x;
}

/** The PE of a side under a cell; null where there is none. */
export function peOf(state: CompareState, id: SideId, spot: Spot | null): number | null {
  const [grid, { reader }] = [seenGrid(state), state[id]];
  return grid === null || reader === null || spot === null || cellOf(spot, grid) === null ? null : peUnder(reader, grid, spot.x, spot.y);
}
