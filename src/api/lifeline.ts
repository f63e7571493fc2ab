/**
 * A worker that may die, and the calls that wait for it. A lost worker is replaced, and whoever waited gets a failed Outcome
 * that says so; nothing ever waits for ever.
 */
import type { Remote } from 'comlink';
import type { Outcome, WireError } from './protocol.ts';

export const LOST: WireError = {
  field: 'worker',
  message: 'The simulation worker stopped and was started again. Open models are kept; the run is not.',
  fixes: ['Run again', 'Use a smaller matrix or rectangle if it happens again'],
  cancelled: false,
};

/** A cancelled call that does not answer within this time, because a piece of its work is long, is ended with its worker. */
const CANCEL_PATIENCE_MS = 90;

const CANCELLED: WireError = { field: 'run', message: 'The run was cancelled.', fixes: [], cancelled: true };

/** The part of a Worker that is needed; tests give a port of a MessageChannel or a stub. */
export interface Connection<T> {
  readonly session: Remote<T> | T;
  onLost(listener: () => void): void;
  close(): void;
}

/** A connection over a started worker and comlink's end of it. */
export function connect<T>(worker: Worker, session: Remote<T>): Connection<T> {
  return {
    session,
    onLost(listener) {
      worker.addEventListener('error', listener);
      worker.addEventListener('messageerror', listener);
    },
    close: () => worker.terminate(),
  };
}

export class Lifeline<T> {
  private readonly start: () => Connection<T>;
  /** Gives a new worker what the old one had. */
  private readonly restore: (session: Connection<T>['session']) => Promise<unknown>;
  private readonly listeners: (() => void)[] = [];
  /** The worker; null until the first call, so that whoever asks nothing starts none. */
  private connection: Connection<T> | null = null;
  /** Resolves when the current worker has what it needs. */
  private ready: Promise<unknown> = Promise.resolve();
  /** Ends every call that waits for the current worker. */
  private abandon: (error: WireError) => void = () => {};
  private gone: Promise<WireError>;
  /** The call that {@link cancel} is about. */
  private running: object | null = null;

  constructor(start: () => Connection<T>, restore: (session: Connection<T>['session']) => Promise<unknown> = async () => {}) {
    this.start = start;
    this.restore = restore;
    this.gone = this.nextEnd();
  }

  get session(): Connection<T>['session'] {
    this.connection ??= this.open();
    return this.connection.session;
  }

  onRestart(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Ends the worker; whoever waits is told that it is gone. */
  close(): void {
    this.connection?.close();
    this.abandon(LOST);
  }

  /** Replaces the worker; `error` is what the waiting calls are told. */
  restart(error: WireError): void {
    this.connection?.close();
    this.abandon(error);
    this.gone = this.nextEnd();
    this.connection = this.open();
    this.ready = Promise.race([this.restore(this.session), this.gone]);
    if (error === LOST) for (const listener of this.listeners) listener();
  }

  /** One call to the worker; ends with an Outcome whatever happens to it. One whose worker went with a cancelled {@link run} is made again. */
  async ask<R>(call: (session: Connection<T>['session']) => Promise<Outcome<R>>): Promise<Outcome<R>> {
    const outcome = await this.once(call);
    return !outcome.ok && outcome.error === CANCELLED ? this.ask(call) : outcome;
  }

  private async once<R>(call: (session: Connection<T>['session']) => Promise<Outcome<R>>): Promise<Outcome<R>> {
    const lost = this.gone.then((error) => ({ ok: false, error }) as const);
    await Promise.race([this.ready, lost]);
    const answer = call(this.session).catch((cause: unknown) => ({ ok: false, error: wireError(cause) }) as const);
    return Promise.race([answer, lost]);
  }

  /** As {@link ask}, a call that {@link cancel} ends. */
  async run<R>(call: (session: Connection<T>['session']) => Promise<Outcome<R>>): Promise<Outcome<R>> {
    const mine = {};
    this.running = mine;
    const outcome = await this.once(call);
    if (this.running === mine) this.running = null;
    return outcome;
  }

  /** Ends the latest {@link run} that has not answered: by `stop`, or with its worker if that takes too long. */
  async cancel(stop: (session: Connection<T>['session']) => Promise<void>): Promise<void> {
    const mine = this.running;
    if (mine === null) return;
    setTimeout(() => {
      if (this.running === mine) this.restart(CANCELLED);
    }, CANCEL_PATIENCE_MS);
    await stop(this.session);
  }

  private nextEnd(): Promise<WireError> {
    return new Promise((resolve) => {
      this.abandon = resolve;
    });
  }

  private open(): Connection<T> {
    const connection = this.start();
    connection.onLost(() => {
      if (connection === this.connection) this.restart(LOST);
    });
    return connection;
  }
}

/** Whatever a call threw, as an error the page can show; a session is not supposed to throw. */
function wireError(cause: unknown): WireError {
  return { field: 'worker', message: cause instanceof Error ? cause.message : String(cause), fixes: [], cancelled: false };
}
