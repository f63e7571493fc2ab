/** What a question is about, before anything has run: its rectangles of PEs, idle, with their first and last places. */
import type { Stage } from '../../lessons/types.ts';
import { FIGURE_TEXT } from './strings.ts';

const [LEFT, TOP, APART] = [20, 32, 12] as const;
/** A PE is drawn at most and at least so large, and all rows together at most so high, px. */
const [MOST, LEAST, BODY] = [28, 3, 400] as const;

type Rectangle = Stage['rectangles'][number];

function Cells({ rectangle, cell, y }: { rectangle: Rectangle; cell: number; y: number }) {
  const { width, height } = rectangle;
  const gap = cell > 8 ? 3 : 1;
  return (
    <g transform={`translate(${LEFT} ${y})`}>
      <text className="on" x={0} y={-8}>
        {FIGURE_TEXT.rectangle(width, height)}
      </text>
      {Array.from({ length: width * height }, (_, pe) => pe).map((pe) => (
        <rect
          key={pe}
          className="stage-pe"
          x={(pe % width) * cell + 0.5}
          y={Math.floor(pe / width) * cell + 0.5}
          width={Math.max(1, cell - gap)}
          height={Math.max(1, cell - gap)}
        />
      ))}
      <text x={(cell - gap) / 2} y={height * cell + 12} textAnchor="middle">
        0
      </text>
      {width > 1 && (
        <text x={(width - 0.5) * cell - gap / 2} y={height * cell + 12} textAnchor="middle">
          {width - 1}
        </text>
      )}
    </g>
  );
}

export function StageFigure({ stage, width }: { stage: Stage; width: number }) {
  const rows = stage.rectangles.reduce((sum, { height }) => sum + height, 0);
  const cellOf = (rectangle: Rectangle): number => Math.max(LEAST, Math.min(MOST, Math.floor(BODY / rows), Math.floor((width - 2 * LEFT) / rectangle.width)));
  let y = TOP;
  const placed = stage.rectangles.map((rectangle) => {
    const one = { rectangle, cell: cellOf(rectangle), y };
    y += rectangle.height * one.cell + APART + TOP;
    return one;
  });
  return (
    <svg className="chart" width={width} height={y} role="img" aria-label={FIGURE_TEXT.stageOf(stage.rectangles)}>
      {placed.map((one) => (
        <Cells key={`${one.rectangle.width} ${one.rectangle.height}`} {...one} />
      ))}
    </svg>
  );
}
