/** Films of the gallery: read from their file, drawn frame by frame. A film is drawn anew only when its frame changes. */
import type { Film } from '../../store/gallery.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import type { Palette } from '../theme/palette.ts';

/** A byte that is drawn as an outline: idle, or without a value yet. */
const OUTLINE = 255;
/** Room around a film and between two films of a pair, CSS px. */
const MARGIN = 6;
/** Cells of at least this size carry the glyph of their state, CSS px. */
const GLYPH_FROM = 14;
/** Largest side of a cell, CSS px. */
const LARGEST = 36;

export interface Reel extends Omit<Film, 'data'> {
  /** Frame after frame, PE after PE. */
  readonly cells: Uint8Array;
}

/** Unpacks a film's data: base64, then raw deflate. */
export async function unpack({ data, ...film }: Film): Promise<Reel> {
  const packed = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return { ...film, cells: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

/** Where the PEs of a film lie on the canvas, in device pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly gap: number;
}

/** Places films side by side in the middle of their shares; cells with gaps are whole device pixels, so that all are alike. */
function placesOf(reels: readonly Reel[], width: number, height: number, dpr: number): Place[] {
  const margin = MARGIN * dpr;
  const share = (width - margin * (reels.length + 1)) / reels.length;
  return reels.map((reel, i) => {
    const fit = Math.min(share / reel.width, (height - 2 * margin) / reel.height);
    const cell = fit < 4 * dpr ? fit : Math.floor(Math.min(fit, LARGEST * dpr));
    const gap = cell >= 4 * dpr ? Math.max(1, Math.round(dpr)) : 0;
    const x = margin + i * (share + margin) + (share - cell * reel.width + gap) / 2;
    return { x: Math.round(x), y: Math.round((height - cell * reel.height + gap) / 2), cell, gap };
  });
}

/** Draws one frame of each film onto a canvas of `dpr` device pixels a CSS pixel. */
export function drawReels(canvas: HTMLCanvasElement, reels: readonly Reel[], frame: number, palette: Palette, dpr: number): void {
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const places = placesOf(reels, canvas.width, canvas.height, dpr);
  reels.forEach((reel, i) => {
    const pes = reel.width * reel.height;
    drawCells(ctx, reel, reel.cells.subarray(frame * pes, (frame + 1) * pes), places[i], palette, dpr);
  });
}

function drawCells(ctx: CanvasRenderingContext2D, reel: Reel, cells: Uint8Array, place: Place, palette: Palette, dpr: number): void {
  const { x, y, cell, gap } = place;
  const fills = reel.values === 'states' ? palette.states : palette.ramp;
  const edge = (from: number, index: number): number => Math.round(from + index * cell);
  const at = (pe: number): [number, number] => [edge(x, pe % reel.width), edge(y, Math.floor(pe / reel.width))];
  const side = Math.ceil(cell - gap);
  if (gap === 0) {
    ctx.fillStyle = palette.token['bg-hover'];
    ctx.fillRect(x, y, Math.round(cell * reel.width), Math.round(cell * reel.height));
  }
  ctx.strokeStyle = palette.token.ctl;
  ctx.lineWidth = dpr;
  for (let pe = 0; pe < cells.length; pe++) {
    const [left, top] = at(pe);
    if (cells[pe] !== OUTLINE) {
      ctx.fillStyle = fills[cells[pe]];
      ctx.fillRect(left, top, side, side);
    } else if (gap > 0) ctx.strokeRect(left + dpr / 2, top + dpr / 2, side - dpr, side - dpr);
  }
  if (reel.values === 'states' && side >= GLYPH_FROM * dpr) drawGlyphs(ctx, cells, at, side, palette);
}

function drawGlyphs(ctx: CanvasRenderingContext2D, cells: Uint8Array, at: (pe: number) => [number, number], side: number, palette: Palette): void {
  for (let pe = 0; pe < cells.length; pe++) {
    if (cells[pe] === OUTLINE) continue;
    const [left, top] = at(pe);
    ctx.beginPath();
    traceGlyph(ctx, cells[pe], left + side * 0.25, top + side * 0.25, side * 0.5);
    ctx.fillStyle = palette.inks[cells[pe]];
    ctx.fill();
  }
}
