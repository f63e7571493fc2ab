/**
 * Who waits for whom at the end of a stuck run: an arrow from each PE that waits to the one it waits for, with the wait's
 * number at its start, on its PE. Waits of one PE that follow one another share a number plate: "2–4".
 */
import { peGeometry } from './geometry.ts';
import { ringBox } from './overlay.ts';
import type { Scene } from './scene.ts';
import { font } from './text.ts';
import { columnX, gapOf, rowY, type Viewport } from './viewport.ts';

type Context = CanvasRenderingContext2D;

/** An arrow that leads from one PE to another, with the numbers of the waits it stands for. */
export interface WaitArrow {
  readonly from: number;
  /** Equal to `from` for a wait that ends, or goes on, at its own PE. */
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/** One arrow for each stretch of waits at one PE, to the PE of the wait after it. */
export function waitArrows(waits: Scene['waits']): WaitArrow[] {
  const arrows: WaitArrow[] = [];
  waits.forEach(({ pe, next }, i) => {
    const to = next === undefined ? pe : waits[next].pe;
    const before = arrows.at(-1);
    if (before !== undefined && before.from === pe && before.to === pe) arrows[arrows.length - 1] = { ...before, to, last: i + 1 };
    else arrows.push({ from: pe, to, first: i + 1, last: i + 1 });
  });
  return arrows;
}

/** From this many px per PE on, or if they are few, arrows have numbers; else their PEs are ringed. */
const NUMBERED = 18;
const FEW = 12;
/** From the middle of a cell to an arrow's ends, in shares of its side; from the edge of a router, px. */
const INSET = 0.27;
const FROM_ROUTER = 8;
/** How far an arrow bends: share of its length, and at most px. Arrows east and south bend more, so that to and fro lie apart. */
const BEND = { far: 0.2, near: 0.06 } as const;
const MOST_BEND = 30;
const HEAD = 9;

export function drawWaits(ctx: Context, scene: Scene, v: Viewport): void {
  if (scene.waits.length === 0) return;
  const arrows = waitArrows(scene.waits);
  const numbered = v.scale >= NUMBERED || arrows.length <= FEW;
  if (!numbered || v.scale < NUMBERED) for (const pe of new Set(arrows.map(({ from }) => from))) ring(ctx, scene, v, pe);
  const paths = arrows.map((arrow) => path(scene, v, arrow));
  arrows.forEach(({ from, to }, i) => {
    if (from !== to) drawArrow(ctx, scene, paths[i]);
  });
  if (!numbered) return;
  arrows.forEach(({ first, last }, i) => {
    plate(ctx, scene, paths[i].start, first === last ? String(first) : `${first}–${last}`);
  });
}

type Point = readonly [x: number, y: number];

interface Path {
  readonly start: Point;
  readonly bend: Point;
  readonly end: Point;
}

/** Where a PE's arrows begin and end: from 48 px on around its router, beside all words and routes, else around the middle of its cell. */
function anchorOf({ scale }: Viewport): { readonly inside: number; readonly inset: number } {
  const { center, half } = peGeometry(scale);
  return scale >= 48 ? { inside: center, inset: half + FROM_ROUTER } : { inside: (scale - gapOf(scale)) / 2, inset: INSET * scale };
}

function path(scene: Scene, v: Viewport, { from, to }: WaitArrow): Path {
  const { width } = scene.reader.trace;
  const anchor = anchorOf(v);
  const [a, b] = [from, to].map((pe): Point => [columnX(v, pe % width) + anchor.inside, rowY(v, Math.floor(pe / width)) + anchor.inside]);
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length === 0) return { start: a, bend: a, end: a };
  const [dx, dy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const inset = Math.min(anchor.inset, length / 3);
  // Towards the north and the west, where a PE is empty.
  const [nx, ny] = dy <= dx ? [dy, -dx] : [-dy, dx];
  const aside = Math.min((dx + dy > 0 ? BEND.far : BEND.near) * length, MOST_BEND);
  return {
    start: [a[0] + dx * inset, a[1] + dy * inset],
    bend: [(a[0] + b[0]) / 2 + nx * aside, (a[1] + b[1]) / 2 + ny * aside],
    end: [b[0] - dx * inset, b[1] - dy * inset],
  };
}

function drawArrow(ctx: Context, { palette }: Scene, { start, bend, end }: Path): void {
  const length = Math.hypot(end[0] - bend[0], end[1] - bend[1]) || 1;
  const [dx, dy] = [(end[0] - bend[0]) / length, (end[1] - bend[1]) / length];
  const head = Math.min(HEAD, length);
  const line = (width: number, color: string): void => {
    ctx.beginPath();
    ctx.moveTo(...start);
    ctx.quadraticCurveTo(...bend, end[0] - dx * head * 0.7, end[1] - dy * head * 0.7);
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.stroke();
  };
  line(5, palette.token['bg-well']);
  line(2, palette.token.err);
  ctx.beginPath();
  ctx.moveTo(...end);
  ctx.lineTo(end[0] - dx * head - dy * head * 0.55, end[1] - dy * head + dx * head * 0.55);
  ctx.lineTo(end[0] - dx * head + dy * head * 0.55, end[1] - dy * head - dx * head * 0.55);
  ctx.closePath();
  ctx.fillStyle = palette.token.err;
  ctx.fill();
}

/** The number of a wait on a plate of its own, so that it can be read over everything. */
function plate(ctx: Context, { palette }: Scene, [x, y]: Point, text: string): void {
  ctx.font = font(11, 600);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const width = Math.max(16, ctx.measureText(text).width + 8);
  ctx.beginPath();
  ctx.roundRect(x - width / 2, y - 8, width, 16, 8);
  ctx.fillStyle = palette.token.err;
  ctx.strokeStyle = palette.token['bg-well'];
  ctx.lineWidth = 1.5;
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = palette.token['bg-well'];
  ctx.fillText(text, x, y + 0.5);
}

/** A thin ring around a cell, never smaller than a few pixels. */
function ring(ctx: Context, scene: Scene, v: Viewport, pe: number): void {
  const { x, y, width, height } = ringBox(v, scene.reader.trace.width, pe, 1);
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = scene.palette.token.err;
  ctx.stroke();
}
