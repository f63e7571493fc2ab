/**
 * Where streams enter and leave: "x in" and "y out" at the edge of the fabric, with an arrow, in the stream's colour. A source
 * that is held says so, with two bars in place of the arrow: that is where the backpressure of a whole wafer shows.
 */
import { sourceHeld } from '../../analysis/fabric-frame.ts';
import { once } from '../../base/once.ts';
import { Port } from '../../machine/fabric.ts';
import type { Program } from '../../machine/program.ts';
import { waveletColor } from '../theme/palette.ts';
import { rulerWidth } from './rulers.ts';
import type { Scene } from './scene.ts';
import { font } from './text.ts';
import { columnX, rowY, type Viewport, wellOf } from './viewport.ts';

/** All sources, or all sinks, of one color at one side of the fabric. */
export interface StreamEnd {
  readonly side: number;
  readonly color: number;
  readonly incoming: boolean;
  readonly text: string;
  /** Colour of the two bars of a held source; absent while it can send. */
  readonly held?: string;
  /** First and last index along the side: rows for west and east, columns for north and south. */
  readonly from: number;
  readonly to: number;
}

/** Of a whole wafer a thousand sinks are one end. */
export const streamEnds: (program: Program) => readonly StreamEnd[] = once(findEnds);

function findEnds({ sources, sinks, streams, width }: Program): StreamEnd[] {
  const ends = new Map<string, StreamEnd>();
  const add = (pe: number, side: number, color: number, incoming: boolean): void => {
    const index = side === Port.N || side === Port.S ? pe % width : Math.floor(pe / width);
    const key = `${side} ${color} ${incoming}`;
    const known = ends.get(key);
    const letter = streams.find((s) => s.color === color)?.letter ?? `color ${color}`;
    const text = `${letter} ${incoming ? 'in' : 'out'}`;
    ends.set(key, { side, color, incoming, text, from: Math.min(index, known?.from ?? index), to: Math.max(index, known?.to ?? index) });
  };
  for (const source of sources) add(source.pe, source.port, source.color, true);
  for (const sink of sinks) add(sink.pe, sink.port, sink.color, false);
  return [...ends.values()].sort((a, b) => a.side - b.side || a.from + a.to - b.from - b.to);
}

const ARROW = 11;
/** Two names at one side keep this distance, px. */
const APART = 15;
/** Room for words, and for a letter alone, beside the west ruler, px. */
export const STREAM_NAME = 48;
export const STREAM_LETTER = 26;

export function drawStreams(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport): void {
  let before = { side: -1, at: Number.NEGATIVE_INFINITY };
  ctx.font = font(11, 500);
  ctx.textBaseline = 'middle';
  for (const end of streamEnds(scene.reader.program)) {
    const along = placeAlong(end, v);
    if (along === null) continue;
    const at = end.side === before.side ? Math.max(along, before.at + APART) : along;
    before = { side: end.side, at };
    ctx.fillStyle = waveletColor(scene.palette, end.color);
    ctx.strokeStyle = ctx.fillStyle;
    drawEnd(ctx, isHeld(scene, end) ? { ...end, text: end.text.replace(/ in$/, ' held'), held: scene.palette.token['s-blocked'] } : end, v, at, scene);
  }
}

/** Whether all sources of an end are held. */
function isHeld({ reader, frame, window }: Scene, { incoming, color, side }: StreamEnd): boolean {
  return incoming && reader.program.sources.every((s, i) => s.color !== color || s.port !== side || sourceHeld(reader, i, frame.cycle, window));
}

/** Canvas position of the middle of the visible part of an end along its side; null when none of it is visible. */
function placeAlong({ side, from, to }: StreamEnd, v: Viewport): number | null {
  const well = wellOf(v);
  const columns = side === Port.N || side === Port.S;
  const [origin, start, size] = columns ? [v.x, well.x, well.width] : [v.y, well.y, well.height];
  const [low, high] = [Math.max(start, origin + from * v.scale), Math.min(start + size, origin + (to + 1) * v.scale)];
  return high - low <= 0 ? null : (low + high) / 2;
}

function drawEnd(ctx: CanvasRenderingContext2D, end: StreamEnd, v: Viewport, at: number, scene: Scene): void {
  const { width, height } = scene.reader.trace;
  const well = wellOf(v);
  const words = v.gutters.left >= rulerWidth(height) + STREAM_NAME ? end.text : end.text.split(' ')[0];
  const y = Math.round(at) + 0.5;
  ctx.textAlign = 'left';
  if (end.side === Port.W) {
    const ruler = Math.min(well.x, Math.max(0, columnX(v, 0)));
    const right = ruler - rulerWidth(height);
    const textWidth = ctx.measureText(words).width;
    const left = Math.max(2, right - textWidth - ARROW - 4);
    if (end.incoming) {
      ctx.fillText(words, left, y);
      arrow(ctx, left + textWidth + 4, y, 1, 0, end.held);
    } else {
      arrow(ctx, left + ARROW, y, -1, 0);
      ctx.fillText(words, left + ARROW + 4, y);
    }
  } else if (end.side === Port.E) {
    const left = Math.min(v.width - v.gutters.right, columnX(v, width)) + 6;
    arrow(ctx, end.incoming ? left + ARROW : left, y, end.incoming ? -1 : 1, 0, end.held);
    ctx.fillText(words, left + ARROW + 4, y);
  } else {
    const north = end.side === Port.N;
    // The ruler lies between a northern name and the PEs.
    const edge = north ? Math.max(well.y, rowY(v, 0)) - 20 : Math.min(well.y + well.height, rowY(v, height)) + 6;
    const down = end.incoming === north;
    ctx.textAlign = 'right';
    ctx.fillText(words, Math.round(at) - 10, north ? edge - 5 : edge + 6);
    arrow(ctx, Math.round(at) - 4.5, north ? (down ? edge - ARROW : edge) : down ? edge : edge + ARROW, 0, down ? 1 : -1, end.held);
  }
}

/** An arrow of 11 px from x, y in the direction, or two bars of the given colour across it. */
function arrow(ctx: CanvasRenderingContext2D, x: number, y: number, dx: number, dy: number, held?: string): void {
  const [tipX, tipY] = [x + dx * ARROW, y + dy * ARROW];
  if (held !== undefined) {
    ctx.fillStyle = held;
    for (const at of [2, 7])
      ctx.fillRect(x + dx * (at + 1.5) - 1.5 - Math.abs(dy) * 3.5, y + dy * (at + 1.5) - 1.5 - Math.abs(dx) * 3.5, 3 + Math.abs(dy) * 7, 3 + Math.abs(dx) * 7);
    return;
  }
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(tipX - dx * 2, tipY - dy * 2);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(tipX, tipY);
  ctx.lineTo(tipX - dx * 4.5 - dy * 3, tipY - dy * 4.5 - dx * 3);
  ctx.lineTo(tipX - dx * 4.5 + dy * 3, tipY - dy * 4.5 + dx * 3);
  ctx.closePath();
  ctx.fill();
}
