/**
 * Panels that follow the fabric: when the playhead moves or a run arrives, the fabric is drawn first, and each of these renders
 * in a task of its own after that frame. What is inside reads a copy of the store, so that it never sees half of a change.
 */
import { type ReactNode, useEffect, useState } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { lab } from '../../store/lab.ts';
import type { LabState } from '../../store/types.ts';
import { LabContext } from '../hooks.ts';
import { afterFrame } from '../raf.ts';

/** Keeps `copy` equal to the page's store, a frame late where the fabric has to be drawn first; returns what stops it. */
function follow(copy: StoreApi<LabState>): () => void {
  let isWaiting = false;
  const take = (): void => {
    isWaiting = false;
    copy.setState(lab.getState(), true);
  };
  take();
  return lab.subscribe(({ reader, cycle }) => {
    if (isWaiting) return;
    const shown = copy.getState();
    isWaiting = reader !== shown.reader || cycle !== shown.cycle;
    if (isWaiting) afterFrame(take);
    else take();
  });
}

export function Following({ children }: { children: ReactNode }) {
  const [copy] = useState(() => createStore<LabState>(() => lab.getState()));
  useEffect(() => follow(copy), [copy]);
  return <LabContext value={copy}>{children}</LabContext>;
}
