/** The run on screen: a finished one, one whose program failed, or that of a trace file. Each has a program, a trace and a title. */
import type { Failure, LabState, OpenedTrace, TimedRun } from './types.ts';

export type ShownRun = TimedRun | Failure | OpenedTrace;

export const shownRun = ({ result, failure, opened = null }: Pick<LabState, 'result' | 'failure'> & Partial<Pick<LabState, 'opened'>>): ShownRun | null =>
  result ?? failure ?? opened;

/** The configuration of a run; a trace file has none. */
export const configOf = (run: ShownRun): TimedRun['config'] | null => ('config' in run ? run.config : null);
