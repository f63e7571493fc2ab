/**
 * Two runs as one picture: the difference of every PE as a colour, or both runs in the two halves of a PE. Cells of a few pixels are
 * one image that is stretched over the fabric, larger ones are drawn one by one (parts.ts). Where a pixel has several PEs it shows
 * the most of them: the largest difference, or what the fabric of each run shows there.
 */
import { ONLY_A, ONLY_B, pooled } from '../../analysis/pair-map.ts';
import { IDLE } from '../../trace/reader.ts';
import { OUTLINED } from '../canvas/cells.ts';
import { drawMarks } from '../canvas/overlay.ts';
import { drawRulers } from '../canvas/rulers.ts';
import { OUTLINE, type Scene, valueStep } from '../canvas/scene.ts';
import { drawGaps, fillTexels, poolOf } from '../canvas/texel.ts';
import { beginFabric, columnX, type Grid, gapOf, inUnits, rowY, type Viewport } from '../canvas/viewport.ts';
import { type Palette, rampStep } from '../theme/palette.ts';
import { type CellParts, drawParts } from './parts.ts';

/** Differences of two runs (pair-map.ts) and how they are told. */
export interface Delta {
  /** One a cell. */
  readonly cells: Float32Array;
  /** Of the links, LINK_PORTS a cell; null where the layer is not of links. */
  readonly links: Float32Array | null;
  /** The largest difference that colours tell, either way. */
  readonly limit: number;
  readonly label: (delta: number) => string;
  /** Changes whenever a number does. */
  readonly version: number;
}

/** What a pane of two runs shows. */
export interface PairPicture {
  readonly grid: Grid;
  readonly palette: Palette;
  /** Changes whenever the image does. */
  readonly key: string;
  /** Texels for a PE side by side. */
  readonly halves: 1 | 2;
  /** Fills one word a texel, each for `pool` x `pool` PEs. */
  fill(pool: number, out: Uint32Array): void;
  /** The same for cells that are large enough. */
  readonly parts: CellParts;
  readonly selected: number | null;
}

/** The image of a picture, painted again only when its key or the pooling changes. */
export class Sheet {
  private canvas: OffscreenCanvas | null = null;
  private image: ImageData | null = null;
  private key = '';

  paint({ grid, halves, key, fill }: PairPicture, pool: number): OffscreenCanvas {
    const [columns, rows] = [halves * Math.ceil(grid.width / pool), Math.ceil(grid.height / pool)];
    if (this.canvas === null || this.image === null || this.image.width !== columns || this.image.height !== rows) {
      this.canvas = new OffscreenCanvas(columns, rows);
      this.image = new ImageData(columns, rows);
      this.key = '';
    }
    if (this.key !== `${key} ${pool}`) {
      fill(pool, new Uint32Array(this.image.data.buffer));
      this.canvas.getContext('2d')?.putImageData(this.image, 0, 0);
      this.key = `${key} ${pool}`;
    }
    return this.canvas;
  }
}

/** From so many px a PE on cells are drawn one by one: what has no value, or none but 0, can be outlined, and links can be told apart. */
const PARTS_FROM = 6;

/**
 * B - A, as PuOr around no difference. The scale goes as the square root: a difference of a hundredth of the largest that there can be
 * is a tenth of the way to its colour, and still seen.
 */
export function differencePicture(delta: Delta, grid: Grid, palette: Palette, selected: number | null): PairPicture {
  const { cells, links, limit, label, version } = delta;
  const deltas = links ?? cells;
  const stepOf = (value: number): number => rampStep(Math.sign(value) * Math.sqrt(Math.abs(value) / limit) + 1, 2);
  return {
    grid,
    palette,
    selected,
    halves: 1,
    key: `difference ${version} ${palette.theme}`,
    fill: (pool, out) => {
      const columns = Math.ceil(grid.width / pool);
      pooled(cells, grid, pool).forEach((value, at) => {
        out[at] = Number.isFinite(value) ? palette.divergingWords[stepOf(value)] : missingWord(value, at % columns, Math.floor(at / columns), palette);
      });
    },
    parts: {
      count: links === null ? 1 : 4,
      ...(links === null ? {} : { ground: palette.diverging[stepOf(0)], groundStep: stepOf(0) }),
      fills: palette.diverging,
      inks: palette.divergingInks,
      stepOf: (at) => (Number.isFinite(deltas[at]) ? stepOf(deltas[at]) : OUTLINED),
      labelOf: (at) => (deltas[at] === 0 ? ['', ''] : [label(deltas[at]), deltas[at] > 0 ? '+' : '\u2212']),
      onlyOf: (cell) => (cells[cell] === ONLY_A ? 'a' : cells[cell] === ONLY_B ? 'b' : null),
    },
  };
}

