/** The page's end of the lessons' worker; it starts with the first question. */
import { proxy, wrap } from 'comlink';
import { type Connection, connect, Lifeline } from '../api/lifeline.ts';
import type { Lessons } from './types.ts';

function startWorker(): Connection<Lessons> {
  const worker = new Worker(new URL('../../workers/weft.ts', import.meta.url), { type: 'module', name: 'lessons' });
  return connect(worker, wrap<Lessons>(worker));
}

export function createLessonClient(start: () => Connection<Lessons> = startWorker): Lessons {
  const line = new Lifeline(start);
  return {
    facts: (lesson, seed) => line.ask((session) => session.facts(lesson, seed)),
    run: (asked, onProgress) => line.run((session) => session.run(asked, proxy(onProgress))),
    cancel: () => line.cancel((session) => session.cancel()),
  };
}
