/** Closed forms as lines, simulations as marks, each line named at its end; a vertical line at what the question is about. */
import { line, scaleLinear, scaleLog } from 'd3';
import type { Figure } from '../../lessons/types.ts';
import { apart } from '../charts/apart.ts';
import { grouped, percent } from '../format.ts';
import { FIGURE_TEXT, WHAT } from './strings.ts';

const [HEIGHT, TOP, BOTTOM, LEFT] = [400, 26, 34, 64] as const;
/** Room for the names at the ends. */
const rightOf = (width: number): number => (width < 480 ? 96 : 128);
const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

type Curves = Extract<Figure, { kind: 'curves' }>;
type Point = readonly [x: number, y: number];

function scales({ curves, log, y }: Curves, width: number) {
  const points = curves.flatMap(({ closed, simulated }) => [...closed, ...simulated]);
  const [xs, ys] = [points.map(([v]) => v), points.map(([, v]) => v)];
  const across: [number, number] = [LEFT, Math.max(LEFT + 1, width - rightOf(width))];
  const up: [number, number] = [HEIGHT - BOTTOM, TOP];
  const extent = (list: readonly number[]): [number, number] => [Math.min(...list), Math.max(...list)];
  return {
    x: (log ? scaleLog : scaleLinear)(extent(xs), across),
    y: log ? scaleLog(extent(ys), up).nice() : scaleLinear([0, y === 'share' ? 1 : 1.05 * Math.max(...ys)], up),
  };
}

/** Powers of ten, or round numbers. */
function ticksOf(scale: ReturnType<typeof scales>['y'], log: boolean): readonly number[] {
  return log ? scale.ticks().filter((v) => Number.isInteger(Math.log10(v))) : scale.ticks(5);
}

/** x values with a label: those of the curves, as many as have room. */
function xTicks({ curves, log }: Curves, width: number): readonly number[] {
  const all = [...new Set(curves.flatMap(({ closed }) => closed.map(([x]) => x)))].sort((a, b) => a - b);
  const room = Math.max(2, Math.min(10, Math.floor(width / 40)));
  const step = Math.ceil(all.length / room);
  // From the end: the last one is what a line is named at.
  return all.filter((_, i) => (log ? all.length - 1 - i : i) % step === 0);
}

function Mark({ index, cx, cy }: { index: number; cx: number; cy: number }) {
  if (index % 4 === 0) return <circle cx={cx} cy={cy} r={4} />;
  if (index % 4 === 1) return <rect x={cx - 3.5} y={cy - 3.5} width={7} height={7} />;
  if (index % 4 === 2) return <path d={`M${cx} ${cy - 5}l4.5 8.5h-9z`} />;
  return <path d={`M${cx} ${cy - 5}l5 5l-5 5l-5 -5z`} />;
}

export function CurvesFigure({ figure, width }: { figure: Curves; width: number }) {
  const { curves, at, log } = figure;
  const { x, y } = scales(figure, width);
  const path = line<Point>(
    ([px]) => x(px),
    ([, py]) => y(py),
  ).digits(1);
  const value = (v: number): string => (figure.y === 'share' ? percent(v, 0) : grouped(v));
  const right = width - rightOf(width);
  const ends = apart(
    curves.map(({ closed }) => y(closed.at(-1)?.[1] ?? 0)),
    HEIGHT - BOTTOM,
  );
  const [xName, yName] = [FIGURE_TEXT.x[figure.x], FIGURE_TEXT.y[figure.y]];
  return (
    <svg className="chart learn-curves" width={width} height={HEIGHT} role="img" aria-label={FIGURE_TEXT.curves(yName, xName)}>
      {ticksOf(y, log).map((v) => (
        <g key={v}>
          <line className="grid" x1={LEFT} x2={right} y1={y(v)} y2={y(v)} />
          <text x={LEFT - 8} y={y(v) + 4} textAnchor="end">
            {value(v)}
          </text>
        </g>
      ))}
      {xTicks(figure, right - LEFT).map((v) => (
        <text key={v} x={x(v)} y={HEIGHT - BOTTOM + 16} textAnchor="middle">
          {grouped(v)}
        </text>
      ))}
      <text className="on" x={LEFT} y={12}>
        {yName}
        {log ? FIGURE_TEXT.log : ''}
      </text>
      <text className="on" x={right} y={HEIGHT - 2} textAnchor="end">
        {xName}
        {log ? FIGURE_TEXT.log : ''}
      </text>
      {at !== null && <line className="mark" x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
      {curves.map(({ what, closed, simulated }, i) => (
        <g key={what}>
          <path d={path(closed) ?? ''} fill="none" stroke="var(--text-1)" strokeWidth="1.25" strokeDasharray={DASHES[i % DASHES.length]} />
          <g fill="var(--text-1)" stroke="var(--bg-well)">
            {simulated.map(([px, py]) => (
              <Mark key={px} index={i} cx={x(px)} cy={y(py)} />
            ))}
          </g>
          <text className="strong" x={right + 10} y={ends[i] + 4}>
            {WHAT[what]}
          </text>
        </g>
      ))}
    </svg>
  );
}
