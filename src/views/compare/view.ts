/** What the painter says of the moment, for the words above the canvases. */
import { createStore } from 'zustand/vanilla';
import type { SideId } from '../../store/compare.ts';

interface PairView {
  /** PEs by kind of schema.ts, idle last. */
  readonly counts: Readonly<Record<SideId, readonly number[] | null>>;
  /** Cycles of the mean that a difference is of. */
  readonly window: number;
}

export const pairView = createStore<PairView>(() => ({ counts: { a: null, b: null }, window: 16 }));
