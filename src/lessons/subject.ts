/** What a lesson computes: numbers drawn for it, closed forms, and for each question what is simulated and how that is read. */
import type { ProgramRun, RunConfig, RunResult } from '../api/protocol.ts';
import type { Answer, Figure, Given, LessonId, Look, Varied } from './types.ts';

/** One of a list: the first, which is the book's, or one by the class's seed. */
export type Pick = <T>(list: readonly T[]) => T;

/** A simulation to make. */
export interface ShotPlan {
  readonly what: string;
  readonly varied: Varied;
  readonly x: number;
  readonly config: RunConfig;
  /** Closed form, where it is not the kernel's own estimate. */
  readonly closed?: number;
}

/** The simulation made: one of the first two is there, or neither if it could not be placed. */
export interface Taken {
  readonly plan: ShotPlan;
  readonly result?: RunResult;
  readonly program?: ProgramRun;
}

/** What a run says. */
export interface Reading {
  readonly value: Answer;
  readonly figure: Figure;
  /** Where to look in the Lab's first run. */
  readonly look?: Look;
}

export interface Experiment<P> {
  /** The answer by closed form. */
  readonly closed: (p: P) => Answer;
  /** What to simulate; some place what was predicted. */
  readonly shots: (p: P, answer: Answer) => readonly ShotPlan[];
  /** The answer by what was simulated, and what is to be seen of it. */
  readonly read: (taken: readonly Taken[], p: P, answer: Answer) => Reading;
}

export interface Subject<L extends LessonId, P> {
  readonly params: (pick: Pick) => P;
  readonly given: (p: P) => Given[L];
  readonly questions: Readonly<Record<string, Experiment<P>>>;
}

const NO_MATRIX: RunConfig = { model: 'synthetic', tensor: '', m: 1, k: 256, n: 1, seed: 7, kernel: 'streaming', machine: 'teaching' };

/** A synthetic matrix product. */
export const matrix = (config: Partial<RunConfig>): RunConfig => ({ ...NO_MATRIX, ...config });

/** A hand-written program in a row. */
export const row = (scenario: string, machine: RunConfig['machine'], pes: number, words: number): RunConfig => ({
  ...NO_MATRIX,
  scenario,
  machine,
  pes: { width: pes, height: 1 },
  words,
});

/** Cycles that a simulation took; NaN for one that could not be placed, which is no right answer to anything. */
export const cyclesOf = ({ result, program }: Taken): number => result?.metrics.cycles ?? program?.window.cycles ?? Number.NaN;

/** The run of a program that must be there. */
export function programOf({ plan, program }: Taken): ProgramRun {
  if (program === undefined) throw new Error(`${plan.what} did not run`);
  return program;
}
