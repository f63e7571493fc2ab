/** Links, the demand for them apart from their utilisation: the busiest as a table, one of them over time. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type LinkPart, linkDemand, linkParts, linkPartsIn, linkUtilisation } from '../../analysis/link-demand.ts';
import { type Departures, departuresOver, type LinkSeries, type LinkTimes } from '../../analysis/link-load.ts';
import { Port } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import type { TimeSpan } from '../../store/span.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { LinkArea } from '../charts/LinkArea.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { timeScale } from '../charts/time.ts';
import { percent } from '../format.ts';
import { useLab, useSpan } from '../hooks.ts';
import { countLinks, LINK_BUCKETS, linkCounts } from '../link-counts.ts';
import { useOffered } from '../table/on-screen.ts';
import { linkData, linkName, PARTS } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { LinksTable } from './LinksTable.tsx';

const AXIS = 22;

/** The link to show: the chosen one while its PE is selected, else the busiest of the selected PE, else the busiest of all. */
export function shownLink(links: readonly LinkSeries[], chosen: LinkSeries | null, pe: number | null): LinkSeries | undefined {
  if (chosen !== null && chosen.pe === pe && links.includes(chosen)) return chosen;
  const own = links.filter((link) => link.pe === pe);
  return own.find(({ port }) => port !== Port.RAMP) ?? own[0] ?? links[0];
}

/** Parts of a link in whatever cycles are asked for; null is the whole run, which is counted already. */
type PartsOf = (span: TimeSpan | null, most: number) => readonly LinkPart[];

/** A link's departures are followed only when a part of the run is shown, once for all parts. */
function partsOf(link: LinkSeries, times: LinkTimes, reader: TraceReader): PartsOf {
  let departures: Departures | null = null;
  return (span, most) => {
    if (span === null) return linkParts(link, times.bucketCycles, reader.trace.cycles, most);
    departures ??= departuresOver(reader, link.pe, link.port);
    return linkPartsIn(departures, span.from, span.to, most);
  };
}

function Chart({ link, partsIn, reader }: { link: LinkSeries; partsIn: PartsOf; reader: TraceReader }) {
  const zoom = useLab((s) => s.span);
  const span = useSpan();
  const [ref, size] = useSize<HTMLDivElement>();
  const { cycles, width } = reader.trace;
  const parts = useMemo(() => partsIn(zoom, LINK_BUCKETS), [partsIn, zoom]);
  const scale = timeScale(span, size.width);
  return (
    <div ref={ref}>
      {size.width > 0 && (
        <>
          <svg className="chart" style={{ position: 'absolute', inset: 0 }} width={size.width} height={size.height} aria-hidden="true">
            <LinkArea parts={parts} scale={scale} top={24} bottom={size.height - AXIS - 4} />
            <text className="strong" x={scale.range()[0]} y={14}>
              {linkName(link, width)}
            </text>
            <g transform={`translate(${Math.min(scale.range()[0] + 130, size.width - 190)},5)`}>
              <rect width="10" height="10" fill="var(--s-send)" />
              <text x="15" y="9">
                carried
              </text>
              <rect x="70" width="10" height="10" fill="var(--s-blocked)" />
              <text x="85" y="9">
                waited as well
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
  return <p className="empty">{share < 1 ? `Counting links: ${percent(share, 0)}` : 'More wavelets moved in this run than are followed one by one here.'}</p>;
}

export function LinksTab({ reader, table }: { reader: TraceReader; table: boolean }) {
  const times = useStore(linkCounts, (s) => (s.reader === reader ? s.times : null));
  const pe = useLab((s) => s.pe);
  const [chosen, setChosen] = useState<LinkSeries | null>(null);
  useEffect(() => countLinks(reader), [reader]);
  const link = times === null ? undefined : shownLink(times.links, chosen, pe);
  const span = useLab((s) => s.span);
  const partsIn = useMemo(() => (times === null || link === undefined ? null : partsOf(link, times, reader)), [times, link, reader]);
  const data = useCallback(
    () => (partsIn === null || link === undefined ? [] : [linkData(linkName(link, reader.trace.width), partsIn(span, PARTS), span)]),
    [partsIn, link, reader, span],
  );
  useOffered(data);
  if (times === null) return <Counting reader={reader} />;
  if (link === undefined || partsIn === null) return <p className="empty">No wavelet moved in this run.</p>;
  const choose = (next: LinkSeries): void => {
    setChosen(next);
    lab.setState({ pe: next.pe });
  };
  const { cycles, width } = reader.trace;
  return (
    <div className="two-col links-tab">
      {table ? (
        <div>
          <Tables label="The link over time" data={data()} />
        </div>
      ) : (
        <Chart link={link} partsIn={partsIn} reader={reader} />
      )}
      <LinksTable
        rows={times.links.map((l) => ({ link: l, utilisation: linkUtilisation(l, cycles), demand: linkDemand(l, cycles) }))}
        width={width}
        shown={link}
        onChoose={choose}
      />
    </div>
  );
}
