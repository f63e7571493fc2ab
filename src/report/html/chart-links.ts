/** Links by demand: what each carried as a bar, what wanted to go over it as an outline around it. */
import { scaleLinear } from 'd3-scale';
import { percent } from '../../base/numbers.ts';
import type { LinkReport } from '../types.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

const ROW = 20;

export function linksChart({ busiest }: LinkReport, width: number): Markup {
  const list = busiest.slice(0, 10);
  const [left, right] = width > 500 ? [150, width - 210] : [118, width - 56];
  const most = Math.max(1, ...list.map((l) => l.demand));
  const x = scaleLinear([0, most], [left, right]);
  const rows = list.map((link, i) => {
    const y = i * ROW + 4;
    const words = width > 500 ? `${percent(link.utilisation)} carried, ${percent(link.demand)} wanted` : percent(link.demand);
    return [
      label(0, y + 11, `${link.x},${link.y} ${link.direction === 'ramp to the PE' ? 'ramp' : link.direction}`, { class: 'strong' }),
      h('rect', { class: 'bar', x: left, y: y + 2, width: x(link.utilisation) - left, height: 10 }),
      h('rect', { class: 'outline', x: left + 0.5, y: y + 2.5, width: Math.max(1, x(link.demand) - left), height: 9 }),
      label(x(link.demand) + 6, y + 11, words),
    ];
  });
  const full = h('line', { class: 'bound', x1: x(1), x2: x(1), y1: 0, y2: list.length * ROW + 4 });
  const bottom = list.length * ROW + 18;
  return svg(width, bottom + 4, 'Demand and utilisation of the busiest links', full, rows, label(x(1), bottom, percent(1, 0), { anchor: 'middle' }));
}
