/** Named parts of the rectangle: bands of a batch, stages of a layer. An outline each, and its name where there is room. */
import type { Scene } from './scene.ts';
import { font } from './text.ts';
import { columnX, gapOf, rowY, type Viewport } from './viewport.ts';

/** Height of a name's line, px. */
const LINE = 14;

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

export function drawRegions(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport): void {
  const gap = gapOf(v.scale);
  // In the middle of the gaps, so that neighbours share a line.
  const boxes = scene.regions.map((region) => ({
    name: region.name,
    x: columnX(v, region.x) - gap / 2,
    y: rowY(v, region.y) - gap / 2,
    right: columnX(v, region.x + region.width) - gap / 2,
    bottom: rowY(v, region.y + region.height) - gap / 2,
  }));
  ctx.strokeStyle = scene.palette.token['text-1'];
  ctx.lineWidth = 1;
  for (const { x, y, right, bottom } of boxes) ctx.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(right - x), Math.round(bottom - y));
  // Names after all outlines, so that no line crosses one.
  drawNames(ctx, boxes, scene);
}

function drawNames(ctx: CanvasRenderingContext2D, boxes: readonly Box[], { palette: { token } }: Scene): void {
  ctx.font = font(10.5, 600);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const [first, last] = [Math.min(...boxes.map((box) => box.y)), Math.max(...boxes.map((box) => box.bottom))];
  let free = Number.NEGATIVE_INFINITY;
  for (const { name, x, y, right, bottom } of boxes) {
    const width = ctx.measureText(name).width + 8;
    const inside = right - x >= width + 8 && bottom - y >= LINE + 4;
    // Beside a small region, and within all of them together.
    const beside = Math.max(first + 1, Math.min(last - LINE, (y + bottom - LINE) / 2));
    const [left, top] = inside ? [right - width - 3, y + 3] : [right + 4, beside];
    // Names beside neighbouring small regions must not lie on one another.
    if (!inside && top < free) continue;
    if (!inside) free = top + LINE;
    ctx.fillStyle = token['bg-well'];
    ctx.fillRect(left, top, width, LINE);
    ctx.fillStyle = token['text-1'];
    ctx.fillText(name, left + 4, top + LINE / 2 + 0.5);
  }
}
