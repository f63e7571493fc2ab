/** Contrast as WCAG 2.2 defines it (relative luminance of sRGB), on #RRGGBB strings, and the colours that follow from it. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** Channels 0 to 255 of a #RRGGBB colour. */
export const rgbOf = (hex: string): Rgb => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb;

const linear = (channel: number): number => (channel <= 0.04045 * 255 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);

/** Relative luminance, 0 to 1. */
export function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two relative luminances, 1 to 21. */
const ratio = (x: number, y: number): number => (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);

/** Contrast ratio of two colours, 1 to 21. */
export const contrast = (a: string, b: string): number => ratio(luminance(rgbOf(a)), luminance(rgbOf(b)));

/** The two inks of glyphs and labels on a fill. */
export const DARK_INK = '#0D0F12';
export const LIGHT_INK = '#FFFFFF';

const [DARK_LUMINANCE, LIGHT_LUMINANCE] = [DARK_INK, LIGHT_INK].map((ink) => luminance(rgbOf(ink)));

/** Whichever ink stands out more on the fill; at least 4.3:1, whatever the fill. */
export function inkOnRgb(fill: Rgb): string {
  const l = luminance(fill);
  return ratio(l, DARK_LUMINANCE) >= ratio(l, LIGHT_LUMINANCE) ? DARK_INK : LIGHT_INK;
}

export const inkOn = (fill: string): string => inkOnRgb(rgbOf(fill));
