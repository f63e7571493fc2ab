/**
 * A static file server for the built page: one folder, GET and HEAD, correct media types, nothing else.
 * Used by `weft serve`, `npm start`, the browser tests and whoever takes a picture. Plain JavaScript and Node alone, because
 * `npm start` runs before anything is installed.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

export const HOST = '127.0.0.1';
const PORTS_TRIED = 100;
const LAST_PORT = 65535;

/** @type {Readonly<Record<string, string>>} */
const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gguf': 'application/octet-stream',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * The file a request's path means, or undefined if there is none inside the folder.
 * @param {string} folder absolute
 * @param {string} url
 */
function fileOf(folder, url) {
  let path;
  try {
    path = resolve(folder, `.${decodeURIComponent(new URL(url, 'http://localhost').pathname)}`);
  } catch {
    return undefined;
  }
  if (path !== folder && !path.startsWith(folder + sep)) return undefined;
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info?.isDirectory()) return info && { path, size: info.size };
  const index = join(path, 'index.html');
  const size = statSync(index, { throwIfNoEntry: false })?.size;
  return size === undefined ? undefined : { path: index, size, folder: true };
}

/**
 * Starts a server on the first free port from `port` upwards.
 * @param {string} folder the folder to serve
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<{ url: string, close(): void }>} the address, ending in a slash
 */
export function serve(folder, port, host = HOST) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const file = fileOf(root, request.url ?? '/');
    if (file === undefined) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
      return;
    }
    // Addresses in a folder's page are relative to the folder, which the slash at its end makes it.
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    if (file.folder && !pathname.endsWith('/')) {
      response.writeHead(301, { Location: `${pathname.replace(/^\/+/, '/')}/${search}` }).end();
      return;
    }
    // Names under assets/ carry a hash of their content; everything else may change with the next build.
    const cache = file.path.startsWith(join(root, 'assets') + sep) ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.writeHead(200, {
      'Cache-Control': cache,
      'Content-Length': file.size,
      'Content-Type': MEDIA_TYPES[extname(file.path)] ?? 'application/octet-stream',
      'X-Content-Type-Options': 'nosniff',
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response);
  });
  return new Promise((done, fail) => {
    let next = port;
    server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== 'EADDRINUSE' || next >= Math.min(LAST_PORT, port + PORTS_TRIED)) fail(error);
      else server.listen(++next, host);
    });
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    server.on('listening', () => done({ url: `http://${host}:${next}/`, close }));
    server.listen(next, host);
  });
}
