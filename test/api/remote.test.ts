/** Files on other servers: by ranges where the server gives some, else whole up to a size; against a server of this file's own. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromUrl, type Get, wholeBody } from '../../src/api/remote.ts';
import { findTensor, openGguf } from '../../src/model/gguf-read.ts';
import { fromBytes } from '../../src/model/range.ts';

const URL_OF = 'https://data.example/m.gguf';
const MODEL = new Uint8Array(readFileSync(fileURLToPath(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))));

interface Server {
  /** Whether it answers ranges. */
  readonly ranges: boolean;
  /** Whether the page sees `content-range`, and whether it may ask for the headers alone. */
  readonly total?: boolean;
  readonly head?: boolean;
}

/** What a server answers, and how many bytes of the file it has given. */
function serverOf({ ranges, total = true, head = true }: Server, file = MODEL): { get: Get; given: () => number; inits: RequestInit[] } {
  let given = 0;
  const inits: RequestInit[] = [];
  const get: Get = async (_, init) => {
    inits.push(init);
    if (init.method === 'HEAD') return head ? new Response(null, { headers: { 'content-length': String(file.length) } }) : new Response(null, { status: 405 });
    const asked = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range') ?? '');
    if (!ranges || asked === null) {
      given += file.length;
      return new Response(file.slice());
    }
    const [from, past] = [Number(asked[1]), Math.min(file.length, Number(asked[2]) + 1)];
    given += past - from;
    const headers: Record<string, string> = total ? { 'content-range': `bytes ${from}-${past - 1}/${file.length}` } : {};
    return new Response(file.slice(from, past), { status: 206, headers });
  };
  return { get, given: () => given, inits };
}

const SERVERS: ReadonlyArray<readonly [string, Server]> = [
  ['gives ranges', { ranges: true }],
  ['gives ranges of a size that only the headers tell', { ranges: true, total: false }],
  ['gives ranges of a size that nothing tells', { ranges: true, total: false, head: false }],
  ['gives no ranges', { ranges: false }],
];

describe('a model on another server', () => {
  it.each(SERVERS)('that %s is the one in memory, tensor by tensor', async (_, server) => {
    const { get, inits } = serverOf(server);
    const [file, same] = await Promise.all([openGguf(await fromUrl(URL_OF, 'm.gguf', get)), openGguf(fromBytes(MODEL))]);
    expect(file.tensors).toEqual(same.tensors);
    for (const tensor of file.tensors) expect(Buffer.compare(await file.readTensor(tensor), await same.readTensor(tensor)), tensor.name).toBe(0);
    for (const init of inits) expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  });

  it('gives little more than the header and the tensor that is asked for', async () => {
    const { get, given } = serverOf({ ranges: true });
    const file = await openGguf(await fromUrl(URL_OF, 'm.gguf', get));
    const tensor = findTensor(file, 'blk.0.ffn_up');
    await file.readTensor(tensor);
    expect(given()).toBeLessThan(tensor.bytes + 3 * Math.max(file.dataOffset, 65536));
  });

  it('that can be had only whole is refused above a size, before or while it comes', async () => {
    const { get } = serverOf({ ranges: false });
    await expect(fromUrl(URL_OF, 'm.gguf', get, MODEL.length - 1)).rejects.toThrow('m.gguf is larger than 0 MiB');
    const stated = new Response(MODEL.slice(), { headers: { 'content-length': String(2 ** 30) } });
    await expect(wholeBody(stated, 'm.gguf')).rejects.toThrow('m.gguf is larger than 512 MiB');
    expect(Buffer.concat(await wholeBody(new Response(MODEL.slice()), 'm.gguf')).equals(MODEL)).toBe(true);
  });

  it('that changes while it is open, or cannot be reached, says so', async () => {
    const { get } = serverOf({ ranges: true });
    const other = serverOf({ ranges: true }, new Uint8Array(MODEL.length + 1));
    let served = get;
    const reader = await fromUrl(URL_OF, 'm.gguf', (url, init) => served(url, init));
    served = other.get;
    await expect(reader.read(MODEL.length - 10, 10)).rejects.toThrow('has changed');
    served = async () => new Response('', { status: 404 });
    await expect(reader.read(MODEL.length - 10, 10)).rejects.toThrow('data.example answered 404 for m.gguf');
    served = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(reader.read(MODEL.length - 10, 10)).rejects.toThrow('(CORS)');
  });
});
