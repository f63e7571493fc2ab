/**
 * Where points are computed: threads of this computer, a page's workers, a queue over many machines. A sweep knows only this.
 */
import type { PointOutcome } from '../api/point.ts';
import type { PointConfig } from './grid.ts';

export interface Backend {
  /** Points that it takes at a time; more wait in the sweep. */
  readonly room: number;
  /** Computes a point. Never rejects for a point's own sake: what is wrong with it is an outcome, and so is a lost worker. */
  compute(config: PointConfig): Promise<PointOutcome>;
  /** Ends everything at once; what is being computed is given up. */
  close(): Promise<void>;
}
