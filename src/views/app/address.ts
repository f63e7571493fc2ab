/** The browser's address bar, and what was written to it too late. */
import type { Address } from '../../store/address.ts';

/** A reload asks for the address of the moment it begins, and history takes no other from then on. */
const LATE = 'weft.late.1';

/** Routes have a base element, which a bare #hash would be taken relative to. */
const addressed = (hash: string): string => `${location.pathname}${location.search}#${hash}`;

export const ADDRESS: Address = {
  read: () => location.hash,
  replace: (hash) => history.replaceState(null, '', addressed(hash)),
  push: (hash) => history.pushState(null, '', addressed(hash)),
  leaving: (write) => {
    const leave = (): void => {
      const before = location.href;
      write();
      if (location.href !== before) keepLate(before, location.href);
    };
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  },
};

function keepLate(before: string, after: string): void {
  try {
    sessionStorage.setItem(LATE, JSON.stringify({ before, after }));
  } catch {
    // A forbidden storage costs a change made in the moment of a reload, nothing else.
  }
}

/** After a reload, what was still to be written when it began. Must be called before anything reads the address. */
export function takeLate(): void {
  try {
    const late = JSON.parse(sessionStorage.getItem(LATE) ?? 'null');
    sessionStorage.removeItem(LATE);
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (entry?.type === 'reload' && late?.before === location.href) history.replaceState(null, '', late.after);
  } catch {
    // As in keepLate; or another program wrote there.
  }
}
