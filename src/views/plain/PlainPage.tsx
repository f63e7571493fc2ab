/** A run as plain text, for tools and for reading aloud: what was asked, the numbers, the verdict. It shows what the Lab's link says. */
import { useEffect } from 'react';
import { Link } from 'wouter';
import { linkOf } from '../../store/address.ts';
import { OPENED_NAMES } from '../../store/dropped.ts';
import type { LabState } from '../../store/types.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import type { Page } from '../app/start.ts';
import { APP_TEXT } from '../app/strings.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { plainText } from './plain-text.ts';
import { PLAIN_TEXT } from './strings.ts';
import './plain.css';

const textOf = (state: LabState): string => plainText(state);

export default function PlainPage({ enter }: { enter: Page['enterLab'] }) {
  useEffect(() => enter(), [enter]);
  const text = useLab(textOf);
  const status = useLab((s) => s.status);
  const link = useLab(linkOf);
  useEffect(() => {
    document.title = TEXT.pageTitle(PLAIN_TEXT.page);
  }, []);
  return (
    <main className="plain">
      <FileDrop accept={OPENED_NAMES} hint={APP_TEXT.drop.elsewhere} />
      <h1 className="visually-hidden">{PLAIN_TEXT.title}</h1>
      <pre data-status={status} aria-busy={status === 'running'}>
        {text}
      </pre>
      <Link href={`/lab/#${link}`}>{PLAIN_TEXT.open}</Link>
    </main>
  );
}
