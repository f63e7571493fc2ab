/** Text on a canvas: the page's face, and words that are left out rather than clipped. */

const FAMILY = '"IBM Plex Sans Variable", "IBM Plex Sans", system-ui, sans-serif';

export const font = (px: number, weight: 400 | 500 | 600 = 400): string => `${weight} ${px}px ${FAMILY}`;

/** Writes a text that fits the width as it is, or narrowed by at most a tenth; else leaves it out. */
export function textIn(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, width: number): void {
  const natural = ctx.measureText(text).width;
  if (natural <= width * 1.1) ctx.fillText(text, x, y, width);
}
