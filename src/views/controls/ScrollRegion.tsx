/** A named part that scrolls. It takes the focus, because without it the keyboard could not scroll it (WCAG 2.1.1). */
import type { ReactNode } from 'react';

export function ScrollRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="chart-scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
