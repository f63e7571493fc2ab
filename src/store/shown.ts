/** The run on screen: a finished one, one whose program failed, one of a hand-written program, or that of a trace file. Each has a program, a trace and a title. */
import type { Failure, LabState, OpenedTrace, ProgramRun, TimedRun } from './types.ts';

export type ShownRun = TimedRun | Failure | ProgramRun | OpenedTrace;

/** Where a run on screen can be; only the Lab has the last two. */
export type RunSlots = Pick<LabState, 'result' | 'failure'> & Partial<Pick<LabState, 'program' | 'opened'>>;

export const shownRun = ({ result, failure, program = null, opened = null }: RunSlots): ShownRun | null => result ?? failure ?? program ?? opened;

/** Where a run that ended well goes. */
export const slotsOf = (run: TimedRun | ProgramRun): Pick<LabState, 'result' | 'program'> =>
  'window' in run ? { result: null, program: run } : { result: run, program: null };

/** The configuration of a run; a trace file has none. */
export const configOf = (run: ShownRun): TimedRun['config'] | null => ('config' in run ? run.config : null);
