/**
 * Asks the worker for the machine's exact state at the paused playhead: state hash and the selected PE, of a run that is timed only the
 * selected PE by itself. It waits until the playhead rests, the latest question wins, and an answer is shown only beside the cycle and the
 * PE it is about.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../api/client.ts';
import type { PeSite } from '../trace/pe-site.ts';
import type { TraceReader } from '../trace/reader.ts';
import { hasStateAlone } from './pe-values.ts';
import { wholeCycle } from './playback.ts';
import { shownRun } from './shown.ts';
import { isVisitable, type LabState, type Outcome, type PeDetail, type TimedRun } from './types.ts';

const REST_MS = 60;

/** What a trace says of the surroundings of a PE. */
type SiteOf = (reader: TraceReader, pe: number, cycle: number) => PeSite;

/** Follows the store; returns what stops it. */
export function followMoment(lab: StoreApi<LabState>, client: Client, siteOf: SiteOf): () => void {
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
    const outcome = await look(lab.getState(), pe, cycle);
    if (mine !== turn || (!outcome.ok && outcome.error.cancelled)) return;
    const hash = outcome.ok ? outcome.value.stateHash : null;
    lab.setState({ detail: outcome, stateHash: hash === null ? null : { cycle, hash } });
  };

  const look = async ({ result, reader }: LabState, pe: number, cycle: number): Promise<Outcome<PeDetail>> => {
    const alone = (run: TimedRun, from: TraceReader): Promise<Outcome<PeDetail>> => client.inspectAlone(run.config, siteOf(from, pe, cycle));
    if (result !== null && reader !== null && !isVisitable(result)) return alone(result, reader);
    const visited = await client.inspect(pe, cycle);
    if (visited.ok || visited.error.cancelled || result === null || reader === null || !hasStateAlone(result, pe)) return visited;
    // The worker no longer holds the run: a cancel of the next one may end it. Then the PE is computed by itself, too.
    const own = await alone(result, reader);
    return own.ok ? own : visited;
  };

  return lab.subscribe((state) => {
    const { playing, status, pe, opened, result } = state;
    // The worker can visit the runs it has simulated, no trace file; of one that is timed only PEs that need no other.
    const canBe = opened === null && (result === null || isVisitable(result) || (pe !== null && hasStateAlone(result, pe)));
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
