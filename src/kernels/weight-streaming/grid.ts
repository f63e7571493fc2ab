/**
 * Where rows and tokens go in `weight-streaming`: fabric column x computes rows x R .. of A, R = ceil(M / W); fabric row y
 * holds tokens y T .. of B, T = ceil(N / H). The last used column may have fewer rows, the last used row fewer tokens; what
 * lies east and south of them is idle.
 */
import { type Placement, place, rowsOn } from '../rows/placement.ts';
import type { Rectangle } from '../types.ts';

export interface Grid {
  readonly rectangle: Rectangle;
  /** Rows of A over the fabric columns, and tokens over the fabric rows. */
  readonly rows: Placement;
  readonly tokens: Placement;
}

export const gridOf = (m: number, n: number, rectangle: Rectangle): Grid => ({
  rectangle,
  rows: place(m, { width: rectangle.width, height: 1 }),
  tokens: place(n, { width: 1, height: rectangle.height }),
});

/** Columns and rows of the fabric that work. */
export const usedWidth = (grid: Grid): number => grid.rows.usedPes;
export const usedHeight = (grid: Grid): number => grid.tokens.usedPes;

export const rowsOfColumn = (grid: Grid, x: number): number => rowsOn(grid.rows, x);
export const tokensOfRow = (grid: Grid, y: number): number => rowsOn(grid.tokens, y);
