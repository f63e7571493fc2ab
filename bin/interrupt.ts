/** Ctrl+C while a session works: it is told to stop, and looks at that within a tenth of a second. */
import type { Outcome, Session } from '../src/api/protocol.ts';
import { Interrupted } from './fail.ts';

/** What `work` gives, cancelled when the signal aborts. @throws Interrupted as soon as it has, whether the work can be cancelled, is done or goes on */
export async function interruptedBy<T>(signal: AbortSignal, session: Pick<Session, 'cancel'>, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  if (signal.aborted) throw new Interrupted();
  let cancel = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    cancel = () => {
      void session.cancel();
      reject(new Interrupted());
    };
  });
  signal.addEventListener('abort', cancel);
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
