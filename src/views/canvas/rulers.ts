/** Rulers along the north and west edges of the well: every 8th index (16th below 6 px, every one from 40 px) and the last. */
import { grouped } from '../../base/numbers.ts';
import type { Tokens } from '../theme/palette.ts';
import { font } from './text.ts';
import { columnX, type Grid, gapOf, rowY, showsAll, type Viewport, wellOf } from './viewport.ts';

/** Labels never come closer than this, px. */
const MIN_SPACE = 28;

/** Room for the labels of `size` rows beside the well, px. */
export const rulerWidth = (size: number): number => 12 + 7 * grouped(size - 1).length;

/** Distance between two labelled indices. */
export function rulerStep(scale: number): number {
  if (scale >= 40) return 1;
  let step = scale >= 18 ? 4 : scale >= 6 ? 8 : 16;
  while (step * scale < MIN_SPACE) step *= 2;
  return step;
}

/** The labelled indices of [from, to): multiples of the step and the last of `size`, without a multiple too near to it. */
export function rulerTicks(size: number, scale: number, from: number, to: number): number[] {
  const step = rulerStep(scale);
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step) * step; i < Math.min(to, size - 1); i += step) {
    if ((size - 1 - i) * scale >= MIN_SPACE || step === 1) ticks.push(i);
  }
  if (to >= size) ticks.push(size - 1);
  return ticks;
}

export function drawRulers(ctx: CanvasRenderingContext2D, { width, height }: Grid, token: Tokens, v: Viewport): void {
  const well = wellOf(v);
  const all = showsAll(v, { width, height });
  if (!all) maskGutters(ctx, v, token['bg-well'], token['line-1']);
  const inner = (v.scale - gapOf(v.scale)) / 2;
  ctx.font = font(11);
  ctx.fillStyle = token['text-3'];
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'center';
  const columns = rulerTicks(width, v.scale, (well.x - v.x) / v.scale, (well.x + well.width - v.x) / v.scale);
  const top = all ? rowY(v, 0) - 11 : well.y - 10;
  for (const column of columns) {
    const x = columnX(v, column) + inner;
    if (x >= well.x && x <= well.x + well.width) ctx.fillText(grouped(column), x, top);
  }
  ctx.textAlign = 'right';
  const right = all ? columnX(v, 0) - 7 : well.x - 7;
  for (const row of rulerTicks(height, v.scale, (well.y - v.y) / v.scale, (well.y + well.height - v.y) / v.scale)) {
    const y = rowY(v, row) + inner;
    if (y >= well.y && y <= well.y + well.height) ctx.fillText(grouped(row), right, y + 0.5);
  }
}

/** The data ends at the rulers when there is more of it than fits. */
function maskGutters(ctx: CanvasRenderingContext2D, v: Viewport, paper: string, edge: string): void {
  const well = wellOf(v);
  ctx.fillStyle = paper;
  ctx.fillRect(0, 0, v.width, well.y);
  ctx.fillRect(0, 0, well.x, v.height);
  ctx.fillStyle = edge;
  ctx.fillRect(well.x - 1, well.y - 1, v.width, 1);
  ctx.fillRect(well.x - 1, well.y - 1, 1, v.height);
}
