/**
 * Two runs PE by PE: what B does more than A, in shares of the last cycles. Rectangles of different sizes are laid over one
 * another by share: the point of a cell's middle is the same share of the width and of the height in both.
 */
import type { TraceReader } from '../trace/reader.ts';
import { utilisationIn } from './timeline.ts';

export interface PairGrid {
  readonly width: number;
  readonly height: number;
}

/** The grid on which both rectangles are seen: as wide as the wider, as high as the higher. */
export const pairGrid = (a: TraceReader, b: TraceReader): PairGrid => ({
  width: Math.max(a.trace.width, b.trace.width),
  height: Math.max(a.trace.height, b.trace.height),
});

/** The PE of a run that lies under a cell of the grid. */
export function peUnder({ trace }: TraceReader, grid: PairGrid, x: number, y: number): number {
  const column = Math.floor(((x + 0.5) / grid.width) * trace.width);
  return Math.floor(((y + 0.5) / grid.height) * trace.height) * trace.width + column;
}

/** Share of the `window` cycles that end with `cycle` in which each PE multiplies and adds; 0 outside of the run. */
export function computeIn(reader: TraceReader, cycle: number, window: number, out: Float32Array): void {
  const from = Math.max(0, cycle + 1 - window);
  if (cycle < 0 || from >= reader.trace.cycles) out.fill(0);
  else utilisationIn(reader, from, cycle + 1, out);
}

/** Fills B - A for every cell of the grid, -1 to 1, from shares per PE of each run. */
export function difference(a: TraceReader, sharesA: Float32Array, b: TraceReader, sharesB: Float32Array, out: Float32Array): void {
  const grid = pairGrid(a, b);
  for (let y = 0, cell = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++, cell++) out[cell] = sharesB[peUnder(b, grid, x, y)] - sharesA[peUnder(a, grid, x, y)];
  }
}
