/** The lessons: their contents, or one step of one of them. */
import { useEffect } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { lessonById } from '../../lessons/catalog.ts';
import { OPENED_NAMES } from '../../store/dropped.ts';
import { seedOf } from '../../store/lessons.ts';
import type { LessonActions } from '../../store/lessons-actions.ts';
import { contentsAddress, stepOf } from '../../store/routes.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { APP_TEXT } from '../app/strings.ts';
import { PageTop } from '../topbar/PageTop.tsx';
import { Contents } from './Contents.tsx';
import { LessonContext } from './context.ts';
import './learn.css';
import { Step } from './Step.tsx';
import { LEARN_TEXT } from './strings.ts';

function Unknown() {
  useEffect(() => {
    document.title = 'Weft';
  }, []);
  return (
    <main className="learn-contents">
      <p role="alert">{LEARN_TEXT.unknown}</p>
      <Link href={contentsAddress('')}>{LEARN_TEXT.contents}</Link>
    </main>
  );
}

function Body() {
  const [path] = useLocation();
  const seed = seedOf(useSearch());
  const at = stepOf(path);
  if (at === null) return <Contents seed={seed} />;
  const lesson = lessonById(at.lesson);
  const question = lesson?.questions[at.step - 1];
  if (lesson === undefined || question === undefined) return <Unknown />;
  return <Step lesson={lesson} step={at.step} question={question} seed={seed} />;
}

export default function LearnPage({ actions }: { actions: LessonActions }) {
  return (
    <LessonContext value={actions}>
      <div className="page">
        <PageTop />
        <Body />
      </div>
      <FileDrop accept={OPENED_NAMES} hint={APP_TEXT.drop.elsewhere} />
    </LessonContext>
  );
}
