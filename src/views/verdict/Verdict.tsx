/** The verdict comes first: the number, the three numbers, where the time went, what would help. */
import type { ReactNode } from 'react';
import { Define } from '../controls/Definition.tsx';
import { clock, count, duration, factor, grouped, percent, real, signed } from '../format.ts';
import { useLab } from '../hooks.ts';
import type { RunResult } from '../../store/types.ts';
import { type Definition, TEXT } from '../strings.ts';
import { Insights } from './Insights.tsx';
import { StateBar } from './StateBar.tsx';

function Row({ term, name, value, note }: { term: Definition; name: string; value: string; note?: string }) {
  return (
    <tr>
      <th scope="row">
        {name}
        <Define term={term} />
      </th>
      <td className="num">{value}</td>
      <td className="num t3">{note ?? ''}</td>
    </tr>
  );
}

function ThreeNumbers({ result }: { result: RunResult }) {
  const { cycles } = result.metrics;
  const { closedForm, lowerBound } = result.estimate;
  return (
    <table className="t three">
      <caption className="visually-hidden">Simulated cycles beside the closed form and the lower bound</caption>
      <tbody>
        <Row term="simulated" name="Simulated" value={grouped(cycles)} />
        <Row term="closedForm" name="Closed form" value={grouped(closedForm.cycles)} note={signed(closedForm.cycles - cycles)} />
        <Row term="lowerBound" name="Lower bound" value={grouped(lowerBound.cycles)} note={factor(cycles / lowerBound.cycles)} />
      </tbody>
    </table>
  );
}

function Fact({ term, name, children }: { term: Definition; name: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {name}
        <Define term={term} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ result }: { result: RunResult }) {
  const { utilisation, latency, loadCycles, hostInCycles, hostOutCycles } = result.metrics;
  const { errors } = result;
  const exact = errors.vsPlainLoop === 0;
  return (
    <dl className="facts rule">
      <Fact term="mac" name="Multiply-add utilisation">
        {percent(utilisation.mac)}
      </Fact>
      <Fact term="busy" name="Busy">
        {percent(utilisation.busy)}
      </Fact>
      <Fact term="mapping" name="Mapping">
        {percent(utilisation.mapping)}
      </Fact>
      <Fact term="latency" name="Latency, first and last row">
        {grouped(latency.first)} · {grouped(latency.max)}
      </Fact>
      <Fact term="load" name="Load · host in · out">
        {grouped(loadCycles)} · {grouped(hostInCycles)} · {grouped(hostOutCycles)}
      </Fact>
      <Fact term="vsPlainLoop" name="Plain loop">
        <span className={`badge ${exact ? 'ok' : 'err'}`} data-testid="vs-plain-loop">
          {exact ? `✓ 0 of ${grouped(result.y.length)} differ: bit-equal` : `${grouped(errors.vsPlainLoop)} of ${grouped(result.y.length)} differ`}
        </span>
      </Fact>
      <Fact term="vsF64" name="Max error, float64">
        <span data-testid="max-abs">{real(errors.maxAbsVsF64, 3)}</span>
      </Fact>
    </dl>
  );
}

function Headline({ result }: { result: RunResult }) {
  const { cycles, microseconds } = result.metrics;
  return (
    <p className="headline">
      <b data-testid="cycles">{grouped(cycles)}</b>
      <span className="t2">{cycles === 1 ? 'cycle' : 'cycles'}</span>
      <span className="right">
        {duration(microseconds)} at {clock(result.plan.machine.clockHz)}
      </span>
    </p>
  );
}

export function BoundBadge({ result }: { result: RunResult }) {
  const ratio = result.metrics.cycles / result.estimate.lowerBound.cycles;
  return <span className={`badge ${ratio < 1 ? 'err' : 'warn'}`}>{factor(ratio)} the bound</span>;
}

export function NoRun() {
  const running = useLab((s) => s.status === 'running' || s.modelStatus === 'loading');
  if (running) return <p className="loading">Waiting for the first run…</p>;
  return (
    <p className="empty">
      <strong>{TEXT.noRun}</strong> {TEXT.noRunHint} <kbd>Ctrl ↵</kbd>
    </p>
  );
}

export function Verdict() {
  const result = useLab((s) => s.result);
  if (result === null) {
    return (
      <section className="sec" aria-label="Verdict">
        <h3>Verdict</h3>
        <NoRun />
      </section>
    );
  }
  return (
    <>
      <section className="sec" aria-label="Verdict">
        <div className="sec-head" style={{ marginBottom: 2 }}>
          <h2 style={{ font: 'inherit' }}>Verdict</h2>
          <span className="sp" />
          <BoundBadge result={result} />
        </div>
        <Headline result={result} />
        <ThreeNumbers result={result} />
        <StateBar peCycles={result.metrics.peCycles} label={`PE-cycles of ${count(result.trace.width * result.trace.height, 'PE')} by what they did`} />
      </section>
      <Insights />
      <section className="sec" aria-label="Metrics">
        <Facts result={result} />
      </section>
    </>
  );
}
