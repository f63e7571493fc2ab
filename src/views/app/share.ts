/** Copies the address of this moment. The clipboard may be refused; then the address bar holds the same link. */
import { linkOf } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';

/** Chats and mails cut longer addresses. */
const LONGEST_LINK = 1500;

export async function copyLink(say: (message: string) => void): Promise<void> {
  const state = lab.getState();
  if (state.opened !== null) return say(`${state.opened.file} is in no link; send the file itself. The address bar holds the setup beside it.`);
  const link = new URL(`#${linkOf(state)}`, location.href).href;
  history.replaceState(null, '', link);
  try {
    await navigator.clipboard.writeText(link);
    const long = link.length > LONGEST_LINK;
    say(long ? `Link copied; its ${link.length} characters are more than many programs carry. Ctrl S saves a project file instead.` : 'Link copied.');
  } catch {
    say('The clipboard is not available here; the address bar holds the link.');
  }
}
