/** The edge between the lessons' views and their store. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { type LearnState, learn } from '../../store/lessons.ts';
import type { LessonActions } from '../../store/lessons-actions.ts';

export const LessonContext = createContext<LessonActions | null>(null);

export const useLearn = <T>(select: (state: LearnState) => T): T => useStore(learn, select);

export function useLessonActions(): LessonActions {
  const actions = useContext(LessonContext);
  if (actions === null) throw new Error('no actions above this component');
  return actions;
}
