/** The page's end of the wire: a Session whose worker may die (lifeline.ts). The models opened so far are opened again in the next one. */
import { proxy, wrap } from 'comlink';
import { type Connection, connect, Lifeline } from './lifeline.ts';
import type { ModelSource, ModelSummary, Outcome, Session } from './protocol.ts';

export interface Client extends Session {
  /** Called after a lost worker has been replaced. */
  onRestart(listener: () => void): void;
}

/** Starts the session worker of this build. */
function startWorker(): Connection<Session> {
  const worker = new Worker(new URL('../../workers/weft.ts', import.meta.url), { type: 'module', name: 'session' });
  return connect(worker, wrap<Session>(worker));
}

/** A client over `start`'s connections; by default a real worker. */
export function createClient(start: () => Connection<Session> = startWorker): Client {
  const sources = new Map<string, ModelSource>();
  const line = new Lifeline(start, (session) => Promise.all([...sources.values()].map((source) => session.openModel(source))));

  async function openModel(source: ModelSource): Promise<Outcome<ModelSummary>> {
    const outcome = await line.ask((session) => session.openModel(source));
    if (outcome.ok && source.kind !== 'synthetic') sources.set(source.name, source);
    return outcome;
  }

  return {
    openModel,
    run: (config, onProgress) => line.run((session) => session.run(config, proxy(onProgress))),
    runOrTime: (config, onProgress) => line.run((session) => session.runOrTime(config, proxy(onProgress))),
    program: (config, onProgress) => line.run((session) => session.program(config, proxy(onProgress))),
    timing: (config, onProgress) => line.run((session) => session.timing(config, proxy(onProgress))),
    results: (config, onProgress) => line.run((session) => session.results(config, proxy(onProgress))),
    cancel: () => line.cancel((session) => session.cancel()),
    kernels: () => line.ask((session) => session.kernels()),
    openTrace: (file, name) => line.ask((session) => session.openTrace(file, name)),
    plan: (config) => line.ask((session) => session.plan(config)),
    study: (config, question) => line.ask((session) => session.study(config, question)),
    originalFormat: (config) => line.ask((session) => session.originalFormat(config)),
    sensitivity: (config) => line.ask((session) => session.sensitivity(config)),
    stateHash: (cycle) => line.ask((session) => session.stateHash(cycle)),
    inspect: (pe, cycle) => line.ask((session) => session.inspect(pe, cycle)),
    inspectAlone: (config, site) => line.ask((session) => session.inspectAlone(config, site)),
    values: (config, pe) => line.ask((session) => session.values(config, pe)),
    onRestart: (listener) => line.onRestart(listener),
  };
}
