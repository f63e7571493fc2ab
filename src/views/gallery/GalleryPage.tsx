/** The start: what to look at, as pictures that move, each a link; what was on screen last; where a file goes. */
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { OPENED_NAMES } from '../../store/dropped.ts';
import { addressOf, GALLERY_FILE, type GalleryData, SCENARIOS, type Scenario, type Shown } from '../../store/gallery.ts';
import type { LastRun } from '../../store/persist.ts';
import { baseOf } from '../../store/routes.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { chooseFile } from '../app/files.ts';
import { forwardOldLink } from '../app/start.ts';
import { useMedia } from '../hooks.ts';
import { LessonsAside } from '../learn/LessonList.tsx';
import { TEXT } from '../strings.ts';
import { PageTop } from '../topbar/PageTop.tsx';
import { FilmClock } from './clock.ts';
import { Legend } from './Legend.tsx';
import { BytesPicture, FilmPicture } from './Picture.tsx';
import { factText, GALLERY_TEXT, playheadOf, SCENARIO_WORDS } from './strings.ts';
import './gallery.css';

/** The file of pictures; null until it is there, `missing` when it cannot be had. */
function useGalleryData(): GalleryData | 'missing' | null {
  const [data, setData] = useState<GalleryData | 'missing' | null>(null);
  useEffect(() => {
    const load = async (): Promise<GalleryData | 'missing'> => {
      const answer = await fetch(`${baseOf(location.pathname)}/${GALLERY_FILE}`);
      return answer.ok ? await answer.json() : 'missing';
    };
    void load()
      .catch(() => 'missing' as const)
      .then(setData);
  }, []);
  return data;
}

interface CardProps {
  readonly scenario: Scenario;
  readonly shown: Shown | undefined;
  readonly clock: FilmClock;
  readonly moving: boolean;
}

function Card({ scenario, shown, clock, moving }: CardProps) {
  const { title, question, shows } = SCENARIO_WORDS[scenario.id];
  const cycle = shown && shown.cycles.length > 0 ? shown.cycles[shown.still] : null;
  return (
    <li>
      <Link className="card" href={addressOf(scenario, cycle)} data-scenario={scenario.id}>
        <span className="picture">
          {shown?.bars && <BytesPicture bars={shown.bars} label={shows} />}
          {shown && !shown.bars && <FilmPicture shown={shown} label={shows} clock={clock} moving={moving} />}
        </span>
        <strong>{title}</strong>
        <span className="t2">{question}</span>
        <span className="t12 t3">{shown?.facts.map(factText).join(' · ')}</span>
      </Link>
    </li>
  );
}

function ContinueLink({ last }: { last: LastRun }) {
  return (
    <section className="continue" aria-label={GALLERY_TEXT.continueTitle}>
      <span className="t11 t3">{GALLERY_TEXT.continueTitle}</span>
      <Link href={`/lab/#${last.link}`} className="b6">
        {last.title}
      </Link>
      <span className="t12 t2">{playheadOf(last.cycle, last.of)}</span>
    </section>
  );
}

/** A link of the Lab that is put behind the start's address goes to the Lab. */
function useOldLinks(): void {
  useEffect(() => {
    const forward = (): void => void forwardOldLink();
    addEventListener('hashchange', forward);
    return () => removeEventListener('hashchange', forward);
  }, []);
}

export default function GalleryPage({ enter }: { enter: () => LastRun | null }) {
  const data = useGalleryData();
  const calm = useMedia('(prefers-reduced-motion: reduce)');
  const [paused, setPaused] = useState(false);
  const [clock] = useState(() => new FilmClock());
  const [last] = useState(enter);
  useOldLinks();
  useEffect(() => {
    document.title = GALLERY_TEXT.pageTitle;
  }, []);
  useEffect(() => clock.run(!paused), [clock, paused]);
  const shown = data === null || data === 'missing' ? undefined : data.shown;
  return (
    <div className="page gallery-page">
      <PageTop />
      <main className="gallery-main">
        <header className="gallery-head">
          <div>
            <h2>{GALLERY_TEXT.title}</h2>
            <p className="t2">{GALLERY_TEXT.subtitle}</p>
          </div>
          {last && <ContinueLink last={last} />}
        </header>
        <div className="gallery-body">
          <section aria-label={GALLERY_TEXT.examples}>
            <div className="gallery-tools">
              {data === 'missing' && <p role="alert">{GALLERY_TEXT.missing}</p>}
              <span className="sp" />
              {calm ? (
                <span className="t12 t3">{GALLERY_TEXT.stills}</span>
              ) : (
                <button type="button" className="btn o s" aria-pressed={paused} onClick={() => setPaused(!paused)}>
                  {paused ? GALLERY_TEXT.play : GALLERY_TEXT.pause}
                </button>
              )}
            </div>
            <ul className="gallery">
              {SCENARIOS.map((scenario) => (
                <Card key={scenario.id} scenario={scenario} shown={shown?.[scenario.id]} clock={clock} moving={!calm} />
              ))}
            </ul>
          </section>
          <aside className="gallery-side" aria-label={GALLERY_TEXT.side}>
            <LessonsAside />
            <Legend />
            <section>
              <h3>{GALLERY_TEXT.open}</h3>
              <div className="empty">
                <p>{GALLERY_TEXT.openHint}</p>
                <button type="button" className="link" onClick={chooseFile}>
                  {GALLERY_TEXT.choose}
                </button>
              </div>
            </section>
          </aside>
        </div>
      </main>
      <footer className="status">
        <span className="msg">{GALLERY_TEXT.status(SCENARIOS.length)}</span>
        <span className="sp" />
        <span>{TEXT.privacy}</span>
      </footer>
      <FileDrop accept={OPENED_NAMES} hint={GALLERY_TEXT.drop} />
    </div>
  );
}
