/** Messages pass: each goes after the time in which it can be read twice over, unless another one has come. */
import type { StoreApi } from 'zustand/vanilla';

/** Of a message without words, and for each of its characters: half as fast as one reads. */
const LEAST_MS = 6000;
const MS_A_CHARACTER = 100;

/** Follows a store with a message; returns what stops it. */
export function passMessages<S extends { readonly message: string | null }>(store: StoreApi<S>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = store.subscribe(({ message }, before) => {
    if (message === before.message) return;
    clearTimeout(timer);
    if (message !== null) timer = setTimeout(() => store.setState({ message: null } as Partial<S>), LEAST_MS + MS_A_CHARACTER * message.length);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
