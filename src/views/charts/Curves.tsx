/** How many PEs have reached each latency stage by each cycle; lines labelled where they stand apart. */
import { curveStepAfter, line, type ScaleLinear, scaleLinear } from 'd3';
import { memo } from 'react';
import { LATENCY_STAGES, type LatencyStage } from '../../analysis/latency.ts';
import { grouped } from '../format.ts';
import { STAGE_NAMES } from '../strings.ts';
import { apart } from './apart.ts';
import { CHART_TEXT } from './strings.ts';
import { LEFT } from './time.ts';

export const STAGE_STROKES: Readonly<Record<LatencyStage, string>> = {
  firstX: 'var(--s-recv)',
  firstMac: 'var(--s-compute)',
  sent: 'var(--s-send)',
  atEdge: 'var(--text-1)',
};

/** Room for the name of a stage, px. */
const NAME = 130;

interface Props {
  readonly curves: Readonly<Record<LatencyStage, Float32Array>>;
  readonly pes: number;
  readonly scale: ScaleLinear<number, number>;
  readonly top: number;
  readonly bottom: number;
}

export const Curves = memo(function Curves({ curves, pes, scale, top, bottom }: Props) {
  const y = scaleLinear([0, pes], [bottom, top]);
  const [left, right] = scale.range();
  const [from, to] = scale.domain();
  const parts = curves.firstX.length;
  const x = (part: number): number => scale(from + ((part + 1) / parts) * (to - from));
  const path = line<number>()
    .x((_, part) => x(part))
    .y((n) => y(n))
    .curve(curveStepAfter)
    .digits(1);
  const names = LATENCY_STAGES.flatMap((stage, i) => {
    const counts = curves[stage];
    const level = (counts.at(-1) ?? 0) * (0.85 - 0.22 * i);
    const part = counts.findIndex((n) => n >= level && n > 0);
    // A stage reached before the chart begins has no rise to stand beside.
    const risen = from > 0 && part === 0;
    return part < 0 ? [] : [{ stage, at: x(part), height: risen ? y(counts[0]) + 14 * (i + 1) : y(level) }];
  });
  const heights = apart(
    names.map(({ height }) => height),
    bottom - 8,
  );
  return (
    <g>
      <rect className="well" x={left} y={top} width={right - left} height={Math.max(0, bottom - top)} />
      <line className="axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      {[0, pes].map((n) => (
        <text key={n} x={LEFT - 8} y={y(n) + 4} textAnchor="end">
          {grouped(n)}
        </text>
      ))}
      <text x={12} y={(top + bottom) / 2 + 4}>
        {CHART_TEXT.pes}
      </text>
      {LATENCY_STAGES.map((stage) => (
        <path key={stage} d={path(Array.from(curves[stage])) ?? ''} fill="none" stroke={STAGE_STROKES[stage]} strokeWidth="1.5" data-kind={stage} />
      ))}
      {names.map(({ stage, at }, i) => {
        const flip = at > right - NAME;
        return (
          <text
            key={stage}
            className="on"
            x={at + (flip ? -8 : 8)}
            y={heights[i] + 4}
            textAnchor={flip ? 'end' : 'start'}
            paintOrder="stroke"
            stroke="var(--bg-well)"
            strokeWidth="3"
          >
            {STAGE_NAMES[stage]}
          </text>
        );
      })}
    </g>
  );
});
