/** Links, the demand for them apart from their utilisation: the busiest as a table, one of them over time. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { linkDemand, linkParts, linkUtilisation } from '../../analysis/link-demand.ts';
import type { LinkSeries, LinkTimes } from '../../analysis/link-load.ts';
import { Port } from '../../machine/fabric.ts';
import { lab } from '../../store/lab.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { LinkArea } from '../charts/LinkArea.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { timeScale } from '../charts/time.ts';
import { percent } from '../format.ts';
import { useLab } from '../hooks.ts';
import { countLinks, linkCounts } from '../link-counts.ts';
import { useOffered } from '../table/on-screen.ts';
import { linkData, linkName } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { LinksTable } from './LinksTable.tsx';

const AXIS = 22;

/** The link to show: the chosen one while its PE is selected, else the busiest of the selected PE, else the busiest of all. */
export function shownLink(links: readonly LinkSeries[], chosen: LinkSeries | null, pe: number | null): LinkSeries | undefined {
  if (chosen !== null && chosen.pe === pe && links.includes(chosen)) return chosen;
  const own = links.filter((link) => link.pe === pe);
  return own.find(({ port }) => port !== Port.RAMP) ?? own[0] ?? links[0];
}

function Chart({ link, times, reader }: { link: LinkSeries; times: LinkTimes; reader: TraceReader }) {
  const [ref, size] = useSize<HTMLDivElement>();
  const { cycles, width } = reader.trace;
  const parts = useMemo(() => linkParts(link, times.bucketCycles, cycles, link.moves.length), [link, times, cycles]);
  const scale = timeScale(cycles, size.width);
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
          <Scrubber {...size} plot={size.height - AXIS} />
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
  useOffered(useCallback(() => (times === null || link === undefined ? [] : [linkData(link, times, reader)]), [times, link, reader]));
  if (times === null) return <Counting reader={reader} />;
  if (link === undefined) return <p className="empty">No wavelet moved in this run.</p>;
  const choose = (next: LinkSeries): void => {
    setChosen(next);
    lab.setState({ pe: next.pe });
  };
  const { cycles, width } = reader.trace;
  return (
    <div className="two-col links-tab">
      {table ? (
        <div>
          <Tables label="The link over time" data={[linkData(link, times, reader)]} />
        </div>
      ) : (
        <Chart link={link} times={times} reader={reader} />
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
