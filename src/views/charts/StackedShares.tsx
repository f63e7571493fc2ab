/** Shares by state over time, stacked in the fixed order; a step per bucket, so that what is drawn is what was counted. */
import { area, curveStepAfter, type ScaleLinear } from 'd3';
import { memo } from 'react';
import type { StateShares } from '../../analysis/timeline.ts';
import { KIND } from '../../trace/schema.ts';
import { stateFill } from '../icons.tsx';
import { STATE_ORDER } from '../strings.ts';

interface Props {
  readonly shares: StateShares;
  readonly scale: ScaleLinear<number, number>;
  readonly top: number;
  readonly bottom: number;
}

interface Layer {
  readonly name: (typeof STATE_ORDER)[number];
  readonly path: string;
}

/** One path per state that occurs. The last bucket is drawn to its end by a repeated point. */
export function layers({ shares, scale, top, bottom }: Props): Layer[] {
  const { buckets, bucketCycles, cycles } = shares;
  const floor = new Float64Array(buckets);
  const y = (share: number): number => bottom - share * (bottom - top);
  const points = Array.from({ length: buckets + 1 }, (_, i) => i);
  const list: Layer[] = [];
  for (const name of STATE_ORDER) {
    const own = shares.shares[KIND[name]];
    const low = Float64Array.from(floor);
    if (!own.some((v) => v > 0)) continue;
    for (let b = 0; b < buckets; b++) floor[b] = Math.min(1, floor[b] + own[b]);
    const at = (i: number): number => Math.min(i, buckets - 1);
    const draw = area<number>()
      .x((i) => scale(Math.min(cycles, i * bucketCycles)))
      .y0((i) => y(low[at(i)]))
      .y1((i) => y(floor[at(i)]))
      .curve(curveStepAfter)
      .digits(1);
    list.push({ name, path: draw(points) ?? '' });
  }
  return list;
}

export const StackedShares = memo(function StackedShares(props: Props) {
  return layers(props).map(({ name, path }) => <path key={name} d={path} fill={stateFill(name)} data-kind={name} />);
});
