/** Why the selected PE waits at the playhead: the chain of causes that fills its stall, and the work behind it. */
import { useMemo } from 'react';
import { type Wait, waitAt } from '../../analysis/critical-path.ts';
import { legsOfWait } from '../../analysis/path-legs.ts';
import { lab } from '../../store/lab.ts';
import { seek } from '../../store/playback.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Fold } from '../controls/Fold.tsx';
import { useToggle } from '../hooks.ts';
import { LegRow } from './LegRow.tsx';
import { INSPECTOR_TEXT } from './strings.ts';

/** Enough to see the cause; the rest is in the critical path. */
const MOST = 12;

interface Props {
  readonly reader: TraceReader;
  readonly pe: number;
}

export function WhyStalled({ reader, pe, cycle }: Props & { cycle: number }) {
  const [open] = useToggle('why');
  const wait = waitAt(reader, pe, cycle);
  if (wait === null) return null;
  return (
    <Fold id="why" className="why" summary={INSPECTOR_TEXT.why.name(wait.end - wait.begin)}>
      {open && <Chain reader={reader} pe={pe} {...wait} />}
    </Fold>
  );
}

/** Followed back once a wait, however many of its cycles are looked at. */
function Chain({ reader, pe, begin, end }: Props & Wait) {
  const legs = useMemo(() => legsOfWait(reader, pe, { begin, end }), [reader, pe, begin, end]);
  return (
    <>
      <ol className="legs">
        {legs.slice(-MOST).map((leg) => (
          <LegRow
            key={leg.begin}
            leg={leg}
            width={reader.trace.width}
            onShow={(where, at) => {
              if (where >= 0) lab.setState({ pe: where });
              seek(lab, at);
            }}
          />
        ))}
      </ol>
      {legs.length > MOST && <p className="t11 t3">{INSPECTOR_TEXT.why.earlier(legs.length - MOST)}</p>}
    </>
  );
}
