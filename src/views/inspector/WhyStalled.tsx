/** Why the selected PE does nothing at the playhead: the chain of causes that fills its stall. */
import { whyStalled } from '../../analysis/critical-path.ts';
import { legsOf } from '../../analysis/path-legs.ts';
import { lab } from '../../store/lab.ts';
import { seek } from '../../store/playback.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Fold } from '../controls/Fold.tsx';
import { LegRow } from './LegRow.tsx';
import { INSPECTOR_TEXT } from './strings.ts';

/** Enough to see the cause; the rest is in the critical path. */
const MOST = 12;

export function WhyStalled({ reader, pe, cycle }: { reader: TraceReader; pe: number; cycle: number }) {
  const pieces = whyStalled(reader, pe, cycle);
  if (pieces.length === 0) return null;
  const legs = legsOf(pieces);
  const cycles = pieces[pieces.length - 1].end - pieces[0].begin;
  return (
    <Fold id="why" className="why" summary={INSPECTOR_TEXT.why.name(cycles)}>
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
    </Fold>
  );
}
