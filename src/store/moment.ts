/**
 * Asks the worker for the machine's exact state at the paused playhead: state hash and the selected PE. It waits until the
 * playhead rests, the latest question wins, and an answer is shown only beside the cycle and the PE it is about.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../api/client.ts';
import { wholeCycle } from './playback.ts';
import { shownRun } from './shown.ts';
import { isVisitable, type LabState } from './types.ts';

const REST_MS = 60;

/** Follows the store; returns what stops it. */
export function followMoment(lab: StoreApi<LabState>, client: Client): () => void {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = '';

  const ask = async (cycle: number, pe: number | null): Promise<void> => {
    const mine = ++turn;
    if (pe === null) {
      const outcome = await client.stateHash(cycle);
      if (mine === turn && outcome.ok) lab.setState({ stateHash: { cycle, hash: outcome.value } });
      return;
    }
    const outcome = await client.inspect(pe, cycle);
    if (mine === turn && outcome.ok) lab.setState({ detail: outcome.value, stateHash: { cycle, hash: outcome.value.stateHash } });
  };

  return lab.subscribe((state) => {
    const { playing, status, pe } = state;
    // The worker can visit the runs it has simulated: no trace file, and none that is timed only.
    const canBe = state.opened === null && (state.result === null || isVisitable(state.result));
    const run = canBe ? shownRun(state) : null;
    if (run === null || playing || status === 'running') {
      if (shown !== '') {
        shown = '';
        turn++;
        clearTimeout(timer);
        lab.setState({ stateHash: null, detail: null });
      }
      return;
    }
    const cycle = wholeCycle(state);
    const key = `${run.traceHash} ${cycle} ${pe}`;
    if (key === shown) return;
    shown = key;
    turn++;
    clearTimeout(timer);
    if (state.stateHash !== null || state.detail !== null) lab.setState({ stateHash: state.stateHash?.cycle === cycle ? state.stateHash : null, detail: null });
    timer = setTimeout(ask, REST_MS, cycle, pe);
  });
}
