/** A worker of a sweep: a session that computes points. */
import { type PointMode, type PointOutcome, runPoint } from './point.ts';
import type { ModelSource, Outcome } from './protocol.ts';
import { createSession } from './session.ts';

/** What crosses to a worker of the pool. */
export interface PointWorker {
  /** Opens the model that points name, where they name one. */
  open(source: ModelSource): Promise<Outcome<unknown>>;
  compute(point: Readonly<Record<string, string | number>>, mode: PointMode): Promise<Outcome<PointOutcome>>;
}

export function createPointWorker(): PointWorker {
  const session = createSession();
  return {
    open: (source) => session.openModel(source),
    compute: async (point, mode) => ({ ok: true, value: await runPoint(session, point, mode) }),
  };
}
