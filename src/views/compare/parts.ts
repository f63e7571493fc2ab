/**
 * Cells of two runs that are large enough to be drawn one by one: whole, in halves (A and B), or in four triangles, one for each
 * outgoing link of a PE. One path a colour, not one a cell.
 */
import type { Region } from '../../analysis/fabric-frame.ts';
import { LINK_PORTS } from '../../analysis/magnitudes.ts';
import { Port } from '../../machine/fabric.ts';
import { Buckets, OUTLINED } from '../canvas/cells.ts';
import { font } from '../canvas/text.ts';
import { columnX, type Grid, gapOf, rowY, type Viewport, visibleRegion } from '../canvas/viewport.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import type { Palette } from '../theme/palette.ts';

type Context = CanvasRenderingContext2D;

/** Parts of a cell. */
export type PartCount = 1 | 2 | typeof LINK_PORTS;

/** What is drawn in the cells of a grid; a part is told by its place: cell * count + part. */
export interface CellParts {
  readonly count: PartCount;
  /** Fill and ink by step. */
  readonly fills: readonly string[];
  readonly inks: readonly string[];
  /** A step, or {@link OUTLINED} where there is nothing to fill. */
  stepOf(at: number): number;
  /** Kind of the state whose glyph is drawn, if any. */
  glyphOf?(at: number): number;
  /** A number in words, and its sign alone where there is no room for it. */
  labelOf?(at: number): readonly [words: string, sign: string];
  /** The side that has no counterpart in a cell. */
  onlyOf?(cell: number): 'a' | 'b' | null;
}

/** From so many px a PE on a part has a glyph or a sign, and from so much room on words. */
const SIGN_FROM: Readonly<Record<PartCount, number>> = { 1: 18, 2: 18, 4: 36 };
const WORDS = 30;

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const buckets = new Buckets();

/** Where a cell lies; from 48 px a PE on cells have their space around them. */
function cellAt(v: Viewport, x: number, y: number): Cell {
  const [gap, inset] = v.scale >= 48 ? [4, 2] : [gapOf(v.scale), 0];
  const [west, north] = [columnX(v, x), rowY(v, y)];
  return { x: west + inset, y: north + inset, width: columnX(v, x + 1) - west - gap, height: rowY(v, y + 1) - north - gap };
}

/** Corners of a cell in the order of the ports whose sides begin with them: north at the north-west, clockwise. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

function tracePart(ctx: Context, { x, y, width, height }: Cell, count: PartCount, part: number): void {
  if (count === 1) ctx.rect(x, y, width, height);
  else if (count === 2) ctx.rect(x + (part * width) / 2, y, width / 2, height);
  else {
    const [from, to] = [CORNERS[part], CORNERS[(part + 1) % LINK_PORTS]];
    ctx.moveTo(x + from[0] * width, y + from[1] * height);
    ctx.lineTo(x + to[0] * width, y + to[1] * height);
    ctx.lineTo(x + width / 2, y + height / 2);
    ctx.closePath();
  }
}

/** The middle of a part as shares of its cell. */
function middleOf(count: PartCount, part: number): readonly [x: number, y: number] {
  if (count === 1) return [0.5, 0.5];
  if (count === 2) return [0.25 + part / 2, 0.5];
  const [near, far] = [0.19, 0.81];
  if (part === Port.N || part === Port.S) return [0.5, part === Port.N ? near : far];
  return [part === Port.W ? near : far, 0.5];
}

export function drawParts(ctx: Context, parts: CellParts, grid: Grid, palette: Palette, v: Viewport): void {
  const { count } = parts;
  const region = visibleRegion(v, grid);
  const each = (visit: (at: number) => void): void => {
    for (let y = region.y0; y < region.y1; y++)
      for (let at = (y * grid.width + region.x0) * count, past = (y * grid.width + region.x1) * count; at < past; at++) visit(at);
  };
  const cellOf = (at: number): Cell => {
    const cell = Math.floor(at / count);
    return cellAt(v, cell % grid.width, Math.floor(cell / grid.width));
  };
  buckets.sort((region.x1 - region.x0) * (region.y1 - region.y0) * count, each, parts.stepOf);
  for (let b = 0; b <= OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1]) continue;
    ctx.beginPath();
    forBucket(b, (at) => tracePart(ctx, inset(cellOf(at), b), count, at % count));
    if (b === OUTLINED) {
      ctx.strokeStyle = palette.token.ctl;
      ctx.lineWidth = 1;
      ctx.stroke();
      continue;
    }
    ctx.fillStyle = parts.fills[b];
    ctx.fill();
    ctx.fillStyle = parts.inks[b];
    if (v.scale >= SIGN_FROM[count]) drawSigns(ctx, parts, b, cellOf);
  }
  drawOnly(ctx, parts, grid, region, palette, v);
}

function forBucket(b: number, visit: (at: number) => void): void {
  for (let i = buckets.first[b]; i < buckets.first[b + 1]; i++) visit(buckets.order[i]);
}

/** Outlines lie inside of their cells. */
const inset = (cell: Cell, bucket: number): Cell =>
  bucket === OUTLINED ? { x: cell.x + 0.5, y: cell.y + 0.5, width: cell.width - 1, height: cell.height - 1 } : cell;

function drawSigns(ctx: Context, parts: CellParts, b: number, cellOf: (at: number) => Cell): void {
  if (parts.glyphOf !== undefined) drawGlyphs(ctx, parts, parts.glyphOf, b, cellOf);
  if (parts.labelOf !== undefined) drawLabels(ctx, parts, parts.labelOf, b, cellOf);
}

function drawGlyphs(ctx: Context, { count }: CellParts, glyphOf: (at: number) => number, b: number, cellOf: (at: number) => Cell): void {
  ctx.beginPath();
  forBucket(b, (at) => {
    const { x, y, width, height } = cellOf(at);
    const size = Math.min(width / count, height) * 0.5;
    const [shareX, shareY] = middleOf(count, at % count);
    traceGlyph(ctx, glyphOf(at), x + shareX * width - size / 2, y + shareY * height - size / 2, size);
  });
  ctx.fill();
}

function drawLabels(ctx: Context, { count }: CellParts, labelOf: NonNullable<CellParts['labelOf']>, b: number, cellOf: (at: number) => Cell): void {
  ctx.font = font(11, 600);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  forBucket(b, (at) => {
    const { x, y, width, height } = cellOf(at);
    const [shareX, shareY] = middleOf(count, at % count);
    const room = (count === 1 ? width : width / 2) - 6;
    const [words, sign] = labelOf(at);
    const text = room >= WORDS && ctx.measureText(words).width <= room ? words : sign;
    if (text !== '') ctx.fillText(text, x + shareX * width, y + shareY * height + 0.5);
  });
}

/** A value in one run only is a stroke through its cell: rising for A, falling for B. */
function drawOnly(ctx: Context, { onlyOf }: CellParts, grid: Grid, { x0, y0, x1, y1 }: Region, { token }: Palette, v: Viewport): void {
  if (onlyOf === undefined) return;
  ctx.beginPath();
  for (let row = y0; row < y1; row++) {
    for (let column = x0; column < x1; column++) {
      const only = onlyOf(row * grid.width + column);
      if (only === null) continue;
      const { x, y, width, height } = cellAt(v, column, row);
      ctx.moveTo(x, only === 'a' ? y + height : y);
      ctx.lineTo(x + width, only === 'a' ? y : y + height);
    }
  }
  ctx.strokeStyle = token['text-2'];
  ctx.lineWidth = v.scale < 18 ? 1 : 1.5;
  ctx.stroke();
}
