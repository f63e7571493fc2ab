/** A table that may be wider than the page: it scrolls by itself, and takes the focus so that the keyboard can scroll it (WCAG 2.1.1). */
import type { ReactNode } from 'react';

export function WideTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="wide-table" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
