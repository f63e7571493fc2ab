/**
 * Two runs as one picture: the difference as a colour a PE, or both states in the two halves of a PE. One image that is
 * stretched over the fabric, at every zoom; PEs smaller than a pixel are sampled.
 */
import { pairGrid, peUnder } from '../../analysis/pair-map.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { drawRing } from '../canvas/overlay.ts';
import { drawRulers } from '../canvas/rulers.ts';
import { drawGaps } from '../canvas/texel.ts';
import { beginFabric, columnX, type Grid, gapOf, inUnits, rowY, type Viewport } from '../canvas/viewport.ts';
import { type Palette, rampStep } from '../theme/palette.ts';

/** A picture of `columns` x `rows` texels over a grid of PEs. */
export class Sheet {
  private canvas = new OffscreenCanvas(1, 1);
  private image: ImageData | null = null;

  /** Gives the words to fill, one a texel. */
  begin(columns: number, rows: number): Uint32Array {
    if (this.image === null || this.image.width !== columns || this.image.height !== rows) {
      this.canvas = new OffscreenCanvas(columns, rows);
      this.image = new ImageData(columns, rows);
    }
    return new Uint32Array(this.image.data.buffer);
  }

  end(): OffscreenCanvas {
    if (this.image !== null) this.canvas.getContext('2d')?.putImageData(this.image, 0, 0);
    return this.canvas;
  }
}

/** B - A of -1 to 1 a cell, as PuOr around no difference. */
export function paintDifference(sheet: Sheet, grid: Grid, values: Float32Array, palette: Palette): OffscreenCanvas {
  const words = sheet.begin(grid.width, grid.height);
  for (let cell = 0; cell < values.length; cell++) words[cell] = palette.divergingWords[rampStep(values[cell] + 1, 2)];
  return sheet.end();
}

/** One side of an overlay: its run and what its PEs do. */
export interface Layered {
  readonly reader: TraceReader;
  readonly states: Uint8Array;
}

/** A in the left half of every PE, B in the right one; equal states make one colour. */
export function paintOverlay(sheet: Sheet, a: Layered, b: Layered, palette: Palette): OffscreenCanvas {
  const grid = pairGrid(a.reader, b.reader);
  const words = sheet.begin(2 * grid.width, grid.height);
  for (let y = 0, cell = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++, cell++) {
      words[2 * cell] = palette.stateWords[a.states[peUnder(a.reader, grid, x, y)]];
      words[2 * cell + 1] = palette.stateWords[b.states[peUnder(b.reader, grid, x, y)]];
    }
  }
  return sheet.end();
}

/** Stretches a picture over the fabric; with gaps, rulers and the ring of the selected cell. */
export function drawSheet(
  ctx: CanvasRenderingContext2D,
  image: OffscreenCanvas,
  grid: Grid,
  viewport: Viewport,
  palette: Palette,
  selected: number | null,
): void {
  const v = inUnits(viewport);
  const { token } = palette;
  beginFabric(ctx, v);
  const [x, y] = [columnX(v, 0), rowY(v, 0)];
  const [width, height] = [columnX(v, grid.width) - x, rowY(v, grid.height) - y];
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(image, x, y, width, height);
  if (gapOf(v.scale) > 0 || v.scale >= 48) drawGaps(ctx, grid, token['bg-well'], v);
  ctx.strokeStyle = token['line-2'];
  ctx.lineWidth = 1;
  ctx.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  if (selected !== null) drawRing(ctx, v, grid.width, selected, { color: token['text-1'], paper: token['bg-well'], width: 2 });
  ctx.restore();
  drawRulers(ctx, grid, token, v);
  ctx.restore();
}
