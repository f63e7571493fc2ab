/** The lessons' computations by id, with the numbers of the book or of a class. */
import { Hash } from '../base/hash.ts';
import { rng } from '../base/rng.ts';
import { backpressure } from './backpressure.ts';
import { lessonOf } from './catalog.ts';
import { hop } from './hop.ts';
import { lastPe } from './last-pe.ts';
import { memory } from './memory.ts';
import { movers } from './movers.ts';
import type { Experiment, Pick, Reading, ShotPlan, Subject, Taken } from './subject.ts';
import { sums } from './sums.ts';
import type { Answer, Facts, LessonId, Stage } from './types.ts';

/** One question, with its numbers in it. */
export interface Bound {
  readonly closed: Answer;
  shots(answer: Answer): readonly ShotPlan[];
  read(taken: readonly Taken[], answer: Answer): Reading;
}

export interface BoundLesson {
  readonly facts: Facts;
  question(id: string): Bound;
}

function stageOf(shots: readonly ShotPlan[]): Stage {
  const rectangles = new Map(shots.map(({ config: { pes = { width: 1, height: 1 } } }) => [`${pes.width} ${pes.height}`, pes]));
  return { machine: shots[0].config.machine, rectangles: [...rectangles.values()], what: [...new Set(shots.map(({ what }) => what))] };
}

function bind<L extends LessonId, P>(lesson: L, { params, given, questions }: Subject<L, P>, pick: Pick): BoundLesson {
  const p = params(pick);
  const each = <T>(of: (question: Experiment<P>) => T) => Object.fromEntries(lessonOf(lesson).questions.map(({ id }) => [id, of(questions[id])]));
  const stages = each(({ shots, closed }) => stageOf(shots(p, closed(p))));
  return {
    facts: { lesson, given: given(p), closed: each(({ closed }) => closed(p)), stages },
    question(id) {
      const { closed, shots, read } = questions[id];
      return { closed: closed(p), shots: (answer) => shots(p, answer), read: (taken, answer) => read(taken, p, answer) };
    },
  };
}

const LESSONS: Readonly<Record<LessonId, (pick: Pick) => BoundLesson>> = {
  hop: (pick) => bind('hop', hop, pick),
  memory: (pick) => bind('memory', memory, pick),
  movers: (pick) => bind('movers', movers, pick),
  sums: (pick) => bind('sums', sums, pick),
  'last-pe': (pick) => bind('last-pe', lastPe, pick),
  backpressure: (pick) => bind('backpressure', backpressure, pick),
};

/** A lesson with the numbers of a seed; '' has those of the book, the first of every list. */
export function bindLesson(id: LessonId, seed: string): BoundLesson {
  const random = rng(Number.parseInt(new Hash().text(`${id} ${seed}`).hex().slice(0, 8), 16));
  return LESSONS[id]((list) => list[seed === '' ? 0 : random.below(list.length)]);
}
