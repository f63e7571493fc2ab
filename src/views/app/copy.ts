/** Copies a text. Where the browser gives the page no clipboard, the text is shown selected, to be copied by hand. */
import { createStore } from 'zustand/vanilla';

/** The text to be copied by hand, or null. */
export const byHand = createStore<{ readonly text: string | null }>(() => ({ text: null }));

/** Whether the clipboard took it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    byHand.setState({ text });
    return false;
  }
}
