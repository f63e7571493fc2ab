/**
 * Wavelets from 48 px per PE up, while time is slow: pointed tags that slide along the lane from router to router, in the
 * colour of their stream. Streams that return to the host are outlined. From 120 px on a tag carries its stream's letter and
 * the last two digits of its index.
 */
import { streamIndex } from '../../analysis/route-state.ts';
import { Port } from '../../machine/fabric.ts';
import type { Flight, TraceReader } from '../../trace/reader.ts';
import { inkOn } from '../theme/contrast.ts';
import { waveletColor } from '../theme/palette.ts';
import { anchor, type PeGeometry } from './geometry.ts';
import type { Scene } from './scene.ts';
import { font } from './text.ts';

type Context = CanvasRenderingContext2D;

/** A wavelet is drawn half a cycle on: at a whole cycle, where time rests, it is seen on its way and not inside a router. */
const SHOWN_AHEAD = 0.5;

export function drawTags(ctx: Context, scene: Scene, pe: number, g: PeGeometry, x: number, y: number): void {
  const shown = scene.cycle + SHOWN_AHEAD;
  for (const flight of scene.reader.flightsFrom(pe, Math.floor(shown))) {
    const share = (shown - flight.departed) / (flight.arrives - flight.departed);
    if (flight.port === Port.RAMP) drawOnRamp(ctx, scene, flight, g, x, y, share);
    else drawTag(ctx, scene, flight, g, x, y, share);
  }
}

/** A small square on its way to the compute element. */
function drawOnRamp(ctx: Context, { palette }: Scene, flight: Flight, g: PeGeometry, x: number, y: number, share: number): void {
  const [ax, ay] = anchor(g, Port.RAMP, true);
  const [bx, by] = [g.element.x + 2, g.element.y + 2];
  const size = Math.max(3, g.side * 0.025);
  ctx.fillStyle = waveletColor(palette, flight.color);
  ctx.fillRect(x + ax + (bx - ax) * share - size / 2, y + ay + (by - ay) * share - size / 2, size, size);
}

function drawTag(ctx: Context, scene: Scene, flight: Flight, g: PeGeometry, x: number, y: number, share: number): void {
  const { palette, reader } = scene;
  const labelled = g.side >= 120;
  const label = labelled ? wordOf(reader, flight) : '';
  ctx.font = font(g.font, 600);
  const height = labelled ? g.font + 4 : Math.max(6, g.side * 0.11);
  const width = labelled ? ctx.measureText(label).width + 7 : height;
  const [ax, ay] = anchor(g, flight.port, true);
  const [dx, dy] = direction(flight.port);
  const reach = g.side - 2 * g.half;
  const room = Math.max(0, reach - width - height / 2);
  const along = width / 2 + height / 4 + room * Math.min(1, share);
  // Tags of the two directions lie beside each other, not over each other.
  const aside = labelled ? height * 0.5 - g.lane : 0;
  const side = flight.port === Port.E || flight.port === Port.N ? -aside : aside;
  const [cx, cy] = [x + ax + dx * along + (dx === 0 ? side : 0), y + ay + dy * along + (dx === 0 ? 0 : side)];
  traceTag(ctx, cx, cy, width, height, dx, dy);
  const color = waveletColor(palette, flight.color);
  const returning = reader.program.sinks.some((s) => s.color === flight.color);
  ctx.fillStyle = returning ? palette.token['bg-well'] : color;
  ctx.fill();
  ctx.strokeStyle = returning ? color : palette.token['bg-well'];
  ctx.lineWidth = returning ? 1.5 : 1;
  ctx.stroke();
  if (!labelled) return;
  ctx.fillStyle = returning ? color : inkOn(color);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(label, cx, cy + 0.5);
}

const direction = (port: number): readonly [number, number] => (port === Port.E ? [1, 0] : port === Port.W ? [-1, 0] : port === Port.S ? [0, 1] : [0, -1]);

/** A label with a point in the direction of travel, centred on its body. */
function traceTag(ctx: Context, cx: number, cy: number, width: number, height: number, dx: number, dy: number): void {
  const [w, h, tip] = [width / 2, height / 2, height * 0.42];
  ctx.beginPath();
  ctx.moveTo(cx - w, cy - h);
  if (dy < 0) ctx.lineTo(cx, cy - h - tip);
  ctx.lineTo(cx + w, cy - h);
  if (dx > 0) ctx.lineTo(cx + w + tip, cy);
  ctx.lineTo(cx + w, cy + h);
  if (dy > 0) ctx.lineTo(cx, cy + h + tip);
  ctx.lineTo(cx - w, cy + h);
  if (dx < 0) ctx.lineTo(cx - w - tip, cy);
  ctx.closePath();
}

/** Labels of the wavelets seen last, by FIFO and ordinal: a wavelet keeps its label while it flies. */
const labels = new WeakMap<TraceReader, Map<number, string>>();
const MAX_LABELS = 20_000;
/** Ordinals of a FIFO are told apart up to here. */
const ORDINALS = 2 ** 26;

function wordOf(reader: TraceReader, { channel, color, ordinal }: Flight): string {
  let known = labels.get(reader);
  if (known === undefined || known.size > MAX_LABELS) {
    known = new Map();
    labels.set(reader, known);
  }
  const key = channel * ORDINALS + ordinal;
  let label = known.get(key);
  if (label === undefined) {
    const letter = reader.program.streams.find((s) => s.color === color)?.letter ?? '';
    label = `${letter}${String(streamIndex(reader, channel, ordinal) % 100).padStart(2, '0')}`;
    known.set(key, label);
  }
  return label;
}
