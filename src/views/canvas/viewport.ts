/**
 * Where the fabric lies on its canvas. Coordinates: *PE space* counts PEs from the north-west corner, *canvas space* counts
 * CSS pixels from the canvas' corner; device pixels appear only in `snap`. Rulers and stream names live in the gutters.
 */
import type { Region } from '../../analysis/fabric-frame.ts';

export interface Gutters {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Viewport {
  /** Canvas size, CSS px. */
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
  /** Times as large as usual that words and lines are drawn, on screens of many small pixels; 1 if absent. */
  readonly unit?: number;
  readonly gutters: Gutters;
  /** CSS px per PE. */
  readonly scale: number;
  /** Canvas position of the north-west corner of PE 0,0. */
  readonly x: number;
  readonly y: number;
}

/** Gutters that are so many times as wide. */
export const widened = ({ left, top, right, bottom }: Gutters, by: number): Gutters => ({
  left: left * by,
  top: top * by,
  right: right * by,
  bottom: bottom * by,
});

/** The same view counted in units instead of CSS px: whatever is drawn in it is `unit` times as large. */
export function inUnits(v: Viewport): Viewport {
  const { unit = 1 } = v;
  if (unit === 1) return v;
  return {
    width: v.width / unit,
    height: v.height / unit,
    dpr: v.dpr * unit,
    gutters: widened(v.gutters, 1 / unit),
    scale: v.scale / unit,
    x: v.x / unit,
    y: v.y / unit,
  };
}

/** A rectangle of PEs by its size. */
export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** How much of a PE is drawn (visual.md section 6), by px per PE. */
export type Detail = 'texel' | 'cell' | 'glyph' | 'router' | 'words';

export function detailOf(scale: number): Detail {
  if (scale < 6) return 'texel';
  if (scale < 18) return 'cell';
  if (scale < 48) return 'glyph';
  return scale < 120 ? 'router' : 'words';
}

/** Space between two cells, CSS px; from 48 px on a PE is more than a cell and has no gap. */
export function gapOf(scale: number): number {
  if (scale < 4 || scale >= 48) return 0;
  if (scale < 8) return 1;
  return scale < 18 ? 2 : 5;
}

/** To the nearest device pixel, so that edges are sharp. */
export const snap = (v: Viewport, value: number): number => Math.round(value * v.dpr) / v.dpr;

/** Canvas x of the west edge of column `column`; y of the north edge of row `row`. */
export const columnX = (v: Viewport, column: number): number => snap(v, v.x + column * v.scale);
export const rowY = (v: Viewport, row: number): number => snap(v, v.y + row * v.scale);

/** The part of the canvas for PEs: inside the gutters. */
export function wellOf(v: Pick<Viewport, 'width' | 'height' | 'gutters'>): { x: number; y: number; width: number; height: number } {
  const { left, top, right, bottom } = v.gutters;
  return { x: left, y: top, width: Math.max(1, v.width - left - right), height: Math.max(1, v.height - top - bottom) };
}

/** PEs of which anything is visible. */
export function visibleRegion(v: Viewport, grid: Grid): Region {
  const well = wellOf(v);
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return {
    x0: clamp(Math.floor((well.x - v.x) / v.scale), grid.width),
    y0: clamp(Math.floor((well.y - v.y) / v.scale), grid.height),
    x1: clamp(Math.ceil((well.x + well.width - v.x) / v.scale), grid.width),
    y1: clamp(Math.ceil((well.y + well.height - v.y) / v.scale), grid.height),
  };
}

/** Whether every PE is visible. */
export function showsAll(v: Viewport, grid: Grid): boolean {
  const { x, y, width, height } = wellOf(v);
  const slack = 0.5;
  return v.x >= x - slack && v.y >= y - slack && v.x + grid.width * v.scale <= x + width + slack && v.y + grid.height * v.scale <= y + height + slack;
}

/** Index of the PE at a canvas position, or -1 in a gutter or beside the fabric. */
export function peAtPoint(v: Viewport, grid: Grid, px: number, py: number): number {
  const well = wellOf(v);
  if (px < well.x || py < well.y || px >= well.x + well.width || py >= well.y + well.height) return -1;
  const column = Math.floor((px - v.x) / v.scale);
  const row = Math.floor((py - v.y) / v.scale);
  return column < 0 || row < 0 || column >= grid.width || row >= grid.height ? -1 : row * grid.width + column;
}

/** Largest px per PE the camera allows. */
export const MAX_SCALE = 320;
/** A small fabric is not blown up beyond this when it is fitted, but on a canvas so wide that it would be lost there. */
const MAX_FIT = 200;
const WIDE = 1600;

/** Scale at which the whole fabric fits its well; whole pixels per PE where there is at least one. */
export function fitScale(well: { width: number; height: number }, grid: Grid): number {
  const scale = Math.min(well.width > WIDE ? MAX_SCALE : MAX_FIT, well.width / grid.width, well.height / grid.height);
  return scale >= 1 ? Math.floor(scale) : scale;
}

/** Begins to draw in CSS pixels on a cleared canvas, clipped to the fabric; whoever calls this restores the context twice. */
export function beginFabric(ctx: CanvasRenderingContext2D, v: Viewport): void {
  ctx.save();
  ctx.setTransform(v.dpr, 0, 0, v.dpr, 0, 0);
  ctx.clearRect(0, 0, v.width, v.height);
  ctx.save();
  const well = wellOf(v);
  ctx.beginPath();
  // The outline of the outermost cells and the selection's halo may stand a little outside the fabric.
  ctx.rect(well.x - 4, well.y - 4, well.width + 4 + v.gutters.right, well.height + 4 + v.gutters.bottom);
  ctx.clip();
}
