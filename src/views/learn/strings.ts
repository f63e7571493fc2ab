/**
 * The English of the lessons' page; that of each lesson is in words/. Short sentences; a term is explained where it is first used.
 */
import type { Given, LessonId, Shot } from '../../lessons/types.ts';
import { factor, grouped as n, percent } from '../format.ts';
import { backpressure } from './words/backpressure.ts';
import { hop } from './words/hop.ts';
import { lastPe } from './words/last-pe.ts';
import { memory } from './words/memory.ts';
import { movers } from './words/movers.ts';
import { ALL_WAYS, sums, WAYS } from './words/sums.ts';
import type { LessonWords, QuestionWords } from './words/types.ts';

export type { QuestionWords };

/** Words by lesson. */
const LESSON_WORDS: { readonly [L in LessonId]: LessonWords<Given[L]> } = { hop, memory, movers, sums, 'last-pe': lastPe, backpressure };

/** The words of a question whose lesson is only known at run time, as its numbers are. */
export const wordsOf = (lesson: LessonId, question: string): QuestionWords<Given[LessonId]> =>
  LESSON_WORDS[lesson][question] as unknown as QuestionWords<Given[LessonId]>;

/** "stationary, N = 4". */
export const shotName = ({ what, varied, x }: Pick<Shot, 'what' | 'varied' | 'x'>): string => `${WHAT[what] ?? what}, ${varied} = ${n(x)}`;

/** Names of what was run, in figures and tables. */
export const WHAT: Readonly<Record<string, string>> = {
  line: 'stream',
  stored: 'stored as Q4_K',
  'store-and-forward': 'stored and forwarded',
  f32: 'as 32-bit floats',
  f16: 'as 16-bit floats',
  'more-pes': 'on more PEs',
  streaming: 'streaming',
  stationary: 'stationary',
  'weight-streaming': 'weight streaming',
  'split-k': 'split-k',
  'slow-sink': 'slow end',
  ...WAYS,
  ...ALL_WAYS,
};

export const UNIT_WORDS = { cycles: 'cycles', bytes: 'bytes', rows: 'rows', weights: 'weights', columns: 'columns', percent: '%' } as const;

export const LEARN_TEXT = {
  subtitle: 'Predict a number, let the machine run, hold the two together. Progress stays in this browser.',
  stepName: (step: number, of: number, title: string, right: boolean) => `Step ${step} of ${of}: ${title}${right ? ', answered' : ''}`,
  lesson: (number: number) => `Lesson ${number}`,
  contents: 'Contents',
  unknown: 'There is no such lesson or step.',
  loading: 'Computing the numbers of this lesson…',
  predict: 'Predict',
  predictButton: 'Predict',
  change: 'Change',
  run: 'Run',
  again: 'Run again',
  notNumber: 'Write a number, 0 or more.',
  choose: 'Choose one of them.',
  running: (done: number, of: number) => `Simulation ${Math.min(of, done + 1)} of ${of}`,
  atCycle: (cycle: number) => `cycle ${n(cycle)}`,
  compare: 'Compare',
  answer: 'Answer',
  yours: 'Your prediction',
  closed: 'Closed form',
  simulated: 'Simulated',
  difference: 'from simulated',
  equal: 'equal to simulated',
  right: '✓ right',
  notYet: 'not yet',
  rightSaid: 'Right.',
  notYetSaid: 'Not yet.',
  within: (tolerance: number) => (tolerance === 0 ? 'A count: right when equal.' : `A time: right within ${percent(tolerance, 0)}.`),
  more: (ratio: number) => `${factor(ratio)} the measured value.`,
  off: (share: string) => `${share} from the measured value.`,
  hint: (given: number) => `Hint ${Math.min(3, given + 1)} of 3`,
  hints: 'Hints',
  explain: 'Explanation',
  transfer: 'With other numbers',
  next: 'Next',
  nextLesson: 'Next lesson',
  another: 'Try another answer',
  figure: 'Figure',
  stage: (machine: string, what: string) =>
    `Not run yet. On ${machine === 'Teaching' ? 'the teaching machine' : machine} will be simulated: ${what}. The figure is drawn from the run.`,
  table: 'The figure as a table',
  runs: 'What was simulated',
  open: 'Open in the Lab',
  lab: 'Lab',
  residual: 'difference',
  klass: (seed: string) => `Class ${seed}: the numbers are your own, hints are off.`,
  code: 'Result code',
  teacher: 'For teachers',
  teacherHow:
    'Give each student a seed of their own, as letters, digits and hyphens, and the address it makes. Their numbers differ; their result code says which questions they answered and in how many tries.',
  seedAddress: 'Address of this class',
  decode: 'Result code of a student',
  decodeButton: 'Read',
  decoded: (lesson: string, seed: string) => `${lesson}, seed ${seed}`,
  tries: (tries: number) => (tries === 0 ? 'not tried' : tries === 1 ? '1 try' : `${n(tries)} tries`),
  failed: 'The run failed.',
  openShot: (shot: string) => `Open in the Lab: ${shot}`,
} as const;

/** One sentence about a figure, for those who do not see it. */
export const FIGURE_TEXT = {
  strips: (rows: number, cycles: number) => `${n(rows)} PEs, a row each, over ${n(cycles)} cycles: when each of them works, passes on, or waits.`,
  rectangle: (width: number, height: number) =>
    width * height === 1
      ? 'one PE'
      : height === 1
        ? `${n(width)} PEs in a row`
        : width === 1
          ? `${n(height)} PEs, one below the other`
          : `${n(width)} × ${n(height)} PEs`,
  stageOf: (list: ReadonlyArray<{ width: number; height: number }>): string =>
    `What will be simulated: ${list.map(({ width, height }) => FIGURE_TEXT.rectangle(width, height)).join('; ')}.`,
  bytes: (capacity: number) => `Bytes of a PE by what fills them, beside the ${n(capacity)} that there are.`,
  curves: (y: string, x: string) => `${y} over ${x}: lines are closed forms, marks are simulated.`,
  code: 'program',
  weights: 'rows',
  rest: 'beside them',
  over: 'over',
  total: 'total',
  pe: 'PE',
  kind: 'does',
  from: 'from cycle',
  to: 'until',
  cycle: 'cycle',
  moment: (cycle: number, does: readonly string[]) => `Cycle ${n(cycle)}: ${does.length === 0 ? 'nothing' : does.join(', ')}.`,
  cycles: 'cycles',
  closed: 'closed form',
  simulated: 'simulated',
  log: ', logarithmic',
  x: {
    N: 'columns of B, N',
    B: 'words a PE, B',
    L: 'words, L',
    M: 'rows, M',
    K: 'weights of a row, K',
    P: 'PEs, P',
    S: 'PEs that share a row, S',
  },
  y: { cycles: 'Cycles', share: 'Share of the full run' },
} as const;
