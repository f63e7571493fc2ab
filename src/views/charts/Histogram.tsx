/** PEs by the cycle of a stage: bars from zero, the scale's ends labelled. */
import { max, scaleLinear } from 'd3';
import type { Bin } from '../../analysis/numerics.ts';
import { grouped } from '../format.ts';
import { CHART_TEXT } from './strings.ts';

export function Histogram({ bins, fill, label }: { bins: readonly Bin[]; fill: string; label: string }) {
  const [width, height] = [256, 58];
  if (bins.length === 0) return <p className="t12 t3">{CHART_TEXT.noneReaches}</p>;
  const x = scaleLinear([bins[0].from, bins[bins.length - 1].to], [0, width]);
  const y = scaleLinear([0, max(bins, (b) => b.count) ?? 1], [0, height - 18]);
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${height}`} style={{ height: 'auto', maxWidth: width }} role="img" aria-label={label}>
      {bins.map((b) => (
        <rect
          key={b.from}
          x={x(b.from)}
          width={Math.max(1, x(b.to) - x(b.from) - 1)}
          y={height - 16 - y(b.count)}
          height={y(b.count)}
          fill={fill}
          data-kind="bin"
        />
      ))}
      <line className="axis" x2={width} y1={height - 15.5} y2={height - 15.5} />
      <text y={height - 2}>{grouped(bins[0].from)}</text>
      <text x={width} y={height - 2} textAnchor="end">
        {CHART_TEXT.cycles(bins[bins.length - 1].to)}
      </text>
    </svg>
  );
}
