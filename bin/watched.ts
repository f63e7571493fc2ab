/** A run of a session as the command line shows it: a bar, what it needs of memory, and Ctrl+C. */
import type { Outcome, Progress, Session } from '../src/api/protocol.ts';
import { grouped } from '../src/base/numbers.ts';
import { interruptedBy } from './interrupt.ts';
import { progressBar, SILENT, type Standing } from './progress.ts';

/** What `run` gives; it tells how far it is, and an interruption cancels it. @throws Interrupted */
export async function watched<T>(
  session: Session,
  { quiet }: { readonly quiet?: boolean },
  signal: AbortSignal,
  run: (report: (progress: Progress) => void) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const bar = quiet ? SILENT : await progressBar(process.stderr);
  try {
    return await interruptedBy(signal, session, () => run((progress) => bar.update(standing(progress))));
  } finally {
    bar.stop();
  }
}

/** What the bar says; before a run starts also what it will need. */
const standing = (progress: Progress): Progress | Standing =>
  progress.needs === undefined ? progress : { ...progress, phase: `${progress.phase}, at most ${grouped(Math.ceil(progress.needs / 1e6))} MB of memory` };
