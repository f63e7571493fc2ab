/** The roofline of a PE: both scales logarithmic, roofs as lines, the run as a marker. */
import { scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { Roofline } from '../../analysis/roofline.ts';
import { real } from '../../base/numbers.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';

const HEIGHT = 208;

export function rooflineChart(roof: Roofline, width: number): Markup {
  const [left, right, top, bottom] = [44, width - 8, 14, HEIGHT - 34];
  const lowest = 10 ** Math.floor(Math.log10(Math.min(roof.achieved, roof.withOverheads) / 2));
  const xs = [Math.min(0.01, roof.intensity / 4), Math.max(16, roof.intensity * 8)] as const;
  const x = scaleLog(xs, [left, right]);
  const y = scaleLog([lowest, Math.max(2, roof.peak * 2)], [bottom, top]).clamp(true);
  const shape = line<readonly [number, number]>(
    ([at]) => x(at),
    ([, to]) => y(to),
  ).digits(1);
  const roofOf = (level: number): string =>
    shape(
      [
        [Math.max(xs[0], lowest), Math.max(xs[0], lowest)],
        [level, level],
        [xs[1], level],
      ].filter(([at]) => at >= xs[0]) as [number, number][],
    ) ?? '';
  const powers = (from: number, to: number): number[] => {
    const list: number[] = [];
    for (let e = Math.ceil(Math.log10(from)); 10 ** e <= to * 1.0001; e++) list.push(10 ** e);
    return list;
  };
  const grid = [
    powers(...xs).map((v) => [
      h('line', { class: 'grid', x1: x(v), x2: x(v), y1: top, y2: bottom }),
      label(x(v), bottom + 14, real(v, 3), { anchor: 'middle' }),
    ]),
    powers(lowest, y.domain()[1]).map((v) => [
      h('line', { class: 'grid', x1: left, x2: right, y1: y(v), y2: y(v) }),
      label(left - 6, y(v) + 4, real(v, 3), { anchor: 'end' }),
    ]),
  ];
  const under = width > 500 ? `with dequantising and set-up: ${real(roof.withOverheads, 3)}` : `with overheads: ${real(roof.withOverheads, 3)}`;
  const point = [x(Math.max(roof.intensity, xs[0])), y(roof.achieved)] as const;
  const isLeft = point[0] > (left + right) / 2;
  return svg(
    width,
    HEIGHT,
    `Roofline of a PE: ${real(roof.achieved, 3)} multiply-adds a cycle at ${real(roof.intensity, 3)} a word`,
    grid,
    h('path', { class: 'roof', d: roofOf(roof.peak) }),
    h('path', { class: 'roof dashed', d: roofOf(roof.withOverheads) }),
    label(right, y(roof.peak) - 5, `row dot: ${real(roof.peak, 3)}`, { anchor: 'end', class: 'strong' }),
    Math.abs(y(roof.withOverheads) - y(roof.peak)) > 14 ? label(right, y(roof.withOverheads) - 5, under, { anchor: 'end' }) : null,
    h('circle', { class: 'point', cx: point[0], cy: point[1], r: 4.5 }),
    label(point[0] + (isLeft ? -9 : 9), point[1] + 16, `this run: ${real(roof.achieved, 3)}`, { anchor: isLeft ? 'end' : 'start', class: 'strong' }),
    label(right, HEIGHT - 4, 'multiply-adds a word, log', { anchor: 'end' }),
    label(0, 9, 'multiply-adds a cycle, log'),
  );
}
