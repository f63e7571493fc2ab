/** Shares by state over time, stacked in the fixed order; a step per bucket, so that what is drawn is what was counted. */
import type { ScaleLinear } from 'd3';
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

/** One path per state that occurs; a point only where a share changes, so that a curve of many parts is drawn in no time. */
export function layers({ shares, scale, top, bottom }: Props): Layer[] {
  const { buckets, bucketCycles, from, to } = shares;
  const xs = Float64Array.from({ length: buckets + 1 }, (_, i) => tenths(scale(Math.min(to, from + i * bucketCycles))));
  const sums = new Float64Array(buckets);
  let below = new Float64Array(buckets).fill(tenths(bottom));
  const list: Layer[] = [];
  for (const name of STATE_ORDER) {
    const own = shares.shares[KIND[name]];
    if (!own.some((v) => v > 0)) continue;
    const above = new Float64Array(buckets);
    for (let b = 0; b < buckets; b++) {
      sums[b] = Math.min(1, sums[b] + own[b]);
      above[b] = tenths(bottom - sums[b] * (bottom - top));
    }
    list.push({ name, path: between(xs, above, below) });
    below = above;
  }
  return list;
}

const tenths = (v: number): number => Math.round(v * 10) / 10;

/** The area between two curves of steps: along the upper one to the right, back along the lower one. */
function between(xs: Float64Array, above: Float64Array, below: Float64Array): string {
  const last = above.length - 1;
  let path = `M${xs[0]},${above[0]}`;
  for (let b = 0; b < last; b++) if (above[b] !== above[b + 1]) path += `L${xs[b + 1]},${above[b]}L${xs[b + 1]},${above[b + 1]}`;
  path += `L${xs[last + 1]},${above[last]}L${xs[last + 1]},${below[last]}`;
  for (let b = last; b > 0; b--) if (below[b] !== below[b - 1]) path += `L${xs[b]},${below[b]}L${xs[b]},${below[b - 1]}`;
  return `${path}L${xs[0]},${below[0]}Z`;
}

export const StackedShares = memo(function StackedShares(props: Props) {
  return layers(props).map(({ name, path }) => <path key={name} d={path} fill={stateFill(name)} data-kind={name} />);
});
