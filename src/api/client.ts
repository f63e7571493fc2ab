/**
 * The page's end of the wire: a Session whose worker may die. A lost worker is replaced, the models opened so far are
 * opened again in the new one, and whoever waited gets a failed Outcome that says so; nothing ever waits for ever.
 */
import { proxy, type Remote, wrap } from 'comlink';
import type {
  KernelSummary,
  ModelSource,
  ModelSummary,
  OriginalFormatReport,
  Outcome,
  PeDetail,
  PlanSummary,
  Progress,
  RunConfig,
  RunResult,
  Session,
  Study,
  StudyQuestion,
  WireError,
} from './protocol.ts';

/** A cancelled run that does not answer within this time is ended with its worker. */
const CANCEL_PATIENCE_MS = 1500;

export const LOST: WireError = {
  field: 'worker',
  message: 'The simulation worker stopped and was started again. Open models are kept; the run is not.',
  fixes: ['Run again', 'Use a smaller matrix or rectangle if it happens again'],
  cancelled: false,
};

const CANCELLED: WireError = { field: 'run', message: 'The run was cancelled.', fixes: [], cancelled: true };

export interface Client extends Session {
  /** Called after a lost worker has been replaced. */
  onRestart(listener: () => void): void;
}

/** The part of a Worker the client needs; tests give a port of a MessageChannel or a stub. */
export interface Connection {
  readonly session: Remote<Session> | Session;
  onLost(listener: () => void): void;
  close(): void;
}

/** Starts the session worker of this build. */
export function startWorker(): Connection {
  const worker = new Worker(new URL('../../workers/session.ts', import.meta.url), { type: 'module' });
  return {
    session: wrap<Session>(worker),
    onLost(listener) {
      worker.addEventListener('error', listener);
      worker.addEventListener('messageerror', listener);
    },
    close: () => worker.terminate(),
  };
}

class WorkerClient implements Client {
  private readonly start: () => Connection;
  private readonly sources = new Map<string, ModelSource>();
  private readonly listeners: (() => void)[] = [];
  private connection: Connection;
  /** Resolves when the current worker has its models again. */
  private ready: Promise<unknown> = Promise.resolve();
  /** Ends every call that waits for the current worker. */
  private abandon: (error: WireError) => void = () => {};
  private gone: Promise<WireError>;
  private pendingRun: object | null = null;

  constructor(start: () => Connection) {
    this.start = start;
    this.gone = new Promise((resolve) => {
      this.abandon = resolve;
    });
    this.connection = this.connect();
  }

  private connect(): Connection {
    const connection = this.start();
    connection.onLost(() => {
      if (connection === this.connection) this.restart(LOST);
    });
    return connection;
  }

  /** Replaces the worker; `error` is what the waiting calls are told. */
  private restart(error: WireError): void {
    this.connection.close();
    this.abandon(error);
    this.gone = new Promise((resolve) => {
      this.abandon = resolve;
    });
    this.connection = this.connect();
    const { session } = this.connection;
    const lost = this.gone;
    this.ready = Promise.race([Promise.all([...this.sources.values()].map((source) => session.openModel(source))), lost]);
    if (error === LOST) for (const listener of this.listeners) listener();
  }

  onRestart(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** One call to the worker; ends with an Outcome whatever happens to it. */
  private async ask<T>(call: (session: Connection['session']) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const lost = this.gone.then((error) => ({ ok: false, error }) as const);
    await Promise.race([this.ready, lost]);
    const answer = call(this.connection.session).catch((cause: unknown) => ({ ok: false, error: wireError(cause) }) as const);
    return Promise.race([answer, lost]);
  }

  async openModel(source: ModelSource): Promise<Outcome<ModelSummary>> {
    const outcome = await this.ask((session) => session.openModel(source));
    if (outcome.ok && source.kind !== 'synthetic') this.sources.set(source.name, source);
    return outcome;
  }

  kernels(): Promise<Outcome<readonly KernelSummary[]>> {
    return this.ask((session) => session.kernels());
  }

  plan(config: RunConfig): Promise<Outcome<PlanSummary>> {
    return this.ask((session) => session.plan(config));
  }

  study(config: RunConfig, question: StudyQuestion): Promise<Outcome<Study>> {
    return this.ask((session) => session.study(config, question));
  }

  originalFormat(config: RunConfig): Promise<Outcome<OriginalFormatReport>> {
    return this.ask((session) => session.originalFormat(config));
  }

  async run(config: RunConfig, onProgress: (progress: Progress) => void): Promise<Outcome<RunResult>> {
    const token = {};
    this.pendingRun = token;
    const outcome = await this.ask((session) => session.run(config, proxy(onProgress)));
    if (this.pendingRun === token) this.pendingRun = null;
    return outcome;
  }

  async cancel(): Promise<void> {
    const token = this.pendingRun;
    if (token === null) return;
    setTimeout(() => {
      if (this.pendingRun === token) this.restart(CANCELLED);
    }, CANCEL_PATIENCE_MS);
    await this.connection.session.cancel();
  }

  stateHash(cycle: number): Promise<Outcome<string>> {
    return this.ask((session) => session.stateHash(cycle));
  }

  inspect(pe: number, cycle: number): Promise<Outcome<PeDetail>> {
    return this.ask((session) => session.inspect(pe, cycle));
  }
}

/** Whatever a call threw, as an error the page can show; a session is not supposed to throw. */
function wireError(cause: unknown): WireError {
  return { field: 'worker', message: cause instanceof Error ? cause.message : String(cause), fixes: [], cancelled: false };
}

/** A client over `start`'s connections; by default a real worker. */
export function createClient(start: () => Connection = startWorker): Client {
  return new WorkerClient(start);
}
