/**
 * The layer of colors: the static routes of every color that is toggled on, over empty cells. A line joins two routers where
 * one may send to the other, in the color's hue and dash; a square marks a router that hands the color to its element.
 */
import { txUnion } from '../../machine/channels.ts';
import { neighbour, Port } from '../../machine/fabric.ts';
import { waveletColor, waveletDash } from '../theme/palette.ts';
import type { Scene } from './scene.ts';
import { columnX, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

type Context = CanvasRenderingContext2D;

/** Below this the cells themselves would hide the routes. */
const CELLS_FROM = 6;

export function drawRoutes(ctx: Context, scene: Scene, shown: ReadonlySet<number>, v: Viewport): void {
  drawEmptyCells(ctx, scene, v);
  const colors = [...shown].sort((a, b) => a - b);
  colors.forEach((color, i) => {
    ctx.strokeStyle = waveletColor(scene.palette, color);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = Math.min(3, Math.max(1, v.scale / 10));
    ctx.setLineDash(v.scale >= 12 ? (waveletDash(color) as number[]) : []);
    drawRoute(ctx, scene, color, v, (i - (colors.length - 1) / 2) * Math.min(8, v.scale * 0.22));
  });
  ctx.setLineDash([]);
}

function drawEmptyCells(ctx: Context, scene: Scene, v: Viewport): void {
  const { x0, y0, x1, y1 } = visibleRegion(v, scene.reader.trace);
  const { width, height } = scene.reader.trace;
  const gap = gapOf(v.scale);
  ctx.strokeStyle = scene.palette.token['line-2'];
  ctx.lineWidth = 1;
  ctx.beginPath();
  if (v.scale < CELLS_FROM) ctx.rect(columnX(v, 0) - 0.5, rowY(v, 0) - 0.5, columnX(v, width) - columnX(v, 0) + 1, rowY(v, height) - rowY(v, 0) + 1);
  else {
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++)
        ctx.rect(columnX(v, x) + 0.5, rowY(v, y) + 0.5, columnX(v, x + 1) - columnX(v, x) - gap - 1, rowY(v, y + 1) - rowY(v, y) - gap - 1);
    }
  }
  ctx.stroke();
}

/** One color: all its links as one path, all its deliveries as another. `offset` keeps colors apart. */
function drawRoute(ctx: Context, { reader }: Scene, color: number, v: Viewport, offset: number): void {
  const { width, height } = reader.trace;
  const { program } = reader;
  const { x0, y0, x1, y1 } = visibleRegion(v, reader.trace);
  const middle = (v.scale - gapOf(v.scale)) / 2 + offset;
  const mark = Math.max(1.5, Math.min(6, v.scale * 0.18));
  const deliveries: (readonly [x: number, y: number])[] = [];
  ctx.beginPath();
  for (let row = y0; row < y1; row++) {
    for (let column = x0; column < x1; column++) {
      const pe = row * width + column;
      const route = program.routes[program.routeOf[pe]].find((r) => r.color === color);
      if (route === undefined) continue;
      const tx = txUnion(route);
      const [x, y] = [columnX(v, column) + middle, rowY(v, row) + middle];
      if ((tx >> Port.RAMP) & 1) deliveries.push([x, y]);
      for (let port = 0; port < Port.RAMP; port++) {
        if (!((tx >> port) & 1) || neighbour(pe, port, width, height) < 0) continue;
        ctx.moveTo(x, y);
        ctx.lineTo(x + (port === Port.E ? v.scale : port === Port.W ? -v.scale : 0), y + (port === Port.S ? v.scale : port === Port.N ? -v.scale : 0));
      }
    }
  }
  ctx.stroke();
  ctx.beginPath();
  for (const [x, y] of deliveries) ctx.rect(x - mark / 2, y - mark / 2, mark, mark);
  ctx.fill();
}
