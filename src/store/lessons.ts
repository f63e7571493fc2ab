/**
 * The state of the lessons: what was answered, kept in this browser and nowhere else, and what is known and running on this
 * visit. A class's seed gives other numbers, so its progress is kept apart.
 */
import { createStore } from 'zustand/vanilla';
import type { WireError } from '../api/protocol.ts';
import { LESSONS, lessonById, lessonOf } from '../lessons/catalog.ts';
import { encodeResult, SEED } from '../lessons/code.ts';
import type { Answer, Facts, Lesson, LessonId, LessonProgress, LessonRun } from '../lessons/types.ts';
import type { KeyValue } from './persist.ts';

export { decodeResult, type LessonResult } from '../lessons/code.ts';
export type { Answer, Facts, LessonId, LessonRun };

/** What is kept of a question. */
export interface Answered {
  readonly tries: number;
  readonly right: boolean;
  readonly last: Answer;
}

export interface KeptLesson {
  /** The step that was looked at last, from 1. */
  readonly step: number;
  readonly answers: Readonly<Record<string, Answered>>;
}

/** A prediction, and the run that it is held against. */
export interface Trial {
  readonly prediction: Answer;
  readonly status: 'predicted' | 'running' | 'done' | 'failed';
  readonly progress: LessonProgress | null;
  readonly run: LessonRun | null;
  readonly error: WireError | null;
}

export interface LearnState {
  /** By lesson and seed. */
  readonly kept: Readonly<Record<string, KeptLesson>>;
  readonly facts: Readonly<Record<string, Facts>>;
  readonly errors: Readonly<Record<string, WireError>>;
  /** By lesson, seed and question. */
  readonly trials: Readonly<Record<string, Trial>>;
  readonly hints: Readonly<Record<string, number>>;
}

export const learn = createStore<LearnState>(() => ({ kept: {}, facts: {}, errors: {}, trials: {}, hints: {} }));

export const lessonKey = (lesson: LessonId, seed: string): string => (seed === '' ? lesson : `${lesson}@${seed}`);
export const questionKey = (lesson: LessonId, seed: string, question: string): string => `${lessonKey(lesson, seed)}/${question}`;

/** The seed of an address's search part; '' without one, or when it is none. */
export function seedOf(search: string): string {
  const seed = new URLSearchParams(search).get('class')?.toLowerCase() ?? '';
  return SEED.test(seed) ? seed : '';
}

const NOTHING: KeptLesson = { step: 1, answers: {} };

export const keptOf = ({ kept }: Pick<LearnState, 'kept'>, lesson: LessonId, seed: string): KeptLesson => kept[lessonKey(lesson, seed)] ?? NOTHING;

/** How far somebody is: answered right, of all; and where to go on. */
export function standing(
  state: Pick<LearnState, 'kept'>,
  { id, questions }: Lesson,
  seed: string,
): { right: number; begun: boolean; done: boolean; next: number } {
  const { step, answers } = keptOf(state, id, seed);
  const right = questions.filter((q) => answers[q.id]?.right).length;
  const begun = step > 1 || Object.keys(answers).length > 0;
  return { right, begun, done: right === questions.length, next: Math.min(step, questions.length) };
}

/** The lesson that was begun and not finished, the last one of the list. */
export const unfinished = (state: Pick<LearnState, 'kept'>, seed: string): Lesson | undefined =>
  LESSONS.findLast((lesson) => {
    const { begun, done } = standing(state, lesson, seed);
    return begun && !done;
  });

/** What a learner hands in. */
export function resultCode(state: Pick<LearnState, 'kept'>, lesson: LessonId, seed: string): string {
  const { answers } = keptOf(state, lesson, seed);
  const questions = lessonOf(lesson).questions.map(({ id }) => ({ tries: answers[id]?.tries ?? 0, right: answers[id]?.right ?? false }));
  return encodeResult({ lesson, seed, questions });
}

const KEY = 'weft.lessons.1';

/** Keeps what was answered; a storage that refuses costs the memory of this visit. */
export function saveLessons(storage: KeyValue, { kept }: Pick<LearnState, 'kept'>): void {
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // As in persist.ts.
  }
}

/** What was kept, as far as it can be understood. */
export function loadLessons(storage: KeyValue): LearnState['kept'] {
  try {
    const saved: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    return Object.fromEntries(Object.entries(saved as object).flatMap(([key, value]) => lessonFrom(key, value)));
  } catch {
    return {};
  }
}

function lessonFrom(key: string, value: unknown): [string, KeptLesson][] {
  const lesson = lessonById(key.split('@')[0]);
  if (lesson === undefined || typeof value !== 'object' || value === null) return [];
  const { step, answers } = value as { step?: unknown; answers?: unknown };
  const known = typeof answers === 'object' && answers !== null ? Object.entries(answers).filter(([id, a]) => isAnswered(lesson, id, a)) : [];
  return [[key, { step: isStep(lesson, step) ? step : 1, answers: Object.fromEntries(known) }]];
}

const isStep = ({ questions }: Lesson, step: unknown): step is number =>
  Number.isSafeInteger(step) && (step as number) >= 1 && (step as number) <= questions.length;

function isAnswered({ questions }: Lesson, id: string, value: unknown): boolean {
  if (!questions.some((q) => q.id === id) || typeof value !== 'object' || value === null) return false;
  const { tries, right, last } = value as Partial<Answered>;
  return Number.isSafeInteger(tries) && typeof right === 'boolean' && (typeof last === 'string' || typeof last === 'number');
}
