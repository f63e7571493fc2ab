/** Copies the address of this moment. The clipboard may be refused; then the address bar holds the same link. */
import { linkOf } from '../../store/address.ts';
import { lab } from '../../store/lab.ts';

export async function copyLink(say: (message: string) => void): Promise<void> {
  const link = new URL(`#${linkOf(lab.getState())}`, location.href).href;
  history.replaceState(null, '', link);
  try {
    await navigator.clipboard.writeText(link);
    say('Link copied.');
  } catch {
    say('The clipboard is not available here; the address bar holds the link.');
  }
}
