/** The edge between React and the store. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Actions } from '../store/actions.ts';
import { lab } from '../store/lab.ts';
import { wholeCycle } from '../store/playback.ts';
import type { LabState } from '../store/types.ts';

export const ActionsContext = createContext<Actions | null>(null);

/** A part of the store; the component renders again when that part changes by identity. */
export const useLab = <T>(select: (state: LabState) => T): T => useStore(lab, select);

/** The playhead as a whole cycle. */
export const useCycle = (): number => useLab(wholeCycle);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error('no actions above this component');
  return actions;
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const subscribe = (changed: () => void): (() => void) => {
    const list = matchMedia(query);
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  };
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
