/** The selected PE, its neighbours and the corners, or the PEs of a selected rectangle, a strip each; as a table, where each spends its cycles. */

import { useCallback, useMemo } from 'react';
import { pesIn } from '../../analysis/area.ts';
import { neighbour, Port } from '../../machine/fabric.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Lanes } from '../charts/Lanes.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { timeScale } from '../charts/time.ts';
import { useLab, useSpan } from '../hooks.ts';
import { useArea } from '../inspector/Area.tsx';
import { useOffered } from '../table/on-screen.ts';
import { lanesData } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { DOCK_TEXT } from './strings.ts';

const AXIS = 22;
/** PEs of a selected rectangle that have a strip. */
export const MOST_LANES = 16;

/** First PE, the selected one with its four neighbours, the last that holds rows; in fabric order, each once. */
export function lanesOf(pe: number, last: number, width: number, height: number): number[] {
  const around = [Port.N, Port.W, Port.E, Port.S].map((port) => neighbour(pe, port, width, height));
  return [...new Set([0, ...around, pe, last])].filter((p) => p >= 0).sort((a, b) => a - b);
}

export function LanesTab({ reader, table }: { reader: TraceReader; table: boolean }) {
  const pe = useLab((s) => s.pe ?? 0);
  const last = useLab((s) => Math.max(0, (s.result?.plan.usedPes ?? reader.pes) - 1));
  const [ref, size] = useSize<HTMLDivElement>();
  const { width, height, cycles } = reader.trace;
  const area = useArea(reader);
  const pes = useMemo(() => (area ? pesIn(area, width, MOST_LANES) : lanesOf(pe, last, width, height)), [area, pe, last, width, height]);
  const span = useSpan();
  const data = useCallback(() => [lanesData(reader, pes, span)], [reader, pes, span]);
  useOffered(data);
  if (table) return <Tables label={DOCK_TEXT.lanesTable} data={data()} />;
  const scale = timeScale(span, size.width);
  const gap = pes.length > 9 ? 2 : 4;
  const lane = Math.max(6, Math.min(26, (size.height - AXIS - 16) / pes.length - gap));
  return (
    <div ref={ref} className="chart-wrap">
      {size.width > 0 && (
        <>
          <svg className="chart" width={size.width} height={size.height} aria-hidden="true">
            <Lanes reader={reader} pes={pes} selected={pe} scale={scale} top={14} height={lane} gap={gap} />
            <TimeAxis scale={scale} y={size.height - AXIS} last={cycles} />
          </svg>
          <Scrubber {...size} span={span} plot={size.height - AXIS} />
        </>
      )}
    </div>
  );
}
