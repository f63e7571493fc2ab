/** Titles of the lessons: what the start needs of their English; the rest, in strings.ts, comes with the page of the lessons. */
import type { LessonId } from '../../lessons/types.ts';

export interface LessonTitle {
  readonly title: string;
  /** What is found out, as one question. */
  readonly about: string;
}

export const LESSON_TITLES: Readonly<Record<LessonId, LessonTitle>> = {
  hop: { title: 'One wavelet, one hop', about: 'Why do many messages take hardly longer than one?' },
  memory: { title: '48 KB', about: 'What decides how much a processor takes: speed or memory?' },
  movers: { title: 'Who moves: weights or activations?', about: 'Is it better that the weights stay where they are?' },
  sums: { title: 'Adding it up', about: 'Star, chain, tree, two phases: do fewer rounds mean fewer cycles?' },
  'last-pe': { title: 'The last PE', about: 'What does one row too many cost?' },
  backpressure: { title: 'Backpressure', about: 'Is the one who waits the one who is slow?' },
};

export const LIST_TEXT = {
  title: 'Lessons',
  how: 'predict, run, explain',
  done: '✓ done',
  goOn: (title: string) => `Continue: ${title}`,
  step: (step: number, of: number) => `step ${step} of ${of}`,
} as const;
