/** Cycles against SRAM and PEs: every point, and those that no other beats in both. */
import { scaleLinear, scaleLog } from 'd3';
import type { PointRecord, PointResult } from '../../store/sweep.ts';
import { paretoOf, valueText } from '../../sweep/series.ts';
import { axisTicks } from '../charts/ticks.ts';
import { grouped } from '../format.ts';
import { hrefOf } from './links.ts';
import { SWEEP_TEXT } from './strings.ts';

interface Props {
  readonly records: readonly PointRecord[];
  readonly cost: 'sramBytes' | 'usedPes';
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Parameters that tell points apart. */
  readonly names: readonly string[];
}

interface Costed {
  readonly record: PointRecord;
  readonly cost: number;
  readonly cycles: number;
}

const MARGIN = { left: 64, right: 24, top: 28, bottom: 34 };
/** Room for a point's name, px. */
const NAME = 120;
const cyclesOf = (r: PointResult): number => r.cycles ?? r.closedForm;

/** A scale over what is positive; logarithmic where it spans much. */
function scaleOver(values: readonly number[], range: readonly [number, number]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (low > 0 && high / low >= 5 ? scaleLog().domain([low / 1.15, high * 1.15]) : scaleLinear().domain([0, high * 1.08 || 1])).range([...range]);
}

/** The title of an axis, which says when it is logarithmic. */
const named = (scale: ReturnType<typeof scaleOver>, title: string): string => ('base' in scale ? SWEEP_TEXT.logarithmic(title) : title);

/** Values of the parameters alone: "8x8, streaming". */
const shortOf = ({ config }: PointRecord, names: readonly string[]): string => names.map((name) => valueText(config[name])).join(', ');

const nameOf = ({ config }: PointRecord, names: readonly string[]): string => names.map((name) => `${name} ${valueText(config[name])}`).join(', ');

export function Pareto({ records, cost, title, width, height, names }: Props) {
  const points = records.flatMap((record): Costed[] => ('result' in record ? [{ record, cost: record.result[cost], cycles: cyclesOf(record.result) }] : []));
  if (points.length === 0) return null;
  const x = scaleOver(
    points.map((p) => p.cost),
    [MARGIN.left, width - MARGIN.right],
  );
  const y = scaleOver(
    points.map((p) => p.cycles),
    [height - MARGIN.bottom, MARGIN.top],
  );
  const best = paretoOf(
    points,
    (p) => p.cost,
    (p) => p.cycles,
  );
  return (
    <svg className="chart sweep-chart" width={width} height={height} aria-label={SWEEP_TEXT.cyclesAgainst(title)}>
      <text className="on" x={MARGIN.left} y={14}>
        {named(y, SWEEP_TEXT.cycles)}
      </text>
      {axisTicks(y, 8).map((v) => (
        <g key={v}>
          <line className="grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(v)} y2={y(v)} />
          <text x={MARGIN.left - 8} y={y(v) + 4} textAnchor="end">
            {grouped(v)}
          </text>
        </g>
      ))}
      {axisTicks(x, width < 560 ? 3 : 6).map((v) => (
        <text key={v} x={x(v)} y={height - MARGIN.bottom + 16} textAnchor="middle">
          {grouped(v)}
        </text>
      ))}
      <text x={width - MARGIN.right} y={height - 4} textAnchor="end">
        {named(x, title)}
      </text>
      <text x={width - MARGIN.right} y={14} textAnchor="end">
        {SWEEP_TEXT.front}
      </text>
      <path className="front" d={best.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.cost)} ${y(p.cycles)}`).join('')} />
      {[...points.filter((p) => !best.includes(p)), ...best].map((p) => (
        <a key={p.record.hash} href={hrefOf(p.record)} aria-label={SWEEP_TEXT.openPareto(nameOf(p.record, names), grouped(p.cycles), grouped(p.cost), title)}>
          <circle className="hit" cx={x(p.cost)} cy={y(p.cycles)} r={12} />
          <circle className={best.includes(p) ? 'best' : ''} cx={x(p.cost)} cy={y(p.cycles)} r={4.5} />
        </a>
      ))}
      {best.map((p) => {
        const isRight = x(p.cost) > width - MARGIN.right - NAME;
        return (
          <text key={p.record.hash} className="on named" x={x(p.cost) + (isRight ? -9 : 9)} y={y(p.cycles) - 8} textAnchor={isRight ? 'end' : 'start'}>
            {shortOf(p.record, names)}
          </text>
        );
      })}
    </svg>
  );
}
