/** A rectangle of selected PEs in numbers, above the one that was selected first. */
import { useMemo } from 'react';
import { computeShares, countsIn, leavingOf, pesIn } from '../../analysis/area.ts';
import type { Region } from '../../analysis/fabric-frame.ts';
import { lab } from '../../store/lab.ts';
import { wholeCycle } from '../../store/playback.ts';
import { areaOf } from '../../store/selection.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { stateRows } from '../fabric/StateLegend.tsx';
import { grouped } from '../format.ts';
import { useLab, useSpan } from '../hooks.ts';
import { StateSwatch } from '../icons.tsx';
import { STATE_NAMES, TEXT } from '../strings.ts';
import { INSPECTOR_TEXT } from './strings.ts';

const t = INSPECTOR_TEXT.area;

/** The selected rectangle; the same object while it stays. */
export function useArea(reader: TraceReader | null): Region | null {
  const pe = useLab((s) => s.pe);
  const area = useLab((s) => s.area);
  return useMemo(() => (reader === null ? null : areaOf({ pe, area }, reader.trace)), [reader, pe, area]);
}

function States({ reader, pes }: { reader: TraceReader; pes: readonly number[] }) {
  const cycle = useLab((s) => (s.playing ? -1 : wholeCycle(s)));
  const counts = useMemo(() => (cycle < 0 ? null : countsIn(reader, pes, cycle)), [reader, pes, cycle]);
  if (counts === null) return <p className="t12 t3">{t.running}</p>;
  return (
    <ul className="area-states t12">
      {stateRows(counts)
        .filter((row) => row.count > 0)
        .map(({ name, count: n }) => (
          <li key={name} className="row">
            <StateSwatch name={name} />
            {STATE_NAMES[name]}
            <span className="sp" />
            <span className="num">{grouped(n)}</span>
          </li>
        ))}
    </ul>
  );
}

export function Area({ reader, area }: { reader: TraceReader; area: Region }) {
  const { from, to } = useSpan();
  const pes = useMemo(() => pesIn(area, reader.trace.width), [area, reader]);
  const shares = useMemo(() => computeShares(reader, pes, from, to), [reader, pes, from, to]);
  const leaving = useMemo(() => leavingOf(reader, pes), [reader, pes]);
  return (
    <section className="sec" aria-label={t.label}>
      <div className="sec-head">
        <h3>{TEXT.area(area)}</h3>
        <span className="t11 t3">{TEXT.pes(pes.length)}</span>
        <span className="sp" />
        <button type="button" className="btn s" title={t.dropKey} onClick={() => lab.setState({ area: null })}>
          {t.drop}
        </button>
      </div>
      <States reader={reader} pes={pes} />
      <dl className="pairs t12">
        {shares && (
          <>
            <dt>{t.computing}</dt>
            <dd>{t.shares(shares.mean, shares.p95, shares.max)}</dd>
          </>
        )}
        {leaving && (
          <>
            <dt>{t.leaving}</dt>
            <dd>{t.leavingIn(leaving.min, leaving.max)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
