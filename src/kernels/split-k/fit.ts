/** What to offer when a tile does not fit into a PE: only remedies that were computed and do fit. */
import { usedBytes } from '../../machine/memory.ts';
import type { KernelOptions } from '../options.ts';
import type { Rectangle, Shape } from '../types.ts';
import { layout, type Mapping, type SplitLayout } from './layout.ts';

/** The fullest PE: the longest slice, R rows, the word of a control wavelet if any PE sends one. */
export const fullest = ({ inner, job, pattern }: Mapping): SplitLayout =>
  layout(inner, job, pattern.find(({ control }) => control !== undefined) ?? pattern[0]);

export const fullestBytes = (mapping: Mapping): number => usedBytes(fullest(mapping).allocations);

/** What may be changed about a mapping. */
export interface Change {
  readonly rectangle?: Rectangle;
  readonly m?: number;
  readonly k?: number;
  readonly n?: number;
  readonly options?: KernelOptions;
}

/** Options that need less memory, each alone. */
const LEANER: readonly KernelOptions[] = [{ inner: 'streaming' }, { f16: 'on' }, { overlap: 'off' }, { factored: 'off' }];

/** `bytes` of the fullest PE after a change, infinite if it is refused; `columns`: the most that machine and K allow. */
export function fixes({ split, job }: Mapping, shape: Shape, options: KernelOptions, columns: number, bytes: (change: Change) => number): string[] {
  const { width, height } = split.rectangle;
  const { usable, sramBytes, name } = job.machine;
  const fits = (change: Change): boolean => bytes(change) <= sramBytes;
  const found: string[] = [];
  const offer = (what: string, change: Change): void => {
    found.push(`${what} (${bytes(change)} B)`);
  };

  const wider = smallest(width + 1, columns, (w) => fits({ rectangle: { width: w, height } }));
  if (wider) offer(`use ${wider}x${height} PEs, each with a shorter slice of K`, { rectangle: { width: wider, height } });
  const higher = smallest(height + 1, Math.min(shape.m, usable.height), (h) => fits({ rectangle: { width, height: h } }));
  if (higher) offer(`use ${width}x${higher} PEs, which puts ${rowsText(Math.ceil(shape.m / higher))} on a PE`, { rectangle: { width, height: higher } });
  for (const change of LEANER) {
    const [[id, value]] = Object.entries(change);
    if (options[id as keyof KernelOptions] !== value && fits({ options: change })) offer(`use ${id} ${value}`, { options: change });
  }
  const n = largest(1, shape.n - 1, (most) => fits({ n: most }));
  if (n > 0) offer(`compute at most ${n} column${n > 1 ? 's' : ''} at a time (N = ${n})`, { n });
  if (found.length > 0) return found;

  const rectangle = { width: columns, height: Math.min(shape.m, usable.height) };
  const whole = `${rectangle.width}x${rectangle.height} PEs`;
  if (fits({ rectangle })) return [`use ${whole} (${bytes({ rectangle })} B)`];
  const m = largest(1, shape.m - 1, (most) => fits({ rectangle, m: most }));
  if (m > 0) return [`compute at most ${rowsText(m)} at a time (M = ${m} fits on ${whole} of ${name})`];
  const units = largest(columns, shape.k / split.unit - 1, (most) => fits({ rectangle, m: 1, k: most * split.unit }));
  return units > 0 ? [`keep K at or below ${units * split.unit}`] : [];
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
