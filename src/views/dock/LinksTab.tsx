/** Links, the demand for them apart from their utilisation: the busiest as a table, one of them over time. */
import { useCallback, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { departuresOver } from '../../analysis/departures.ts';
import { type LinkPart, linkPartsIn, linksOf } from '../../analysis/link-demand.ts';
import type { LinkLoad, LinkTimes } from '../../analysis/link-load.ts';
import { Port } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { LinkArea } from '../charts/LinkArea.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { timeScale } from '../charts/time.ts';
import { percent } from '../format.ts';
import { useLab, useSpan } from '../hooks.ts';
import { countLinksIn, LINK_BUCKETS, linkCounts } from '../link-counts.ts';
import { useOffered } from '../table/on-screen.ts';
import { linkData, linkName, PARTS } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { LinksTable } from './LinksTable.tsx';
import { DOCK_TEXT } from './strings.ts';

const AXIS = 22;

type Place = Pick<LinkLoad, 'pe' | 'port'>;

/** The link to show: the chosen one while its PE is selected, else the busiest of the selected PE, else the busiest of all. */
export function shownLink(times: LinkTimes, chosen: Place | null, pe: number | null): LinkLoad | undefined {
  const own = pe === null ? [] : linksOf(times, pe);
  const same = chosen?.pe === pe ? own.find(({ port }) => port === chosen?.port) : undefined;
  return same ?? own.find(({ port }) => port !== Port.RAMP) ?? own[0] ?? times.links[0];
}

/** A link over the cycles that are shown. */
function usePartsOf(link: Place, reader: TraceReader): (most: number) => readonly LinkPart[] {
  const { pe, port } = link;
  const span = useSpan();
  return useMemo(() => {
    const departures = departuresOver(reader, pe, port, span);
    return (most) => linkPartsIn(departures, span.from, span.to, most);
  }, [reader, pe, port, span]);
}

function Chart({ link, partsIn, reader }: { link: Place; partsIn: (most: number) => readonly LinkPart[]; reader: TraceReader }) {
  const span = useSpan();
  const [ref, size] = useSize<HTMLDivElement>();
  const { cycles, width } = reader.trace;
  const parts = useMemo(() => partsIn(LINK_BUCKETS), [partsIn]);
  const scale = timeScale(span, size.width);
  return (
    <div ref={ref}>
      {size.width > 0 && (
        <>
          <svg className="chart" style={{ position: 'absolute', inset: 0 }} width={size.width} height={size.height} aria-hidden="true">
            <LinkArea parts={parts} scale={scale} top={26} bottom={size.height - AXIS - 4} />
            <text className="strong" x={Math.min(scale.range()[0], size.width - 260)} y={18}>
              {linkName(link, width)}
            </text>
            <g transform={`translate(${Math.min(scale.range()[0] + 130, size.width - 166)},9)`}>
              <rect width="10" height="10" fill="var(--s-send)" />
              <text x="15" y="9">
                {DOCK_TEXT.links.carried}
              </text>
              <rect x="70" width="10" height="10" fill="var(--s-blocked)" />
              <text x="85" y="9">
                {DOCK_TEXT.links.waited}
              </text>
            </g>
            <TimeAxis scale={scale} y={size.height - AXIS} last={cycles} />
          </svg>
          <Scrubber {...size} span={span} plot={size.height - AXIS} />
        </>
      )}
    </div>
  );
}

function Counting({ reader }: { reader: TraceReader }) {
  const share = useStore(linkCounts, (s) => (s.reader === reader ? s.share : 0));
  return <p className="empty">{share < 1 ? DOCK_TEXT.links.counting(percent(share, 0)) : DOCK_TEXT.links.tooMany}</p>;
}

export function LinksTab({ reader, table }: { reader: TraceReader; table: boolean }) {
  const times = useStore(linkCounts, (s) => (s.reader === reader ? s.times : null));
  const pe = useLab((s) => s.pe);
  const chosen = useLab((s) => s.link);
  const span = useLab((s) => s.span);
  useEffect(() => countLinksIn(reader, span), [reader, span]);
  const link = useMemo(() => (times === null ? undefined : shownLink(times, chosen, pe)), [times, chosen, pe]);
  if (times === null) return <Counting reader={reader} />;
  if (link === undefined) return <p className="empty">{DOCK_TEXT.links.none}</p>;
  const choose = (next: Place): void => {
    lab.setState({ pe: next.pe, area: null, link: { pe: next.pe, port: next.port } });
  };
  return (
    <div className="two-col links-tab">
      <ShownLink link={link} reader={reader} table={table} />
      <LinksTable times={times} width={reader.trace.width} shown={link} onChoose={choose} />
    </div>
  );
}

function ShownLink({ link, reader, table }: { link: Place; reader: TraceReader; table: boolean }) {
  const span = useLab((s) => s.span);
  const partsIn = usePartsOf(link, reader);
  const data = useCallback(() => [linkData(linkName(link, reader.trace.width), partsIn(PARTS), span)], [partsIn, link, reader, span]);
  useOffered(data);
  if (!table) return <Chart link={link} partsIn={partsIn} reader={reader} />;
  return (
    <div>
      <Tables label={DOCK_TEXT.links.table} data={data()} />
    </div>
  );
}
