/** What is marked on the fabric: the selected PE or PEs, and the hovered one. Readable on every fill. */
import type { Palette } from '../theme/palette.ts';
import type { Scene } from './scene.ts';
import { columnX, gapOf, rowY, type Viewport } from './viewport.ts';

/** A ring is never smaller than this, however small the PE. */
const MIN_RING = 10;

/** What has a ring. */
type Marked = Pick<Scene, 'selected' | 'area' | 'hovered'>;

export function drawMarks(ctx: CanvasRenderingContext2D, { selected, area, hovered }: Marked, columns: number, { token }: Palette, v: Viewport): void {
  const paper = token['bg-well'];
  if (hovered !== null && hovered !== selected) drawRing(ctx, v, columns, hovered, { color: token['text-1'], paper, width: 1 });
  if (area !== null) {
    const { x0, y0, x1, y1 } = area;
    drawRing(ctx, v, columns, y0 * columns + x0, { color: token['text-1'], paper, width: 1 }, (y1 - 1) * columns + x1 - 1);
  }
  if (selected !== null) drawRing(ctx, v, columns, selected, { color: v.scale >= 120 ? token.accent : token['text-1'], paper, width: 2 });
}

/** The critical path: a line through the PEs it takes, a dot where it is now. It has the ink of the text on a halo, readable on every fill. */
export function drawPath(ctx: CanvasRenderingContext2D, { path, palette, reader }: Scene, v: Viewport): void {
  if (!path) return;
  const columns = reader.trace.width;
  const middle = (v.scale - gapOf(v.scale)) / 2;
  const x = (pe: number): number => columnX(v, pe % columns) + middle;
  const y = (pe: number): number => rowY(v, Math.floor(pe / columns)) + middle;
  ctx.lineJoin = 'round';
  for (const [color, width] of [
    [palette.token['bg-well'], 5],
    [palette.token['text-1'], 2],
  ] as const) {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (const [from, to] of path.ways) {
      ctx.moveTo(x(from), y(from));
      ctx.lineTo(x(to), y(to));
    }
    ctx.stroke();
    if (path.at < 0) continue;
    ctx.fillStyle = color;
    ctx.beginPath();
    const radius = 3 + width / 2;
    ctx.roundRect(x(path.at) - radius, y(path.at) - radius, 2 * radius, 2 * radius, radius);
    ctx.fill();
  }
}

/** Canvas rectangle of a ring around a PE, or around the PEs from it to `last` in the south-east. */
export function ringBox(v: Viewport, columns: number, pe: number, width: number, last = pe): { x: number; y: number; width: number; height: number } {
  const [column, row] = [pe % columns, Math.floor(pe / columns)];
  const gap = gapOf(v.scale);
  const [x, y] = [columnX(v, column), rowY(v, row)];
  const [w, h] = [columnX(v, (last % columns) + 1) - x - gap, rowY(v, Math.floor(last / columns) + 1) - y - gap];
  const around = v.scale >= 48 ? -width / 2 : width / 2 + 2;
  const [rw, rh] = [Math.max(MIN_RING, w + 2 * around), Math.max(MIN_RING, h + 2 * around)];
  return { x: x + w / 2 - rw / 2, y: y + h / 2 - rh / 2, width: rw, height: rh };
}

interface Ring {
  readonly color: string;
  readonly paper: string;
  readonly width: number;
}

/** A ring of `width` px on a halo in the colour of the well, around a cell or the cells from it to `last`. */
export function drawRing(ctx: CanvasRenderingContext2D, v: Viewport, columns: number, pe: number, { color, paper, width }: Ring, last = pe): void {
  const box = ringBox(v, columns, pe, width, last);
  ctx.beginPath();
  if (v.scale >= 48) ctx.roundRect(box.x, box.y, box.width, box.height, 4);
  else ctx.rect(box.x, box.y, box.width, box.height);
  ctx.strokeStyle = paper;
  ctx.lineWidth = width + 3;
  ctx.stroke();
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.stroke();
}
