/** Compute elements from 48 px per PE up: state, ramp queue; from 120 px on in words: mark, progress, SRAM, queue slots. */

import { markDigits } from '../../analysis/phases.ts';
import { grouped, percent } from '../../base/numbers.ts';
import { usedBytes } from '../../machine/memory.ts';
import { MAIN_THREAD, type MemoryKind } from '../../machine/program.ts';
import { IDLE } from '../../trace/reader.ts';
import { KINDS } from '../../trace/schema.ts';
import { STATE_NAMES } from '../strings.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import { memoryColor, waveletColor } from '../theme/palette.ts';
import type { PeGeometry } from './geometry.ts';
import { fillOf, type Scene } from './scene.ts';
import { font, textIn } from './text.ts';

type Context = CanvasRenderingContext2D;

/** From 48 to 120 px: the element filled like a cell, with its glyph. */
export function drawElement(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { element } = g;
  const paint = fillOf(scene, pe);
  ctx.fillStyle = paint?.fill ?? scene.palette.token['bg-well'];
  ctx.fillRect(x + element.x, y + element.y, element.width, element.height);
  if (paint === null) {
    ctx.strokeStyle = scene.palette.token.ctl;
    ctx.lineWidth = 1;
    ctx.strokeRect(x + element.x + 0.5, y + element.y + 0.5, element.width - 1, element.height - 1);
  } else if (scene.values === null) {
    const size = element.width * 0.5;
    ctx.fillStyle = paint.ink;
    ctx.beginPath();
    traceGlyph(ctx, scene.states[pe], x + element.x + (element.width - size) / 2, y + element.y + (element.height - size) / 2, size);
    ctx.fill();
  }
  drawSlots(ctx, scene, pe, g, x, y);
}

/** From 120 px on: a box with a header in the state's colour and what the PE is at, in words. */
export function drawElementWords(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { token } = scene.palette;
  const { element, header } = g;
  const paint = fillOf(scene, pe);
  ctx.beginPath();
  ctx.roundRect(x + element.x, y + element.y, element.width, element.height, 2);
  ctx.fillStyle = token['bg-well'];
  ctx.fill();
  ctx.save();
  ctx.clip();
  ctx.fillStyle = paint?.fill ?? token['bg-well'];
  ctx.fillRect(x + element.x, y + element.y, element.width, header);
  ctx.restore();
  ctx.strokeStyle = paint?.fill ?? token.ctl;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  drawHeader(ctx, scene, pe, g, x + element.x, y + element.y, paint?.ink ?? token['text-1']);
  drawBody(ctx, scene, pe, g, x + element.x + 5, y + element.y + header, paint?.fill ?? token.ctl);
  drawSlots(ctx, scene, pe, g, x, y);
}

/** Glyph and name of the state, or the value of the layer; the glyph alone where the name does not fit. */
function drawHeader(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number, ink: string): void {
  const state = scene.states[pe];
  const middle = y + g.header / 2;
  const size = g.font * 0.8;
  ctx.fillStyle = ink;
  ctx.font = font(g.font, 600);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const words = scene.values === null ? STATE_NAMES[state === IDLE ? 'idle' : KINDS[state]] : scene.values.label(scene.values.perPe[pe]);
  const room = g.element.width - 8;
  const glyph = scene.values === null && state !== IDLE;
  if (glyph && ctx.measureText(words).width + size + 5 <= room) {
    ctx.beginPath();
    traceGlyph(ctx, state, x + 5, middle - size / 2, size);
    ctx.fill();
    ctx.fillText(words, x + 10 + size, middle + 0.5);
  } else textIn(ctx, words, x + 4, middle + 0.5, room);
}

/** Mark, progress through the present interval, SRAM. */
function drawBody(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number, fill: string): void {
  const { reader, frame, palette } = scene;
  const width = g.element.width - 10;
  const height = g.element.height - g.header;
  const span = reader.spanAt(pe, MAIN_THREAD, frame.cycle);
  const at = (share: number): number => y + height * share;
  ctx.font = font(g.font);
  ctx.textAlign = 'left';
  ctx.fillStyle = palette.token['text-2'];
  if (span !== null) {
    textIn(ctx, shortMark(scene, span.mark), x, at(0.16), width);
    const [done, all] = [Math.min(frame.cycle + 1, span.end) - span.begin, span.end - span.begin];
    drawBar(ctx, x, at(0.3), width, height * 0.075, [[done / all, fill]], palette.token.ctl);
    ctx.font = font(g.font);
    ctx.fillStyle = palette.token['text-1'];
    textIn(ctx, `${grouped(done)} of ${grouped(all)}`, x, at(0.51), width);
  }
  const memory = reader.program.classes[reader.program.classOf[pe]].memory;
  const bytes = reader.program.machine.sramBytes;
  drawBar(
    ctx,
    x,
    at(0.65),
    width,
    height * 0.075,
    memory.map((m) => [m.bytes / bytes, memoryColor(palette, m.kind as MemoryKind)]),
    palette.token.ctl,
  );
  ctx.fillStyle = palette.token['text-2'];
  textIn(ctx, `${percent(usedBytes(memory) / bytes, 0)} of ${bytes / 1024}\u202fKiB`, x, at(0.86), width);
}

/** "col 1, block 3": the digits of a mark, short. */
function shortMark({ reader }: Scene, mark: number): string {
  const { marks } = reader.program;
  const digits = markDigits(marks, mark) ?? [];
  return digits.flatMap((d, i) => (marks[i].size > 1 ? [`${marks[i].name === 'column' ? 'col' : marks[i].name} ${d}`] : [])).join(', ');
}

/** An outlined bar with parts, each a share of it and a colour. */
function drawBar(ctx: Context, x: number, y: number, width: number, height: number, parts: ReadonlyArray<readonly [number, string]>, edge: string): void {
  let at = x;
  for (const [share, color] of parts) {
    ctx.fillStyle = color;
    ctx.fillRect(at, y, width * share, height);
    at += width * share;
  }
  ctx.strokeStyle = edge;
  ctx.lineWidth = 0.75;
  ctx.strokeRect(x, y, width, height);
}

/** One square a word of the first input queue, filled from the bottom; with its count where there is room for words. */
function drawSlots(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const { reader, frame, palette } = scene;
  const { inputFirst, inputCapacity, inputColor } = reader.channels;
  const lane = inputFirst[pe];
  if (lane === inputFirst[pe + 1]) return;
  const capacity = inputCapacity[lane];
  const count = Math.max(0, reader.inputCount(lane, pe, frame.cycle));
  const { slots } = g;
  const pitch = slots.height / capacity;
  const size = Math.max(1.5, Math.min(slots.width, pitch - 1));
  ctx.lineWidth = 0.75;
  ctx.strokeStyle = palette.token.ctl;
  ctx.fillStyle = waveletColor(palette, inputColor[lane]);
  for (let i = 0; i < capacity; i++) {
    const [sx, sy] = [x + slots.x + slots.width - size, y + slots.y + slots.height - (i + 1) * pitch + (pitch - size)];
    if (i < count) ctx.fillRect(sx, sy, size, size);
    else if (size >= 3) ctx.strokeRect(sx + 0.4, sy + 0.4, size - 0.8, size - 0.8);
  }
  if (g.header === 0) return;
  ctx.font = font(9.5, count === capacity ? 600 : 400);
  ctx.fillStyle = palette.token[count === capacity ? 'text-1' : 'text-3'];
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(`${count}/${capacity}`, x + slots.x + slots.width + 1, y + slots.y - g.font * 0.55);
}
