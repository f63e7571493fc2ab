/**
 * `npm start`: installs what is missing, builds what is stale, serves the page and says where. Ctrl+C ends it.
 * PORT chooses the first port to try (4173); HOST another interface than the loopback.
 */
import { join } from 'node:path';
import { HOST, serve } from '../bin/static-server.mjs';
import { build, install, ROOT } from './prepare.mjs';

const port = Number(process.env.PORT || 4173);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error(`PORT: ${process.env.PORT} is not a port number. Fix: use a number from 1 to 65535.`);
  process.exit(2);
}

try {
  await install();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const failed = await build();
if (failed.length > 0) {
  console.error(`Could not build: ${failed.join(', ')}`);
  process.exit(1);
}

const server = await serve(join(ROOT, 'dist', 'web'), port, process.env.HOST || HOST);
console.log(`\nWeft is at ${server.url}  (Ctrl+C ends it)`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
