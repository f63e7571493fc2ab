/** Copies the address of this moment, packed if it would be long. */
import { linkOf } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';
import { LONGEST_LINK, shareAddress } from '../../store/packed.ts';
import { copyText } from './copy.ts';
import { APP_TEXT } from './strings.ts';

/** Copies a page's hash (without #) as a link, and says what became of it. */
export async function copyHash(hash: string, say: (message: string) => void): Promise<void> {
  const page = `${location.origin}${location.pathname}${location.search}`;
  history.replaceState(null, '', `${page}#${hash}`);
  const link = await shareAddress(page, hash);
  if (await copyText(link)) say(link.length > LONGEST_LINK ? APP_TEXT.share.long(link.length) : APP_TEXT.share.copied);
}

export async function copyLink(say: (message: string) => void): Promise<void> {
  const state = lab.getState();
  if (state.opened !== null) return say(APP_TEXT.share.traceFile(state.opened.file));
  await copyHash(linkOf(state), say);
}
