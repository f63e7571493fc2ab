/** Points of a sweep on the page's own workers: as many as the computer has cores to spare; one that dies is replaced. */
import { wrap } from 'comlink';
import { type Connection, connect, Lifeline } from './lifeline.ts';
import type { PointMode, PointOutcome } from './point.ts';
import type { PointWorker } from './point-worker.ts';
import type { ModelSource } from './protocol.ts';

type Point = Readonly<Record<string, string | number>>;

/** Where a sweep's points are computed (src/sweep/backend.ts). */
export interface PointPool {
  readonly room: number;
  compute(point: Point): Promise<PointOutcome>;
  close(): Promise<void>;
}

function startWorker(): Connection<PointWorker> {
  const worker = new Worker(new URL('../../workers/weft.ts', import.meta.url), { type: 'module', name: 'point' });
  return connect(worker, wrap<PointWorker>(worker));
}

/** A pool of `size` workers that computes points in one mode; `model` is opened in each. A lost worker is an outcome of its point. */
export function createPointPool(size: number, mode: PointMode, model: ModelSource | null, start: () => Connection<PointWorker> = startWorker): PointPool {
  const open = (session: Connection<PointWorker>['session']): Promise<unknown> => (model === null ? Promise.resolve() : session.open(model));
  const lines = Array.from({ length: size }, () => {
    const line = new Lifeline(start, open);
    return { line, ready: open(line.session) };
  });
  const free = [...lines];
  return {
    room: size,
    async compute(point) {
      const mine = free.pop();
      if (mine === undefined) throw new Error('more points at a time than workers');
      await mine.ready;
      const outcome = await mine.line.ask((session) => session.compute(point, mode));
      free.push(mine);
      return outcome.ok ? outcome.value : { ok: false, error: outcome.error };
    },
    async close() {
      for (const { line } of lines) line.close();
    },
  };
}