/** Stripes that rise for a value in A only and fall for one in B only, dots for none: over a few texels, as each is one colour. */
function missingWord(value: number, x: number, y: number, { ctlWord, paperWord }: Palette): number {
  const isInk = value === ONLY_A ? (x + y) % 4 === 0 : value === ONLY_B ? (x - y) % 4 === 0 : x % 4 === 0 && y % 4 === 0;
  return isInk ? ctlWord : paperWord;
}

/** Of A and of B. */
type Both<T> = readonly [a: T, b: T];

/** A in the left half of every PE, B in the right one; what is alike makes one colour. */
export function overlayPicture(scenes: Both<Scene>, under: Both<Int32Array>, grid: Grid, palette: Palette, selected: number | null): PairPicture {
  const [a, b] = scenes;
  const hasValues = a.values !== null;
  const stepIn = ({ values, states }: Scene, pe: number): number => {
    const step = values === null ? states[pe] : valueStep(values, pe);
    return step === OUTLINE || (values === null && step === IDLE) ? OUTLINED : step;
  };
  const label = ({ values }: Scene, pe: number): string => (values !== null && valueStep(values, pe) !== OUTLINE ? values.label(values.perPe[pe]) : '');
  return {
    grid,
    palette,
    selected,
    halves: 2,
    key: `overlay ${a.version} ${b.version}`,
    fill: (pool, out) => {
      for (const [half, scene] of scenes.entries()) fillHalf(scene, grid, pool, half, out);
    },
    parts: {
      count: 2,
      fills: hasValues ? [...palette.ramp, palette.token.err] : palette.states,
      inks: hasValues ? [...palette.rampInks, palette.token['bg-well']] : palette.inks,
      stepOf: (at) => stepIn(scenes[at % 2], under[at % 2][at >> 1]),
      ...(hasValues
        ? { labelOf: (at) => [label(scenes[at % 2], under[at % 2][at >> 1]), ''] }
        : { glyphOf: (at) => scenes[at % 2].states[under[at % 2][at >> 1]] }),
    },
  };
}

/** A run's own image, every second texel of one that holds both. */
function fillHalf(scene: Scene, { width, height }: Grid, pool: number, half: number, out: Uint32Array): void {
  const { trace } = scene.reader;
  const [columns, rows] = [Math.ceil(width / pool), Math.ceil(height / pool)];
  const [ownColumns, ownRows] = [Math.ceil(trace.width / pool), Math.ceil(trace.height / pool)];
  const own = new Uint32Array(ownColumns * ownRows);
  fillTexels(scene, pool, own);
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(((row + 0.5) / rows) * ownRows) * ownColumns;
    for (let column = 0; column < columns; column++)
      out[2 * (row * columns + column) + half] = own[first + Math.floor(((column + 0.5) / columns) * ownColumns)];
  }
}

/** Draws a picture over the fabric; with gaps, rulers and rings around the selected cell and around the one under the pointer, if there is one. */
export function drawPair(ctx: CanvasRenderingContext2D, picture: PairPicture, sheet: Sheet, viewport: Viewport, hovered: number | null = null): void {
  const v = inUnits(viewport);
  const { grid, palette, selected } = picture;
  beginFabric(ctx, v);
  if (v.scale >= PARTS_FROM) drawParts(ctx, picture.parts, grid, palette, v);
  else drawImage(ctx, picture, sheet, v);
  drawMarks(ctx, { selected, hovered, area: null }, grid.width, palette, v);
  ctx.restore();
  drawRulers(ctx, grid, palette.token, v);
  ctx.restore();
}

function drawImage(ctx: CanvasRenderingContext2D, picture: PairPicture, sheet: Sheet, v: Viewport): void {
  const { grid, palette, halves } = picture;
  const pool = poolOf(v.scale, v.dpr);
  const image = sheet.paint(picture, pool);
  const [x, y] = [columnX(v, 0), rowY(v, 0)];
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(image, x, y, columnX(v, (image.width / halves) * pool) - x, rowY(v, image.height * pool) - y);
  if (gapOf(v.scale) > 0) drawGaps(ctx, grid, palette.token['bg-well'], v);
  ctx.strokeStyle = palette.token['line-2'];
  ctx.lineWidth = 1;
  ctx.strokeRect(x - 0.5, y - 0.5, columnX(v, grid.width) - x + 1, rowY(v, grid.height) - y + 1);
}
