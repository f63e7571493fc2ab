/**
 * Cells of two runs that are large enough to be drawn one by one: whole, in halves (A and B), or with a bar for each outgoing link of a
 * PE, at the side it leaves by. Rectangles one by one and in order of their colour: paths of thousands of shapes take seconds to fill.
 */
import type { Region } from '../../analysis/fabric-frame.ts';
import type { LINK_PORTS } from '../../analysis/magnitudes.ts';
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
  /** What lies under the parts, and the step that is the same as it and not drawn. */
  readonly ground?: string;
  readonly groundStep?: number;
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
const SIGN_FROM: Readonly<Record<PartCount, number>> = { 1: 18, 2: 18, 4: 48 };
const WORDS = 24;

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const buckets = new Buckets();

/** Space between two cells; from 48 px a PE on, too, for there are no routers here. */
const pairGap = (scale: number): number => (scale >= 48 ? 5 : gapOf(scale));

/** Where a cell lies. */
function cellAt(v: Viewport, x: number, y: number): Cell {
  const gap = pairGap(v.scale);
  const [west, north] = [columnX(v, x), rowY(v, y)];
  return { x: west, y: north, width: columnX(v, x + 1) - west - gap, height: rowY(v, y + 1) - north - gap };
}

/** Thickness of a link's bar as a share of its cell. */
const BAR = 0.3;

/** Where a part lies; bars leave the corners of their cell free where it is not too small for that. */
function boxOf(cell: Cell, count: PartCount, part: number): Cell {
  const { x, y, width, height } = cell;
  if (count === 1) return cell;
  if (count === 2) {
    const half = Math.round(width / 2);
    return part === 0 ? { x, y, width: half, height } : { x: x + half, y, width: width - half, height };
  }
  const side = Math.min(width, height);
  const thick = Math.max(2, Math.round(side * BAR));
  const corner = side < 13 ? 0 : thick;
  if (part === Port.N || part === Port.S) return { x: x + corner, y: part === Port.N ? y : y + height - thick, width: width - 2 * corner, height: thick };
  return { x: part === Port.W ? x : x + width - thick, y: y + corner, width: thick, height: height - 2 * corner };
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
  const boxAt = (at: number): Cell => boxOf(cellOf(at), count, at % count);
  if (parts.ground !== undefined) drawGround(ctx, parts.ground, region, palette, v);
  ctx.strokeStyle = palette.token.ctl;
  ctx.lineWidth = 1;
  for (let b = 0; b <= OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1] || b === parts.groundStep) continue;
    ctx.fillStyle = b === OUTLINED ? palette.token['bg-well'] : parts.fills[b];
    forBucket(b, (at) => {
      const { x, y, width, height } = boxAt(at);
      ctx.fillRect(x, y, width, height);
      if (b === OUTLINED) ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    });
    if (b === OUTLINED || v.scale < SIGN_FROM[count]) continue;
    ctx.fillStyle = parts.inks[b];
    if (parts.glyphOf !== undefined) drawGlyphs(ctx, parts.glyphOf, b, boxAt);
    if (parts.labelOf !== undefined) drawLabels(ctx, parts.labelOf, b, boxAt);
  }
  drawOnly(ctx, parts, grid, region, palette, v);
}

function forBucket(b: number, visit: (at: number) => void): void {
  for (let i = buckets.first[b]; i < buckets.first[b + 1]; i++) visit(buckets.order[i]);
}

/** What lies under the bars of all cells, at once. */
function drawGround(ctx: Context, fill: string, { x0, y0, x1, y1 }: Region, { token }: Palette, v: Viewport): void {
  const [left, top, right, bottom] = [columnX(v, x0), rowY(v, y0), columnX(v, x1), rowY(v, y1)];
  const gap = pairGap(v.scale);
  ctx.fillStyle = fill;
  ctx.fillRect(left, top, right - left, bottom - top);
  ctx.fillStyle = token['bg-well'];
  for (let x = x0 + 1; x <= x1; x++) ctx.fillRect(columnX(v, x) - gap, top, gap, bottom - top);
  for (let y = y0 + 1; y <= y1; y++) ctx.fillRect(left, rowY(v, y) - gap, right - left, gap);
}

function drawGlyphs(ctx: Context, glyphOf: (at: number) => number, b: number, boxAt: (at: number) => Cell): void {
  ctx.beginPath();
  forBucket(b, (at) => {
    const { x, y, width, height } = boxAt(at);
    const size = Math.min(width, height / 2) * 0.5;
    traceGlyph(ctx, glyphOf(at), x + (width - size) / 2, y + (height - size) / 2, size);
  });
  ctx.fill();
}

function drawLabels(ctx: Context, labelOf: NonNullable<CellParts['labelOf']>, b: number, boxAt: (at: number) => Cell): void {
  ctx.font = font(11, 600);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  forBucket(b, (at) => {
    const { x, y, width, height } = boxAt(at);
    const [words, sign] = labelOf(at);
    const text = width >= WORDS && ctx.measureText(words).width <= width - 4 ? words : sign;
    if (text !== '') ctx.fillText(text, x + width / 2, y + height / 2 + 0.5);
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
  ctx.lineWidth = 1;
  ctx.stroke();
}
