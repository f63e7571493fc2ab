/** The run on screen: a finished one, or one whose program failed. Both have a program, a trace and a title. */
import type { Failure, LabState, RunResult } from './types.ts';

export const shownRun = ({ result, failure }: Pick<LabState, 'result' | 'failure'>): RunResult | Failure | null => result ?? failure;
