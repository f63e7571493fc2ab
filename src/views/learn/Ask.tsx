/** The question: a number or a choice to predict, its hints, and the run that it is held against. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Answer, Facts, Question } from '../../lessons/types.ts';
import { questionKey, type Trial } from '../../store/lessons.ts';
import type { Spot } from '../../store/lessons-actions.ts';
import { ProgressBar } from '../controls/ProgressBar.tsx';
import { grouped, parseNumber } from '../format.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { TEXT } from '../strings.ts';
import { useLearn, useLessonActions } from './context.ts';
import { LEARN_TEXT, type QuestionWords, UNIT_WORDS, wordsOf } from './strings.ts';

interface Props {
  readonly spot: Spot;
  readonly question: Question;
  readonly facts: Facts;
  readonly trial: Trial | undefined;
}

/** An answer as it is read: the words of a choice, or a number with its unit. */
export function answerText(question: Question, words: QuestionWords<Facts['given']>, given: Facts['given'], answer: Answer): string {
  if (typeof answer === 'string') return words.choices?.(given)[answer] ?? answer;
  const number = grouped(answer, Number.isInteger(answer) ? 0 : 1);
  return question.unit === undefined ? number : `${number} ${UNIT_WORDS[question.unit]}`;
}

function Form({ spot, question, facts, trial, onDone }: Props & { onDone: () => void }) {
  const { predict } = useLessonActions();
  const words = wordsOf(spot.lesson, question.id);
  const [draft, setDraft] = useState(trial === undefined || typeof trial.prediction === 'number' ? '' : trial.prediction);
  const [error, setError] = useState<string | null>(null);
  const group = useId();
  const ask = words.ask(facts.given);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const answer = question.choices ? draft : parseNumber(draft);
    const bad = question.choices ? draft === '' : !(Number.isFinite(answer) && (answer as number) >= 0);
    setError(bad ? (question.choices ? LEARN_TEXT.choose : LEARN_TEXT.notNumber) : null);
    if (bad) return;
    predict(spot, answer);
    onDone();
  };
  return (
    <form onSubmit={submit}>
      {question.choices ? (
        <fieldset className="learn-choices">
          <legend>{ask}</legend>
          {question.choices.map((id) => (
            <label key={id}>
              <input type="radio" name={group} checked={draft === id} onChange={() => setDraft(id)} />
              {answerText(question, words, facts.given, id)}
            </label>
          ))}
        </fieldset>
      ) : (
        <>
          <label htmlFor={group} className="learn-question">
            {ask}
          </label>
          <div className={`inp learn-field${error ? ' invalid' : ''}`}>
            <input
              id={group}
              inputMode="decimal"
              autoComplete="off"
              value={draft}
              aria-invalid={error !== null}
              aria-describedby={error ? `${group}-error` : undefined}
              onChange={(event) => setDraft(event.target.value)}
            />
            {question.unit && <span className="u">{UNIT_WORDS[question.unit]}</span>}
          </div>
        </>
      )}
      {error && (
        <p id={`${group}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
      <p className="row">
        <button type="submit" className="btn p">
          {LEARN_TEXT.predictButton}
        </button>
        {!question.choices && <span className="t12 t3">{LEARN_TEXT.within(question.tolerance)}</span>}
      </p>
    </form>
  );
}

/** The prediction that stands, and the run. */
function Standing({ spot, question, facts, trial, onChange }: Props & { trial: Trial; onChange: () => void }) {
  const { run, cancel } = useLessonActions();
  const button = useRef<HTMLButtonElement>(null);
  const words = wordsOf(spot.lesson, question.id);
  const { status, progress, error, prediction } = trial;
  useEffect(() => {
    if (status === 'predicted') button.current?.focus();
  }, [status]);
  return (
    <>
      <p className="learn-question">{words.ask(facts.given)}</p>
      <p className="row learn-standing">
        <span className="t2">{LEARN_TEXT.yours}</span>
        <b>{answerText(question, words, facts.given, prediction)}</b>
        {status !== 'running' && (
          <button type="button" className="btn o" onClick={onChange}>
            {status === 'done' ? LEARN_TEXT.another : LEARN_TEXT.change}
          </button>
        )}
      </p>
      {status === 'running' && (
        <div className="loading">
          <div className="row">
            <strong className="b6">{LEARN_TEXT.running(progress?.done ?? 0, progress?.of ?? 1)}</strong>
            <span className="t2">{progress && progress.cycle > 0 ? LEARN_TEXT.atCycle(progress.cycle) : ''}</span>
            <span className="sp" />
            <button type="button" className="link" onClick={cancel}>
              {TEXT.cancel}
            </button>
          </div>
          <ProgressBar label={LEARN_TEXT.run} done={progress?.done ?? 0} of={progress?.of ?? 1} />
        </div>
      )}
      {status === 'failed' && (
        <p className="error-box" role="alert">
          <strong>{LEARN_TEXT.failed}</strong> {error?.message}
        </p>
      )}
      {status !== 'running' && status !== 'done' && (
        <p className="row">
          <button ref={button} type="button" className="btn p" onClick={() => void run(spot)}>
            {status === 'failed' ? LEARN_TEXT.again : LEARN_TEXT.run}
          </button>
        </p>
      )}
    </>
  );
}

function Hints({ spot, question, facts }: Omit<Props, 'trial'>) {
  const { hint } = useLessonActions();
  const given = useLearn((s) => s.hints[questionKey(spot.lesson, spot.seed, question.id)] ?? 0);
  if (spot.seed !== '') return null;
  const hints = wordsOf(spot.lesson, question.id).hints(facts.given);
  return (
    <div className="learn-hints">
      <div role="status">
        {given > 0 && (
          <ol aria-label={LEARN_TEXT.hints}>
            {hints.slice(0, given).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ol>
        )}
      </div>
      {given < hints.length && (
        <button type="button" className="link" onClick={() => hint(spot)}>
          {LEARN_TEXT.hint(given)}
        </button>
      )}
    </div>
  );
}

export function Ask(props: Props) {
  const { spot, question, facts, trial } = props;
  const [editing, setEditing] = useState(trial === undefined);
  const box = useKeptFocus<HTMLElement>();
  const change = (): void => {
    setEditing(true);
    requestAnimationFrame(() => box.current?.querySelector('input')?.focus());
  };
  return (
    <section ref={box} className="learn-ask" aria-label={LEARN_TEXT.predict}>
      <h3>
        {LEARN_TEXT.predict}
        {question.transfer && <span className="t12 t3"> {LEARN_TEXT.transfer}</span>}
      </h3>
      {editing || trial === undefined ? <Form {...props} onDone={() => setEditing(false)} /> : <Standing {...props} trial={trial} onChange={change} />}
      <Hints spot={spot} question={question} facts={facts} />
    </section>
  );
}
