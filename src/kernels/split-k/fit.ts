/** What to offer when a tile does not fit into a PE: only remedies that were computed and do fit. */
import { usedBytes } from '../../machine/memory.ts';
import type { Rectangle, Shape } from '../types.ts';
import { layout, type Mapping } from './layout.ts';

/** Bytes of the fullest PE: the longest slice, R rows, a control wavelet if any PE sends one. */
export function fullestBytes({ inner, job, pattern }: Mapping): number {
  const pe = pattern.find(({ control }) => control !== undefined) ?? pattern[0];
  return usedBytes(layout(inner, job, pe).allocations);
}

/** What may be changed about a mapping. */
export interface Change {
  readonly rectangle?: Rectangle;
  readonly n?: number;
  readonly streaming?: boolean;
}

/** `bytes` of the fullest PE after a change; `columns` is the widest rectangle that the machine and K allow. */
export function fixes(mapping: Mapping, shape: Shape, columns: number, bytes: (change: Change) => number): string[] {
  const { split, job, inner } = mapping;
  const { width, height } = split.rectangle;
  const { usable, sramBytes, name } = job.machine;
  const found: string[] = [];
  const fits = (change: Change): boolean => bytes(change) <= sramBytes;
  const wider = smallest(width + 1, columns, (w) => fits({ rectangle: { width: w, height } }));
  if (wider) found.push(`use ${wider}x${height} PEs, so that each holds a shorter slice of K`);
  const higher = smallest(height + 1, Math.min(shape.m, usable.height), (h) => fits({ rectangle: { width, height: h } }));
  if (higher) found.push(`use ${width}x${higher} PEs, which puts ${rowsText(Math.ceil(shape.m / higher))} on a PE`);
  if (inner.id !== 'streaming' && fits({ streaming: true })) found.push('set inner to streaming, which keeps rows quantised');
  const n = largest(1, shape.n - 1, (most) => fits({ n: most }));
  if (n > 0) found.push(`compute at most ${n} column${n > 1 ? 's' : ''} at a time`);
  if (found.length > 0) return found;
  const most = { width: columns, height: Math.min(shape.m, usable.height) };
  return fits({ rectangle: most })
    ? [`use ${most.width}x${most.height} PEs`]
    : [`compute fewer rows at a time, or fewer columns: a tile of ${name} at its widest does not fit`];
}

const rowsText = (rows: number): string => `${rows} row${rows > 1 ? 's' : ''}`;

/** The smallest integer from `low` to `high` for which `fits` holds, or 0; `fits` must not become false again. */
function smallest(low: number, high: number, fits: (n: number) => boolean): number {
  if (low > high || !fits(high)) return 0;
  let [bad, good] = [low - 1, high];
  while (good - bad > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** The largest one, or 0; `fits` must not become true again. */
function largest(low: number, high: number, fits: (n: number) => boolean): number {
  return low > high || !fits(low) ? 0 : (smallest(low + 1, high, (n) => !fits(n)) || high + 1) - 1;
}
