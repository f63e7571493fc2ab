/** The backend of a sweep on this computer: a pool of threads, one point in each; without threads where one is enough. */
import Tinypool from 'tinypool';
import type { PointOutcome } from '../src/api/point.ts';
import type { Backend } from '../src/sweep/backend.ts';
import type { PointTask } from './sweep-worker.ts';

export interface PoolOptions extends Omit<PointTask, 'config'> {
  readonly jobs: number;
  /** `import.meta.url` of the command line's entry: the thread's file lies beside it. */
  readonly entry: string;
}

/** Sources are run by a loader that threads do not have, so a checkout that runs them computes in this thread. */
export function localBackend({ jobs, entry, ...task }: PoolOptions): Backend {
  return jobs === 1 || entry.endsWith('.ts') ? thisThread(task) : threads(jobs, new URL('./sweep-worker.js', entry).href, task);
}

type Task = Omit<PointTask, 'config'>;

/** What a point needs is loaded here alone: beside threads nothing is computed in this one. */
function thisThread(task: Task): Backend {
  const worker = () => import('./sweep-worker.ts');
  const computed = async (config: PointTask['config']): Promise<PointOutcome> => (await worker()).default({ ...task, config });
  return { room: 1, compute: (config) => settled(computed(config)), close: async () => (await worker()).stop() };
}

function threads(jobs: number, filename: string, task: Task): Backend {
  const pool = new Tinypool({ filename, minThreads: jobs, maxThreads: jobs });
  // A thread that is lost is told to whoever waits for its point; the pool starts another one.
  pool.on('error', () => undefined);
  return { room: jobs, compute: (config) => settled(pool.run({ ...task, config } satisfies PointTask)), close: () => pool.destroy() };
}

async function settled(point: Promise<PointOutcome>): Promise<PointOutcome> {
  try {
    return await point;
  } catch (error) {
    const message = `the thread stopped: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, error: { field: 'worker', message, fixes: ['run the sweep again', 'use fewer --jobs or smaller points'] } };
  }
}
