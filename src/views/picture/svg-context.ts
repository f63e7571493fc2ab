/**
 * A 2D context that writes SVG instead of pixels, for what src/views/canvas draws: paths of lines, rectangles and quadratic curves,
 * text, images, clips, one transform. Whoever calls anything else gets a TypeError, which a test of all scales would show.
 */
import { escapeXml } from './xml.ts';

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Widths and baselines of text, which only a real canvas knows. */
export interface TextMeter {
  width(font: string, text: string): number;
  /** From a baseline of the canvas down to the alphabetic one, px. */
  drop(font: string, baseline: CanvasTextBaseline): number;
}

/** What save() keeps. */
interface State {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: readonly number[];
  matrix: Matrix;
  /** Groups opened by clip(), closed by restore(). */
  groups: number;
}

const START: State = {
  fillStyle: '#000',
  strokeStyle: '#000',
  lineWidth: 1,
  globalAlpha: 1,
  font: '10px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
  dash: [],
  matrix: [1, 0, 0, 1, 0, 0],
  groups: 0,
};

const ANCHORS: Readonly<Record<CanvasTextAlign, string>> = { start: 'start', left: 'start', center: 'middle', end: 'end', right: 'end' };

const short = (value: number): string => String(+value.toFixed(2));

/** "600 11px Face, serif" as attributes; `scale` is the transform's. */
function fontAttributes(font: string, scale: number): string {
  const [, weight = '400', size = '10', family = 'sans-serif'] = /^(\d+)?\s*([\d.]+)px\s+(.*)$/.exec(font) ?? [];
  return `font-family="${escapeXml(family)}" font-size="${short(Number(size) * scale)}" font-weight="${weight}"`;
}

export class SvgContext {
  readonly #meter: TextMeter;
  readonly #out: string[] = [];
  readonly #images: CanvasImageSource[] = [];
  readonly #saved: State[] = [];
  #state: State = { ...START };
  #path = '';
  readonly #prefix: string;
  #clips = 0;
  /** Images are never smoothed in a picture. */
  imageSmoothingEnabled = false;

  /** `clips` begins the names of clips: pictures inside one file must not share them. */
  constructor(meter: TextMeter, clips = '') {
    this.#meter = meter;
    this.#prefix = clips;
  }

  /** The picture as a file of width x height CSS px, whose contents are drawn in device px, `dpr` to one of these. */
  async finish(width: number, height: number, dpr: number, encode: (image: CanvasImageSource) => Promise<string>): Promise<string> {
    const sources = await Promise.all(this.#images.map(encode));
    const body = this.#out.map((piece) => piece.replace(/^<image href="#(\d+)"/, (_, i: string) => `<image href="${sources[Number(i)]}"`));
    const box = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width * dpr)} ${short(height * dpr)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${box}>\n${body.join('\n')}\n</svg>\n`;
  }

  save(): void {
    this.#saved.push(this.#state);
    this.#state = { ...this.#state, groups: 0 };
  }

  restore(): void {
    const { groups } = this.#state;
    if (groups > 0) this.#out.push('</g>'.repeat(groups));
    this.#state = this.#saved.pop() ?? { ...START };
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#state.matrix = [a, b, c, d, e, f];
  }

  translate(x: number, y: number): void {
    const [a, b, c, d] = this.#state.matrix;
    this.#state.matrix = [a, b, c, d, ...this.#at(x, y)];
  }

  rotate(angle: number): void {
    const [a, b, c, d, e, f] = this.#state.matrix;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.#state.matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f];
  }

  #at(x: number, y: number): [x: number, y: number] {
    const [a, b, c, d, e, f] = this.#state.matrix;
    return [a * x + c * y + e, b * x + d * y + f];
  }

  #point(x: number, y: number): string {
    return this.#at(x, y).map(short).join(' ');
  }

  /** How much longer lines get; the transforms here never distort. */
  get #scale(): number {
    const [a, b] = this.#state.matrix;
    return Math.hypot(a, b);
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${this.#point(x, y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `${this.#path === '' ? 'M' : 'L'}${this.#point(x, y)}`;
  }

  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.#path += `Q${this.#point(cx, cy)} ${this.#point(x, y)}`;
  }

  closePath(): void {
    if (this.#path !== '') this.#path += 'z';
  }

  #box(x: number, y: number, width: number, height: number): string {
    return `M${this.#point(x, y)}L${this.#point(x + width, y)}L${this.#point(x + width, y + height)}L${this.#point(x, y + height)}z`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += this.#box(x, y, width, height);
  }

