/** Where words about a PE stand: beside it, on the side where there is room for them. */
import { columnX, rowY, type Viewport } from '../canvas/viewport.ts';

/** A PE on a canvas in CSS px of a screen that is not enlarged (viewport.ts inUnits). */
export interface Place {
  readonly v: Viewport;
  readonly column: number;
  readonly row: number;
}

/** Distance between a PE and its words, px. */
const GAP = 8;

/** Left or right of the PE and down or up from it, for words of at most `room` px. */
export function beside({ v, column, row }: Place, room: { readonly width: number; readonly height: number }): React.CSSProperties {
  const [x, y] = [columnX(v, column), rowY(v, row)];
  const isRight = x + v.scale + GAP + room.width < v.width;
  const isBelow = y + GAP + room.height < v.height;
  return {
    ...(isRight ? { left: x + v.scale + GAP } : { right: v.width - x + GAP }),
    ...(isBelow ? { top: Math.max(0, y) } : { bottom: Math.max(0, v.height - y - v.scale) }),
  };
}
