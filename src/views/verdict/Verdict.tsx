/** The verdict comes first: the number, the three numbers, where the time went, what would help. */
import { hasValues, type TimedRun } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { factor, grouped, signed } from '../format.ts';
import { useLab } from '../hooks.ts';
import type { Definition } from '../strings.ts';
import { Ended } from './Ended.tsx';
import { Insights } from './Insights.tsx';
import { Exactness, Metrics } from './Metrics.tsx';
import { PE_CYCLES, StateBar } from './StateBar.tsx';
import { Stopped } from './Stopped.tsx';
import { VERDICT_TEXT } from './strings.ts';
import { TraceAlone } from './TraceAlone.tsx';

function Row({ term, name, id, value, note }: { term: Definition; name: string; id: string; value: string; note?: string }) {
  return (
    <tr>
      <th scope="row">
        <span className="term">
          {name}
          <Define term={term} />
        </span>
      </th>
      <td className="num" data-testid={id}>
        {value}
      </td>
      <td className="num t3">{note ?? ''}</td>
    </tr>
  );
}

function ThreeNumbers({ result }: { result: TimedRun }) {
  const { cycles } = result.metrics;
  const { closedForm, lowerBound } = result.estimate;
  const t = VERDICT_TEXT.three;
  return (
    <table className="t three">
      <caption className="visually-hidden">{t.caption}</caption>
      <tbody>
        <Row term="simulated" name={t.simulated} id="simulated" value={grouped(cycles)} />
        <Row term="closedForm" name={t.closedForm} id="closed-form" value={grouped(closedForm.cycles)} note={signed(closedForm.cycles - cycles)} />
        <Row term="lowerBound" name={t.lowerBound} id="lower-bound" value={grouped(lowerBound.cycles)} note={factor(cycles / lowerBound.cycles)} />
      </tbody>
    </table>
  );
}

function Headline({ result }: { result: TimedRun }) {
  const { cycles, microseconds } = result.metrics;
  return (
    <p className="headline">
      <b data-testid="cycles">{grouped(cycles)}</b>
      <span className="t2">{VERDICT_TEXT.cycles(cycles)}</span>
      <span className="right">{VERDICT_TEXT.at(microseconds, result.plan.machine.clockHz)}</span>
    </p>
  );
}

export function BoundBadge({ result }: { result: TimedRun }) {
  const ratio = result.metrics.cycles / result.estimate.lowerBound.cycles;
  return <span className={`badge ${ratio < 1 ? 'err' : 'warn'}`}>{VERDICT_TEXT.ofBound(ratio)}</span>;
}

export function NoRun() {
  const running = useLab((s) => s.status === 'running' || s.modelStatus === 'loading');
  const canRun = useLab((s) => s.planError === null && s.modelStatus === 'ready');
  if (running) return <p className="loading">{VERDICT_TEXT.waiting}</p>;
  return (
    <p className="empty">
      <strong>{VERDICT_TEXT.noRun}</strong> {canRun ? VERDICT_TEXT.noRunHint : VERDICT_TEXT.cannotRun} {canRun && <kbd>Ctrl ↵</kbd>}
    </p>
  );
}

export function Verdict() {
  const result = useLab((s) => s.result);
  const failure = useLab((s) => s.failure);
  const program = useLab((s) => s.program);
  const opened = useLab((s) => s.opened);
  if (failure !== null) return <Stopped failure={failure} />;
  if (program !== null) return <Ended program={program} />;
  if (opened !== null) return <TraceAlone opened={opened} />;
  if (result === null) {
    return (
      <section className="sec" aria-label={VERDICT_TEXT.name}>
        <h3>{VERDICT_TEXT.name}</h3>
        <NoRun />
      </section>
    );
  }
  return (
    <>
      <section className="sec" aria-label={VERDICT_TEXT.name}>
        <div className="sec-head" style={{ marginBottom: 2 }}>
          <h2 style={{ font: 'inherit' }}>{VERDICT_TEXT.name}</h2>
          <span className="sp" />
          <BoundBadge result={result} />
        </div>
        <Headline result={result} />
        {!hasValues(result) && (
          <p className="t12 t2" data-testid="timed-only">
            {VERDICT_TEXT.timed}
          </p>
        )}
        <ThreeNumbers result={result} />
        <div id={PE_CYCLES} data-picture="words">
          <StateBar peCycles={result.metrics.peCycles} label={VERDICT_TEXT.peCycles(result.trace.width * result.trace.height)} />
        </div>
      </section>
      <Insights />
      <section className="sec" aria-label={VERDICT_TEXT.metrics.name}>
        <Metrics result={result} />
        <Exactness result={result} />
      </section>
    </>
  );
}
