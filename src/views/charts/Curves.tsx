/** How many PEs have reached each latency stage by each cycle; lines labelled where they stand apart. */
import { curveStepAfter, line, type ScaleLinear, scaleLinear } from 'd3';
import { memo } from 'react';
import { LATENCY_STAGES, type LatencyStage } from '../../analysis/latency.ts';
import { grouped } from '../format.ts';
import { STAGE_NAMES } from '../strings.ts';
import { CHART_TEXT } from './strings.ts';
import { LEFT } from './time.ts';

export const STAGE_STROKES: Readonly<Record<LatencyStage, string>> = {
  firstX: 'var(--s-recv)',
  firstMac: 'var(--s-compute)',
  sent: 'var(--s-send)',
  atEdge: 'var(--text-1)',
};

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
      {LATENCY_STAGES.map((stage, i) => {
        const counts = curves[stage];
        const x = (b: number): number => scale(from + ((b + 1) / counts.length) * (to - from));
        const path = line<number>()
          .x((_, b) => x(b))
          .y((n) => y(n))
          .curve(curveStepAfter)
          .digits(1)(Array.from(counts));
        const level = Math.max(0, counts.length - 1) && counts[counts.length - 1] * (0.85 - 0.22 * i);
        const at = counts.findIndex((n) => n >= level && n > 0);
        // A stage reached before the chart begins has no rise to stand beside.
        const y0 = from > 0 && at === 0 ? y(counts[0]) + 14 * (i + 1) : y(level);
        const flip = at >= 0 && x(at) > right - 130;
        return (
          <g key={stage}>
            <path d={path ?? ''} fill="none" stroke={STAGE_STROKES[stage]} strokeWidth="1.5" data-kind={stage} />
            {at >= 0 && (
              <text
                className="on"
                x={x(at) + (flip ? -8 : 8)}
                y={y0 + 4}
                textAnchor={flip ? 'end' : 'start'}
                paintOrder="stroke"
                stroke="var(--bg-well)"
                strokeWidth="3"
              >
                {STAGE_NAMES[stage]}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
});
