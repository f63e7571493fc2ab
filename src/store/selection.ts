/** Which PE is looked at: as an index in the store, as coordinates in links, so that it survives another rectangle. */
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
