/**
 * Links that would be long, packed: `#1.<base64url(deflate-raw(JSON))>`, where JSON is the readable hash as an object of strings
 * with its keys in order, so that equal states make equal links. Reading a packed link gives the readable one.
 */
import { WeftError } from '../base/error.ts';
import { LINK_TEXT } from './strings.ts';

/** Chats and mails cut longer addresses. */
export const LONGEST_LINK = 1500;
const PREFIX = '1.';
/** Characters of a packed link that are read, and bytes it may unpack to. */
const MOST_PACKED = 20_000;
const MOST_UNPACKED = 200_000;

export const isPacked = (hash: string): boolean => hash.replace(/^#/, '').startsWith(PREFIX);

/** The bytes of a stream. Throws WeftError when there are more than `most`. */
async function bytesOf(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw damaged(LINK_TEXT.packed.tooMuch);
    }
    pieces.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const through = (bytes: Uint8Array, transform: CompressionStream | DecompressionStream, most: number): Promise<Uint8Array> =>
  bytesOf(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>), most);

const damaged = (why: string): WeftError => new WeftError('link', why, [LINK_TEXT.packed.fix]);

/** A readable hash, without #, in its packed form. */
export async function packHash(hash: string): Promise<string> {
  const pairs = [...new URLSearchParams(hash)].sort(([a], [b]) => (a < b ? -1 : 1));
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(pairs)));
  const packed = await through(json, new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY);
  const base64 = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(''));
  return PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The readable hash, without #, of a packed one. Throws WeftError (`link`) that says what is wrong with it. */
export async function unpackHash(hash: string): Promise<string> {
  const text = hash.replace(/^#/, '').slice(PREFIX.length);
  if (text.length > MOST_PACKED) throw damaged(LINK_TEXT.packed.tooLong(text.length, MOST_PACKED));
  if (!/^[\w-]+$/.test(text)) throw damaged(LINK_TEXT.packed.noLetters);
  let value: unknown;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await through(bytes, new DecompressionStream('deflate-raw'), MOST_UNPACKED)));
  } catch (error) {
    throw error instanceof WeftError ? error : damaged(LINK_TEXT.packed.damaged);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(LINK_TEXT.packed.empty);
  return new URLSearchParams(Object.entries(value).map(([key, v]) => [key, String(v)])).toString();
}

/** An address for sharing: the readable one, or packed where that would be longer than programs carry. */
export async function shareAddress(base: string, hash: string): Promise<string> {
  const readable = `${base}#${hash}`;
  return readable.length <= LONGEST_LINK ? readable : `${base}#${await packHash(hash)}`;
}

/** In place of a packed link that cannot be read. */
export const DAMAGED = 'problem=damaged';

/** Sentences about a link as such: that it was damaged, or that it holds nothing known. */
export function linkProblems(params: URLSearchParams, known: ReadonlySet<string>): readonly string[] {
  const problem = params.get('problem');
  if (problem === 'damaged') return [LINK_TEXT.damaged];
  const keys = [...params.keys()];
  if (keys.length === 0 || keys.some((key) => known.has(key))) return [];
  return [LINK_TEXT.nothingKnown(keys[0].slice(0, 20))];
}
