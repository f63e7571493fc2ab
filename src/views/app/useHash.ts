/** Keeps a page's setup and the address bar's hash in step: what is opened is read, what changes is written. */
import { useEffect, useState } from 'react';
import { hashOf } from './hash.ts';

interface Way {
  /** The hash of the setup now, without its #. */
  readonly link: () => string;
  /** Takes a hash over; gives sentences about what could not be taken as it was. */
  readonly read: (hash: string) => readonly string[];
  readonly subscribe: (changed: () => void) => () => void;
}

/** `way` must not change from call to call. Returns what the last read said. */
export function useHash(way: Way): readonly string[] {
  const [notices, setNotices] = useState<readonly string[]>([]);
  useEffect(() => {
    const read = (event?: HashChangeEvent): void => {
      const hash = hashOf(event);
      if (hash !== '') setNotices(way.read(hash));
    };
    const write = (): void => {
      const hash = `#${way.link()}`;
      // Routes have a base element, which a bare #hash would be taken relative to.
      if (hash !== location.hash) history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
    };
    read();
    write();
    const stop = way.subscribe(write);
    addEventListener('hashchange', read);
    return () => {
      stop();
      removeEventListener('hashchange', read);
    };
  }, [way]);
  return notices;
}
