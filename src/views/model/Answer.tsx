/** An answer that may be on its way, late, refused or here; these never look alike. */
import type { ReactNode } from 'react';
import type { Ask } from '../../store/whole.ts';
import { PlainError } from '../controls/PlainError.tsx';

interface Props<T> {
  readonly ask: Ask<T>;
  /** What is said while there is nothing to show yet. */
  readonly wait: string;
  readonly children: (value: T) => ReactNode;
}

export function Answer<T>({ ask, wait, children }: Props<T>) {
  if (ask.status === 'failed' && ask.error) return <PlainError error={ask.error} />;
  if (ask.value === null) return <p className="loading">{wait}</p>;
  return <div className={ask.status === 'loading' ? 'late' : undefined}>{children(ask.value)}</div>;
}
