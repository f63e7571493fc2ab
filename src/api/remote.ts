/**
 * Files on other servers, asked for without cookies and without a referrer. Where the server answers requests for ranges (HTTP
 * 206, RFC 9110 section 14) only those asked for are fetched, as with a local file; else the whole file, if it is not too large.
 * A page may ask any server that lets it read the file for a single range: that header is on the CORS safelist of the Fetch
 * standard.
 */
import { WeftError } from '../base/error.ts';
import { fromBlob, type RangeReader } from '../model/range.ts';

/** The largest file that is fetched whole, bytes. */
export const MOST_WHOLE_BYTES = 512 * 2 ** 20;

/** What the first request for a range asks for; its answer also tells what the server can do. */
const FIRST_BYTES = 64 * 1024;

/** What sends a request; tests give their own. */
export type Get = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The answer of a server, for the file `name`.
 * @throws WeftError (`url`) if it cannot be reached or refuses
 */
export async function askFor(url: string, name: string, get: Get, init: RequestInit = {}): Promise<Response> {
  const { host } = new URL(url);
  const answer = await get(url, { credentials: 'omit', referrerPolicy: 'no-referrer', ...init }).catch(() => {
    throw new WeftError('url', `${host} cannot be reached, or does not allow other pages to read its files (CORS)`, ['download the file and open it here']);
  });
  if (!answer.ok) throw new WeftError('url', `${host} answered ${answer.status} for ${name}`, ['check the link', 'download the file and open it here']);
  return answer;
}

/** Bytes of the body by its header; null where the server does not say. */
function statedLength({ headers }: Response): number | null {
  const text = headers.get('content-length');
  return text === null || !/^\d+$/.test(text) ? null : Number(text);
}

/**
 * The body of an answer, in pieces as they came.
 * @throws WeftError (`url`) as soon as it is known to be larger than `most` bytes; the rest is not fetched then
 */
export async function wholeBody(answer: Response, name: string, most: number = MOST_WHOLE_BYTES): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  if (answer.body === null) return pieces;
  const reader = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  const isStatedTooLarge = (statedLength(answer) ?? 0) > most;
  for (let held = 0; !isStatedTooLarge && held <= most; ) {
    const { done, value } = await reader.read();
    if (done) return pieces;
    pieces.push(value);
    held += value.length;
  }
  await reader.cancel();
  throw new WeftError(
    'url',
    `${name} is larger than ${Math.floor(most / 2 ** 20)} MiB, the most that is fetched whole, and comes from a server without ranges`,
    ['download the file and open it here'],
  );
}

/**
 * Opens the file called `name` at `url`.
 * @throws WeftError (`url`) if it cannot be reached, is refused, or can be had only whole and is larger than `most` bytes
 */
export async function fromUrl(url: string, name: string, get: Get = fetch, most: number = MOST_WHOLE_BYTES): Promise<RangeReader> {
  const partOf = (offset: number, length: number): Promise<Response> =>
    askFor(url, name, get, { headers: { range: `bytes=${offset}-${offset + length - 1}` } });
  const answer = await partOf(0, FIRST_BYTES);
  if (answer.status !== 206) return fromBlob(new Blob(await wholeBody(answer, name, most)), name);
  const size = totalOf(answer) ?? (await sizeByHead(url, name, get));
  if (size === null) {
    await answer.body?.cancel();
    return fromBlob(new Blob(await wholeBody(await askFor(url, name, get), name, most)), name);
  }
  const first = new Uint8Array(await answer.arrayBuffer());
  return {
    size,
    name,
    read: async (offset, length) => {
      if (offset + length <= first.length) return first.subarray(offset, offset + length);
      const part = await partOf(offset, length);
      if (part.status !== 206 || (totalOf(part) ?? size) !== size) {
        await part.body?.cancel();
        throw new WeftError('url', `the file ${name} has changed, or its server gives no ranges of it any more`, ['open the link again']);
      }
      return new Uint8Array(await part.arrayBuffer());
    },
  };
}

/** Size of the file by `content-range: bytes 0-99/1234`; null where the server does not say, or does not let the page see it. */
function totalOf(answer: Response): number | null {
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

/** The same from a request for headers alone: a page that may read the file may see how long it is. */
async function sizeByHead(url: string, name: string, get: Get): Promise<number | null> {
  return askFor(url, name, get, { method: 'HEAD' }).then(statedLength, () => null);
}
