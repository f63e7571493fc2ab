/** The verdict of a hand-written program that came to its end: the window it measured itself, beside its model. */
import { cyclesByKind } from '../../analysis/metrics.ts';
import type { ProgramRun } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { grouped, signed } from '../format.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { StateBar } from './StateBar.tsx';
import { VERDICT_TEXT } from './strings.ts';

const t = VERDICT_TEXT.program;

/** "Run finished: 84 cycles, 84 by the model." */
export const programSentence = ({ window }: ProgramRun): string => t.finished(window.cycles, window.model, window.exact);

export function Ended({ program }: { program: ProgramRun }) {
  const reader = useLab((s) => s.reader);
  const { trace, window } = program;
  return (
    <section className="sec" aria-label={VERDICT_TEXT.name}>
      <div className="sec-head" style={{ marginBottom: 2 }}>
        <h2 style={{ font: 'inherit' }}>{VERDICT_TEXT.name}</h2>
        <span className="sp" />
        <span className={`badge ${window.exact ? 'ok' : 'err'}`}>{window.exact ? t.exact : t.wrong}</span>
      </div>
      <p className="headline">
        <b data-testid="cycles">{grouped(window.cycles)}</b>
        <span className="t2">{VERDICT_TEXT.cycles(window.cycles)}</span>
      </p>
      <dl className="pairs ended">
        <dt className="term">
          {t.model}
          <Define term="closedForm" />
        </dt>
        <dd>
          {grouped(window.model)} <span className="t3">{signed(window.model - window.cycles)}</span>
        </dd>
        <dt>{t.whole}</dt>
        <dd>{TEXT.cycles(trace.cycles)}</dd>
        <dt>{VERDICT_TEXT.machine}</dt>
        <dd>{program.program.machine.name}</dd>
      </dl>
      {reader !== null && <StateBar peCycles={cyclesByKind(reader, trace.cycles)} label={VERDICT_TEXT.peCycles(trace.width)} />}
      <p className="t12 t2" style={{ marginTop: 8 }}>
        {TEXT.programWindow}
      </p>
    </section>
  );
}
