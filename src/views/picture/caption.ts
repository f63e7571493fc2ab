/** What a picture of the fabric says below it: which run, which cycle, what the colours mean with their numbers. */
import { waveletsOnLinks } from '../../analysis/links-now.ts';
import { windowCycles } from '../../analysis/magnitudes.ts';
import { grouped } from '../../base/numbers.ts';
import type { Layer } from '../../store/types.ts';
import { KINDS } from '../../trace/schema.ts';
import type { Scene } from '../canvas/scene.ts';
import { font } from '../canvas/text.ts';
import { magnitudeOf, rampLabels } from '../fabric/layer.ts';
import { stateRows } from '../fabric/StateLegend.tsx';
import { MAGNITUDE_TITLES } from '../fabric/strings.ts';
import { LAYER_NAMES, STAGE_NAMES, STATE_NAMES, type StateName } from '../strings.ts';
import { traceGlyph } from '../theme/glyphs.ts';
import { type Palette, waveletColor } from '../theme/palette.ts';
import { PICTURE_TEXT } from './strings.ts';

type Context = CanvasRenderingContext2D;

export const LINE = 18;
export const PAD = 10;
export const SWATCH = 12;
const RAMP = 140;

export interface Entry {
  readonly text: string;
  /** Draws the sign before the text into a square, or a bar; none if absent. */
  readonly sign?: { readonly width: number; readonly draw: (ctx: Context, x: number, y: number) => void };
}

export interface Captioned {
  readonly scene: Scene;
  readonly layer: Layer;
  readonly title: string;
}

type Sign = NonNullable<Entry['sign']>;

/** The swatch of a state. */
export function stateSign(palette: Palette, name: StateName): Sign {
  const kind = (KINDS as readonly string[]).indexOf(name);
  const draw = (ctx: Context, x: number, y: number): void => {
    ctx.fillStyle = kind < 0 ? palette.token['bg-well'] : palette.states[kind];
    ctx.fillRect(x, y, SWATCH, SWATCH);
    ctx.strokeStyle = palette.token['s-edge'];
    ctx.lineWidth = 1;
    if (kind < 0) ctx.strokeRect(x + 0.5, y + 0.5, SWATCH - 1, SWATCH - 1);
    ctx.beginPath();
    traceGlyph(ctx, kind, x + 3, y + 3, SWATCH - 6);
    ctx.fillStyle = kind < 0 ? palette.token['text-1'] : palette.inks[kind];
    ctx.fill();
  };
  return { width: SWATCH, draw };
}

/** A scale of colours. */
export function rampSign(colours: readonly string[]): Sign {
  const draw = (ctx: Context, x: number, y: number): void => {
    for (let i = 0; i < RAMP; i++) {
      ctx.fillStyle = colours[Math.floor((i / RAMP) * colours.length)];
      ctx.fillRect(x + i, y, 1, SWATCH);
    }
  };
  return { width: RAMP, draw };
}

const stateEntries = ({ frame, palette }: Scene): Entry[] =>
  stateRows([...frame.counts]).map(({ name, count }) => ({ text: `${STATE_NAMES[name]} ${grouped(count)}`, sign: stateSign(palette, name) }));

function rampEntries({ reader, values, palette }: Scene, layer: Layer): Entry[] {
  const magnitude = magnitudeOf(layer);
  if (magnitude === null || values === null) return [];
  const labels = rampLabels(magnitude, values.min, values.max);
  const until = values.stage === null ? '' : PICTURE_TEXT.until(STAGE_NAMES[values.stage]);
  const title = MAGNITUDE_TITLES[magnitude](values.window ?? windowCycles(reader.trace.cycles));
  return [{ text: PICTURE_TEXT.range(`${title}${until}`, labels[0]) }, { text: labels.at(-1) ?? '', sign: rampSign(palette.ramp) }];
}

