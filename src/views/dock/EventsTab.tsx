/** The moments of the run worth a look, those of the selected PE among them, and the user's own marks beside them. */
import { useCallback, useMemo } from 'react';
import type { RunEvent } from '../../analysis/events.ts';
import { peName } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import { seek } from '../../store/playback.ts';
import { holds } from '../../store/span.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { ScrollRegion } from '../controls/ScrollRegion.tsx';
import { eventsOf } from '../derived.ts';
import { grouped } from '../format.ts';
import { useCycle, useLab, useSpan } from '../hooks.ts';
import { EVENT_NAMES, STATE_NAMES, type StateName } from '../strings.ts';
import { useOffered } from '../table/on-screen.ts';
import { eventsData, spanText } from '../table/run-data.ts';
import { Marks } from './Marks.tsx';
import { DOCK_TEXT } from './strings.ts';

/** Rows shown: those nearest to the playhead. */
const MOST_ROWS = 120;

/** "Longest stall: Wait data, 1 001 cycles". */
export function eventText({ kind, what, value }: RunEvent): string {
  const name = EVENT_NAMES[kind];
  if (kind === 'firstStall' || kind === 'longestStall') return DOCK_TEXT.events.stall(name, STATE_NAMES[what as StateName], value);
  if (kind === 'turn' || kind === 'firstTurn' || kind === 'lastTurn') return DOCK_TEXT.events.turn(name, value);
  return what === '' ? name : `${name}, ${what}`;
}

/** The part of a list around the last event at or before the playhead. */
export function around(events: readonly RunEvent[], cycle: number, most: number): readonly RunEvent[] {
  const at = events.findLastIndex((e) => e.cycle <= cycle);
  const from = Math.max(0, Math.min(events.length - most, at - Math.floor(most / 2)));
  return events.slice(from, from + most);
}

function Row({ event, now, width }: { event: RunEvent; now: boolean; width: number }) {
  const show = (): void => {
    if (event.pe >= 0) lab.setState({ pe: event.pe });
    seek(lab, event.cycle);
  };
  return (
    <li>
      <button type="button" aria-current={now || undefined} onClick={show}>
        <span className="num">{grouped(event.cycle)}</span>
        <span>{eventText(event)}</span>
        <span className="t3">{event.pe < 0 ? '' : peName(event.pe, width)}</span>
      </button>
    </li>
  );
}

export function EventsTab({ reader }: { reader: TraceReader }) {
  const pe = useLab((s) => s.pe);
  const cycle = useCycle();
  const span = useSpan();
  const zoomed = useLab((s) => s.span !== null);
  const events = useMemo(() => eventsOf(reader, pe).filter((e) => holds(span, e.cycle)), [reader, pe, span]);
  useOffered(useCallback(() => [eventsData(events, reader, span)], [events, reader, span]));
  const shown = around(events, cycle, MOST_ROWS);
  const present = events.findLast((e) => e.cycle <= cycle)?.cycle;
  return (
    <ScrollRegion label={DOCK_TEXT.events.label}>
      <div className="columns">
        <div className="path">
          <p className="t12 row">
            {DOCK_TEXT.events.ofRun(events.length, pe === null ? null : peName(pe, reader.trace.width), zoomed ? spanText(span) : null)}
            <span className="t3">{DOCK_TEXT.events.keys}</span>
          </p>
          <ol className="legs events">
            {shown.map((event) => (
              <Row key={`${event.cycle} ${event.pe} ${event.kind} ${event.what}`} event={event} now={event.cycle === present} width={reader.trace.width} />
            ))}
          </ol>
          {shown.length < events.length && <p className="t11 t3">{DOCK_TEXT.events.further(events.length - shown.length)}</p>}
        </div>
        <Marks />
      </div>
    </ScrollRegion>
  );
}
