/** A number per PE: its histogram, and its map in cividis; equal neighbours of a row become one bar. */
import { scaleLinear } from 'd3-scale';
import type { Distribution, PeMap } from '../../analysis/pe-load.ts';
import { grouped } from '../../base/numbers.ts';
import { label, svg } from './axis.ts';
import { h, type Markup } from './markup.ts';
import { cividis } from './ramp.ts';

const HEIGHT = 96;
/** Colours of a map: as many as an eye tells apart, few enough to merge neighbours. */
const STEPS = 24;

/** PEs by value; `unit` is said at the right end, `most` beside the highest bar. */
export function histogramChart({ bins }: Distribution, unit: string, width: number): Markup {
  const [first, last] = [bins[0].from, bins[bins.length - 1].to];
  const x = scaleLinear([first, last], [0, width]);
  const highest = Math.max(...bins.map((b) => b.count));
  const y = scaleLinear([0, highest], [0, HEIGHT - 34]);
  const bars = bins.map((b) =>
    h('rect', { class: 'bar', x: x(b.from), width: Math.max(1, x(b.to) - x(b.from) - 1), y: HEIGHT - 18 - y(b.count), height: y(b.count) }),
  );
  return svg(
    width,
    HEIGHT,
    `PEs by ${unit}`,
    label(0, 10, `${grouped(highest)} PEs in the highest bar`),
    bars,
    h('line', { class: 'rule', x1: 0, x2: width, y1: HEIGHT - 17.5, y2: HEIGHT - 17.5 }),
    label(0, HEIGHT - 4, grouped(first)),
    label(width, HEIGHT - 4, `${grouped(last)} ${unit}`, { anchor: 'end' }),
  );
}

/** The fabric, north up; cells without a value stay paper. Its size keeps the shape of the rectangle. */
export function mapChart(map: PeMap, domain: { readonly min: number; readonly max: number }, name: string, side: number): Markup {
  const cell = side / Math.max(map.width, map.height);
  const [width, height] = [map.width * cell, map.height * cell];
  const span = Math.max(1e-12, domain.max - domain.min);
  const step = (value: number): number => Math.min(STEPS - 1, Math.max(0, Math.floor(((value - domain.min) / span) * STEPS)));
  const paths = new Map<number, string[]>();
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; ) {
      const value = map.values[y * map.width + x];
      const own = value < 0 ? -1 : step(value);
      let end = x + 1;
      while (end < map.width && (map.values[y * map.width + end] < 0 ? -1 : step(map.values[y * map.width + end])) === own) end++;
      if (own >= 0) paths.set(own, [...(paths.get(own) ?? []), `M${x} ${y}h${end - x}v1h${x - end}z`]);
      x = end;
    }
  }
  const shapes = [...paths]
    .sort(([a], [b]) => a - b)
    .map(([own, d]) =>
      h('path', { fill: cividis((own + 0.5) / STEPS), stroke: cividis((own + 0.5) / STEPS), 'vector-effect': 'non-scaling-stroke', d: d.join('') }),
    );
  const scaled = h('g', { transform: `scale(${cell.toFixed(4)})`, 'stroke-width': 0.4 }, shapes);
  return svg(width, height, name, scaled, h('rect', { class: 'frame', x: 0.5, y: 0.5, width: width - 1, height: height - 1 }));
}

/** The colours of a map from its least to its largest value. */
export function rampChart(from: string, to: string, width: number): Markup {
  const [height, count] = [26, 48];
  const steps = Array.from({ length: count }, (_, i) =>
    h('rect', { x: (i * width) / count, width: width / count + 0.5, y: 0, height: 8, fill: cividis((i + 0.5) / count) }),
  );
  return svg(width, height, `From ${from} to ${to}`, steps, label(0, 22, from), label(width, 22, to, { anchor: 'end' }));
}
