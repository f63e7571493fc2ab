/** The worker's end of a lesson: closed forms at once, then simulations one after the other. */

import { linkOf } from '../api/link.ts';
import { Cancelled, outcome } from '../api/outcome.ts';
import type { Outcome, Progress, RunConfig, Session, WireError } from '../api/protocol.ts';
import { createSession } from '../api/session.ts';
import { WeftError } from '../base/error.ts';
import { bindLesson } from './registry.ts';
import { cyclesOf, type ShotPlan, type Taken } from './subject.ts';
import type { Asked, LessonProgress, LessonRun, Lessons, Shot } from './types.ts';

export function createLessons(session: Session = createSession()): Lessons {
  let turn = 0;
  return {
    facts: (lesson, seed) => outcome(async () => bindLesson(lesson, seed).facts),
    run: (asked, onProgress) => {
      const mine = ++turn;
      return outcome(() => runQuestion(session, asked, onProgress, () => mine !== turn));
    },
    cancel: async () => {
      turn++;
      await session.cancel();
    },
  };
}

async function runQuestion(
  session: Session,
  { lesson, question, seed, answer }: Asked,
  onProgress: (p: LessonProgress) => void,
  stopped: () => boolean,
): Promise<LessonRun> {
  const bound = bindLesson(lesson, seed).question(question);
  const plans = bound.shots(answer);
  const taken: Taken[] = [];
  for (const plan of plans) {
    const tell = ({ cycle }: Pick<Progress, 'cycle'>): void => onProgress({ done: taken.length, of: plans.length, cycle });
    tell({ cycle: 0 as Progress['cycle'] });
    taken.push(await take(session, plan, tell));
    if (stopped()) throw new Cancelled();
  }
  const { value, figure, look } = bound.read(taken, answer);
  const shots = taken.filter((one) => one.result ?? one.program).map(shotOf);
  if (look !== undefined) shots[0] = { ...shots[0], link: `${shots[0].link}&t=${look.cycle}&sel=${look.x},${look.y}` };
  return { value, closed: bound.closed, shots, figure };
}

async function take(session: Session, plan: ShotPlan, tell: (progress: Progress) => void): Promise<Taken> {
  const { config } = plan;
  if (config.scenario !== undefined) return { plan, program: orThrow(await session.program(config, tell)) };
  const planned = await session.plan(config);
  if (!planned.ok && planned.error.field === 'placement') return { plan };
  return { plan, result: orThrow(await session.run(config, tell)) };
}

function orThrow<T>(answer: Outcome<T>): T {
  if (answer.ok) return answer.value;
  const { cancelled, field, message, fixes }: WireError = answer.error;
  throw cancelled ? new Cancelled() : new WeftError(field, message, fixes);
}

const shotOf = (one: Taken): Shot => {
  const { what, varied, x, config, closed } = one.plan;
  return {
    what,
    varied,
    x,
    simulated: cyclesOf(one),
    closed: closed ?? one.result?.estimate.closedForm.cycles ?? Number.NaN,
    link: linkOf(config as RunConfig),
  };
};
