/** Bytes of a PE by what fills them, a bar for each case, and the limit. */
import type { Figure } from '../../lessons/types.ts';
import { bytes } from '../format.ts';
import { FIGURE_TEXT, shotName } from './strings.ts';

const PARTS = [
  ['code', 'var(--s-wait)'],
  ['weights', 'var(--s-recv)'],
  ['rest', 'var(--s-deq)'],
] as const;
const [ROW, BAR, TOP, SIDE] = [56, 22, 26, 8] as const;

export function BytesFigure({ figure, width }: { figure: Extract<Figure, { kind: 'bytes' }>; width: number }) {
  const { capacity, bars } = figure;
  const total = (bar: (typeof bars)[number]): number => bar.code + bar.weights + bar.rest;
  const most = Math.max(capacity, ...bars.map(total));
  const x = (value: number): number => SIDE + (value / most) * (width - 2 * SIDE);
  const height = TOP + ROW * bars.length;
  return (
    <>
      <svg className="chart" width={width} height={height} role="img" aria-label={FIGURE_TEXT.bytes(capacity)}>
        {bars.map((bar, i) => {
          const over = total(bar) - capacity;
          let from = 0;
          return (
            <g key={`${bar.what} ${bar.x}`} transform={`translate(0 ${TOP + ROW * i})`}>
              <text className="on" x={SIDE} y={12}>
                {`${shotName(bar)}: ${bytes(total(bar))}`}
                {over > 0 && <tspan className="over">{`, ${bytes(over)} ${FIGURE_TEXT.over}`}</tspan>}
              </text>
              {PARTS.map(([part, fill]) => {
                const begin = from;
                from += bar[part];
                return <rect key={part} x={x(begin)} y={18} width={x(from) - x(begin)} height={BAR} fill={fill} data-kind={part} />;
              })}
            </g>
          );
        })}
        <line className="limit" x1={x(capacity)} x2={x(capacity)} y1={TOP - 10} y2={height - 4} />
        <text x={x(capacity)} y={TOP - 14} textAnchor="end">
          {bytes(capacity)}
        </text>
      </svg>
      <ul className="learn-legend">
        {PARTS.map(([part, fill]) => (
          <li key={part}>
            <span className="swatch" style={{ background: fill }} /> {FIGURE_TEXT[part]}
          </li>
        ))}
      </ul>
    </>
  );
}
