/**
 * The page's end of the whole-model workers, each of which starts with its first question and is replaced if it dies. Sentences have one of
 * their own: a cancel may end it (lifeline.ts), and estimates do not wait behind them.
 */
import { proxy, wrap } from 'comlink';
import { type Connection, connect, Lifeline } from './lifeline.ts';
import type { WholeModels } from './whole-protocol.ts';

function startWorker(): Connection<WholeModels> {
  const worker = new Worker(new URL('../../workers/weft.ts', import.meta.url), { type: 'module', name: 'models' });
  return connect(worker, wrap<WholeModels>(worker));
}

export function createWholeClient(start: () => Connection<WholeModels> = startWorker): WholeModels {
  const [sizes, simulation] = [new Lifeline(start), new Lifeline(start)];
  return {
    capacity: (source, question) => sizes.ask((models) => models.capacity(source, question)),
    estimate: (source, question) => sizes.ask((models) => models.estimate(source, question)),
    claims: (machine) => sizes.ask((models) => models.claims(machine)),
    sentences: (question, onProgress) => simulation.run((models) => models.sentences(question, proxy(onProgress))),
    cancel: () => simulation.cancel((models) => models.cancel()),
  };
}
