/** Charts that are made of HTML as pieces of SVG: boxes with a fill or an edge, and words line by line where the browser has put them. */
import { escapeXml } from './xml.ts';

/** What is no part of a picture: controls but the name of a row that opens, what only readers aloud get, and what is drawn already. */
const LEFT_OUT = 'button:not(.disclosure), select, input, svg, canvas, .flyout, .visually-hidden, [role=status]';

export interface HtmlPiece {
  readonly box: DOMRect;
  readonly markup: string;
}

const isClear = (color: string): boolean => /^rgba\(.*, 0\)$|^transparent$/.test(color);

/** Fill and edge of an element's box. */
function boxOf(element: Element): HtmlPiece[] {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const edge = Number.parseFloat(style.borderTopWidth) > 0 && Number.parseFloat(style.borderLeftWidth) > 0;
  const fill = isClear(style.backgroundColor) ? 'none' : style.backgroundColor;
  if (box.width === 0 || box.height === 0 || (fill === 'none' && !edge)) return [];
  const half = edge ? 0.5 : 0;
  const stroke = edge ? ` stroke="${style.borderTopColor}"` : '';
  const size = `x="${half}" y="${half}" width="${box.width - 2 * half}" height="${box.height - 2 * half}"`;
  return [{ box, markup: `<rect ${size} rx="${Number.parseFloat(style.borderTopLeftRadius) || 0}" fill="${fill}"${stroke}/>` }];
}

/** The lines of a text: words whose boxes are at one height. */
function linesOf(node: Text): { readonly text: string; readonly box: DOMRect }[] {
  const range = document.createRange();
  const lines: { text: string; box: DOMRect }[] = [];
  for (const match of node.data.matchAll(/\S+/g)) {
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.box.top - box.top) < 1) {
      last.text += ` ${match[0]}`;
      last.box = new DOMRect(last.box.left, last.box.top, box.right - last.box.left, last.box.height);
    } else lines.push({ text: match[0], box });
  }
  return lines;
}

function wordsOf(node: Text, meter: OffscreenCanvasRenderingContext2D): HtmlPiece[] {
  const parent = node.parentElement;
  if (parent === null) return [];
  const style = getComputedStyle(parent);
  meter.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = meter.measureText('x');
  const look = `font-family="${escapeXml(style.fontFamily)}" font-size="${style.fontSize}" font-weight="${style.fontWeight}" fill="${style.color}"`;
  // The width is the page's, whatever font the picture will find.
  const fitted = (width: number): string => `textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
  return linesOf(node).map(({ text, box }) => ({
    box,
    markup: `<text y="${(box.height - up - down) / 2 + up}" ${fitted(box.width)} ${look}>${escapeXml(text)}</text>`,
  }));
}

/** All boxes and words of a panel, those behind first. */
export function htmlPieces(panel: Element): HtmlPiece[] {
  const meter = new OffscreenCanvas(1, 1).getContext('2d');
  if (meter === null) return [];
  const pieces: HtmlPiece[] = [];
  const walk = (element: Element): void => {
    if (element.matches(LEFT_OUT)) return;
    if (element !== panel) pieces.push(...boxOf(element));
    for (const child of element.childNodes) {
      if (child instanceof Text) pieces.push(...wordsOf(child, meter));
      else if (child instanceof Element) walk(child);
    }
  };
  walk(panel);
  return pieces;
}