function streamEntries({ reader, frame, palette, routes }: Scene): Entry[] {
  const onLinks = waveletsOnLinks(reader, frame.cycle);
  const shown = reader.program.streams.filter(({ color }) => routes === null || routes.has(color));
  return shown.map(({ color, letter, meaning }) => {
    const draw = (ctx: Context, x: number, y: number): void => {
      ctx.fillStyle = waveletColor(palette, color);
      ctx.fillRect(x, y + SWATCH / 2 - 1, SWATCH, 2);
    };
    return { text: PICTURE_TEXT.stream(letter, meaning, grouped(onLinks[color])), sign: { width: SWATCH, draw } };
  });
}

/** What the colours of a layer mean. */
export function entriesOf({ scene, layer }: Pick<Captioned, 'scene' | 'layer'>): Entry[] {
  if (layer === 'state') return stateEntries(scene);
  return layer === 'colors' ? streamEntries(scene) : rampEntries(scene, layer);
}

interface Placed extends Entry {
  readonly x: number;
  readonly row: number;
}

/** Entries from left to right, in as many rows as the width asks for. */
function placed(ctx: Context, entries: readonly Entry[], width: number): Placed[] {
  ctx.font = font(11);
  let [x, row] = [PAD, 1];
  return entries.map((entry) => {
    const sign = entry.sign ? entry.sign.width + 5 : 0;
    const needs = sign + ctx.measureText(entry.text).width;
    if (x > PAD && x + needs > width - PAD) [x, row] = [PAD, row + 1];
    const at = { ...entry, x, row };
    x += needs + 14;
    return at;
  });
}

/** What the picture is of, in as many lines as the width asks for. Leaves the context's font as that of the title. */
function titleLines(ctx: Context, { scene, layer, title }: Captioned, width: number): readonly string[] {
  const { trace, program } = scene.reader;
  const where = PICTURE_TEXT.where(grouped(trace.width), grouped(trace.height), program.machine.name);
  const when = PICTURE_TEXT.when(LAYER_NAMES[layer], grouped(scene.frame.cycle), grouped(trace.cycles));
  ctx.font = font(12, 600);
  const lines: string[] = [];
  for (const piece of [title, where, when, 'Weft']) {
    const longer = `${lines.at(-1)} · ${piece}`;
    if (lines.length > 0 && ctx.measureText(longer).width <= width - 2 * PAD) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}

/** Height of the caption on a picture of that width, px. */
export function captionHeight(ctx: Context, picture: Captioned, width: number): number {
  return 2 * PAD + LINE * (titleLines(ctx, picture, width).length + entryRows(ctx, entriesOf(picture), width));
}

/** Draws the caption with its top at `top`. */
export function drawCaption(ctx: Context, picture: Captioned, width: number, top: number): void {
  const { scene } = picture;
  const { token } = scene.palette;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const lines = titleLines(ctx, picture, width);
  ctx.fillStyle = token['text-1'];
  for (const [i, line] of lines.entries()) ctx.fillText(line, PAD, top + PAD + LINE * (i + 0.5), width - 2 * PAD);
  drawEntries(ctx, entriesOf(picture), token, width, top + PAD + LINE * lines.length);
}

/** Rows that entries take on a picture of that width. */
export const entryRows = (ctx: Context, entries: readonly Entry[], width: number): number => placed(ctx, entries, width).at(-1)?.row ?? 0;

/** Draws entries with their top at `top`. */
export function drawEntries(ctx: Context, entries: readonly Entry[], token: Palette['token'], width: number, top: number): void {
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.font = font(11);
  for (const { x, row, text, sign } of placed(ctx, entries, width)) {
    const middle = top + LINE * (row - 0.5);
    sign?.draw(ctx, x, Math.round(middle - SWATCH / 2));
    ctx.fillStyle = token['text-2'];
    ctx.fillText(text, x + (sign ? sign.width + 5 : 0), middle);
  }
}
