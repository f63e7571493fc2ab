/** A progress bar on stderr for runs that take longer than a moment; nothing where stderr is not a terminal. */
import type { Progress } from '../src/api/protocol.ts';
import { grouped } from '../src/base/numbers.ts';

/** Runs shorter than this show no bar, milliseconds. */
const PATIENCE_MS = 400;

export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };

/** The bar is erased when it stops, so that what follows stands alone. */
export async function progressBar(terminal: NodeJS.WriteStream): Promise<ProgressBar> {
  if (!terminal.isTTY) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: terminal,
    format: '{phase} {bar} {percentage} %, cycle {at} of about {end}',
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
