/** Ticks of 4 px and labels below a chart; the unit once, at the end. */
import type { ScaleLinear } from 'd3';
import { grouped } from '../format.ts';
import { timeTicks } from './time.ts';

export function TimeAxis({ scale, y, last }: { scale: ScaleLinear<number, number>; y: number; last: number }) {
  const end = scale.range()[1];
  return (
    <g>
      {timeTicks(scale)
        .filter((t) => scale(t) < end - 64 || t === 0)
        .map((t) => (
          <g key={t} transform={`translate(${scale(t)},${y})`}>
            <line y2="4" className="axis" />
            <text y="15" textAnchor={t === 0 ? 'start' : 'middle'}>
              {grouped(t)}
            </text>
          </g>
        ))}
      <text x={end} y={y + 15} textAnchor="end">
        {grouped(last)} cycles
      </text>
    </g>
  );
}
