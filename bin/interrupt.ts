/** Ctrl+C while a session works: it is told to stop, and looks at that within a tenth of a second. */
import type { Outcome, Session } from '../src/api/protocol.ts';
import { Interrupted } from './fail.ts';

/** What `work` gives, cancelled when the signal aborts. @throws Interrupted when it has aborted, be the work done or not */
export async function interruptedBy<T>(signal: AbortSignal, session: Pick<Session, 'cancel'>, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const cancel = (): void => void session.cancel();
  if (signal.aborted) throw new Interrupted();
  signal.addEventListener('abort', cancel);
  try {
    const outcome = await work();
    if (signal.aborted) throw new Interrupted();
    return outcome;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
