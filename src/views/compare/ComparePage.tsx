/** Two runs in lock-step: fabrics, time, numbers. */
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { SIDES, type SideId } from '../../store/compare.ts';
import type { CompareActions } from '../../store/compare-actions.ts';
import type { FileKind } from '../../store/dropped.ts';
import { FileDrop } from '../app/FileDrop.tsx';
import { chooseFile } from '../app/files.ts';
import type { Page } from '../app/start.ts';
import { grouped, shortHash } from '../format.ts';
import { useMedia, useSaid } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { TEXT } from '../strings.ts';
import { usePalette } from '../theme/theme.ts';
import { Nav } from '../topbar/Nav.tsx';
import { Brand, HelpButton, ThemeToggle } from '../topbar/TopBar.tsx';
import { stoppedSentence } from '../verdict/Stopped.tsx';
import { Changes } from './Changes.tsx';
import { Controls } from './Controls.tsx';
import { Curve } from './Curve.tsx';
import { CompareContext, useCompare, useCompareActions } from './context.ts';
import { bindPairKeys, copyPairLink } from './keys.ts';
import { checksOf, type EndedRun, endedOf } from './numbers.ts';
import { PairTransport } from './PairTransport.tsx';
import { Panes } from './Panes.tsx';
import { PairPainter } from './painter.ts';
import { Strips } from './Strips.tsx';
import { COMPARE_TEXT } from './strings.ts';
import './compare.css';

function usePainter(): PairPainter | null {
  const [painter, setPainter] = useState<PairPainter | null>(null);
  const palette = usePalette();
  useEffect(() => {
    const made = new PairPainter();
    setPainter(made);
    return () => made.dispose();
  }, []);
  useEffect(() => painter?.setPalette(palette), [painter, palette]);
  return painter;
}

/** A side that ended well; the same object as long as its run is. */
function useEnded(id: SideId): EndedRun | null {
  const result = useCompare((s) => s[id].result);
  const program = useCompare((s) => s[id].program);
  const reader = useCompare((s) => s[id].reader);
  return useMemo(() => endedOf({ result, program, reader }), [result, program, reader]);
}

/** What was last worth saying. */
function Said() {
  const message = useCompare((s) => s.message);
  return message && <span className="msg b5">{message}</span>;
}

/** Hashes, physics, whether the results agree. */
function PairStatus({ a, b, children }: { a: EndedRun | null; b: EndedRun | null; children?: ReactNode }) {
  const checks = a && b ? checksOf(a.run, b.run) : null;
  return (
    <footer className="status">
      {SIDES.map((id, i) => {
        const run = [a, b][i]?.run;
        return (
          run && (
            <span key={id}>
              {id.toUpperCase()} <span className="mono">{shortHash(run.traceHash)}</span>
            </span>
          )
        );
      })}
      {checks && (
        <span>
          <span className={`dot${checks.hold ? '' : ' bad'}`} />
          {checks.words}
        </span>
      )}
      {children}
      <span className="sp" />
      <span>{TEXT.privacy}</span>
    </footer>
  );
}

/** What is said aloud when both runs have ended. */
function PairAnnouncer() {
  const message = useCompare((s) => s.message);
  const done = useCompare((s) => SIDES.every((id) => s[id].status === 'done'));
  const cycles = useCompare((s) => COMPARE_TEXT.bothTake(s.a.reader?.trace.cycles ?? 0, s.b.reader?.trace.cycles ?? 0));
  const said = useSaid(message, done ? cycles : '');
  const kernels = useCompare((s) => SIDES.map((id) => s[id].result?.plan.kernel ?? s[id].program?.config.scenario ?? '').join(' '));
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="pair" data-status={done ? 'done' : 'running'} data-kernels={kernels}>
      {said}
    </div>
  );
}

/** Why a side's program stopped, if it did. */
function Stop({ id }: { id: SideId }) {
  const failure = useCompare((s) => s[id].failure);
  if (failure === null) return null;
  return (
    <div className="error-box">
      <strong>{COMPARE_TEXT.stopped(id.toUpperCase(), grouped(failure.trace.cycles))}</strong> {stoppedSentence(failure)}
    </div>
  );
}

/** In place of numbers while there are none. */
function Ends() {
  return (
    <section className="pair-ends stack" aria-label={COMPARE_TEXT.changes}>
      <Stop id="a" />
      <Stop id="b" />
      <p className="t12 t3">{COMPARE_TEXT.noNumbers}</p>
    </section>
  );
}

function Share() {
  const { say } = useCompareActions();
  return (
    <button type="button" className="btn" title={TEXT.shareHint} onClick={() => void copyPairLink(say)}>
      {TEXT.share}
    </button>
  );
}

function Cancel() {
  const { cancel } = useCompareActions();
  const running = useCompare((s) => SIDES.some((id) => s[id].status === 'running'));
  return running ? (
    <button type="button" className="btn o" onClick={cancel}>
      {TEXT.cancel}
    </button>
  ) : null;
}

const OPENS: readonly FileKind[] = ['model', 'project'];

export default function ComparePage({ actions, enter }: { actions: CompareActions; enter: Page['enterCompare'] }) {
  const painter = usePainter();
  const narrow = useMedia('(max-width: 899px)');
  const a = useEnded('a');
  const b = useEnded('b');
  const tools = useKeptFocus<HTMLDivElement>();
  const isSingle = useCompare((s) => s.view !== 'side');
  useEffect(() => enter(), [enter]);
  useEffect(() => bindPairKeys(actions, chooseFile), [actions]);
  useEffect(() => {
    document.title = COMPARE_TEXT.title;
  }, []);
  return (
    <CompareContext value={actions}>
      <div className="compare">
        <header className="top">
          <div className="ends">
            <Brand />
            <Nav />
          </div>
          {!narrow && <PairTransport />}
          <div ref={tools} className="ends right">
            <Cancel />
            <ThemeToggle />
            <Share />
            <HelpButton />
          </div>
        </header>
        {/* Before the fabrics in the document, so that Tab reaches it first; the grid puts it at the bottom. */}
        {narrow && (
          <footer className="pair-bar">
            <Said />
            <div className="phone-transport">
              <PairTransport phone />
            </div>
          </footer>
        )}
        <main className={`compare-main${isSingle ? ' single' : ''}`}>
          <Controls />
          {painter && <Panes painter={painter} />}
          <Strips speed={narrow} />
          {a && b ? (
            <div className="pair-numbers">
              <Changes a={a} b={b} />
              {'plan' in a.run && 'plan' in b.run && <Curve a={a.run} b={b.run} />}
            </div>
          ) : (
            <Ends />
          )}
          {narrow && <PairStatus a={a} b={b} />}
        </main>
        {!narrow && (
          <PairStatus a={a} b={b}>
            <Said />
          </PairStatus>
        )}
        <PairAnnouncer />
        <FileDrop opens={OPENS} onFile={actions.openFile} accept=".gguf,.json" hint={COMPARE_TEXT.drop} />
      </div>
    </CompareContext>
  );
}
