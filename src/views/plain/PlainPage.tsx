/** A run as plain text, for tools and for reading aloud: what was asked, the numbers, the verdict. It shows what the Lab's link says. */
import { useEffect } from 'react';
import { Link } from 'wouter';
import { linkOf } from '../../store/address.ts';
import type { LabState } from '../../store/types.ts';
import type { Page } from '../app/start.ts';
import { useLab } from '../hooks.ts';
import { plainText } from './plain-text.ts';
import './plain.css';

const textOf = (state: LabState): string => plainText(state);

export default function PlainPage({ enter }: { enter: Page['enterLab'] }) {
  useEffect(() => enter(), [enter]);
  const text = useLab(textOf);
  const status = useLab((s) => s.status);
  const link = useLab(linkOf);
  useEffect(() => {
    document.title = 'Plain text · Weft';
  }, []);
  return (
    <main className="plain">
      <h1 className="visually-hidden">A run as plain text</h1>
      <pre data-status={status} aria-busy={status === 'running'}>
        {text}
      </pre>
      <Link href={`/lab/#${link}`}>Open in the Lab</Link>
    </main>
  );
}
