import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCompare } from '../../src/store/compare-url.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { DAMAGED, isPacked, LONGEST_LINK, packHash, shareAddress, unpackHash } from '../../src/store/packed.ts';
import { fetchRemote, type Remote, remoteOf } from '../../src/store/remote.ts';
import { parseSweep } from '../../src/store/sweep.ts';
import { parseLink } from '../../src/store/url.ts';
import { PRESET_NAMES, parseWhole } from '../../src/store/whole.ts';

const pairsOf = (hash: string) => [...new URLSearchParams(hash)].sort();

describe('packed links', () => {
  it('unpack to what was packed, whatever its keys and values hold, and pack to the same again (200 random hashes)', async () => {
    const hashes = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })).map((record) => new URLSearchParams(record).toString());
    await fc.assert(
      fc.asyncProperty(hashes, async (hash) => {
        const packed = await packHash(hash);
        expect(packed).toMatch(/^1\.[\w-]+$/);
        const readable = await unpackHash(`#${packed}`);
        expect(pairsOf(readable)).toEqual(pairsOf(hash));
        expect(await packHash(readable)).toBe(packed);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('are made where the readable one has more than 1 500 characters, and are shorter', async () => {
    const short = 'v=1&model=demo&n=2';
    expect(await shareAddress('https://weft.example/lab/', short)).toBe(`https://weft.example/lab/#${short}`);
    const long = `v=1&marks=${Array.from({ length: 400 }, (_, i) => i).join(',')}`;
    const address = await shareAddress('https://weft.example/lab/', long);
    expect(address.length).toBeLessThan(LONGEST_LINK);
    expect(pairsOf(await unpackHash(new URL(address).hash))).toEqual(pairsOf(long));
  });

  it('that are cut, changed or blown up are refused in words, whatever was done to them (200 damages)', async () => {
    const packed = await packHash('v=1&model=synthetic&m=24&k=512&n=2&seed=7&map=streaming&machine=wse2');
    const damage = fc.tuple(fc.nat(packed.length - 1), fc.string({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([at, text]) => {
        const hash = packed.slice(0, at) + text;
        if (!isPacked(hash)) return;
        const answer = await unpackHash(hash).catch((error: Error) => error.message);
        expect(typeof answer).toBe('string');
      }),
      { numRuns: 200, seed: 4 },
    );
    const bomb = await packHash(`v=${'0'.repeat(1_000_000)}`);
    await expect(unpackHash(bomb)).rejects.toThrow('the link unpacks to more than a link holds');
    await expect(unpackHash('1.!')).rejects.toThrow('the link has characters that no packed link has');
    await expect(unpackHash(packed.slice(0, -9))).rejects.toThrow('the link is cut or damaged');
    expect(parseLink(DAMAGED, INITIAL.config).notices).toEqual([expect.stringContaining('cut or damaged')]);
  });
});

describe('any hash', () => {
  it('that holds nothing known is explained, and never crashes a page (200 random hashes on four pages)', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (hash) => {
        const unknown = `zz${hash}`;
        for (const read of [
          (text: string) => parseLink(text, INITIAL.config).notices,
          (text: string) => parseCompare(text, { a: INITIAL.config, b: INITIAL.config }).notices,
          (text: string) => parseSweep(text).notices,
          (text: string) => parseWhole(text, PRESET_NAMES).notices,
        ]) {
          expect(Array.isArray(read(hash))).toBe(true);
          if (![...new URLSearchParams(unknown).keys()].every((key) => key.startsWith('zz'))) continue;
          expect(read(unknown)[0]).toContain('holds nothing that this page knows');
        }
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('a file that a link names', () => {
  it('is asked about if it is one that Weft opens, over https, without a password; else the reason is said', () => {
    expect(remoteOf('#v=1&n=2')).toBeNull();
    expect(remoteOf('#url=https://data.example/a/run.weft-trace?x=1')).toEqual({
      url: 'https://data.example/a/run.weft-trace?x=1',
      host: 'data.example',
      name: 'run.weft-trace',
    });
    for (const [url, problem] of [
      ['nonsense', 'is no address'],
      ['http://data.example/a.gguf', 'is not https'],
      ['javascript:alert(1)', 'is not https'],
      ['https://me:secret@data.example/a.gguf', 'a name or a password'],
      ['https://data.example/%zz.exe', 'no file that Weft opens'],
      ['https://data.example/%FF.exe', 'no file that Weft opens'],
    ])
      expect(remoteOf(`#url=${encodeURIComponent(url)}`)).toContain(problem);
  });

  it('is fetched without cookies and referrer; a server that does not allow it is named, with what to do', async () => {
    const remote = remoteOf('#url=https://data.example/p.weft.json') as Remote;
    const asked: unknown[] = [];
    const file = await fetchRemote(remote, async (...args) => {
      asked.push(args);
      return new Response('{}');
    });
    expect(asked).toEqual([['https://data.example/p.weft.json', { credentials: 'omit', referrerPolicy: 'no-referrer' }]]);
    expect([file.name, await file.text()]).toEqual(['p.weft.json', '{}']);
    await expect(fetchRemote(remote, async () => Promise.reject(new TypeError('Failed to fetch')))).rejects.toThrow('(CORS)');
    await expect(fetchRemote(remote, async () => new Response('', { status: 404 }))).rejects.toThrow('data.example answered 404 for p.weft.json');
  });
});
