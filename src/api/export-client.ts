/** The page's end of the export worker. There is one a file: it ends with the file, and giving up ends it at once, whatever it does. */
import { proxy, transfer, wrap } from 'comlink';
import { WeftError } from '../base/error.ts';
import type { ExportAid } from './export.ts';
import type { Exporter } from './exporter.ts';
import { type Connection, connect, Lifeline, LOST } from './lifeline.ts';
import type { ExportFormat, ExportProgress, TimedRun, Traced } from './protocol.ts';
import { breathe, inSlices } from './slices.ts';
import { buffersOf, copying } from './transfer.ts';

function startWorker(): Connection<Exporter> {
  const worker = new Worker(new URL('../../workers/export.ts', import.meta.url), { type: 'module', name: 'export' });
  return connect(worker, wrap<Exporter>(worker));
}

/** The file of a run. Throws WeftError, or the reason of `signal` as soon as nobody wants it any more. */
export async function exportApart(
  run: Traced,
  format: ExportFormat,
  aid: ExportAid,
  { onProgress, signal }: { onProgress: (progress: ExportProgress) => void; signal: AbortSignal },
  start: () => Connection<Exporter> = startWorker,
): Promise<Blob> {
  const line = new Lifeline(start);
  const end = (): void => line.close();
  signal.addEventListener('abort', end);
  try {
    const copy = await inSlices(copying(written(run)), async () => {
      await breathe();
      signal.throwIfAborted();
    });
    signal.throwIfAborted();
    const answer = await line.ask((exporter) => exporter.write(transfer(copy, [...buffersOf(copy)]), format, aid, proxy(onProgress)));
    signal.throwIfAborted();
    if (answer.ok) return answer.value;
    if (answer.error === LOST) throw new WeftError('export', 'the worker that wrote the file stopped, most likely for want of memory', ['run fewer PEs']);
    const { field, message, fixes } = answer.error;
    throw new WeftError(field, message, fixes);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

/** What of a run is written: not the tables that the page asks first. */
const written = ({ ahead: _, ...run }: Traced & Pick<TimedRun, 'ahead'>): Traced => run;
