/** Keyboard focus that would be lost: a button that has done its work is gone, and the next Tab would begin at the top of the page. */
import { type RefObject, useEffect, useRef } from 'react';

const FOCUSABLE = 'button:not(:disabled), a[href], input:checked, input:not([type=radio]), select, textarea';

/** Gives the focus to the first thing in an element that can have it, when what had it there is taken away. */
export function useKeptFocus<T extends HTMLElement>(): RefObject<T | null> {
  const box = useRef<T>(null);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    let had: Node | null = null;
    const take = (event: FocusEvent): void => {
      had = event.target as Node;
    };
    // Browsers may say that it is left while it is being taken away.
    const leave = ({ target }: FocusEvent): void =>
      queueMicrotask(() => {
        if (had === target && had?.isConnected) had = null;
      });
    const observer = new MutationObserver(() => {
      if (had === null || had.isConnected) return;
      had = null;
      if (document.activeElement === document.body) current.querySelector<HTMLElement>(FOCUSABLE)?.focus();
    });
    current.addEventListener('focusin', take);
    current.addEventListener('focusout', leave);
    observer.observe(current, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      current.removeEventListener('focusin', take);
      current.removeEventListener('focusout', leave);
    };
  }, []);
  return box;
}