  roundRect(x: number, y: number, width: number, height: number, radius = 0): void {
    const r = Math.max(0, Math.min(radius, width / 2, height / 2));
    const [right, bottom] = [x + width, y + height];
    const size = short(r * this.#scale);
    const arc = (px: number, py: number): string => `A${size} ${size} 0 0 1 ${this.#point(px, py)}`;
    this.#path += `M${this.#point(x + r, y)}L${this.#point(right - r, y)}${arc(right, y + r)}L${this.#point(right, bottom - r)}${arc(right - r, bottom)}`;
    this.#path += `L${this.#point(x + r, bottom)}${arc(x, bottom - r)}L${this.#point(x, y + r)}${arc(x + r, y)}z`;
  }

  #alpha(): string {
    return this.#state.globalAlpha < 1 ? ` opacity="${short(this.#state.globalAlpha)}"` : '';
  }

  #fill(path: string): void {
    if (path !== '') this.#out.push(`<path d="${path}" fill="${escapeXml(this.#state.fillStyle)}"${this.#alpha()}/>`);
  }

  #stroke(path: string): void {
    if (path === '') return;
    const { strokeStyle, lineWidth, dash } = this.#state;
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.map((d) => short(d * this.#scale)).join(' ')}"` : '';
    const line = `stroke="${escapeXml(strokeStyle)}" stroke-width="${short(lineWidth * this.#scale)}"${dashes}`;
    this.#out.push(`<path d="${path}" fill="none" ${line}${this.#alpha()}/>`);
  }

  fill(): void {
    this.#fill(this.#path);
  }

  stroke(): void {
    this.#stroke(this.#path);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#fill(this.#box(x, y, width, height));
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#stroke(this.#box(x, y, width, height));
  }

  /** The picture starts empty; nothing is ever taken away from it. */
  clearRect(): void {}

  clip(): void {
    const id = `${this.#prefix}clip${this.#clips++}`;
    this.#out.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath><g clip-path="url(#${id})">`);
    this.#state.groups++;
  }

  setLineDash(dash: readonly number[]): void {
    this.#state.dash = dash;
  }

  measureText(text: string): { readonly width: number } {
    return { width: this.#meter.width(this.#state.font, text) };
  }

  fillText(text: string, x: number, y: number, most?: number): void {
    if (text === '') return;
    const { font, textAlign, textBaseline, fillStyle } = this.#state;
    const [px, py] = this.#at(x, y + this.#meter.drop(font, textBaseline));
    const natural = most === undefined ? 0 : this.#meter.width(font, text);
    const narrowed = most !== undefined && natural > most ? ` textLength="${short(most * this.#scale)}" lengthAdjust="spacingAndGlyphs"` : '';
    const place = `x="${short(px)}" y="${short(py)}" text-anchor="${ANCHORS[textAlign]}"${narrowed}`;
    this.#out.push(`<text ${place} ${fontAttributes(font, this.#scale)} fill="${escapeXml(fillStyle)}"${this.#alpha()}>${escapeXml(text)}</text>`);
  }

  drawImage(image: CanvasImageSource, x: number, y: number, width: number, height: number): void {
    const [px, py] = this.#at(x, y);
    const box = `x="${short(px)}" y="${short(py)}" width="${short(width * this.#scale)}" height="${short(height * this.#scale)}"`;
    this.#out.push(`<image href="#${this.#images.push(image) - 1}" ${box} preserveAspectRatio="none" style="image-rendering:pixelated"/>`);
  }

  set fillStyle(value: string) {
    this.#state.fillStyle = value;
  }
  get fillStyle(): string {
    return this.#state.fillStyle;
  }
  set strokeStyle(value: string) {
    this.#state.strokeStyle = value;
  }
  get strokeStyle(): string {
    return this.#state.strokeStyle;
  }
  set lineWidth(value: number) {
    this.#state.lineWidth = value;
  }
  set globalAlpha(value: number) {
    this.#state.globalAlpha = value;
  }
  set font(value: string) {
    this.#state.font = value;
  }
  set textAlign(value: CanvasTextAlign) {
    this.#state.textAlign = value;
  }
  set textBaseline(value: CanvasTextBaseline) {
    this.#state.textBaseline = value;
  }
}
