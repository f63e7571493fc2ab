/**
 * Asks the worker what the selected PE computes in a run that is timed only (Session.values). It does not hang on the playhead:
 * it is asked once a PE, when the selection rests and no run is under way.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../api/client.ts';
import { isVisitable, type LabState, type TimedRun } from './types.ts';

const REST_MS = 60;

/** Whether a PE has results that do not need those of all others. */
export const computesAlone = ({ plan, rows }: TimedRun, pe: number): boolean => plan.shape.layer === undefined && rows.first[pe] >= 0;

/** Whether it has a state that does not need that of any other: where A is tiled in K it adds up what others send. */
export const hasStateAlone = (run: TimedRun, pe: number): boolean => computesAlone(run, pe) && run.rows.column === undefined;

/** The PE to be asked about, or null. */
function wanted({ result, status, pe }: LabState): { readonly run: TimedRun; readonly pe: number } | null {
  if (status === 'running' || pe === null || result === null || isVisitable(result) || !computesAlone(result, pe)) return null;
  return { run: result, pe };
}

/** Follows the store; returns what stops it. */
export function followValues(lab: StoreApi<LabState>, client: Client): () => void {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: ReturnType<typeof wanted> = null;

  const ask = async ({ run, pe }: NonNullable<typeof asked>): Promise<void> => {
    const mine = turn;
    const outcome = await client.values(run.config, pe);
    if (mine === turn) lab.setState({ peValues: { pe, outcome } });
  };

  return lab.subscribe((state) => {
    const next = wanted(state);
    if (next?.run === asked?.run && next?.pe === asked?.pe) return;
    asked = next;
    turn++;
    clearTimeout(timer);
    if (next) timer = setTimeout(ask, REST_MS, next);
  });
}
