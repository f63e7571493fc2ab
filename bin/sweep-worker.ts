/** A thread of a sweep: computes one point after the other in a session of its own. */
import { openAsBlob } from 'node:fs';
import { type PointMode, type PointOutcome, runPoint } from '../src/api/point.ts';
import type { Session } from '../src/api/protocol.ts';
import { createSession } from '../src/api/session.ts';

/** What crosses to the thread. */
export interface PointTask {
  readonly config: Readonly<Record<string, string | number>>;
  readonly mode: PointMode;
  /** Where the model's file lies, and its name in the session; absent for synthetic matrices. */
  readonly model?: { readonly path: string; readonly name: string };
}

let session: Promise<Session> | null = null;

async function open({ model }: PointTask): Promise<Session> {
  const created = createSession();
  if (model !== undefined) {
    const opened = await created.openModel({ kind: 'file', file: await openAsBlob(model.path), name: model.name });
    if (!opened.ok) throw new Error(opened.error.message);
  }
  return created;
}

let stops = 0;

/** Gives up the point that is being computed. */
export async function stop(): Promise<void> {
  stops++;
  await (await session)?.cancel();
}

export default async function compute(task: PointTask): Promise<PointOutcome> {
  const before = stops;
  session ??= open(task);
  const opened = await session;
  // While the model was opened there was no run yet that could have been cancelled.
  if (stops > before) return { ok: false, error: { field: 'worker', message: 'the sweep was stopped', fixes: ['run it again'] } };
  return runPoint(opened, task.config, task.mode);
}
