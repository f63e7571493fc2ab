/** PEs as cells, 6 to 48 px: fill by state or value, glyph and ramp queue from 18 px on. One path a colour, not one a cell. */
import { IDLE } from '../../trace/reader.ts';
import { KIND } from '../../trace/schema.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import { OUTLINE, OVER, type Scene, valueStep } from './scene.ts';
import { columnX, gapOf, rowY, type Viewport, visibleRegion } from './viewport.ts';

/** Bucket of outlined cells, after the 256 steps of the ramp. */
const OUTLINED = OVER + 1;

/** The visible PEs in order of their fill; arrays are kept from frame to frame. */
class Buckets {
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
  const gap = gapOf(v.scale);
  const each = (visit: (pe: number) => void): void => {
    for (let y = region.y0; y < region.y1; y++) for (let x = region.x0; x < region.x1; x++) visit(y * width + x);
  };
  buckets.sort((region.x1 - region.x0) * (region.y1 - region.y0), each, (pe) => bucketOf(scene, pe));
  for (let b = 0; b < OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1]) continue;
    ctx.beginPath();
    forBucket(b, (pe) => traceCell(ctx, v, pe, width, gap, 0));
    ctx.fillStyle = values === null ? palette.states[b] : b === OVER ? palette.token.err : palette.ramp[b];
    ctx.fill();
  }
  outlineCells(ctx, scene, v, gap);
  if (v.scale >= 18) drawGlyphs(ctx, scene, v, gap);
}

function forBucket(b: number, visit: (pe: number) => void): void {
  for (let i = buckets.first[b]; i < buckets.first[b + 1]; i++) visit(buckets.order[i]);
}

function traceCell(ctx: CanvasRenderingContext2D, v: Viewport, pe: number, width: number, gap: number, inset: number): void {
  const [column, row] = [pe % width, Math.floor(pe / width)];
  const [x, y] = [columnX(v, column), rowY(v, row)];
  ctx.rect(x + inset, y + inset, columnX(v, column + 1) - x - gap - 2 * inset, rowY(v, row + 1) - y - gap - 2 * inset);
}

function outlineCells(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport, gap: number): void {
  ctx.beginPath();
  forBucket(OUTLINED, (pe) => traceCell(ctx, v, pe, scene.reader.trace.width, gap, 0.5));
  ctx.strokeStyle = scene.palette.token.ctl;
  ctx.lineWidth = 1;
  ctx.stroke();
}

/** State glyphs (on the state layer) and the ramp queue as a bar at the right edge, filled from the bottom. */
function drawGlyphs(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport, gap: number): void {
  const { palette, values, reader } = scene;
  const { width } = reader.trace;
  const cell = v.scale - gap;
  const size = cell * 0.5;
  for (let b = 0; b <= OUTLINED; b++) {
    if (buckets.first[b] === buckets.first[b + 1]) continue;
    const ink = b === OUTLINED ? palette.token.ctl : values === null ? palette.inks[b] : b === OVER ? palette.token['bg-well'] : palette.rampInks[b];
    ctx.fillStyle = ink;
    if (b === KIND.blocked && values === null) hatch(ctx, v, b, width, gap, ink);
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
function hatch(ctx: CanvasRenderingContext2D, v: Viewport, bucket: number, width: number, gap: number, ink: string): void {
  ctx.save();
  ctx.beginPath();
  forBucket(bucket, (pe) => traceCell(ctx, v, pe, width, gap, 0));
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
