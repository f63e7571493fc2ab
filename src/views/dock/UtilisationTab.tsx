/** Share of PEs in each state over the run, the phases above, three PEs below: first, selected, last. */

import { useCallback } from 'react';
import type { Phase } from '../../analysis/phases.ts';
import type { TimeSpan } from '../../store/span.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Lanes } from '../charts/Lanes.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { StackedShares } from '../charts/StackedShares.tsx';
import { type Size, useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { LEFT, timeScale } from '../charts/time.ts';
import { phasesOf, sharesIn } from '../derived.ts';
import { useLab, useSpan } from '../hooks.ts';
import { useOffered } from '../table/on-screen.ts';
import { sharesData } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { DOCK_TEXT } from './strings.ts';

const LANE = 11;
const GAP = 5;
const AXIS = 22;
/** What a phase's name stands from its begin, where playheads are put: more than half a grip. */
const INSET = 10;

/** Names of the phases over the chart; a name is left out where it has no room. */
function Ribbon({ list, scale, y }: { list: readonly Phase[]; scale: ReturnType<typeof timeScale>; y: number }) {
  const [first, last] = scale.domain();
  const seen = list.filter((p) => p.begin < last && p.end > first);
  return seen.map((p) => {
    const [from, to] = [scale(p.begin), scale(p.end)];
    const text = DOCK_TEXT.phase(p.name, p.end - p.begin);
    return (
      <g key={p.name}>
        <rect className="ribbon" x={from} y={y} width={Math.max(0, to - from - 1)} height={15} />
        {to - from > text.length * 6 + 2 * INSET && (
          <text className="on" x={from + INSET} y={y + 11}>
            {text}
          </text>
        )}
      </g>
    );
  });
}

function Chart({ reader, span, pe, last, width, height }: { reader: TraceReader; span: TimeSpan; pe: number; last: number } & Size) {
  const scale = timeScale(span, width);
  const pes = [...new Set([0, pe, last])];
  const lanesTop = height - AXIS - pes.length * (LANE + GAP);
  const [top, bottom] = [24, lanesTop - 8];
  const [left, right] = scale.range();
  return (
    <svg className="chart" width={width} height={height} aria-hidden="true">
      <Ribbon list={phasesOf(reader)} scale={scale} y={4} />
      <rect className="well" x={left} y={top} width={right - left} height={Math.max(0, bottom - top)} />
      {(bottom - top > 60 ? [0, 50, 100] : [0, 100]).map((share) => (
        <text key={share} x={LEFT - 8} y={bottom - ((bottom - top) * share) / 100 + 4} textAnchor="end">
          {share === 100 ? '100\u202f%' : share}
        </text>
      ))}
      <text x={12} y={(top + bottom) / 2 + 4}>
        {DOCK_TEXT.pes}
      </text>
      <StackedShares shares={sharesIn(reader, span)} scale={scale} top={top} bottom={bottom} />
      <line className="axis" x1={left} x2={right} y1={bottom + 0.5} y2={bottom + 0.5} />
      <Lanes reader={reader} pes={pes} selected={pe} scale={scale} top={lanesTop} height={LANE} gap={GAP} />
      <TimeAxis scale={scale} y={height - AXIS} last={reader.trace.cycles} />
    </svg>
  );
}

export function UtilisationTab({ reader, table }: { reader: TraceReader; table: boolean }) {
  const pe = useLab((s) => s.pe ?? 0);
  /** Last PE that holds rows. */
  const last = useLab((s) => Math.max(0, (s.result?.plan.usedPes ?? reader.pes) - 1));
  const [ref, size] = useSize<HTMLDivElement>();
  const span = useSpan();
  const data = useCallback(() => [sharesData(reader, span)], [reader, span]);
  useOffered(data);
  if (table) return <Tables label={DOCK_TEXT.sharesTable} data={data()} />;
  return (
    <div ref={ref} className="chart-wrap">
      {size.width > 0 && (
        <>
          <Chart reader={reader} span={span} pe={pe} last={last} {...size} />
          <Scrubber {...size} span={span} plot={size.height - AXIS} />
        </>
      )}
    </div>
  );
}
