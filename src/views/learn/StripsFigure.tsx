/** PEs from top to bottom, cycles from left to right: what each of them, or the queue of its router, did. */

import { scaleLinear } from 'd3';
import { memo, useState } from 'react';
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

type Strips = Extract<Figure, { kind: 'strips' }>;

interface Frame {
  readonly figure: Strips;
  readonly width: number;
}

function frameOf({ figure: { rows, cycles }, width }: Frame) {
  const pitch = Math.min(MOST, BODY / rows);
  return { pitch, bottom: TOP + pitch * rows, x: scaleLinear([0, cycles], [LEFT, Math.max(LEFT + 1, width - RIGHT)]) };
}

/** All but the playhead, which moves over it. */
const Body = memo(function Body({ figure, width }: Frame) {
  const { rows, cycles, strips } = figure;
  const { pitch, bottom, x } = frameOf({ figure, width });
  const gap = pitch > 6 ? 1 : 0;
  return (
    <>
      <rect className="well" x={LEFT} y={TOP} width={x(cycles) - LEFT} height={pitch * rows} />
      {shownOf(strips).map(({ row, kind, begin, end }) => (
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
      <line className="axis" x1={LEFT} x2={x(cycles)} y1={bottom} y2={bottom} />
      {timeTicks(x).map((cycle) => (
        <text key={cycle} x={x(cycle)} y={bottom + 16} textAnchor="middle">
          {grouped(cycle)}
        </text>
      ))}
      <text x={x(cycles)} y={bottom + 29} textAnchor="end">
        {FIGURE_TEXT.cycle}
      </text>
    </>
  );
});

const shownOf = (strips: readonly Strip[]): Strip[] => strips.filter(({ kind }) => !QUIET.has(kind));

/** What happens in a cycle: how many PEs do what. */
function momentOf(strips: readonly Strip[], cycle: number): string {
  const counts = new Map<Strip['kind'], number>();
  for (const { kind, begin, end } of strips) if (begin <= cycle && cycle < end) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return FIGURE_TEXT.moment(
    cycle,
    [...counts].map(([kind, n]) => `${STATE_NAMES[kind].toLowerCase()} ${grouped(n)}`),
  );
}

export function StripsFigure({ figure, width }: Frame) {
  const { rows, cycles, strips } = figure;
  const [at, setAt] = useState(Math.floor(cycles / 2));
  const { bottom, x } = frameOf({ figure, width });
  const cycle = Math.min(at, cycles - 1);
  const moment = momentOf(strips, cycle);
  const kinds = [...new Set(shownOf(strips).map(({ kind }) => kind))];
  return (
    <>
      <svg className="chart" width={width} height={bottom + BOTTOM} role="img" aria-label={FIGURE_TEXT.strips(rows, cycles)}>
        <Body figure={figure} width={width} />
        <g className="playhead">
          <line className="halo" x1={x(cycle + 0.5)} x2={x(cycle + 0.5)} y1={TOP} y2={bottom} />
          <line className="line" x1={x(cycle + 0.5)} x2={x(cycle + 0.5)} y1={TOP} y2={bottom} />
        </g>
      </svg>
      <div className="learn-moment">
        <input
          type="range"
          min={0}
          max={cycles - 1}
          value={cycle}
          aria-label={FIGURE_TEXT.cycle}
          aria-valuetext={moment}
          onChange={(event) => setAt(Number(event.target.value))}
        />
        <span className="t12 t2">{moment}</span>
      </div>
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
