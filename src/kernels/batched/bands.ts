/**
 * Where replicas and sequences go in `batched`. A *group* is a band of whole fabric rows with one replica of A: R rows of A on
 * a PE, R as small as one replica in the rectangle allows, in r = ceil(ceil(M / R) / W) fabric rows. Groups stack from north
 * to south, as many as fit; fabric rows that are left over stay idle. Sequences go to the groups round robin: sequence s to
 * group s mod G. One round is a *wave*: G sequences, one in each group. The columns of later waves follow the earlier ones
 * through the same replica, so a wave costs no load and no start of its own.
 */
import type { MachineSpec } from '../../machine/spec.ts';
import { place } from '../rows/placement.ts';
import type { Rectangle } from '../types.ts';

export interface Bands {
  readonly rectangle: Rectangle;
  /** The rectangle of one group. */
  readonly band: Rectangle;
  readonly rowsPerPe: number;
  /** PEs of a replica: those of a group that hold rows. */
  readonly replicaPes: number;
  /** Groups that fit into the rectangle, and those that the batch uses. */
  readonly fitting: number;
  readonly groups: number;
  /** Sequences of the group that has most. */
  readonly waves: number;
  readonly batch: number;
}

export function bandsOf(rows: number, batch: number, rectangle: Rectangle): Bands {
  const { width, height } = rectangle;
  const { rowsPerPe, usedPes, usedHeight } = place(rows, rectangle);
  const fitting = Math.floor(height / usedHeight);
  const groups = Math.min(batch, fitting);
  const waves = Math.ceil(batch / fitting);
  return { rectangle, band: { width, height: usedHeight }, rowsPerPe, replicaPes: usedPes, fitting, groups, waves, batch };
}

/** Columns of sequence s when n columns belong to `batch` sequences: the first n mod batch have one more. */
const sequenceSize = (n: number, batch: number, s: number): number => Math.floor(n / batch) + (s < n % batch ? 1 : 0);

/** First column of sequence s; the columns of a sequence follow one another. */
const sequenceStart = (n: number, batch: number, s: number): number => s * Math.floor(n / batch) + Math.min(s, n % batch);

/** Columns of group g in the order in which they go through it. */
export function columnsOf({ batch, groups }: Bands, n: number, group: number): number[] {
  const columns: number[] = [];
  for (let s = group; s < batch; s += groups) {
    const start = sequenceStart(n, batch, s);
    for (let i = 0; i < sequenceSize(n, batch, s); i++) columns.push(start + i);
  }
  return columns;
}

/** Columns of group 0, which has most: sequences with one more come first. */
export function mostColumns({ batch, groups }: Bands, n: number): number {
  const sequences = Math.ceil(batch / groups);
  const longer = Math.ceil((n % batch) / groups);
  return sequences * Math.floor(n / batch) + Math.min(longer, sequences);
}

/**
 * As many whole groups as the batch needs, in the shape whose longest way is shortest; the usable fabric if they need more.
 */
export function defaultBands(rows: number, batch: number, { usable }: MachineSpec): Rectangle {
  let best: Rectangle | undefined;
  let idle = 0;
  for (let width = 1; width <= Math.min(rows, usable.width); width++) {
    const fabricRows = Math.ceil(rows / width);
    const height = fabricRows * batch;
    if (height > usable.height) continue;
    const left = width * fabricRows - rows;
    const longer = best ? width + height - best.width - best.height : -1;
    if (longer > 0 || (longer === 0 && left >= idle)) continue;
    best = { width, height };
    idle = left;
  }
  return best ?? usable;
}
