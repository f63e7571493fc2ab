/** `weft serve`: the built page on the loopback, until somebody interrupts. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WeftError } from '../src/base/error.ts';
import { toJson } from '../src/report/json.ts';
import type { Surroundings } from './demo.ts';
import { HOST, serve } from './static-server.mjs';

export interface ServeFlags {
  readonly port: number;
  readonly json?: boolean;
}

/** From dist/cli, and from bin of a checkout. */
const PLACES = ['../web/', '../dist/web/'];

export async function serveCommand({ port, json }: ServeFlags, { entry, signal }: Surroundings): Promise<void> {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, entry))).find((path) => existsSync(`${path}index.html`));
  if (folder === undefined) throw new WeftError('serve', 'the page has not been built', ['run npm start or npm run build once']);
  const server = await serve(folder, port).catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new WeftError('--port', `no port from ${port} on can be listened on at ${HOST}: ${reason}`, ['give another port']);
  });
  process.stdout.write(json ? toJson({ url: server.url }) : `Weft is at ${server.url}  (Ctrl+C ends it)\n`);
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  server.close();
}
