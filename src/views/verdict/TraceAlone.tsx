/** The verdict of a trace file: what the trace says, and that it says no more. */
import { cyclesByKind } from '../../analysis/metrics.ts';
import type { OpenedTrace } from '../../store/types.ts';
import { grouped } from '../format.ts';
import { useLab } from '../hooks.ts';
import { StateBar } from './StateBar.tsx';
import { VERDICT_TEXT } from './strings.ts';

const t = VERDICT_TEXT.trace;

export function TraceAlone({ opened }: { opened: OpenedTrace }) {
  const reader = useLab((s) => s.reader);
  const { trace, program, traceHash } = opened;
  return (
    <section className="sec" aria-label={VERDICT_TEXT.name}>
      <div className="sec-head" style={{ marginBottom: 2 }}>
        <h2 style={{ font: 'inherit' }}>{VERDICT_TEXT.name}</h2>
        <span className="sp" />
        <span className="badge">{t.badge}</span>
      </div>
      <p className="headline">
        <b data-testid="cycles">{grouped(trace.cycles)}</b>
        <span className="t2">{t.cyclesIn(trace.cycles, opened.file)}</span>
      </p>
      <dl className="pairs">
        <dt>{VERDICT_TEXT.machine}</dt>
        <dd>{program.machine.name}</dd>
        <dt>{t.rectangle}</dt>
        <dd>
          {grouped(trace.width)} × {grouped(trace.height)}
        </dd>
        <dt>{t.hash}</dt>
        <dd className="mono" data-testid="trace-hash">
          {traceHash}
        </dd>
      </dl>
      {reader !== null && <StateBar peCycles={cyclesByKind(reader, trace.cycles)} label={VERDICT_TEXT.peCycles(trace.width * trace.height)} />}
      <p className="t12 t2">{t.alone}</p>
    </section>
  );
}
