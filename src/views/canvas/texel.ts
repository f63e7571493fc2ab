/**
 * Fabrics below 6 px per PE: one texel each, drawn as one image. Below one device pixel per PE a texel stands for a square of
 * PEs and shows the *most* of them, never the mean: the largest value, or the state that asks for attention first.
 */
import { KIND } from '../../trace/schema.ts';
import { OUTLINE, OVER, type Scene, type Texels, valueStep } from './scene.ts';
import { columnX, type Grid, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

/** How much a state asks for attention, by kind; idle (255) least. */
const URGENCY = new Uint8Array(256);
[KIND.wait, KIND.slot, KIND.compute, KIND.dequantise, KIND.load, KIND.receive, KIND.send, KIND.blocked].forEach((kind, i) => {
  URGENCY[kind] = i + 1;
});

/** PEs per texel side, so that a texel is at least a device pixel. */
export const poolOf = (scale: number, dpr: number): number => Math.max(1, Math.ceil(1 / (scale * dpr) - 1e-9));

/** Fills one RGBA word per texel: `out` has ceil(width / pool) columns. */
export function fillTexels(scene: Scene, pool: number, out: Uint32Array): void {
  const { width, height } = scene.reader.trace;
  const columns = Math.ceil(width / pool);
  for (let row = 0; row * pool < height; row++) {
    for (let column = 0; column < columns; column++) {
      const [x1, y1] = [Math.min(width, (column + 1) * pool), Math.min(height, (row + 1) * pool)];
      out[row * columns + column] = texelOf(scene, column * pool, row * pool, x1, y1);
    }
  }
}

/** The texel of the PEs [x0, x1) x [y0, y1). */
function texelOf({ values, states, palette, reader }: Scene, x0: number, y0: number, x1: number, y1: number): number {
  const { width } = reader.trace;
  let most = values === null ? 255 : OUTLINE;
  for (let y = y0; y < y1; y++) {
    for (let pe = y * width + x0; pe < y * width + x1; pe++) {
      if (values !== null) most = Math.max(most, valueStep(values, pe));
      else if (URGENCY[states[pe]] > URGENCY[most]) most = states[pe];
    }
  }
  if (values === null) return palette.stateWords[most];
  if (most === OVER) return palette.overWord;
  return most === OUTLINE ? palette.paperWord : palette.rampWords[most];
}

/** The image of a fabric, painted again only when its scene's version or the pooling changes. */
export class TexelSheet implements Texels {
  private canvas: OffscreenCanvas | null = null;
  private image: ImageData | null = null;
  private key = '';

  paint(scene: Scene, pool: number): OffscreenCanvas | null {
    const { width, height } = scene.reader.trace;
    const [columns, rows] = [Math.ceil(width / pool), Math.ceil(height / pool)];
    if (this.canvas === null || this.canvas.width !== columns || this.canvas.height !== rows) {
      this.canvas = new OffscreenCanvas(columns, rows);
      this.image = new ImageData(columns, rows);
      this.key = '';
    }
    const key = `${scene.version} ${pool}`;
    const context = this.canvas.getContext('2d');
    if (context === null || this.image === null) return null;
    if (key !== this.key) {
      fillTexels(scene, pool, new Uint32Array(this.image.data.buffer));
      context.putImageData(this.image, 0, 0);
      this.key = key;
    }
    return this.canvas;
  }
}

export function drawTexels(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport): void {
  const { width, height } = scene.reader.trace;
  const pool = poolOf(v.scale, v.dpr);
  const sheet = scene.texels.paint(scene, pool);
  if (sheet === null) return;
  const [x, y] = [columnX(v, 0), rowY(v, 0)];
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(sheet, x, y, columnX(v, sheet.width * pool) - x, rowY(v, sheet.height * pool) - y);
  if (gapOf(v.scale) > 0) drawGaps(ctx, scene.reader.trace, scene.palette.token['bg-well'], v);
  ctx.strokeStyle = scene.palette.token['line-2'];
  ctx.lineWidth = 1;
  ctx.strokeRect(x - 0.5, y - 0.5, columnX(v, width) - x + 1, rowY(v, height) - y + 1);
}

/** Paper between the texels, from 4 px on. */
export function drawGaps(ctx: CanvasRenderingContext2D, grid: Grid, paper: string, v: Viewport): void {
  const { x0, y0, x1, y1 } = visibleRegion(v, grid);
  ctx.fillStyle = paper;
  const [left, top, right, bottom] = [columnX(v, x0), rowY(v, y0), columnX(v, x1), rowY(v, y1)];
  for (let x = x0 + 1; x <= x1; x++) ctx.fillRect(columnX(v, x) - 1, top, 1, bottom - top);
  for (let y = y0 + 1; y <= y1; y++) ctx.fillRect(left, rowY(v, y) - 1, right - left, 1);
}
