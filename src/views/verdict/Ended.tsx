/** The verdict of a hand-written program that came to its end: the window it measured itself, beside its model. */
import { cyclesByKind } from '../../analysis/metrics.ts';
import type { ProgramRun } from '../../store/types.ts';
import { count, grouped, signed } from '../format.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { StateBar } from './StateBar.tsx';

/** "Run finished: 84 cycles, 84 by the model." */
export const programSentence = ({ window }: ProgramRun): string =>
  `Run finished: ${count(window.cycles, 'cycle')}, ${grouped(window.model)} by the model. ${window.exact ? TEXT.programExact : TEXT.programWrong}`;

export function Ended({ program }: { program: ProgramRun }) {
  const reader = useLab((s) => s.reader);
  const { trace, window } = program;
  return (
    <section className="sec" aria-label="Verdict">
      <div className="sec-head" style={{ marginBottom: 2 }}>
        <h2 style={{ font: 'inherit' }}>Verdict</h2>
        <span className="sp" />
        <span className={`badge ${window.exact ? 'ok' : 'err'}`}>{window.exact ? '✓ exact' : 'wrong'}</span>
      </div>
      <p className="headline">
        <b data-testid="cycles">{grouped(window.cycles)}</b>
        <span className="t2">{window.cycles === 1 ? 'cycle' : 'cycles'}</span>
      </p>
      <dl className="pairs" style={{ marginBottom: 8 }}>
        <dt>Model</dt>
        <dd>
          {grouped(window.model)} ({signed(window.model - window.cycles)})
        </dd>
        <dt>Whole run</dt>
        <dd>{count(trace.cycles, 'cycle')}</dd>
        <dt>Machine</dt>
        <dd>{program.program.machine.name}</dd>
      </dl>
      {reader !== null && <StateBar peCycles={cyclesByKind(reader, trace.cycles)} label={`PE-cycles of ${count(trace.width, 'PE')} by what they did`} />}
      <p className="t12 t2" style={{ marginTop: 8 }}>
        {TEXT.programWindow}
      </p>
    </section>
  );
}
