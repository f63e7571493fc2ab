/** The verdict of a trace file: what the trace says, and that it says no more. */
import { cyclesByKind } from '../../analysis/metrics.ts';
import type { OpenedTrace } from '../../store/types.ts';
import { count, grouped } from '../format.ts';
import { useLab } from '../hooks.ts';
import { TEXT } from '../strings.ts';
import { StateBar } from './StateBar.tsx';

export function TraceAlone({ opened }: { opened: OpenedTrace }) {
  const reader = useLab((s) => s.reader);
  const { trace, program, traceHash } = opened;
  const pes = count(trace.width * trace.height, 'PE');
  return (
    <section className="sec" aria-label="Verdict">
      <div className="sec-head" style={{ marginBottom: 2 }}>
        <h2 style={{ font: 'inherit' }}>Verdict</h2>
        <span className="sp" />
        <span className="badge">trace</span>
      </div>
      <p className="headline">
        <b data-testid="cycles">{grouped(trace.cycles)}</b>
        <span className="t2">cycles in {opened.file}</span>
      </p>
      <dl className="pairs">
        <dt>Machine</dt>
        <dd>{program.machine.name}</dd>
        <dt>Rectangle</dt>
        <dd>
          {grouped(trace.width)} × {grouped(trace.height)}
        </dd>
        <dt>Trace hash</dt>
        <dd className="mono" data-testid="trace-hash">
          {traceHash}
        </dd>
      </dl>
      {reader !== null && <StateBar peCycles={cyclesByKind(reader, trace.cycles)} label={`PE-cycles of ${pes} by what they did`} />}
      <p className="t12 t2">{TEXT.traceAlone}</p>
    </section>
  );
}
