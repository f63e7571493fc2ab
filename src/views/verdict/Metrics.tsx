/** The metrics of a run, three in a row, and whether its bits are the plain loop's. */
import type { ReactNode } from 'react';
import { hasValues, type TimedRun } from '../../store/types.ts';
import { Define } from '../controls/Definition.tsx';
import { grouped, percent, real } from '../format.ts';
import type { Definition } from '../strings.ts';
import { VERDICT_TEXT } from './strings.ts';

const t = VERDICT_TEXT.metrics;

function Cell({ term, name, children }: { term: Definition; name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="term">
        {name}
        <Define term={term} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Utilisation, latency and the host's side, three in a row. */
export function Metrics({ result }: { result: TimedRun }) {
  const { utilisation, latency, loadCycles, hostInCycles, hostOutCycles } = result.metrics;
  return (
    <dl className="cells">
      <Cell term="mac" name={t.mac}>
        <span data-testid="mac">{percent(utilisation.mac)}</span>
      </Cell>
      <Cell term="busy" name={t.busy}>
        {percent(utilisation.busy)}
      </Cell>
      <Cell term="mapping" name={t.mapping}>
        {percent(utilisation.mapping)}
      </Cell>
      <Cell term="latencyFirst" name={t.latencyFirst}>
        <span data-testid="latency-first">{grouped(latency.first)}</span>
      </Cell>
      <Cell term="latencyMax" name={t.latencyMax}>
        <span data-testid="latency-max">{grouped(latency.max)}</span>
      </Cell>
      <Cell term="load" name={t.load}>
        <span data-testid="load">{grouped(loadCycles)}</span>
      </Cell>
      <Cell term="hostIn" name={t.hostIn}>
        {grouped(hostInCycles)}
      </Cell>
      <Cell term="hostOut" name={t.hostOut}>
        {grouped(hostOutCycles)}
      </Cell>
      <Cell term="vsF64" name={t.vsF64}>
        {hasValues(result) ? <span data-testid="max-abs">{real(result.errors.maxAbsVsF64, 3)}</span> : t.noValues}
      </Cell>
    </dl>
  );
}

export function Exactness({ result }: { result: TimedRun }) {
  if (!hasValues(result)) return null;
  const { vsPlainLoop } = result.errors;
  const all = result.y.length;
  return (
    <p className="row t12" style={{ marginTop: 8 }}>
      <span className="term t2">
        {t.plainLoop}
        <Define term="vsPlainLoop" />
      </span>
      <span className="sp" />
      <span className={`badge ${vsPlainLoop === 0 ? 'ok' : 'err'}`} data-testid="vs-plain-loop">
        {vsPlainLoop === 0 ? t.bitEqual(all) : t.differ(vsPlainLoop, all)}
      </span>
    </p>
  );
}
