/** The edge between the model page and its store. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { type WholeState, whole } from '../../store/whole.ts';
import type { WholeActions } from '../../store/whole-actions.ts';

export const WholeContext = createContext<WholeActions | null>(null);

export const useWhole = <T>(select: (state: WholeState) => T): T => useStore(whole, select);

export function useWholeActions(): WholeActions {
  const actions = useContext(WholeContext);
  if (actions === null) throw new Error('no actions above this component');
  return actions;
}
