/** A progress bar on stderr for runs that take longer than a moment; nothing where stderr is not a terminal. */
import { grouped } from '../src/base/numbers.ts';

/** Runs shorter than this show no bar, milliseconds. */
const PATIENCE_MS = 400;

/** Where a long work stands: a session's progress, or bytes of a file. */
export interface Standing {
  readonly phase: string;
  readonly cycle: number;
  /** The end as far as is known; 0 when it is not. */
  readonly expected: number;
}

export interface ProgressBar {
  update(standing: Standing): void;
  stop(): void;
}

export const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };

/** The bar is erased when it stops, so that what follows stands alone. It counts in `unit`. */
export async function progressBar(terminal: NodeJS.WriteStream, unit = 'cycle'): Promise<ProgressBar> {
  if (!terminal.isTTY) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    format: `{phase} {bar} {percentage} %, ${unit} {at} of about {end}`,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
  });
  const begin = performance.now();
  let shown = false;
  return {
    update({ phase, cycle, expected }) {
      if (!shown && performance.now() - begin < PATIENCE_MS) return;
      const fields = { phase, at: grouped(cycle), end: grouped(expected) };
      if (!shown) bar.start(Math.max(expected, cycle, 1), cycle, fields);
      else bar.update(cycle, fields);
      shown = true;
    },
    stop: () => bar.stop(),
  };
}
