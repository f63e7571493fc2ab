/** Why the run took as long as it did: the one chain of work and ways that everything waited for. */
import { useCallback, useMemo } from 'react';
import type { Reason } from '../../analysis/critical-path.ts';
import { legsOf, pathIn, sharesOfPath } from '../../analysis/path-legs.ts';
import { lab } from '../../store/lab.ts';
import { seek } from '../../store/playback.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Explain } from '../controls/Definition.tsx';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { pathOf } from '../derived.ts';
import { grouped, percent } from '../format.ts';
import { useSpan, useToggle } from '../hooks.ts';
import { stateFill } from '../icons.tsx';
import { LegRow } from '../inspector/LegRow.tsx';
import { REASON_NAMES, type StateName } from '../strings.ts';
import { useOffered } from '../table/on-screen.ts';
import { pathData } from '../table/run-data.ts';
import { DOCK_TEXT } from './strings.ts';

/** Rows shown; a path of many small steps has more. */
const MOST_ROWS = 200;

/** Work in its state's colour, ways in ink of three strengths. */
const fillOf = (reason: Reason): string => (reason in WAY_FILLS ? WAY_FILLS[reason as keyof typeof WAY_FILLS] : stateFill(reason as StateName));
const WAY_FILLS = {
  ramp: 'var(--text-3)',
  hop: 'var(--text-3)',
  link: 'var(--ctl)',
  room: 'var(--line-2)',
  start: 'var(--line-2)',
  host: 'var(--ink)',
  other: 'var(--err)',
} as const;

function Shares({ shares, cycles }: { shares: ReturnType<typeof sharesOfPath>; cycles: number }) {
  return (
    <div className="aside">
      <p className="t12 term">
        {DOCK_TEXT.path.byReason(cycles)}
        <Explain name={DOCK_TEXT.path.name} text={DOCK_TEXT.path.meaning} />
      </p>
      <div className="bar" role="img" aria-label={shares.map((s) => `${REASON_NAMES[s.reason]} ${percent(s.cycles / cycles)}`).join(', ')}>
        {shares.map(({ reason, cycles: n }) => (
          <i key={reason} style={{ flex: `${n} 0 0`, background: fillOf(reason) }} />
        ))}
      </div>
      <table className="t">
        <tbody>
          {shares.map(({ reason, cycles: n }) => (
            <tr key={reason}>
              <th scope="row">
                <span className="swatch" style={{ background: fillOf(reason), display: 'inline-block', marginRight: 6 }} />
                {REASON_NAMES[reason]}
              </th>
              <td className="num">{grouped(n)}</td>
              <td className="num">{percent(n / cycles)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function PathTab({ reader }: { reader: TraceReader }) {
  const span = useSpan();
  const path = useMemo(() => pathIn(pathOf(reader), span.from, span.to), [reader, span]);
  const [drawn, setDrawn] = useToggle('path');
  const [longest, setLongest] = useToggle('longest');
  const legs = useMemo(() => {
    const all = legsOf(path);
    return longest ? all.toSorted((a, b) => b.end - b.begin - (a.end - a.begin)) : all;
  }, [path, longest]);
  useOffered(useCallback(() => [pathData(legsOf(path), reader, span)], [path, reader, span]));
  const show = (pe: number, cycle: number): void => {
    if (pe >= 0) lab.setState({ pe });
    seek(lab, cycle);
  };
  return (
    <ScrollRegion label={DOCK_TEXT.path.label}>
      <div className="columns">
        <Shares shares={sharesOfPath(path)} cycles={span.to - span.from} />
        <div className="path">
          <p className="t12 row">
            {DOCK_TEXT.path.steps(legs.length, longest)}
            <button type="button" className="btn s" onClick={() => setLongest(!longest)}>
              {longest ? DOCK_TEXT.path.inOrder : DOCK_TEXT.path.longestFirst}
            </button>
            <button type="button" className="link" aria-pressed={drawn} onClick={() => setDrawn(!drawn)}>
              {drawn ? DOCK_TEXT.path.hide : DOCK_TEXT.path.show}
            </button>
          </p>
          <ol className="legs">
            {legs.slice(0, MOST_ROWS).map((leg) => (
              <LegRow key={leg.begin} leg={leg} width={reader.trace.width} onShow={show} />
            ))}
          </ol>
          {legs.length > MOST_ROWS && <p className="t11 t3">{DOCK_TEXT.path.more(legs.length - MOST_ROWS)}</p>}
        </div>
      </div>
    </ScrollRegion>
  );
}
