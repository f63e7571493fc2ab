/** Copies the address of this moment, packed if it would be long. The clipboard may be refused; then the address bar holds the same state. */
import { linkOf } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';
import { LONGEST_LINK, shareAddress } from '../../store/packed.ts';

/** Copies a page's hash (without #) as a link, and says what became of it. */
export async function copyHash(hash: string, say: (message: string) => void): Promise<void> {
  const page = `${location.origin}${location.pathname}${location.search}`;
  history.replaceState(null, '', `${page}#${hash}`);
  const link = await shareAddress(page, hash);
  try {
    await navigator.clipboard.writeText(link);
    const long = link.length > LONGEST_LINK;
    say(long ? `Link copied; its ${link.length} characters are more than many programs carry. Ctrl S saves a project file instead.` : 'Link copied.');
  } catch {
    say('The clipboard is not available here; the address bar holds the link.');
  }
}

export async function copyLink(say: (message: string) => void): Promise<void> {
  const state = lab.getState();
  if (state.opened !== null) return say(`${state.opened.file} is in no link; send the file itself. The address bar holds the setup beside it.`);
  await copyHash(linkOf(state), say);
}
