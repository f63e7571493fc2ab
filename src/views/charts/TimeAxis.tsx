/** Ticks of 4 px and labels below a chart; the unit once, at the end. */
import type { ScaleLinear } from 'd3';
import { grouped } from '../format.ts';
import { CHART_TEXT } from './strings.ts';
import { timeTicks } from './time.ts';

/** About the width of a letter, in pixels. */
const LETTER = 6;

/** `last` is the run's last cycle; an axis that ends or begins elsewhere says so. */
export function TimeAxis({ scale, y, last }: { scale: ScaleLinear<number, number>; y: number; last: number }) {
  const end = scale.range()[1];
  const [from, to] = scale.domain();
  const whole = from === 0 && to >= last;
  const first = whole ? 0 : Number.NaN;
  const unit = whole ? CHART_TEXT.cycles(last) : CHART_TEXT.cycleOf(to, last);
  const free = (t: number): boolean => scale(t) + (LETTER * grouped(t).length) / 2 < end - LETTER * (unit.length + 1);
  return (
    <g>
      {timeTicks(scale)
        .filter((t) => free(t) || t === first)
        .map((t) => (
          <g key={t} transform={`translate(${scale(t)},${y})`}>
            <line y2="4" className="axis" />
            <text y="15" textAnchor={t === first ? 'start' : 'middle'}>
              {grouped(t)}
            </text>
          </g>
        ))}
      <text x={end} y={y + 15} textAnchor="end">
        {unit}
      </text>
    </g>
  );
}
