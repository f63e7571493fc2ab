/**
 * The glyph of each PE state (visual.md section 3), as polygons in a unit square. A glyph says
 * what the fill says to those who cannot tell the fills apart. Idle has none.
 */
import { KIND, KINDS } from '../../trace/schema.ts';

/** A closed polygon: x0, y0, x1, y1, ... in 0 to 1. */
type Polygon = readonly number[];

const box = (x: number, y: number, width: number, height: number): Polygon => [x, y, x + width, y, x + width, y + height, x, y + height];

/** A dot as an octagon: at the few pixels a glyph has, it is a disc. */
const dot = (cx: number, cy: number, r: number): Polygon =>
  Array.from({ length: 8 }, (_, i) => (i + 0.5) * (Math.PI / 4)).flatMap((a) => [cx + r * Math.cos(a), cy + r * Math.sin(a)]);

const BY_STATE: Readonly<Record<string, readonly Polygon[]>> = {
  compute: [box(0.14, 0.14, 0.72, 0.72)],
  dequantise: [box(0.08, 0.08, 0.36, 0.36), box(0.56, 0.08, 0.36, 0.36), box(0.08, 0.56, 0.36, 0.36), box(0.56, 0.56, 0.36, 0.36)],
  send: [[0.16, 0, 0.96, 0.5, 0.16, 1]],
  receive: [[0.84, 0, 0.04, 0.5, 0.84, 1]],
  load: [box(0.41, 0, 0.18, 0.7), [0.1, 0.52, 0.24, 0.4, 0.5, 0.7, 0.76, 0.4, 0.9, 0.52, 0.5, 1]],
  wait: [dot(0.12, 0.5, 0.13), dot(0.5, 0.5, 0.13), dot(0.88, 0.5, 0.13)],
  blocked: [box(0.12, 0.06, 0.28, 0.88), box(0.6, 0.06, 0.28, 0.88)],
};

/** By kind of schema.ts. */
const GLYPHS: readonly (readonly Polygon[])[] = KINDS.map((kind) => BY_STATE[kind === 'slot' ? 'wait' : kind]);

/** Where paths are traced: a 2D context or a Path2D. */
export type PathSink = Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo' | 'closePath'>;

/** Adds a glyph to the path, filling the square at x, y. */
export function traceGlyph(path: PathSink, kind: number, x: number, y: number, size: number): void {
  for (const polygon of GLYPHS[kind] ?? []) {
    for (let i = 0; i < polygon.length; i += 2) {
      const [px, py] = [x + polygon[i] * size, y + polygon[i + 1] * size];
      if (i === 0) path.moveTo(px, py);
      else path.lineTo(px, py);
    }
    path.closePath();
  }
}

/** The same glyph as SVG path data, filling a square of `size` at (at, at); empty for idle. */
export function glyphPath(kind: number, at: number, size: number): string {
  const point = (x: number, y: number): string => `${+(at + x * size).toFixed(2)} ${+(at + y * size).toFixed(2)}`;
  const polygon = (p: Polygon): string => `M${Array.from({ length: p.length / 2 }, (_, i) => point(p[2 * i], p[2 * i + 1])).join('L')}z`;
  return (GLYPHS[kind] ?? []).map(polygon).join('');
}

/** States in the order of every legend and table; `slot` is shown as waiting. */
export const LEGEND_KINDS: readonly number[] = [KIND.dequantise, KIND.compute, KIND.send, KIND.receive, KIND.wait, KIND.blocked, KIND.load];
