/** The page's end of the whole-model worker, which starts with the first question and is replaced if it dies. */
import { proxy, wrap } from 'comlink';
import { type Connection, connect, Lifeline } from './lifeline.ts';
import type { WholeModels } from './whole-protocol.ts';

function startWorker(): Connection<WholeModels> {
  const worker = new Worker(new URL('../../workers/weft.ts', import.meta.url), { type: 'module', name: 'models' });
  return connect(worker, wrap<WholeModels>(worker));
}

export function createWholeClient(start: () => Connection<WholeModels> = startWorker): WholeModels {
  let opened: Lifeline<WholeModels> | null = null;
  const line = (): Lifeline<WholeModels> => {
    opened ??= new Lifeline(start);
    return opened;
  };
  return {
    capacity: (source, question) => line().ask((models) => models.capacity(source, question)),
    estimate: (source, question) => line().ask((models) => models.estimate(source, question)),
    claims: (machine) => line().ask((models) => models.claims(machine)),
    sentences: (question, onProgress) => line().ask((models) => models.sentences(question, proxy(onProgress))),
    cancel: async () => void (await opened?.session.cancel()),
  };
}
