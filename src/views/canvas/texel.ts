/**
 * Fabrics below 6 px per PE: one texel each, drawn as one image. Below one device pixel per PE a texel stands for a square of
 * PEs and shows the *most* of them, never the mean: the largest value, or the state that asks for attention first.
 */
import { IDLE } from '../../trace/reader.ts';
import { KIND } from '../../trace/schema.ts';
import { type Palette, rampStep } from '../theme/palette.ts';
import type { Scene, Texels, Values } from './scene.ts';
import { columnX, type Grid, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

/** States by how much they ask for attention, and the place of each kind among them; idle least. */
const BY_URGENCY = [IDLE, KIND.wait, KIND.slot, KIND.compute, KIND.dequantise, KIND.load, KIND.receive, KIND.send, KIND.blocked];
const URGENCY = new Uint8Array(256);
BY_URGENCY.forEach((kind, i) => {
  URGENCY[kind] = i;
});

/** PEs per texel side, so that a texel is at least a device pixel. */
export const poolOf = (scale: number, dpr: number): number => Math.max(1, Math.ceil(1 / (scale * dpr) - 1e-9));

/** Fills one RGBA word per texel: `out` has ceil(width / pool) columns. Row by row of PEs, for a wafer has 745,500 of them. */
export function fillTexels({ reader, states, values, palette }: Scene, pool: number, out: Uint32Array): void {
  const { width, height } = reader.trace;
  const columns = Math.ceil(width / pool);
  const most = new Float32Array(columns);
  for (let row = 0; row * pool < height; row++) {
    most.fill(0);
    for (let y = row * pool; y < Math.min(height, (row + 1) * pool); y++) {
      if (values === null) foldStates(states.subarray(y * width, (y + 1) * width), pool, most);
      else foldValues(values, y * width, width, pool, most);
    }
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = values === null ? palette.stateWords[BY_URGENCY[most[column]]] : valueWord(values, palette, most[column]);
  }
}

/** Raises the urgency of each texel to the greatest among a row's PEs. */
function foldStates(states: Uint8Array, pool: number, most: Float32Array): void {
  for (let column = 0, x = 0; column < most.length; column++) {
    for (const past = Math.min(states.length, x + pool); x < past; x++) {
      const urgency = URGENCY[states[x]];
      if (urgency > most[column]) most[column] = urgency;
    }
  }
}

/** Raises the value of each texel to the largest among a row's PEs that have reached theirs. */
function foldValues({ perPe, upTo }: Values, first: number, width: number, pool: number, most: Float32Array): void {
  const reached = upTo ?? Number.POSITIVE_INFINITY;
  for (let column = 0, x = 0; column < most.length; column++) {
    for (const past = Math.min(width, x + pool); x < past; x++) {
      const value = perPe[first + x];
      if (value > most[column] && value <= reached) most[column] = value;
    }
  }
}

/** The word of the largest value of a texel; 0 where there is none. */
function valueWord({ min, max }: Values, { paperWord, overWord, rampWords }: Palette, most: number): number {
  if (most === 0) return paperWord;
  return most > max ? overWord : rampWords[rampStep(most - min, max - min)];
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

/** Paper between texels or cells, from 4 px on. */
export function drawGaps(ctx: CanvasRenderingContext2D, grid: Grid, paper: string, v: Viewport): void {
  const { x0, y0, x1, y1 } = visibleRegion(v, grid);
  ctx.fillStyle = paper;
  const [left, top, right, bottom] = [columnX(v, x0), rowY(v, y0), columnX(v, x1), rowY(v, y1)];
  const gap = gapOf(v.scale);
  for (let x = x0 + 1; x <= x1; x++) ctx.fillRect(columnX(v, x) - gap, top, gap, bottom - top);
  for (let y = y0 + 1; y <= y1; y++) ctx.fillRect(left, rowY(v, y) - gap, right - left, gap);
}
