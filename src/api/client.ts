/** The page's end of the wire: a Session whose worker may die (lifeline.ts). The models opened so far are opened again in the next one. */
import { proxy, wrap } from 'comlink';
import { type Connection, connect, Lifeline } from './lifeline.ts';
import type { ModelSource, ModelSummary, Outcome, Session, WireError } from './protocol.ts';

/** A cancelled run that does not answer within this time, because it places or checks something large, is ended with its worker. */
const CANCEL_PATIENCE_MS = 90;

const CANCELLED: WireError = { field: 'run', message: 'The run was cancelled.', fixes: [], cancelled: true };

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
  let pendingRun: object | null = null;

  async function openModel(source: ModelSource): Promise<Outcome<ModelSummary>> {
    const outcome = await line.ask((session) => session.openModel(source));
    if (outcome.ok && source.kind !== 'synthetic') sources.set(source.name, source);
    return outcome;
  }

  /** A call that {@link cancel} can end. */
  async function running<R>(call: (session: Connection<Session>['session']) => Promise<Outcome<R>>): Promise<Outcome<R>> {
    const token = {};
    pendingRun = token;
    const outcome = await line.ask(call);
    if (pendingRun === token) pendingRun = null;
    return outcome;
  }

  async function cancel(): Promise<void> {
    const token = pendingRun;
    if (token === null) return;
    setTimeout(() => {
      if (pendingRun === token) line.restart(CANCELLED);
    }, CANCEL_PATIENCE_MS);
    await line.session.cancel();
  }

  return {
    openModel,
    run: (config, onProgress) => running((session) => session.run(config, proxy(onProgress))),
    runOrTime: (config, onProgress) => running((session) => session.runOrTime(config, proxy(onProgress))),
    program: (config, onProgress) => running((session) => session.program(config, proxy(onProgress))),
    timing: (config, onProgress) => running((session) => session.timing(config, proxy(onProgress))),
    results: (config, onProgress) => running((session) => session.results(config, proxy(onProgress))),
    cancel,
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
