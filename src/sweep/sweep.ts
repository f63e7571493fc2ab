/** Computes the points of a grid that are not known yet, as many at a time as the backend has room for, and hands each on when it is done. */
import type { PointOutcome } from '../api/point.ts';
import type { Backend } from './backend.ts';
import type { PointConfig } from './grid.ts';
import { isFinal, type PointRecord, type PointSetting, pointHash } from './journal.ts';

export interface SweepRequest {
  readonly points: readonly PointConfig[];
  readonly setting: PointSetting;
  /** Records by hash from earlier sweeps. */
  readonly known: ReadonlyMap<string, PointRecord>;
  /** Takes a record that was computed now; the sweep waits for it. Called one at a time. */
  readonly onRecord: (record: PointRecord) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface SweepSummary {
  readonly points: number;
  readonly computed: number;
  /** Points that were known, or that the grid names twice. */
  readonly known: number;
  readonly failed: number;
  /** True if all points are done. */
  readonly finished: boolean;
}

/** Ends when all points are done or the signal aborts; then nothing is recorded any more. Throws what `onRecord` throws. */
export async function runSweep({ points, setting, known, onRecord, signal }: SweepRequest, backend: Backend): Promise<SweepSummary> {
  const todo = new Map<string, PointConfig>();
  for (const config of points) {
    const hash = pointHash(config, setting);
    const record = known.get(hash);
    if (record === undefined || !isFinal(record)) todo.set(hash, config);
  }
  const queue = [...todo];
  let [computed, failed, next] = [0, 0, 0];
  let writing: Promise<void> = Promise.resolve();
  const record = (hash: string, config: PointConfig, outcome: PointOutcome): Promise<void> => {
    const entry: PointRecord = { hash, ...setting, config, ...(outcome.ok ? { result: outcome.result } : { error: outcome.error }) };
    writing = writing.then(async () => {
      await onRecord(entry);
      computed++;
      if (!outcome.ok) failed++;
    });
    return writing;
  };
  /** Computes one point after the other; the next one while the last one is written. */
  const lane = async (): Promise<void> => {
    let written: Promise<void> = Promise.resolve();
    while (next < queue.length && !signal.aborted) {
      const [hash, config] = queue[next++];
      const [outcome] = await Promise.all([backend.compute(config), written]);
      if (signal.aborted) break;
      written = record(hash, config, outcome);
    }
    await written;
  };
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([Promise.all(Array.from({ length: Math.max(1, backend.room) }, lane)), aborted]);
  // What was computed before the stop is kept, and is all written when this ends.
  await writing;
  return { points: points.length, computed, known: points.length - todo.size, failed, finished: computed === todo.size };
}
