/**
 * The fabric as a picture to keep: what is on screen, drawn anew at the size asked for, with a caption. A fabric that is wholly in
 * view is cropped to itself and gets at least a pixel a PE, so that nothing of it is merged or left out.
 */
import { WeftError } from '../../base/error.ts';
import { draw } from '../canvas/draw.ts';
import { TexelSheet } from '../canvas/texel.ts';
import { type Grid, showsAll, type Viewport } from '../canvas/viewport.ts';
import { type Captioned, captionHeight, drawCaption } from './caption.ts';
import { PICTURE_TEXT } from './strings.ts';
import { SvgContext, type TextMeter } from './svg-context.ts';

export interface FabricPicture extends Captioned {
  readonly viewport: Viewport;
}

type Context = CanvasRenderingContext2D;

/** A caption of a small fabric has room for its words. */
const LEAST_WIDTH = 420;

/** The viewport of a picture: that of the screen, or the whole fabric alone with at least a pixel a PE. */
export function framed(v: Viewport, grid: Grid): Viewport {
  if (!showsAll(v, grid)) return v;
  const { left, top, right, bottom } = v.gutters;
  const scale = Math.max(1, v.scale);
  const width = Math.max(left + grid.width * scale + right, Math.min(v.width, LEAST_WIDTH));
  return { ...v, scale, x: left, y: top, width: Math.ceil(width), height: Math.ceil(top + grid.height * scale + bottom) };
}

/** A drawing of a fabric with a caption below it, on canvas or as SVG. */
export interface Drawing {
  /** What is to be seen, in CSS px. */
  readonly viewport: Viewport;
  readonly paper: string;
  captionHeight(ctx: Context): number;
  /** Draws both, `v.dpr` device px to a CSS px; the caption's top is at `v.height`. */
  paint(ctx: Context, v: Viewport): void;
}

export function fabricDrawing(picture: FabricPicture): Drawing {
  const viewport = framed(picture.viewport, picture.scene.reader.trace);
  return {
    viewport,
    paper: picture.scene.palette.token['bg-panel'],
    captionHeight: (ctx) => captionHeight(ctx, picture, viewport.width),
    paint: (ctx, v) => {
      const scene = { ...picture.scene, hovered: null, texels: new TexelSheet() };
      draw(ctx, scene, v);
      inCssPixels(ctx, v, () => drawCaption(ctx, { ...picture, scene }, v.width, v.height));
    },
  };
}

/** Draws in CSS px, whatever the transform was. */
export function inCssPixels(ctx: Context, { dpr }: Viewport, paint: () => void): void {
  ctx.save();
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  paint();
  ctx.restore();
}

/** Paper behind everything: draw() clears what lies there before. */
function paper(ctx: Context, fill: string, v: Viewport, caption: number): void {
  ctx.globalCompositeOperation = 'destination-over';
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, v.width * v.dpr, (v.height + caption) * v.dpr);
}

function canvasOf(width: number, height: number): [OffscreenCanvas, Context] {
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext('2d');
  if (ctx === null) throw tooLarge(width, height);
  return [canvas, ctx as unknown as Context];
}

const tooLarge = (width: number, height: number): WeftError => new WeftError('picture', PICTURE_TEXT.tooLarge(width, height), PICTURE_TEXT.tooLargeFixes);

function pngCanvas(drawing: Drawing, factor: number): OffscreenCanvas {
  const v = { ...drawing.viewport, dpr: factor };
  const caption = drawing.captionHeight(canvasOf(1, 1)[1]);
  const [width, height] = [Math.round(v.width * factor), Math.round((v.height + caption) * factor)];
  const [canvas, ctx] = canvasOf(width, height);
  drawing.paint(ctx, v);
  paper(ctx, drawing.paper, v, caption);
  // A canvas beyond the browser's limits takes every call and stays empty.
  if (ctx.getImageData(width - 1, height - 1, 1, 1).data[3] !== 255) throw tooLarge(width, height);
  return canvas;
}

/** Drawings beside one another as a PNG with `factor` pixels to a CSS pixel. Throws WeftError when the browser cannot make one of that size. */
export async function rowPng(drawings: readonly Drawing[], factor: number): Promise<Blob> {
  const parts = drawings.map((drawing) => pngCanvas(drawing, factor));
  if (parts.length === 1) return parts[0].convertToBlob({ type: 'image/png' });
  const [width, height] = [parts.reduce((sum, part) => sum + part.width, 0), Math.max(...parts.map((part) => part.height))];
  const [canvas, ctx] = canvasOf(width, height);
  ctx.fillStyle = drawings[0].paper;
  ctx.fillRect(0, 0, width, height);
  let x = 0;
  for (const part of parts) {
    ctx.drawImage(part, x, 0);
    x += part.width;
  }
  if (ctx.getImageData(width - 1, height - 1, 1, 1).data[3] !== 255) throw tooLarge(width, height);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** An SVG: vectors from 6 px a PE on, below that the PEs as an image inside it. */
async function svgOf(drawing: Drawing, clips: string): Promise<Part> {
  const v = { ...drawing.viewport, dpr: 1 };
  const [, measuring] = canvasOf(1, 1);
  const caption = drawing.captionHeight(measuring);
  const svg = new SvgContext(meterOf(measuring), clips);
  svg.fillStyle = drawing.paper;
  svg.fillRect(0, 0, v.width, v.height + caption);
  drawing.paint(svg as unknown as Context, v);
  return { width: v.width, height: v.height + caption, svg: await svg.finish(v.width, v.height + caption, 1, encode) };
}

/** An SVG and its size. */
interface Part {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

/** Drawings beside one another as an SVG. */
export async function rowSvg(drawings: readonly Drawing[]): Promise<string> {
  const parts = await Promise.all(drawings.map((drawing, i) => svgOf(drawing, drawings.length > 1 ? `part${i}-` : '')));
  if (parts.length === 1) return parts[0].svg;
  const [width, height] = [parts.reduce((sum, part) => sum + part.width, 0), Math.max(...parts.map((part) => part.height))];
  let x = 0;
  const placed = parts.map((part) => {
    const at = x;
    x += part.width;
    return part.svg.replace('<svg ', `<svg x="${at}" `);
  });
  const paper = `<rect width="100%" height="100%" fill="${drawings[0].paper}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${paper}\n${placed.join('')}</svg>\n`;
}

function meterOf(ctx: Context): TextMeter {
  const ascent = (font: string, baseline: CanvasTextBaseline): number => {
    ctx.font = font;
    ctx.textBaseline = baseline;
    return ctx.measureText('x').fontBoundingBoxAscent;
  };
  return {
    width: (font, text) => {
      ctx.font = font;
      return ctx.measureText(text).width;
    },
    drop: (font, baseline) => ascent(font, 'alphabetic') - ascent(font, baseline),
  };
}

async function encode(image: CanvasImageSource): Promise<string> {
  const canvas = image as OffscreenCanvas;
  return dataUrl(await canvas.convertToBlob({ type: 'image/png' }));
}

export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
