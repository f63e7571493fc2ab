/** The edge between the sweep page and its store. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { type SweepState, sweep } from '../../store/sweep.ts';
import type { SweepActions } from '../../store/sweep-actions.ts';

export const SweepContext = createContext<SweepActions | null>(null);

export const useSweep = <T>(select: (state: SweepState) => T): T => useStore(sweep, select);

export function useSweepActions(): SweepActions {
  const actions = useContext(SweepContext);
  if (actions === null) throw new Error('no actions above this component');
  return actions;
}
