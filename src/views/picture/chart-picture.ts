/**
 * The charts of a panel as one picture: every SVG and canvas in it at its place, styles written into each element, so that
 * it looks the same outside the page. What is scrolled out of the panel is in the picture, too.
 */
import { WeftError } from '../../base/error.ts';
import { dataUrl } from './fabric-picture.ts';
import { type HtmlPiece, htmlPieces } from './html-picture.ts';
import { PICTURE_TEXT } from './strings.ts';
import { escapeXml } from './xml.ts';

/** Properties that charts use, all of them inherited; their values are computed by the browser, custom properties resolved. */
const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'paint-order',
  'shape-rendering',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
  'visibility',
] as const;

/** Writes computed styles from every element to its clone, each where it differs from the parent's. */
function inline(from: Element, to: Element, inherited: CSSStyleDeclaration | null = null): void {
  const style = getComputedStyle(from);
  const own = PROPERTIES.filter((name) => style.getPropertyValue(name) !== inherited?.getPropertyValue(name));
  const rules = own.map((name) => `${name}:${style.getPropertyValue(name)}`);
  if (style.opacity !== '1') rules.push(`opacity:${style.opacity}`);
  if (style.display === 'none') rules.push('display:none');
  for (const name of ['class', 'style', ...PROPERTIES]) to.removeAttribute(name);
  if (rules.length > 0) to.setAttribute('style', rules.join(';'));
  for (let i = 0; i < from.children.length; i++) inline(from.children[i], to.children[i], style);
}

function pieceOf(element: SVGSVGElement | HTMLCanvasElement): HtmlPiece {
  const box = element.getBoundingClientRect();
  if (element instanceof HTMLCanvasElement) return { box, markup: `<image href="${element.toDataURL()}" width="${box.width}" height="${box.height}"/>` };
  const clone = element.cloneNode(true) as SVGSVGElement;
  inline(element, clone);
  clone.setAttribute('width', String(box.width));
  clone.setAttribute('height', String(box.height));
  return { box, markup: new XMLSerializer().serializeToString(clone) };
}

export interface ChartPicture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const PAD = 12;
const TITLE = 26;
/** Icons and swatches are smaller; charts never are. */
const LEAST = 60;

/** The elements of a panel that are its charts; with its words, every mark between them as well. */
export function chartsIn(panel: Element, marks = false): (SVGSVGElement | HTMLCanvasElement)[] {
  const all = [...panel.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')];
  return all.filter((element) => {
    const { width, height } = element.getBoundingClientRect();
    const isShown = marks ? width > 0 && element.closest('button') === null : width >= LEAST && height >= LEAST / 2;
    return isShown && element.parentElement?.closest('svg') === null;
  });
}

function titleWidth(title: string, { fontFamily }: CSSStyleDeclaration): number {
  const meter = new OffscreenCanvas(1, 1).getContext('2d');
  if (meter === null) return 0;
  meter.font = `600 12px ${fontFamily}`;
  return meter.measureText(title).width;
}

/** All charts of a panel under a title, or its words where it has no chart. Throws WeftError when it is empty. */
export function chartPicture(panel: Element, title: string): ChartPicture {
  // A panel says so when its words belong to its picture; one without charts has nothing else.
  const isOfWords = panel.matches('[data-picture=words]') || chartsIn(panel).length === 0;
  const words = isOfWords ? htmlPieces(panel) : [];
  const pieces: readonly HtmlPiece[] = [...words, ...chartsIn(panel, isOfWords).map(pieceOf)];
  if (pieces.length === 0) throw new WeftError('chart', PICTURE_TEXT.noChart, PICTURE_TEXT.noChartFixes);
  const [left, top] = [Math.min(...pieces.map(({ box }) => box.left)), Math.min(...pieces.map(({ box }) => box.top))];
  const [right, bottom] = [Math.max(...pieces.map(({ box }) => box.right)), Math.max(...pieces.map(({ box }) => box.bottom))];
  const style = getComputedStyle(panel);
  const [width, height] = [Math.ceil(Math.max(right - left, titleWidth(title, style)) + 2 * PAD), Math.ceil(bottom - top + 2 * PAD + TITLE)];
  const body = pieces.map(({ box, markup }) => `<g transform="translate(${box.left - left + PAD} ${box.top - top + PAD + TITLE})">${markup}</g>`);
  const head = `<text x="${PAD}" y="${PAD + 12}" fill="${style.color}" font-family="${escapeXml(style.fontFamily)}" font-size="12" font-weight="600">${escapeXml(title)}</text>`;
  const paper = `<rect width="100%" height="100%" fill="${paperOf(panel)}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${paper}${head}${body.join('')}</svg>\n`;
  return { svg, width, height };
}

/** The first colour behind a panel that is not transparent. */
function paperOf(element: Element | null): string {
  if (element === null) return '#fff';
  const { backgroundColor } = getComputedStyle(element);
  return /^rgba\(.*, 0\)$|^transparent$/.test(backgroundColor) ? paperOf(element.parentElement) : backgroundColor;
}

/** A picture as PNG with `factor` pixels to a CSS pixel. */
export async function rasterise({ svg, width, height }: ChartPicture, factor: number): Promise<Blob> {
  const image = new Image();
  image.src = await dataUrl(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = new OffscreenCanvas(Math.round(width * factor), Math.round(height * factor));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
