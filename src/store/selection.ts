/** Which PE is looked at: as an index in the store, as coordinates in links, so that it survives another rectangle. */
import type { Region } from '../analysis/fabric-frame.ts';
import { type RunSlots, shownRun } from './shown.ts';
import type { LabState } from './types.ts';

/** A rectangle of PEs; plans, programs and traces are some. */
export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** The PE of the middle: what is shown when nothing was selected. */
export const middlePe = ({ width, height }: Grid): number => Math.floor(height / 2) * width + Math.floor(width / 2);

/** Index of x,y, each clamped to the rectangle. */
export function peAt({ width, height }: Grid, x: number, y: number): number {
  return Math.min(height - 1, y) * width + Math.min(width - 1, x);
}

export const coordinates = ({ width }: Grid, pe: number): { x: number; y: number } => ({ x: pe % width, y: Math.floor(pe / width) });

/** The selected PE as a link writes it, or null before the first run. */
export function selectionOf(state: Pick<LabState, 'pe'> & RunSlots): { x: number; y: number } | null {
  const run = shownRun(state);
  return state.pe === null || run === null ? null : coordinates(run.trace, state.pe);
}

/** The corner opposite to {@link selectionOf} of the selected rectangle; null while a single PE is selected. */
export function cornerOf({ pe, area, ...slots }: Pick<LabState, 'pe' | 'area'> & RunSlots): { x: number; y: number } | null {
  const run = shownRun(slots);
  return area === null || area.from !== pe || area.to === pe || run === null ? null : coordinates(run.trace, area.to);
}

/** The selected rectangle of several PEs; null while a single one is selected. */
export function areaOf({ pe, area }: Pick<LabState, 'pe' | 'area'>, { width }: Pick<Grid, 'width'>): Region | null {
  if (area === null || area.from !== pe || area.to === pe) return null;
  const [a, b] = [area.from, area.to].map((corner) => ({ x: corner % width, y: Math.floor(corner / width) }));
  return { x0: Math.min(a.x, b.x), y0: Math.min(a.y, b.y), x1: Math.max(a.x, b.x) + 1, y1: Math.max(a.y, b.y) + 1 };
}
