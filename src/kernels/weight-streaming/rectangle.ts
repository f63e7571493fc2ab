/**
 * The default rectangle of `weight-streaming`: the width and height with the smallest closed form among candidates, and the
 * fewest PEs among those within 1 %. Wider means fewer rows of A a column, but the host's rate shared by more lanes; higher
 * means fewer tokens a PE, until each has one. Candidates are the widths at which the rows a column change, and heights for
 * 1, 2, 3, 4, 6, 8 ... times the fewest tokens a PE.
 */
import { usedBytes } from '../../machine/memory.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Rectangle, Shape } from '../types.ts';
import { estimateGrid } from './estimate.ts';
import { gridOf } from './grid.ts';
import type { StreamJob } from './job.ts';
import { layout } from './layout.ts';

/** Cycles that a smaller rectangle may cost. */
const NEARLY = 1.01;
const MULTIPLES = [1, 2, 3, 4, 6, 8, 12, 16];
/** Numbers of rows a column that are tried. */
const CANDIDATES = 24;

/** `jobOn` gives the job of the fullest PE of a rectangle. A shape whose tokens fit nowhere gets the usable fabric, for its error. */
export function defaultRectangle({ m, n }: Shape, machine: MachineSpec, jobOn: (rectangle: Rectangle) => StreamJob): Rectangle {
  const { usable } = machine;
  const found: { rectangle: Rectangle; cycles: number; pes: number }[] = [];
  for (const height of parts(n, usable.height, MULTIPLES)) {
    for (const width of parts(m, usable.width, doubling(m, usable.width))) {
      const rectangle = { width, height };
      const job = jobOn(rectangle);
      if (usedBytes(layout(job).allocations) > machine.sramBytes) continue;
      found.push({ rectangle, cycles: estimateGrid(gridOf(m, n, rectangle), job).closedForm.cycles, pes: width * height });
    }
  }
  const best = Math.min(...found.map((f) => f.cycles));
  const near = found.filter((f) => f.cycles <= NEARLY * best).sort((a, b) => a.pes - b.pes || a.cycles - b.cycles);
  return near[0]?.rectangle ?? usable;
}

/** Lengths at which `count` things fall into equal shares of the fewest that fit, times the factors; the longest first. */
function parts(count: number, most: number, factors: readonly number[]): number[] {
  const least = Math.ceil(count / Math.min(count, most));
  return [...new Set(factors.map((factor) => Math.ceil(count / Math.min(count, Math.ceil(least * factor)))))];
}

/** Factors from 1 on to all in one share, evenly on a scale of ratios. */
function doubling(count: number, most: number): number[] {
  const range = Math.max(1, Math.min(count, most));
  return Array.from({ length: CANDIDATES }, (_, i) => range ** (i / (CANDIDATES - 1)));
}
