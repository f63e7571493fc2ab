/** The lessons in order and their questions; a step of a lesson is one question. Data alone: the page and its build read it. */
import type { Lesson, LessonId, Question } from './types.ts';

/** "±2 %" for timings. */
const TIMING = 0.02;

const cycles = (id: string): Question => ({ id, unit: 'cycles', tolerance: TIMING });
const exactly = (id: string, unit: Question['unit']): Question => ({ id, unit, tolerance: 0 });
const choice = (id: string, choices: readonly string[]): Question => ({ id, tolerance: 0, choices });
const transfer = (question: Question): Question => ({ ...question, transfer: true });

const SUMS = ['star', 'chain', 'tree', 'two-phase'] as const;
const ALL_SUMS = ['chain-broadcast', 'ring', 'tie'] as const;

export const LESSONS: readonly Lesson[] = [
  { id: 'hop', questions: [cycles('one'), cycles('many'), cycles('stored'), transfer(cycles('slower'))] },
  {
    id: 'memory',
    questions: [
      exactly('row', 'bytes'),
      exactly('rows', 'rows'),
      exactly('floats', 'rows'),
      exactly('longest', 'weights'),
      choice('mend', ['f16', 'streaming', 'more-pes']),
      transfer(exactly('halves', 'rows')),
    ],
  },
  {
    id: 'movers',
    questions: [
      choice('once', ['streaming', 'stationary', 'tie']),
      cycles('slope'),
      exactly('crossing', 'columns'),
      transfer(choice('full', ['sooner', 'later', 'never'])),
    ],
  },
  {
    id: 'sums',
    questions: [
      choice('one', SUMS),
      cycles('chain'),
      choice('middle', SUMS),
      choice('large', SUMS),
      transfer(cycles('star')),
      transfer(choice('all', ALL_SUMS)),
    ],
  },
  {
    id: 'last-pe',
    questions: [
      cycles('cycles'),
      { id: 'share', unit: 'percent', tolerance: TIMING },
      choice('worst', ['one-less', 'full', 'one-more', 'two-more']),
      transfer(choice('split', ['whole', 'quarter', 'half', 'rows'])),
    ],
  },
  { id: 'backpressure', questions: [cycles('rate'), cycles('stall'), choice('culprit', ['source', 'middle', 'last']), transfer(cycles('longer'))] },
];

export const lessonById = (id: string): Lesson | undefined => LESSONS.find((lesson) => lesson.id === id);

/** A lesson that is known to be there. */
export function lessonOf(id: LessonId): Lesson {
  const lesson = lessonById(id);
  if (lesson === undefined) throw new Error(`no lesson ${id}`);
  return lesson;
}

/** Addresses of all steps under the page's base, without slashes at the ends: "learn/hop/1". */
export const STEP_FOLDERS: readonly string[] = LESSONS.flatMap(({ id, questions }) => questions.map((_, i) => `learn/${id}/${i + 1}`));
