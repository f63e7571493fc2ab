/** The lessons as links, each with how far one is; on the start and above the contents. */
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { LESSONS } from '../../lessons/catalog.ts';
import type { Lesson } from '../../lessons/types.ts';
import { learn, standing, unfinished } from '../../store/lessons.ts';
import { stepAddress } from '../../store/routes.ts';
import './list.css';
import { LESSON_TITLES, LIST_TEXT } from './titles.ts';

function Entry({ lesson, number, seed }: { lesson: Lesson; number: number; seed: string }) {
  const kept = useStore(learn, (s) => s.kept);
  const { begun, done, next } = standing({ kept }, lesson, seed);
  const { title, about } = LESSON_TITLES[lesson.id];
  const current = begun && !done;
  return (
    <li>
      <Link className="lesson-link" href={stepAddress(lesson.id, current ? next : 1, seed)} data-lesson={lesson.id}>
        <span className="t3">{number}</span>
        <span>
          <strong className={current ? 'b6' : 'b5'}>{title}</strong>
          <span className="t12 t2">{about}</span>
        </span>
        <span className={`t11 ${done ? 'ok-text' : 't3'}`}>{done ? LIST_TEXT.done : current ? LIST_TEXT.step(next, lesson.questions.length) : ''}</span>
      </Link>
    </li>
  );
}

export function LessonList({ seed = '' }: { seed?: string }) {
  return (
    <ol className="lesson-list">
      {LESSONS.map((lesson, i) => (
        <Entry key={lesson.id} lesson={lesson} number={i + 1} seed={seed} />
      ))}
    </ol>
  );
}

/** The lessons on the start: where one was left, it goes on. */
export function LessonsAside() {
  const kept = useStore(learn, (s) => s.kept);
  const left = unfinished({ kept }, '');
  return (
    <section>
      <h3 className="row">
        {LIST_TEXT.title}
        <span className="sp" />
        <span className="t11 t3">{LIST_TEXT.how}</span>
      </h3>
      {left && (
        <Link className="btn o lesson-on" href={stepAddress(left.id, standing({ kept }, left, '').next, '')}>
          {LIST_TEXT.goOn(LESSON_TITLES[left.id].title)}
        </Link>
      )}
      <LessonList />
    </section>
  );
}
