/**
 * Hands a trace to Perfetto's page in a window of its own, over postMessage and nothing else: PING until it answers PONG, then the
 * trace (perfetto.dev/docs/visualization/deep-linking-to-perfetto-ui). The window is opened by the press itself, or browsers block it.
 */
import { WeftError } from '../../base/error.ts';
import { EXPORT_TEXT } from './strings.ts';

export const PERFETTO = 'https://ui.perfetto.dev';
const PING_MS = 50;
const PATIENCE_MS = 30_000;

const WORDS = EXPORT_TEXT.perfetto;
const unanswered = (problem: string): WeftError => new WeftError('perfetto', problem, WORDS.fixes);

/** Resolves when the page in `target` answers; rejects when it is closed or silent. */
function answered(target: Window): Promise<void> {
  return new Promise((resolve, reject) => {
    const since = performance.now();
    const end = (done: () => void): void => {
      clearInterval(timer);
      removeEventListener('message', onMessage);
      done();
    };
    const onMessage = (event: MessageEvent): void => {
      if (event.origin === PERFETTO && event.source === target && event.data === 'PONG') end(resolve);
    };
    const timer = setInterval(() => {
      if (target.closed) end(() => reject(unanswered(WORDS.closed)));
      else if (performance.now() - since > PATIENCE_MS) end(() => reject(unanswered(WORDS.silent(PERFETTO))));
      else target.postMessage('PING', PERFETTO);
    }, PING_MS);
    addEventListener('message', onMessage);
  });
}

/** Opens Perfetto and gives it a trace. `make` is called once the window is open. Throws WeftError when Perfetto cannot be reached. */
export async function openInPerfetto(title: string, fileName: string, make: () => Promise<Blob>): Promise<void> {
  const target = window.open(PERFETTO);
  if (target === null) throw unanswered(WORDS.noWindow);
  const [file] = await Promise.all([make(), answered(target)]);
  const buffer = await file.arrayBuffer();
  target.postMessage({ perfetto: { buffer, title, fileName } }, PERFETTO, [buffer]);
}
