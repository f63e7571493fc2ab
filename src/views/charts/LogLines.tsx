/** Lines over two logarithmic axes, each named at its end; a vertical mark for what is to be seen. */
import { line, type ScaleLogarithmic, scaleLog } from 'd3';
import { grouped } from '../format.ts';
import { apart } from './apart.ts';
import { CHART_TEXT } from './strings.ts';

export interface LogLine {
  readonly name: string;
  readonly points: ReadonlyArray<readonly [x: number, y: number]>;
  /** CSS dash array; solid if absent. */
  readonly dash?: string;
}

interface Props {
  readonly lines: readonly LogLine[];
  readonly width: number;
  readonly height: number;
  readonly xTitle: string;
  readonly yTitle: string;
  /** A vertical line with its words. */
  readonly mark?: { readonly x: number; readonly text: string } | undefined;
  readonly label: string;
}

const MARGIN = { left: 76, right: 132, top: 22, bottom: 30 };

type Scale = ScaleLogarithmic<number, number>;

/** Powers of ten inside the domain, at most five. */
function decades(scale: Scale): number[] {
  const [low, high] = scale.domain();
  const powers: number[] = [];
  for (let e = Math.ceil(Math.log10(low)); e <= Math.floor(Math.log10(high)); e++) powers.push(10 ** e);
  const step = Math.ceil(powers.length / 5);
  return powers.filter((_, i) => i % step === 0);
}

function Axes({ x, y, xTitle, yTitle, width, height }: { x: Scale; y: Scale; xTitle: string; yTitle: string; width: number; height: number }) {
  const [left, right] = x.range();
  const [bottom, top] = y.range();
  return (
    <g>
      <rect className="well" x={left} y={top} width={right - left} height={bottom - top} />
      {decades(y).map((v) => (
        <g key={v}>
          <line className="grid" x1={left} x2={right} y1={y(v)} y2={y(v)} />
          <text x={left - 8} y={y(v) + 4} textAnchor="end">
            {grouped(v)}
          </text>
        </g>
      ))}
      {decades(x).map((v) => (
        <g key={v}>
          <line className="grid" x1={x(v)} x2={x(v)} y1={top} y2={bottom} />
          <text x={x(v)} y={bottom + 15} textAnchor="middle">
            {grouped(v)}
          </text>
        </g>
      ))}
      <text x={right + 34} y={bottom + 15}>
        {CHART_TEXT.log(xTitle)}
      </text>
      <text x={left} y={top - 8}>
        {CHART_TEXT.log(yTitle)}
      </text>
      <rect width={width} height={height} fill="none" />
    </g>
  );
}

export function LogLines({ lines, width, height, xTitle, yTitle, mark, label }: Props) {
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0 || width < 240 || height < 80) return null;
  const extent = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values) * 1.0001];
  const x = scaleLog(extent(all.map(([v]) => v)), [MARGIN.left, width - MARGIN.right]);
  const y = scaleLog(extent(all.map(([, v]) => v)), [height - MARGIN.bottom, MARGIN.top]).nice();
  const path = line<readonly [number, number]>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  ).digits(1);
  const ends = apart(
    lines.map(({ points }) => y(points[points.length - 1]?.[1] ?? y.domain()[0])),
    height - MARGIN.bottom,
  );
  return (
    <svg className="chart" width={width} height={height} role="img" aria-label={label}>
      <Axes {...{ x, y, xTitle, yTitle, width, height }} />
      {mark && (
        <g>
          <line className="mark" x1={x(mark.x)} x2={x(mark.x)} y1={MARGIN.top} y2={height - MARGIN.bottom} />
          <text
            className="strong"
            x={Math.min(x(mark.x) + 6, width - MARGIN.right)}
            y={MARGIN.top + 12}
            paintOrder="stroke"
            stroke="var(--bg-well)"
            strokeWidth="3"
          >
            {mark.text}
          </text>
        </g>
      )}
      {lines.map(({ name, points, dash }, i) => (
        <g key={name}>
          <path d={path(points as [number, number][]) ?? ''} fill="none" stroke="var(--text-1)" strokeWidth="1.5" strokeDasharray={dash} />
          {points.map(([px, py]) => (
            <circle key={px} cx={x(px)} cy={y(py)} r="2" fill="var(--text-1)" />
          ))}
          <text className="on" x={x(points[points.length - 1]?.[0] ?? 1) + 8} y={ends[i] + 4}>
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}
