/** All lessons, and what a teacher needs: an address for each student, and a reader of their result codes. */
import { type FormEvent, useEffect, useId, useState } from 'react';
import { WeftError } from '../../base/error.ts';
import { lessonOf } from '../../lessons/catalog.ts';
import { SEED } from '../../lessons/code.ts';
import { decodeResult, type LessonResult } from '../../store/lessons.ts';
import { baseOf, contentsAddress } from '../../store/routes.ts';
import { FIELD_NAMES, TEXT } from '../strings.ts';
import { LessonList } from './LessonList.tsx';
import { LEARN_TEXT, wordsOf } from './strings.ts';
import { LESSON_TITLES, LIST_TEXT } from './titles.ts';

/** A code alone, or the address that carries one behind `#r=`. */
const codeIn = (text: string): string => /#r=([^&\s]+)/.exec(text)?.[1] ?? text;

function Result({ result }: { result: LessonResult }) {
  const { lesson, seed, questions } = result;
  return (
    <table className="t" data-testid="decoded">
      <caption className="b6">{LEARN_TEXT.decoded(LESSON_TITLES[lesson].title, seed)}</caption>
      <tbody>
        {lessonOf(lesson).questions.map(({ id }, i) => (
          <tr key={id}>
            <th scope="row">{wordsOf(lesson, id).title}</th>
            <td>{questions[i].right ? LEARN_TEXT.right : questions[i].tries > 0 ? LEARN_TEXT.notYet : ''}</td>
            <td className="num">{LEARN_TEXT.tries(questions[i].tries)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Decoder() {
  const [text, setText] = useState(() => codeIn(location.hash));
  const [read, setRead] = useState<LessonResult | string | null>(null);
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    try {
      setRead(decodeResult(codeIn(text)));
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      setRead(error.oneLine());
    }
  };
  return (
    <form className="learn-form" onSubmit={submit}>
      <label htmlFor={id}>{LEARN_TEXT.decode}</label>
      <div className="row">
        <div className="inp">
          <input id={id} className="mono" autoComplete="off" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
        </div>
        <button type="submit" className="btn o">
          {LEARN_TEXT.decodeButton}
        </button>
      </div>
      <div role="status">
        {typeof read === 'string' && <p className="field-error">{read}</p>}
        {read !== null && typeof read !== 'string' && <Result result={read} />}
      </div>
    </form>
  );
}

function ClassAddress({ seed: given }: { seed: string }) {
  const [seed, setSeed] = useState(given);
  const id = useId();
  const valid = SEED.test(seed);
  return (
    <div className="learn-form">
      <label htmlFor={id}>{FIELD_NAMES.seed}</label>
      <div className="inp">
        <input id={id} autoComplete="off" spellCheck={false} value={seed} onChange={(event) => setSeed(event.target.value.toLowerCase())} />
      </div>
      {valid && (
        <a className="t12" href={`${baseOf(location.pathname)}${contentsAddress(seed)}`}>
          {LEARN_TEXT.seedAddress}
        </a>
      )}
    </div>
  );
}

export function Contents({ seed }: { seed: string }) {
  useEffect(() => {
    document.title = TEXT.pageTitle(LIST_TEXT.title);
  }, []);
  return (
    <main className="learn-contents">
      <h2>{LIST_TEXT.title}</h2>
      <p className="t2">{LEARN_TEXT.subtitle}</p>
      {seed !== '' && <p className="notice">{LEARN_TEXT.klass(seed)}</p>}
      <LessonList seed={seed} />
      <section className="teacher">
        <h3>{LEARN_TEXT.teacher}</h3>
        <p className="t12 t2">{LEARN_TEXT.teacherHow}</p>
        <ClassAddress seed={seed} />
        <Decoder />
      </section>
    </main>
  );
}
