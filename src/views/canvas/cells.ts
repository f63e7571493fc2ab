/**
 * PEs as cells, 6 to 48 px: fill by state or value, glyph and ramp queue from 18 px on. One path a colour, not one a cell; in it
 * neighbours of a row are one rectangle, over which the paper between cells is drawn.
 */
import type { Region } from '../../analysis/fabric-frame.ts';
import { IDLE } from '../../trace/reader.ts';
import { KIND } from '../../trace/schema.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import { OUTLINE, OVER, type Scene, valueStep } from './scene.ts';
import { drawGaps } from './texel.ts';
import { columnX, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

/** Bucket of outlined cells, after the 256 steps of the ramp. */
export const OUTLINED = OVER + 1;

/** The visible PEs, or parts of them, in order of their fill; arrays are kept from frame to frame. */
export class Buckets {
  order = new Uint32Array(0);
  readonly first = new Uint32Array(OUTLINED + 2);

  sort(pes: number, list: (visit: (pe: number) => void) => void, bucketOf: (pe: number) => number): void {
    if (this.order.length < pes) this.order = new Uint32Array(pes);
    const { first } = this;
    first.fill(0);
    list((pe) => {
      first[bucketOf(pe) + 1]++;
    });
    for (let b = 0; b <= OUTLINED; b++) first[b + 1] += first[b];
    const next = first.slice();
    list((pe) => {
      this.order[next[bucketOf(pe)]++] = pe;
    });
  }
}

const buckets = new Buckets();

/** Where the visible cells begin, once for all cells of a column or row: x[i] is the west edge of column region.x0 + i, and one more. */
interface Edges {
  readonly region: Region;
  readonly gap: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function edgesOf(v: Viewport, region: Region): Edges {
  const { x0, y0, x1, y1 } = region;
  const x = Float64Array.from({ length: x1 - x0 + 1 }, (_, i) => columnX(v, x0 + i));
  const y = Float64Array.from({ length: y1 - y0 + 1 }, (_, i) => rowY(v, y0 + i));
  return { region, gap: gapOf(v.scale), x, y };
}

/** Ramp step, kind, or {@link OUTLINED}. */
function bucketOf({ values, states }: Scene, pe: number): number {
  if (values === null) return states[pe] === IDLE ? OUTLINED : states[pe];
  const step = valueStep(values, pe);
  return step === OUTLINE ? OUTLINED : step;
}

export function drawCells(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport): void {
  const { palette, values } = scene;
  const { width } = scene.reader.trace;
  const region = visibleRegion(v, scene.reader.trace);
  const edges = edgesOf(v, region);
  const each = (visit: (pe: number) => void): void => {
    for (let y = region.y0; y < region.y1; y++) for (let x = region.x0; x < region.x1; x++) visit(y * width + x);
  };
  buckets.sort((region.x1 - region.x0) * (region.y1 - region.y0), each, (pe) => bucketOf(scene, pe));
  for (let b = 0; b < OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1]) continue;
    ctx.beginPath();
    traceRuns(ctx, edges, b, width);
    ctx.fillStyle = values === null ? palette.states[b] : b === OVER ? palette.token.err : palette.ramp[b];
    ctx.fill();
  }
  drawGaps(ctx, scene.reader.trace, palette.token['bg-well'], v);
  outlineCells(ctx, scene, edges);
  if (v.scale >= 18) drawGlyphs(ctx, scene, v, edges);
}

function forBucket(b: number, visit: (pe: number) => void): void {
  for (let i = buckets.first[b]; i < buckets.first[b + 1]; i++) visit(buckets.order[i]);
}

/** The cells of a bucket, each as long as the run of equal ones that it begins. */
function traceRuns(ctx: CanvasRenderingContext2D, { region, x, y }: Edges, bucket: number, width: number): void {
  const { order, first } = buckets;
  for (let i = first[bucket], past = i; i < first[bucket + 1]; i = past) {
    const column = order[i] % width;
    const j = (order[i] - column) / width - region.y0;
    do past++;
    while (past < first[bucket + 1] && order[past] === order[past - 1] + 1 && order[past] % width !== 0);
    const west = x[column - region.x0];
    ctx.rect(west, y[j], x[column - region.x0 + past - i] - west, y[j + 1] - y[j]);
  }
}

function traceCell(ctx: CanvasRenderingContext2D, { region, gap, x, y }: Edges, pe: number, width: number, inset: number): void {
  const column = pe % width;
  const i = column - region.x0;
  const j = (pe - column) / width - region.y0;
  ctx.rect(x[i] + inset, y[j] + inset, x[i + 1] - x[i] - gap - 2 * inset, y[j + 1] - y[j] - gap - 2 * inset);
}

function outlineCells(ctx: CanvasRenderingContext2D, scene: Scene, edges: Edges): void {
  ctx.beginPath();
  forBucket(OUTLINED, (pe) => traceCell(ctx, edges, pe, scene.reader.trace.width, 0.5));
  ctx.strokeStyle = scene.palette.token.ctl;
  ctx.lineWidth = 1;
  ctx.stroke();
}

/** State glyphs (on the state layer) and the ramp queue as a bar at the right edge, filled from the bottom. */
function drawGlyphs(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport, edges: Edges): void {
  const { palette, values, reader } = scene;
  const { width } = reader.trace;
  const cell = v.scale - edges.gap;
  const size = cell * 0.5;
  for (let b = 0; b <= OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1]) continue;
    const ink = b === OUTLINED ? palette.token.ctl : values === null ? palette.inks[b] : b === OVER ? palette.token['bg-well'] : palette.rampInks[b];
    ctx.fillStyle = ink;
    if (b === KIND.blocked && values === null) hatch(ctx, v, b, width, edges, ink);
    ctx.beginPath();
    forBucket(b, (pe) => {
      const [x, y] = [columnX(v, pe % width), rowY(v, Math.floor(pe / width))];
      if (values === null && b !== OUTLINED) traceGlyph(ctx, b, x + (cell - size) * 0.44, y + (cell - size) / 2, size);
      const share = queueShare(scene, pe);
      if (share > 0) ctx.rect(x + cell - 4, y + 1.5 + (cell - 3) * (1 - share), 2.5, (cell - 3) * share);
    });
    ctx.fill();
  }
}

/** Words of the first input queue over its capacity, 0 to 1. */
export function queueShare({ reader, frame }: Scene, pe: number): number {
  const { inputFirst, inputCapacity } = reader.channels;
  const lane = inputFirst[pe];
  return lane === inputFirst[pe + 1] ? 0 : Math.min(1, Math.max(0, reader.inputCount(lane, pe, frame.cycle)) / inputCapacity[lane]);
}

/** Blocked cells are hatched at 45 degrees, for those who cannot tell their fill. */
function hatch(ctx: CanvasRenderingContext2D, v: Viewport, bucket: number, width: number, edges: Edges, ink: string): void {
  ctx.save();
  ctx.beginPath();
  forBucket(bucket, (pe) => traceCell(ctx, edges, pe, width, 0));
  ctx.clip();
  ctx.beginPath();
  for (let x = -v.height; x < v.width; x += 6) {
    ctx.moveTo(x, v.height);
    ctx.lineTo(x + v.height, 0);
  }
  ctx.globalAlpha = 0.35;
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
}
