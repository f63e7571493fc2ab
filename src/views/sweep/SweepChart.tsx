/** The metric against the first parameter: markers are simulated, lines the closed form; crossings are named. A press opens the run. */
import { line, scaleLinear, scaleLog, scalePoint } from 'd3';
import type { Crossing, Series, SeriesPoint } from '../../sweep/series.ts';
import { valueText } from '../../sweep/series.ts';
import { apart } from '../charts/apart.ts';
import { axisTicks } from '../charts/ticks.ts';
import { grouped, real } from '../format.ts';
import { hrefOf } from './links.ts';
import { SWEEP_TEXT } from './strings.ts';

interface Props {
  readonly series: readonly Series[];
  readonly crossings: readonly Crossing[];
  readonly xName: string;
  readonly yTitle: string;
  readonly width: number;
  readonly height: number;
}

const WIDE = { left: 76, right: 150, top: 28, bottom: 34 };
const NARROW = { ...WIDE, left: 60, right: 92 };
const marginOf = (width: number): typeof WIDE => (width < 560 ? NARROW : WIDE);
/** From one crossing's words to the next, px. */
const APART = 14;
/** Half the width of a digit. */
const DIGIT = 3.2;
/** Dashes and markers tell lines apart; colours are for states. */
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '1 3', '5 1'];

type Position = (x: string | number) => number;

/** Horizontal place of a value: by size where all are numbers, logarithmic where they span decades, else side by side. */
function xScale(series: readonly Series[], width: number): { readonly at: Position; readonly ticks: readonly (string | number)[]; readonly log: boolean } {
  const values = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  const { left, right } = marginOf(width);
  const range: [number, number] = [left, width - right];
  if (!values.every((v) => typeof v === 'number')) {
    const scale = scalePoint<string>(values.map(String), range).padding(0.5);
    return { at: (x) => scale(String(x)) ?? 0, ticks: values, log: false };
  }
  const [low, high] = [Math.min(...(values as number[])), Math.max(...(values as number[]))];
  const log = low > 0 && high / low >= 8;
  const scale = (log ? scaleLog() : scaleLinear()).domain(low === high ? [low * 0.5, low * 1.5] : [low, high]).range(range);
  return { at: (x) => scale(Number(x)), ticks: fewest(values.toSorted((a, b) => Number(a) - Number(b))), log };
}

/** At most twelve of them, evenly. */
function fewest<T>(values: readonly T[]): readonly T[] {
  const step = Math.ceil(values.length / 12);
  return values.filter((_, i) => i % step === 0);
}

function yScale(series: readonly Series[], height: number) {
  const values = series.flatMap(({ points }) => points.flatMap(({ value, closedForm }) => [value, closedForm])).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = low > 0 && high / low >= 5;
  const scale = log ? scaleLog().domain([low / 1.15, high * 1.15]) : scaleLinear().domain([0, high * 1.08 || 1]);
  return { scale: scale.range([height - WIDE.bottom, WIDE.top]), log };
}

function Axes({
  x,
  y,
  xName,
  yTitle,
  width,
  height,
}: {
  x: ReturnType<typeof xScale>;
  y: ReturnType<typeof yScale>;
  xName: string;
  yTitle: string;
  width: number;
  height: number;
}) {
  const margin = marginOf(width);
  const last = String(x.ticks.at(-1) ?? '');
  return (
    <g>
      {axisTicks(y.scale, 8).map((v) => (
        <g key={v}>
          <line className="grid" x1={margin.left} x2={width - margin.right} y1={y.scale(v)} y2={y.scale(v)} />
          <text x={margin.left - 8} y={y.scale(v) + 4} textAnchor="end">
            {grouped(v)}
          </text>
        </g>
      ))}
      <text x={margin.left} y={14} className="on">
        {y.log ? SWEEP_TEXT.logarithmic(yTitle) : yTitle}
      </text>
      <line className="axis" x1={margin.left} x2={width - margin.right} y1={height - margin.bottom} y2={height - margin.bottom} />
      {x.ticks.map((v) => (
        <text key={v} x={x.at(v)} y={height - margin.bottom + 16} textAnchor="middle">
          {valueText(v)}
        </text>
      ))}
      <text x={width - margin.right + 10 + DIGIT * last.length} y={height - margin.bottom + 16}>
        {x.log ? SWEEP_TEXT.log(xName) : xName}
      </text>
    </g>
  );
}

function Marker({ index, cx, cy }: { index: number; cx: number; cy: number }) {
  const kind = index % 3;
  if (kind === 0) return <circle cx={cx} cy={cy} r={4.5} />;
  if (kind === 1) return <rect x={cx - 4} y={cy - 4} width={8} height={8} />;
  return <path d={`M${cx} ${cy - 5.5}L${cx + 5} ${cy + 4}L${cx - 5} ${cy + 4}Z`} />;
}

export function SweepChart({ series, crossings, xName, yTitle, width, height }: Props) {
  const margin = marginOf(width);
  const x = xScale(series, width);
  const y = yScale(series, height);
  const closed = line<SeriesPoint>(
    (p) => x.at(p.x),
    (p) => y.scale(p.closedForm),
  ).defined((p) => Number.isFinite(p.closedForm));
  const named = series.filter(({ points }) => points.length > 0);
  const ends = apart(
    named.map(({ points }) => y.scale(points[points.length - 1].value)),
    height - margin.bottom,
  );
  return (
    <svg className="chart sweep-chart" width={width} height={height} aria-label={SWEEP_TEXT.against(yTitle, xName)}>
      <Axes x={x} y={y} xName={xName} yTitle={yTitle} width={width} height={height} />
      {series.map(({ name, points }, i) => (
        <g key={name} className="series">
          <path d={closed(points) ?? ''} strokeDasharray={DASHES[i % DASHES.length]} />
          {points.map((p) => (
            <a key={p.x} href={hrefOf(p.record)} aria-label={SWEEP_TEXT.openPoint(name, xName, p.x, real(p.value, 4))}>
              <circle className="hit" cx={x.at(p.x)} cy={y.scale(p.value)} r={12} />
              <Marker index={i} cx={x.at(p.x)} cy={y.scale(p.value)} />
            </a>
          ))}
        </g>
      ))}
      {named.map(({ name }, i) => (
        <text key={name} className="strong" x={width - margin.right + 10} y={ends[i] + 4}>
          {name}
        </text>
      ))}
      {crossings.map((c, i) => (
        <g key={`${c.lower} ${c.upper} ${c.at}`} className="crossing">
          <line x1={x.at(c.x)} x2={x.at(c.x)} y1={margin.top} y2={height - margin.bottom} />
          <text x={x.at(c.x) + 5} y={margin.top + 10 + APART * i}>
            {SWEEP_TEXT.crossing(c.lower, xName, valueText(c.at))}
          </text>
        </g>
      ))}
    </svg>
  );
}
