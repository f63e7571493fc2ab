/** What to offer when a PE's memory overflows: only remedies that were computed and do fit. */
import { checkFits, usedBytes } from '../../machine/memory.ts';
import { OPTIONS } from '../options.ts';
import type { Rectangle, Shape } from '../types.ts';
import { hasTurns } from './fabric.ts';
import { blockWeights, type RowJob, type RowLayout, type RowMapping, type RowOptions } from './mapping.ts';
import { nearSquare, place } from './placement.ts';

/** @throws WeftError (`placement`) that names the bytes over and what fits. */
export function checkMemory<L extends RowLayout>(mapping: RowMapping<L>, job: RowJob, layout: L, shape: Shape, rectangle: Rectangle): void {
  const { machine } = job;
  if (usedBytes(layout.allocations) <= machine.sramBytes) return;
  const what = `kernel ${mapping.id} with ${job.rows} row${job.rows > 1 ? 's' : ''} of K = ${job.k} on a PE (${rectangle.width}x${rectangle.height} PEs, M = ${shape.m}, N = ${job.n})`;
  checkFits(layout.allocations, machine, what, fixes(mapping, job, shape, rectangle));
}

function fixes<L extends RowLayout>(mapping: RowMapping<L>, job: RowJob, shape: Shape, rectangle: Rectangle): string[] {
  const limit = job.machine.sramBytes;
  const bytes = (change: Partial<RowJob>): number => usedBytes(mapping.layout({ ...job, ...change }).allocations);
  const withRows = (rows: number): number => bytes({ rows, rowsPerPe: rows });
  const found: string[] = [];

  const rows = largest(1, job.rows - 1, (r) => withRows(r) <= limit);
  const wider = rows > 0 ? nearSquare(Math.ceil(shape.m / rows), job.machine) : undefined;
  if (wider) {
    const { rowsPerPe } = place(shape.m, wider);
    found.push(`use ${wider.width}x${wider.height} PEs, which puts ${rowsPerPe} row${rowsPerPe > 1 ? 's' : ''} on a PE (${withRows(rowsPerPe)} B)`);
  }
  for (const other of mapping.alternatives) {
    const needed = other.bytes(job);
    if (needed <= limit) found.push(`use the kernel ${other.id} (${needed} B)`);
  }
  found.push(...leaner(mapping, job, (change) => bytes({ ...change, endsRow: hasTurns(place(shape.m, rectangle), { ...job, ...change }) })));
  const columns = largest(1, job.n - 1, (n) => bytes({ n }) <= limit);
  if (columns > 0) found.push(`compute at most ${columns} column${columns > 1 ? 's' : ''} at a time (N = ${columns}, ${bytes({ n: columns })} B)`);
  if (found.length > 0) return found;

  const { usable, name } = job.machine;
  const most = largest(1, job.rows, (r) => withRows(r) <= limit) * usable.width * usable.height;
  if (most > 0) return [`compute at most ${most} rows at a time (M = ${most} fills the ${usable.width}x${usable.height} PEs of ${name})`];
  const size = blockWeights(job);
  const blocks = largest(1, job.k / size - 1, (b) => bytes({ k: b * size }) <= limit);
  return blocks > 0 ? [`keep K at or below ${blocks * size} (${bytes({ k: blocks * size })} B)`] : [];
}

/** Options that need less memory, each alone. */
const LEANER: readonly RowOptions[] = [{ drain: 'column' }, { f16: 'on' }, { overlap: 'off' }, { factored: 'off' }];

/** "use drain column (20,000 B)": those that are not chosen yet, go with the format, and fit. */
function leaner<L extends RowLayout>(mapping: RowMapping<L>, job: RowJob, bytes: (change: RowOptions) => number): string[] {
  return LEANER.flatMap((change) => {
    const [[id, value]] = Object.entries(change) as [[keyof RowOptions, string]];
    if ((job[id] ?? OPTIONS[id].values[0]) === value || mapping.refuses?.({ ...job, ...change }, job.dequantiser.format)) return [];
    const needed = bytes(change);
    return needed <= job.machine.sramBytes ? [`use ${id} ${value} (${needed} B)`] : [];
  });
}

/** The largest integer from `low` to `high` for which `fits` holds, or 0; `fits` must not become true again once it is false. */
function largest(low: number, high: number, fits: (n: number) => boolean): number {
  let [good, bad] = [low - 1, high + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good >= low ? good : 0;
}
