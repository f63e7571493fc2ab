/** A link that names a file elsewhere: `#url=https://…`. Nothing is fetched before the user has agreed. */
import { askFor, type Get, wholeBody } from '../api/remote.ts';
import { kindOfFile } from './dropped.ts';
import { LINK_TEXT } from './strings.ts';

export { MOST_WHOLE_BYTES } from '../api/remote.ts';

export interface Remote {
  readonly url: string;
  readonly host: string;
  /** What the file is called, its path's last part. */
  readonly name: string;
}

/** What a hash wants to load: a file, a sentence about why it cannot be one, or null when it wants none. */
export function remoteOf(hash: string): Remote | string | null {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get('url');
  if (text === null) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return LINK_TEXT.remote.noAddress(text.slice(0, 60));
  }
  if (url.protocol !== 'https:') return LINK_TEXT.remote.notSecure(text.slice(0, 60));
  if (url.username !== '' || url.password !== '') return LINK_TEXT.remote.named;
  const name = decoded(url.pathname.split('/').at(-1) ?? '');
  if (kindOfFile({ name }) === null) return LINK_TEXT.remote.notOpened(name || url.host);
  return { url: url.href, host: url.host, name };
}

/** A part of an address as it is meant; as it stands where it is no UTF-8. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Fetches the file whole. Throws WeftError (`url`). */
export async function fetchRemote({ url, name }: Remote, get: Get = fetch): Promise<File> {
  return new File(await wholeBody(await askFor(url, name, get), name), name);
}
