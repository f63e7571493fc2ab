/** What each of several changes would move, one line each: to the left what gets less, to the right what gets more. */
import { scaleLinear } from 'd3';
import { CHART_TEXT } from './strings.ts';

export interface TornadoEnd {
  /** The changed value in words. */
  readonly value: string;
  /** Change of the whole as a share. */
  readonly change: number;
}

export interface TornadoBar {
  readonly name: string;
  readonly ends: readonly TornadoEnd[];
}

interface Props {
  readonly bars: readonly TornadoBar[];
  readonly width: number;
  readonly label: string;
}

const ROW = 24;
const BAR = 12;
/** Px of a name, and of the words at the end of a bar. */
const NAME = 264;
const WORDS = 132;
/** Narrower than this, names stand above their bars and words leave out the value. */
const WIDE = 640;

export function Tornado({ bars, width, label }: Props) {
  if (width < 200 || bars.length === 0) return null;
  const isWide = width >= WIDE;
  const [row, name, words] = isWide ? [ROW, NAME, WORDS] : [ROW + 14, 8, 60];
  const changes = bars.flatMap(({ ends }) => ends.map(({ change }) => change));
  const x = scaleLinear([Math.min(0, ...changes), Math.max(0, ...changes)], [name + words, width - words - 12]);
  const height = bars.length * row + 6;
  return (
    <svg className="chart tornado" width={width} height={height} role="img" aria-label={label}>
      <line className="zero" x1={x(0)} x2={x(0)} y1={0} y2={height} />
      {bars.map(({ name: title, ends }, i) => {
        const middle = (i + 1) * row - ROW / 2 + 2;
        return (
          <g key={title}>
            <text className="on" x={8} y={isWide ? middle + 4 : middle - BAR / 2 - 4} paintOrder="stroke" stroke="var(--bg-panel)" strokeWidth="3">
              {title}
            </text>
            {ends.map((end) => (
              <End key={end.value} end={end} x={x} middle={middle} short={!isWide} />
            ))}
          </g>
        );
      })}
    </svg>
  );
}

function End({ end: { value, change }, x, middle, short }: { end: TornadoEnd; x: (change: number) => number; middle: number; short: boolean }) {
  const [from, to] = change < 0 ? [x(change), x(0)] : [x(0), x(change)];
  if (change === 0) return null;
  return (
    <>
      <rect className={change < 0 ? 'less' : 'more'} x={from} y={middle - BAR / 2} width={Math.max(1, to - from)} height={BAR} />
      <text x={change < 0 ? from - 5 : to + 5} y={middle + 4} textAnchor={change < 0 ? 'end' : 'start'}>
        {CHART_TEXT.change(change, short ? '' : value)}
      </text>
    </>
  );
}
