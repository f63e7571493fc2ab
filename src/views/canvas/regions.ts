/** Named parts of the rectangle: bands of a batch, stages of a layer. An outline each, and its name where there is room. */
import type { Scene } from './scene.ts';
import { font } from './text.ts';
import { columnX, gapOf, rowY, type Viewport } from './viewport.ts';

/** Height of a name's line, px. */
const LINE = 14;

export function drawRegions(ctx: CanvasRenderingContext2D, { regions, palette }: Scene, v: Viewport): void {
  const { token } = palette;
  const gap = gapOf(v.scale);
  ctx.font = font(10.5, 600);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  let free = Number.NEGATIVE_INFINITY;
  for (const region of regions) {
    // In the middle of the gaps, so that neighbours share a line.
    const [x, y] = [columnX(v, region.x) - gap / 2, rowY(v, region.y) - gap / 2];
    const [right, bottom] = [columnX(v, region.x + region.width) - gap / 2, rowY(v, region.y + region.height) - gap / 2];
    ctx.strokeStyle = token['text-1'];
    ctx.lineWidth = 1;
    ctx.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(right - x), Math.round(bottom - y));
    const width = ctx.measureText(region.name).width + 8;
    const inside = right - x >= width + 8 && bottom - y >= LINE + 4;
    const [left, top] = inside ? [right - width - 3, y + 3] : [right + 4, (y + bottom - LINE) / 2];
    // Names beside neighbouring small regions must not lie on one another.
    if (!inside && top < free) continue;
    if (!inside) free = top + LINE;
    ctx.fillStyle = token['bg-well'];
    ctx.fillRect(left, top, width, LINE);
    ctx.fillStyle = token['text-1'];
    ctx.fillText(region.name, left + 4, top + LINE / 2 + 0.5);
  }
}
