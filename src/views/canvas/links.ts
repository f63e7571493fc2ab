/**
 * Links between cells, 6 to 48 px: a tick in the gap where a wavelet is under way, the whole side of the cell where one is
 * held up. While time runs fast a tick's strength is the mean occupancy of the link, so nothing toggles from cycle to cycle.
 */
import { neighbour, Port } from '../../machine/fabric.ts';
import { waveletColor } from '../theme/palette.ts';
import type { Scene } from './scene.ts';
import { columnX, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

/** Strengths of a tick: quarters of the full occupancy. */
const STEPS = 4;

/** A cell in canvas px and the gap after it; one object, moved from cell to cell. */
interface Cell {
  x: number;
  y: number;
  width: number;
  height: number;
  gap: number;
}

/** Returns whether the links of every visible PE are known. */
export function drawLinks(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport, mayGoOn?: () => boolean): boolean {
  const { frame, reader } = scene;
  const { width } = reader.trace;
  const region = visibleRegion(v, reader.trace);
  const cell: Cell = { x: 0, y: 0, width: 0, height: 0, gap: gapOf(v.scale) };
  const isWhole = frame.seekLinks(region, scene.window, mayGoOn);
  for (let y = region.y0; y < region.y1; y++) {
    for (let x = region.x0; x < region.x1; x++) {
      if (!frame.hasLinks(y * width + x)) continue;
      cell.x = columnX(v, x);
      cell.y = rowY(v, y);
      cell.width = columnX(v, x + 1) - cell.x - cell.gap;
      cell.height = rowY(v, y + 1) - cell.y - cell.gap;
      drawLinksOf(ctx, scene, y * width + x, cell, v.scale >= 18);
    }
  }
  ctx.globalAlpha = 1;
  return isWhole;
}

/** The four outgoing links of a PE. */
function drawLinksOf(ctx: CanvasRenderingContext2D, scene: Scene, pe: number, cell: Cell, large: boolean): void {
  const { frame, palette, reader, motion } = scene;
  for (let port = 0; port < Port.RAMP; port++) {
    const color = frame.links[pe * 4 + port];
    const held = motion === 'slide' && ((frame.held[pe] >> port) & 1) === 1;
    if ((color === 0 && !held) || neighbour(pe, port, reader.trace.width, reader.trace.height) < 0) continue;
    ctx.globalAlpha = motion === 'slide' ? 1 : Math.ceil(Math.min(1, frame.flow[pe * 4 + port]) * STEPS) / STEPS;
    const returning = port === Port.W || port === Port.N;
    ctx.fillStyle = held ? palette.token['s-blocked'] : large || returning ? waveletColor(palette, color - 1) : palette.token['text-1'];
    if (held) fillHeld(ctx, cell, port);
    else fillTick(ctx, cell, port, large);
  }
}

/** The side of the cell towards the port, as long as the cell. */
function fillHeld(ctx: CanvasRenderingContext2D, { x, y, width, height, gap }: Cell, port: number): void {
  if (port === Port.E) ctx.fillRect(x + width, y, gap, height);
  else if (port === Port.W) ctx.fillRect(x - gap, y, gap, height);
  else if (port === Port.S) ctx.fillRect(x, y + height, width, gap);
  else ctx.fillRect(x, y - gap, width, gap);
}

/** East and south: 1 px in the middle (2 px from 18 px on). West and north: 2 px, low in the gap or far right. */
function fillTick(ctx: CanvasRenderingContext2D, { x, y, width, height, gap }: Cell, port: number, large: boolean): void {
  const thick = large ? 2 : 1;
  const [middleX, middleY] = [x + Math.floor(width * (large ? 0.4 : 0.5)), y + Math.floor(height * (large ? 0.4 : 0.5))];
  if (port === Port.E) ctx.fillRect(x + width, middleY, gap, thick);
  else if (port === Port.S) ctx.fillRect(middleX, y + height, thick, gap);
  else if (port === Port.W) ctx.fillRect(x - gap, y + height - (large ? Math.floor(height * 0.3) : 2), gap, 2);
  else ctx.fillRect(x + width - (large ? Math.floor(width * 0.3) : 2), y - gap, 2, gap);
}
