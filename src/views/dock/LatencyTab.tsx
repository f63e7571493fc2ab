/** When PEs reach each stage: curves over the run, and the distribution of the stage chosen, both of what is shown of the run. */

import { useCallback, useMemo } from 'react';
import { histogram } from '../../analysis/numerics.ts';
import { latencyCurves, reachedIn, summary } from '../../analysis/timeline.ts';
import { lab } from '../../store/lab.ts';
import type { LabState } from '../../store/types.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { Curves, STAGE_STROKES } from '../charts/Curves.tsx';
import { Histogram } from '../charts/Histogram.tsx';
import { Scrubber } from '../charts/Scrubber.tsx';
import { useSize } from '../charts/size.ts';
import { TimeAxis } from '../charts/TimeAxis.tsx';
import { timeScale } from '../charts/time.ts';
import { Select } from '../controls/Choice.tsx';
import { latencyOf } from '../derived.ts';
import { grouped } from '../format.ts';
import { useLab, useSpan } from '../hooks.ts';
import { STAGE_NAMES } from '../strings.ts';
import { useOffered } from '../table/on-screen.ts';
import { latencyData } from '../table/run-data.ts';
import { Tables } from '../table/Tables.tsx';
import { DOCK_TEXT } from './strings.ts';

type Stage = LabState['latencyStage'];
const STAGES = Object.keys(STAGE_NAMES) as readonly Stage[];
const AXIS = 22;

function Distribution({ reader }: { reader: TraceReader }) {
  const stage = useLab((s) => s.latencyStage);
  const span = useSpan();
  const ticks = useMemo(() => reachedIn(latencyOf(reader)[stage], span), [reader, stage, span]);
  const bins = useMemo(() => histogram(ticks, 32), [ticks]);
  const facts = useMemo(() => summary(ticks), [ticks]);
  return (
    <div className="aside">
      <Select label={DOCK_TEXT.latency.stage} value={stage} onChange={(value) => lab.setState({ latencyStage: value as Stage })}>
        {STAGES.map((s) => (
          <option key={s} value={s}>
            {DOCK_TEXT.latency.byCycle(STAGE_NAMES[s])}
          </option>
        ))}
      </Select>
      <div style={{ height: 8 }} />
      <Histogram bins={bins} fill={STAGE_STROKES[stage]} label={DOCK_TEXT.latency.byCycle(STAGE_NAMES[stage])} />
      {facts && (
        <dl className="facts">
          {(['min', 'mean', 'p95', 'max'] as const).map((name) => (
            <div key={name}>
              <dt>{DOCK_TEXT.latency.facts[name]}</dt>
              <dd>{grouped(facts[name], name === 'mean' ? 1 : 0)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

export function LatencyTab({ reader, table }: { reader: TraceReader; table: boolean }) {
  const [ref, size] = useSize<HTMLDivElement>();
  const cycles = reader.trace.cycles;
  const span = useSpan();
  const { from, to } = span;
  const curves = useMemo(() => latencyCurves(latencyOf(reader), to, Math.min(to - from, 600), from), [reader, from, to]);
  const data = useCallback(() => latencyData(reader, span), [reader, span]);
  useOffered(data);
  if (table) return <Tables label={DOCK_TEXT.latency.table} data={data()} />;
  const scale = timeScale(span, size.width);
  return (
    <div className="two-col">
      <div ref={ref}>
        {size.width > 0 && (
          <>
            <svg className="chart" style={{ position: 'absolute', inset: 0 }} width={size.width} height={size.height} aria-hidden="true">
              <Curves curves={curves} pes={reader.pes} scale={scale} top={14} bottom={size.height - AXIS - 2} />
              <TimeAxis scale={scale} y={size.height - AXIS} last={cycles} />
            </svg>
            <Scrubber {...size} span={span} plot={size.height - AXIS} />
          </>
        )}
      </div>
      <Distribution reader={reader} />
    </div>
  );
}
