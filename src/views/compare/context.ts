/** The edge between React and the compare store. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { type CompareState, compare } from '../../store/compare.ts';
import type { CompareActions } from '../../store/compare-actions.ts';
import type { CompareLooks } from '../../store/compare-url.ts';
import { toggled } from '../../store/link-fields.ts';

export const CompareContext = createContext<CompareActions | null>(null);

export function useCompareActions(): CompareActions {
  const actions = useContext(CompareContext);
  if (actions === null) throw new Error('no compare actions above this component');
  return actions;
}

/** A part of the store; the component renders again when that part changes by identity. */
export const useCompare = <T>(select: (state: CompareState) => T): T => useStore(compare, select);

/** Whether a chart of the page is shown as a table, and what changes it. */
export function useTable(id: CompareLooks['tables'][number]): readonly [boolean, (table: boolean) => void] {
  const on = useCompare((s) => s.tables.includes(id));
  return [on, (next) => compare.setState((s) => ({ tables: toggled(s.tables, id, next) }))];
}
