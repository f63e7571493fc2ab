/**
 * The fabric by scale (visual.md section 6): draw(ctx, scene, viewport) is a function of its arguments, draws everything
 * anew, and leaves the context as it found it. Rulers last, so that the data runs under them to the edges of its well.
 */
import { drawCells } from './cells.ts';
import { drawElement, drawElementWords } from './elements.ts';
import { type PeGeometry, peGeometry } from './geometry.ts';
import { drawLinks } from './links.ts';
import { drawMarks, drawPath } from './overlay.ts';
import { drawRegions } from './regions.ts';
import { drawLanes, drawRouter, drawTraffic } from './routers.ts';
import { drawRoutes } from './routes.ts';
import { drawRulers } from './rulers.ts';
import type { Scene } from './scene.ts';
import { drawStreams } from './streams.ts';
import { drawTags } from './tags.ts';
import { drawTexels } from './texel.ts';
import { font, textIn } from './text.ts';
import { beginFabric, columnX, detailOf, inUnits, rowY, type Viewport, visibleRegion } from './viewport.ts';
import { drawWaits } from './waits.ts';

type Context = CanvasRenderingContext2D;

/**
 * Links between cells take a look at every PE: `mayGoOn` says before each row of them whether there is time for it in this frame.
 * Cells whose links are not known yet are drawn without. Returns whether everything is there.
 */
export function draw(ctx: Context, scene: Scene, viewport: Viewport, mayGoOn?: () => boolean): boolean {
  const v = inUnits(viewport);
  beginFabric(ctx, v);
  const isWhole = drawFabric(ctx, scene, v, mayGoOn);
  drawRegions(ctx, scene, v);
  drawPath(ctx, scene, v);
  drawMarks(ctx, scene, scene.reader.trace.width, scene.palette, v);
  drawWaits(ctx, scene, v);
  ctx.restore();
  drawRulers(ctx, scene.reader.trace, scene.palette.token, v);
  drawStreams(ctx, scene, v);
  ctx.restore();
  return isWhole;
}

function drawFabric(ctx: Context, scene: Scene, v: Viewport, mayGoOn?: () => boolean): boolean {
  const detail = detailOf(v.scale);
  if (scene.routes !== null) drawRoutes(ctx, scene, scene.routes, v);
  else if (detail === 'texel') drawTexels(ctx, scene, v);
  else if (detail === 'cell' || detail === 'glyph') {
    drawCells(ctx, scene, v);
    return drawLinks(ctx, scene, v, mayGoOn);
  } else drawClose(ctx, scene, v, detail === 'words');
  return true;
}

/** From 48 px per PE up: lanes under routers and elements, wavelets over all of them. */
function drawClose(ctx: Context, scene: Scene, v: Viewport, words: boolean): void {
  const g = peGeometry(v.scale);
  const { width, height } = scene.reader.trace;
  const region = visibleRegion(v, { width, height });
  // Links start at the PE before the edge of the picture.
  const around = { x0: Math.max(0, region.x0 - 1), y0: Math.max(0, region.y0 - 1), x1: Math.min(width, region.x1 + 1), y1: Math.min(height, region.y1 + 1) };
  scene.frame.seekLinks(around, scene.window);
  const each = (visit: (pe: number, x: number, y: number) => void): void => {
    for (let y = around.y0; y < around.y1; y++) for (let x = around.x0; x < around.x1; x++) visit(y * width + x, columnX(v, x), rowY(v, y));
  };
  if (words) each((_, x, y) => drawFrame(ctx, scene, v.scale, x, y));
  each((pe, x, y) => drawLanes(ctx, scene, pe, g, x, y));
  if (!words || scene.motion !== 'slide') each((pe, x, y) => drawTraffic(ctx, scene, pe, g, x, y));
  each((pe, x, y) => {
    drawRouter(ctx, scene, pe, g, x, y);
    if (words) drawElementWords(ctx, scene, pe, g, x, y);
    else drawElement(ctx, scene, pe, g, x, y);
    drawName(ctx, scene, pe, g, x, y);
  });
  if (scene.motion === 'slide') each((pe, x, y) => drawTags(ctx, scene, pe, g, x, y));
}

/** The boundary of a PE, from 120 px on. */
function drawFrame(ctx: Context, scene: Scene, side: number, x: number, y: number): void {
  ctx.strokeStyle = scene.palette.token['line-1'];
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.roundRect(x + 3.5, y + 3.5, side - 7, side - 7, 4);
  ctx.stroke();
}

/** Coordinates, above the lanes; from 120 px on with the first row of A the PE holds. Left out where they would run over the lanes. */
function drawName(ctx: Context, scene: Scene, pe: number, { side, center, lane }: PeGeometry, x: number, y: number): void {
  const { width } = scene.reader.trace;
  const words = side >= 120;
  const right = x + (words ? side - 8 : side * 0.94);
  const row = words ? scene.rowLabel(pe) : '';
  ctx.textAlign = 'right';
  ctx.textBaseline = 'alphabetic';
  const base = y + (words ? 16 : center - lane - 3);
  ctx.font = font(9.5);
  ctx.fillStyle = scene.palette.token['text-3'];
  ctx.fillText(row, right, base);
  const used = row === '' ? 0 : ctx.measureText(row).width + 5;
  ctx.font = font(words ? 11 : 9.5, words ? 600 : 400);
  ctx.fillStyle = scene.palette.token[words ? 'text-1' : 'text-3'];
  textIn(ctx, `${pe % width},${Math.floor(pe / width)}`, right - used, base, right - used - (x + center + lane + 2));
}
