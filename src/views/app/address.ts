/** The browser's address bar, and what was written to it too late. */
import type { Address } from '../../store/address.ts';

/** A reload asks for the address of the moment it begins, and history takes no other from then on. */
const LATE = 'weft.late.2';

/** Routes have a base element, which a bare #hash would be taken relative to. */
const addressed = (hash: string): string => `${location.pathname}${location.search}#${hash}`;

export const ADDRESS: Address = {
  read: () => location.hash,
  replace: (hash) => history.replaceState(null, '', addressed(hash)),
  push: (hash) => history.pushState(null, '', addressed(hash)),
  leaving: (write) => {
    const leave = (): void => {
      write();
      keepLate();
    };
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  },
};

/** Always, not only when something was due: what was written since the reload began is late, too. */
function keepLate(): void {
  try {
    sessionStorage.setItem(LATE, location.href);
  } catch {
    // A forbidden storage costs a change made in the moment of a reload, nothing else.
  }
}

/** After a reload, the address with which the page was left. Must be called before anything reads the address. */
export function takeLate(): void {
  try {
    const late = sessionStorage.getItem(LATE);
    sessionStorage.removeItem(LATE);
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (late !== null && entry?.type === 'reload' && new URL(late).pathname === location.pathname) history.replaceState(null, '', late);
  } catch {
    // As in keepLate; or another program wrote there.
  }
}
