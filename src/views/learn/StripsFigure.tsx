/** PEs from top to bottom, cycles from left to right: what each of them, or the queue of its router, did. */

import { scaleLinear } from 'd3';
import type { Figure, Strip } from '../../lessons/types.ts';
import { timeTicks } from '../charts/time.ts';
import { grouped } from '../format.ts';
import { StateSwatch } from '../icons.tsx';
import { STATE_NAMES } from '../strings.ts';
import { FIGURE_TEXT } from './strings.ts';

const FILLS: Readonly<Record<Strip['kind'], string>> = {
  compute: 'var(--s-compute)',
  dequantise: 'var(--s-deq)',
  send: 'var(--s-send)',
  receive: 'var(--s-recv)',
  load: 'var(--s-load)',
  wait: 'var(--s-wait)',
  slot: 'var(--s-wait)',
  blocked: 'var(--s-blocked)',
};
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 14, 6, 30] as const;
/** Height of all rows together, px, and of one at most. */
const [BODY, MOST] = [480, 26] as const;
/** Waiting for the first word is not worth ink. */
const QUIET: ReadonlySet<Strip['kind']> = new Set(['wait', 'slot']);

/** The first and the last row, and some between. */
function labelled(rows: number): readonly number[] {
  const step = Math.max(1, Math.ceil(rows / 5));
  return [...Array.from({ length: rows }, (_, i) => i).filter((i) => i % step === 0 && rows - 1 - i >= step / 2), rows - 1];
}

export function StripsFigure({ figure, width }: { figure: Extract<Figure, { kind: 'strips' }>; width: number }) {
  const { rows, cycles, strips } = figure;
  const pitch = Math.min(MOST, BODY / rows);
  const height = TOP + pitch * rows + BOTTOM;
  const x = scaleLinear([0, cycles], [LEFT, Math.max(LEFT + 1, width - RIGHT)]);
  const gap = pitch > 6 ? 1 : 0;
  const shown = strips.filter(({ kind }) => !QUIET.has(kind));
  const kinds = [...new Set(shown.map(({ kind }) => kind))];
  return (
    <>
      <svg className="chart" width={width} height={height} role="img" aria-label={FIGURE_TEXT.strips(rows, cycles)}>
        <rect className="well" x={LEFT} y={TOP} width={x(cycles) - LEFT} height={pitch * rows} />
        {shown.map(({ row, kind, begin, end }) => (
          <rect
            key={`${row} ${kind} ${begin}`}
            x={x(begin)}
            y={TOP + pitch * row}
            width={Math.max(0.75, x(end) - x(begin))}
            height={pitch - gap}
            fill={FILLS[kind]}
            data-kind={kind}
          />
        ))}
        {labelled(rows).map((row) => (
          <text key={row} x={LEFT - 6} y={TOP + pitch * (row + 0.5) + 4} textAnchor="end">
            {row}
          </text>
        ))}
        <line className="axis" x1={LEFT} x2={x(cycles)} y1={TOP + pitch * rows} y2={TOP + pitch * rows} />
        {timeTicks(x).map((cycle) => (
          <text key={cycle} x={x(cycle)} y={height - 14} textAnchor="middle">
            {grouped(cycle)}
          </text>
        ))}
        <text x={x(cycles)} y={height - 1} textAnchor="end">
          {FIGURE_TEXT.cycle}
        </text>
      </svg>
      <ul className="learn-legend">
        {kinds.map((kind) => (
          <li key={kind}>
            <StateSwatch name={kind} /> {STATE_NAMES[kind]}
          </li>
        ))}
      </ul>
    </>
  );
}
