/** Shares of PE time over the run, stacked in the order of every legend; steps, so that what is drawn is what was counted. */
import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter } from 'd3-shape';
import { percent } from '../../base/numbers.ts';
import type { Report } from '../types.ts';
import { type Box, cyclesAxis, label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

/** From the baseline up; idle is the paper. */
export const STACK = ['compute', 'dequantise', 'send', 'receive', 'load', 'slot', 'wait', 'blocked'] as const;

const HEIGHT = 128;

export function timeChart(overTime: Report['overTime'], width: number): Markup {
  const box: Box = { left: 38, right: width, top: 6, bottom: HEIGHT - 24 };
  const { buckets } = overTime;
  const most = buckets[buckets.length - 1].to;
  const x = scaleLinear([0, most], [box.left, box.right]);
  const y = scaleLinear([0, 1], [box.bottom, box.top]);
  const floor = buckets.map(() => 0);
  const layers = STACK.flatMap((kind) => {
    const place = overTime.kinds.indexOf(kind);
    if (place < 0) return [];
    const points = buckets.map((b, i) => {
      const low = floor[i];
      floor[i] = Math.min(1, low + b.shares[place]);
      return { at: b.from, low, high: floor[i] };
    });
    const last = points[points.length - 1];
    const shape = area<(typeof points)[number]>()
      .x((p) => x(p.at))
      .y0((p) => y(p.low))
      .y1((p) => y(p.high))
      .curve(curveStepAfter)
      .digits(1);
    return [h('path', { class: `f-${kind}`, d: shape([...points, { ...last, at: most }]) ?? '' })];
  });
  const marks = [0, 0.5, 1].map((share) => label(box.left - 6, y(share) + 4, percent(share, 0), { anchor: 'end' }));
  return svg(width, HEIGHT, 'Share of PE time by kind over the run', layers, marks, cyclesAxis(most, box, 'cycles'));
}

/** Name and share of every kind, largest first, as in the table. */
export function timeLegend({ peCycles }: Report): Markup {
  const items = peCycles.filter((k) => k.cycles > 0).map((k) => h('li', {}, h('i', { class: `swatch b-${k.kind}` }), `${k.name} ${percent(k.share)}`));
  return h('ul', { class: 'legend' }, items);
}
