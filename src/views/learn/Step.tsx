/** One step: prose and the question at the left, what is simulated, and then what the run showed, at the right. */
import { type RefObject, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { LESSONS } from '../../lessons/catalog.ts';
import type { Facts, Lesson, Question } from '../../lessons/types.ts';
import { keptOf, lessonKey, questionKey, resultCode } from '../../store/lessons.ts';
import type { Spot } from '../../store/lessons-actions.ts';
import { baseOf, contentsAddress, stepAddress } from '../../store/routes.ts';
import { useMedia } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { Ask } from './Ask.tsx';
import { useLearn, useLessonActions } from './context.ts';
import { FigurePane } from './FigurePane.tsx';
import { Outcome, outcomeSaid } from './Outcome.tsx';
import { LEARN_TEXT, wordsOf } from './strings.ts';
import { LESSON_TITLES } from './titles.ts';

interface Props {
  readonly lesson: Lesson;
  readonly step: number;
  readonly question: Question;
  readonly seed: string;
}

/** The steps as bars, each a link; what is answered is told in words, too. */
function Steps({ lesson, step, seed }: Omit<Props, 'question'>) {
  const answers = useLearn((s) => keptOf(s, lesson.id, seed).answers);
  return (
    <nav aria-label={LESSON_TITLES[lesson.id].title}>
      <ol className="learn-steps">
        {lesson.questions.map(({ id }, i) => {
          const right = answers[id]?.right ?? false;
          const name = LEARN_TEXT.stepName(i + 1, lesson.questions.length, wordsOf(lesson.id, id).title, right);
          return (
            <li key={id}>
              <Link
                href={stepAddress(lesson.id, i + 1, seed)}
                aria-current={i + 1 === step ? 'step' : undefined}
                aria-label={name}
                title={name}
                data-right={right}
              />
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** In a class the result code stands in the address, and here. */
function ClassBar({ lesson, step, seed }: Omit<Props, 'question'>) {
  const code = useLearn((s) => resultCode(s, lesson.id, seed));
  const address = stepAddress(lesson.id, step, seed);
  useEffect(() => {
    history.replaceState(history.state, '', `${baseOf(location.pathname)}${address}#r=${code}`);
  }, [address, code]);
  return (
    <div className="notice">
      <p>{LEARN_TEXT.klass(seed)}</p>
      <p>
        {LEARN_TEXT.code}:{' '}
        <code className="mono" data-testid="code">
          {code}
        </code>
      </p>
    </div>
  );
}

/** The main way on once the question is answered; there before, for whoever looks around. */
function Onward({ lesson, step, seed, answered }: Omit<Props, 'question'> & { answered: boolean }) {
  const next = step < lesson.questions.length ? step + 1 : null;
  const way = `btn ${answered ? 'p' : 'o'}`;
  const after = LESSONS[LESSONS.findIndex(({ id }) => id === lesson.id) + 1];
  return (
    <p className="row learn-onward">
      {next !== null && (
        <Link className={way} href={stepAddress(lesson.id, next, seed)}>
          {LEARN_TEXT.next}: {wordsOf(lesson.id, lesson.questions[next - 1].id).title}
        </Link>
      )}
      {next === null && after && (
        <Link className={way} href={stepAddress(after.id, 1, seed)}>
          {LEARN_TEXT.nextLesson}: {LESSON_TITLES[after.id].title}
        </Link>
      )}
      <Link className="btn" href={contentsAddress(seed)}>
        {LEARN_TEXT.contents}
      </Link>
    </p>
  );
}

function Prose({ lesson, step, question, seed, facts, opened, narrow }: Props & { facts: Facts; opened: RefObject<string>; narrow: boolean }) {
  const words = wordsOf(lesson.id, question.id);
  const heading = useRef<HTMLHeadingElement>(null);
  const place = `${lesson.id} ${step}`;
  const spot: Spot = { lesson: lesson.id, seed, question: question.id };
  const trial = useLearn((s) => s.trials[questionKey(lesson.id, seed, question.id)]);
  useEffect(() => {
    // A step that was reached from another is read from its heading on.
    if (opened.current === place) return;
    opened.current = '';
    heading.current?.focus();
  }, [place, opened]);
  const run = trial?.status === 'done' ? trial.run : null;
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        {words.title}
      </h2>
      {words.text(facts.given).map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <Ask key={questionKey(lesson.id, seed, question.id)} spot={spot} question={question} facts={facts} trial={trial} />
      <p className="visually-hidden" role="status" data-testid="said">
        {trial && run ? outcomeSaid({ question, words, given: facts.given, prediction: trial.prediction, run }) : ''}
      </p>
      {trial && run && <Outcome question={question} words={words} given={facts.given} prediction={trial.prediction} run={run} />}
      {run && narrow && <FigurePane run={run} stage={undefined} />}
      {run && (
        <section aria-label={LEARN_TEXT.explain} data-testid="explanation">
          {words.explain(facts.given).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      )}
    </>
  );
}

export function Step(props: Props) {
  const { lesson, step, question, seed } = props;
  const { enter } = useLessonActions();
  const facts = useLearn((s) => s.facts[lessonKey(lesson.id, seed)]);
  const error = useLearn((s) => s.errors[lessonKey(lesson.id, seed)]);
  const run = useLearn((s) => s.trials[questionKey(lesson.id, seed, question.id)]?.run ?? null);
  /** Where the page was opened; '' once another step was reached. */
  const opened = useRef(`${lesson.id} ${step}`);
  const narrow = useMedia('(max-width: 899px)');
  const { title } = LESSON_TITLES[lesson.id];
  const number = LESSONS.findIndex(({ id }) => id === lesson.id) + 1;
  useEffect(() => enter(lesson.id, seed, step), [enter, lesson.id, seed, step]);
  useEffect(() => {
    document.title = TEXT.pageTitle(title);
  }, [title]);
  return (
    <main className="learn">
      <div className="learn-prose">
        <p className="learn-head">
          <span className="t2">{LEARN_TEXT.lesson(number)}</span> <b>{title}</b>
          <span className="sp" />
          <Link href={contentsAddress(seed)}>{LEARN_TEXT.contents}</Link>
        </p>
        <Steps lesson={lesson} step={step} seed={seed} />
        {seed !== '' && <ClassBar lesson={lesson} step={step} seed={seed} />}
        {error && <p role="alert">{error.message}</p>}
        {facts ? <Prose {...props} facts={facts} opened={opened} narrow={narrow} /> : !error && <p className="t2">{LEARN_TEXT.loading}</p>}
        <Onward lesson={lesson} step={step} seed={seed} answered={run !== null} />
      </div>
      {!narrow && <FigurePane run={run} stage={facts?.stages[question.id]} />}
    </main>
  );
}
