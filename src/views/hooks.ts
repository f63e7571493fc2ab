/** The edge between React and the store. */
import { createContext, type RefObject, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { type StoreApi, useStore } from 'zustand';
import type { Actions } from '../store/actions.ts';
import { lab } from '../store/lab.ts';
import { toggled } from '../store/link-fields.ts';
import { lastCycle, wholeCycle } from '../store/playback.ts';
import { spanIn, type TimeSpan } from '../store/span.ts';
import type { LabState, Toggle } from '../store/types.ts';

export const ActionsContext = createContext<Actions | null>(null);

/** The page's store, or a copy that follows it (app/Following.tsx). */
export const LabContext = createContext<StoreApi<LabState>>(lab);

/** A part of the store; the component renders again when that part changes by identity. */
export const useLab = <T>(select: (state: LabState) => T): T => useStore(useContext(LabContext), select);

/** What is to be said aloud, the newer of a message and a state in words: when a message has passed, an old state is not said once more. */
export function useSaid(message: string | null, state: string): string {
  const last = useRef({ message: null as string | null, state, said: state });
  const { current } = last;
  if (message !== null && message !== current.message) last.current = { message, state, said: message };
  else if (message === null) last.current = { message, state, said: state === current.state ? current.said : state };
  return last.current.said;
}

/** The playhead as a whole cycle. */
export const useCycle = (): number => useLab(wholeCycle);

/** Shows something, or takes it away. */
export const setToggle = (id: Toggle, on: boolean): void => lab.setState((s) => ({ on: toggled(s.on, id, on) }));

/** Whether something is shown, and what changes it. */
export function useToggle(id: Toggle): readonly [boolean, (on: boolean) => void] {
  const on = useLab((s) => s.on.includes(id));
  return [on, (next) => setToggle(id, next)];
}

/** The part of the run that charts over time show. */
export function useSpan(): TimeSpan {
  const span = useLab((s) => s.span);
  const last = useLab(lastCycle);
  return useMemo(() => spanIn(span, last), [span, last]);
}

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error('no actions above this component');
  return actions;
}

/**
 * Keeps the chosen tab of a list in view, where the tabs scroll sideways. `chosen` tells which it is, `list` holds them.
 * By hand, because scrollIntoView would also let the next Tab key start from there.
 */
export function useSelectedInView(list: RefObject<HTMLElement | null>, chosen: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: every choice is shown
  useEffect(() => {
    const tabs = list.current;
    if (tabs === null) return;
    // Told of the size at once, after the first layout, and whenever there is more or less room.
    const watch = new ResizeObserver(() => {
      const tab = tabs.querySelector('[aria-selected=true]');
      if (tab === null) return;
      const [part, whole] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
      tabs.scrollLeft += Math.max(0, part.right - whole.right) - Math.max(0, whole.left - part.left);
    });
    watch.observe(tabs);
    return () => watch.disconnect();
  }, [list, chosen]);
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
