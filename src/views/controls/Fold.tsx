/** A section of the Lab that can be opened; links hold which are. */
import type { ReactNode } from 'react';
import type { Toggle } from '../../store/types.ts';
import { useToggle } from '../hooks.ts';

export function Fold({ id, summary, className, children }: { id: Toggle; summary: ReactNode; className?: string; children: ReactNode }) {
  const [open, setOpen] = useToggle(id);
  return (
    <details className={className} open={open} onToggle={(event) => event.currentTarget.open !== open && setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
