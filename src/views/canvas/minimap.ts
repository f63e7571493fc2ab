/** The whole fabric at 2 px a PE (less where that is too large), with the visible part ringed. */
import type { Scene } from './scene.ts';
import type { TexelSheet } from './texel.ts';
import { poolOf } from './texel.ts';
import { type Viewport, wellOf } from './viewport.ts';

/** Largest side of a minimap, px. */
const MOST = 128;

export function minimapScale(width: number, height: number): number {
  return Math.min(2, MOST / Math.max(width, height));
}

/** Draws into a canvas of width * scale by height * scale CSS px. */
export function drawMinimap(ctx: CanvasRenderingContext2D, scene: Scene, v: Viewport, sheet: TexelSheet): void {
  const { width, height } = scene.reader.trace;
  const scale = minimapScale(width, height);
  const { token } = scene.palette;
  ctx.setTransform(v.dpr, 0, 0, v.dpr, 0, 0);
  ctx.clearRect(0, 0, width * scale, height * scale);
  const image = sheet.paint(scene, poolOf(scale, v.dpr));
  ctx.imageSmoothingEnabled = false;
  if (image !== null) ctx.drawImage(image, 0, 0, width * scale, height * scale);
  const well = wellOf(v);
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  const [x0, x1] = [clamp((well.x - v.x) / v.scale, width) * scale, clamp((well.x + well.width - v.x) / v.scale, width) * scale];
  const [y0, y1] = [clamp((well.y - v.y) / v.scale, height) * scale, clamp((well.y + well.height - v.y) / v.scale, height) * scale];
  ctx.beginPath();
  ctx.rect(x0, y0, Math.max(3, x1 - x0), Math.max(3, y1 - y0));
  ctx.strokeStyle = token['bg-well'];
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.strokeStyle = token['text-1'];
  ctx.lineWidth = 1.5;
  ctx.stroke();
}
