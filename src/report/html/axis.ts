/** Axes and frames of charts: visual.md's rules, as SVG. */
import { scaleLinear } from 'd3-scale';
import { grouped } from '../../base/numbers.ts';
import { type Content, h, type Markup } from './markup.ts';

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A chart with a name for those who do not see it. */
export function svg(width: number, height: number, label: string, ...content: readonly Content[]): Markup {
  return h('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label, class: 'chart' }, ...content);
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly class?: string;
}

export const label = (x: number, y: number, text: string, { anchor = 'start', ...rest }: TextOptions = {}): Markup =>
  h('text', { x, y, 'text-anchor': anchor, class: rest.class }, text);

/** Ticks and numbers under a chart from 0 to `most`, the unit once at the end of the axis, as many as there is room for. */
export function cyclesAxis(most: number, { left, right, bottom }: Box, unit: string): Markup {
  const scale = scaleLinear([0, Math.max(1, most)], [left, right]);
  const room = 8 * unit.length + 24;
  const ticks = scale.ticks(Math.max(2, Math.floor((right - left) / 90))).filter((t) => Number.isInteger(t) && (t === 0 || scale(t) < right - room));
  return h(
    'g',
    { class: 'axis' },
    h('line', { x1: left, x2: right, y1: bottom, y2: bottom }),
    ticks.map((t) => [
      h('line', { x1: scale(t), x2: scale(t), y1: bottom, y2: bottom + 4 }),
      label(scale(t), bottom + 16, grouped(t), { anchor: t === 0 ? 'start' : 'middle' }),
    ]),
    label(right, bottom + 16, unit, { anchor: 'end' }),
  );
}
