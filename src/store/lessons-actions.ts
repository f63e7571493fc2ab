/** What a learner does that needs the worker. A prediction stands before its run; the run says whether it was right. */
import type { StoreApi } from 'zustand/vanilla';
import { lessonOf } from '../lessons/catalog.ts';
import { isRight } from '../lessons/check.ts';
import type { Lessons } from '../lessons/types.ts';
import { type Answer, keptOf, type LearnState, type LessonId, lessonKey, questionKey, type Trial } from './lessons.ts';

/** A question of a lesson, with the numbers of a seed. */
export interface Spot {
  readonly lesson: LessonId;
  readonly seed: string;
  readonly question: string;
}

export interface LessonActions {
  /** A step comes on screen: its numbers are computed, if they are not known, and it is where to go on. */
  enter(lesson: LessonId, seed: string, step: number): void;
  predict(spot: Spot, prediction: Answer): void;
  /** Simulates, and holds the prediction against what was measured. */
  run(spot: Spot): Promise<void>;
  cancel(): void;
  hint(spot: Spot): void;
}

export function createLessonActions({ learn, lessons }: { readonly learn: StoreApi<LearnState>; readonly lessons: Lessons }): LessonActions {
  let turn = 0;

  const setTrial = (spot: Spot, patch: Partial<Trial>): void => {
    const key = questionKey(spot.lesson, spot.seed, spot.question);
    learn.setState((s) => ({ trials: { ...s.trials, [key]: { ...s.trials[key], ...patch } } }));
  };

  async function loadFacts(lesson: LessonId, seed: string): Promise<void> {
    const key = lessonKey(lesson, seed);
    if (learn.getState().facts[key] !== undefined) return;
    const answer = await lessons.facts(lesson, seed);
    if (answer.ok) learn.setState((s) => ({ facts: { ...s.facts, [key]: answer.value } }));
    else learn.setState((s) => ({ errors: { ...s.errors, [key]: answer.error } }));
  }

  function enter(lesson: LessonId, seed: string, step: number): void {
    learn.setState((s) => ({ kept: { ...s.kept, [lessonKey(lesson, seed)]: { ...keptOf(s, lesson, seed), step } } }));
    void loadFacts(lesson, seed);
  }

  async function run(spot: Spot): Promise<void> {
    const { lesson, seed, question } = spot;
    const trial = learn.getState().trials[questionKey(lesson, seed, question)];
    if (trial === undefined) return;
    const mine = ++turn;
    const { prediction } = trial;
    setTrial(spot, { status: 'running', progress: null, error: null });
    const answer = await lessons.run({ lesson, question, seed, answer: prediction }, (progress) => {
      if (mine === turn) setTrial(spot, { progress });
    });
    if (!answer.ok) {
      setTrial(spot, answer.error.cancelled ? { status: 'predicted', progress: null } : { status: 'failed', progress: null, error: answer.error });
      return;
    }
    setTrial(spot, { status: 'done', progress: null, run: answer.value });
    learn.setState((s) => ({ kept: { ...s.kept, [lessonKey(lesson, seed)]: marked(s, spot, prediction, answer.value.value) } }));
  }

  return {
    enter,
    run,
    predict: (spot, prediction) => setTrial(spot, { prediction, status: 'predicted', progress: null, run: null, error: null }),
    cancel: () => void lessons.cancel(),
    hint({ lesson, seed, question }) {
      const key = questionKey(lesson, seed, question);
      learn.setState((s) => ({ hints: { ...s.hints, [key]: Math.min(3, (s.hints[key] ?? 0) + 1) } }));
    },
  };
}

/** The lesson after a try. What was right once stays right, and later tries are not counted. */
function marked(state: LearnState, { lesson, seed, question }: Spot, last: Answer, measured: Answer) {
  const kept = keptOf(state, lesson, seed);
  const before = kept.answers[question];
  if (before?.right) return kept;
  const right = isRight(lessonOf(lesson).questions.find(({ id }) => id === question)!, last, measured);
  return { ...kept, answers: { ...kept.answers, [question]: { tries: (before?.tries ?? 0) + 1, right, last } } };
}
