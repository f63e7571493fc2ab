/** The static server of `npm start`: media types, a closed folder, the next free port. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../bin/static-server.mjs';

const outside = mkdtempSync(join(tmpdir(), 'weft-serve-'));
const folder = join(outside, 'web');
let server: Awaited<ReturnType<typeof serve>>;

/** Sends the path as it is; fetch() would resolve its dots first. */
function get(path: string, method = 'GET'): Promise<{ status: number | undefined; type: string | undefined; location: string | undefined; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], location: response.headers.location, body }));
    });
    sent.on('error', reject).end();
  });
}

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  mkdirSync(join(folder, 'lab'));
  for (const page of ['index.html', 'lab/index.html']) writeFileSync(join(folder, page), '<!doctype html>');
  for (const name of ['a.js', 'a.css', 'a.wasm', 'a.woff2']) writeFileSync(join(folder, 'assets', name), name);
  server = await serve(folder, 20_000);
});

afterAll(() => {
  server.close();
  rmSync(outside, { recursive: true });
});

describe('the static server', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/assets/a.js', 'text/javascript; charset=utf-8'],
    ['/assets/a.css?v=1', 'text/css; charset=utf-8'],
    ['/assets/a.wasm', 'application/wasm'],
    ['/assets/a.woff2', 'font/woff2'],
  ])('sends %s as %s', async (path, type) => {
    expect(await get(path)).toMatchObject({ status: 200, type });
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets', '/nothing.js', '/%'])('answers 404 to %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('leads to the slash at the end of a folder, never off the host', async () => {
    expect(await get('/lab/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(await get('/lab?a=1')).toMatchObject({ status: 301, location: '/lab/?a=1' });
    expect((await get('//lab')).location ?? '/').toMatch(/^\/(?!\/)/);
  });

  it('sends no body for HEAD and answers 405 to POST', async () => {
    expect(await get('/', 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect((await get('/', 'POST')).status).toBe(405);
  });

  it('takes the next free port when the first is in use', async () => {
    const { port } = new URL(server.url);
    const second = await serve(folder, Number(port));
    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(port));
    second.close();
  });
});
