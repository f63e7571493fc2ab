/** PEs over time, a strip each: its cycles by state. At one bucket a cycle the strip is exact. */
import type { ScaleLinear } from 'd3';
import { memo, useMemo } from 'react';
import { peShares } from '../../analysis/lanes.ts';
import { peName } from '../../machine/fabric.ts';
import type { TraceReader } from '../../trace/reader.ts';
import { StackedShares } from './StackedShares.tsx';
import { LEFT } from './time.ts';

interface LaneProps {
  readonly reader: TraceReader;
  readonly pe: number;
  readonly scale: ScaleLinear<number, number>;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
}

/** Buckets a strip is drawn with: two pixels each on a wide screen. */
const BUCKETS = 800;

const Lane = memo(function Lane({ reader, pe, scale, top, height, selected }: LaneProps) {
  const [from, to] = scale.domain();
  const shares = useMemo(() => peShares(reader, pe, to, BUCKETS, from), [reader, pe, from, to]);
  const [left, right] = scale.range();
  return (
    <g>
      <text x={LEFT - 8} y={top + height / 2 + 4} textAnchor="end" className={selected ? 'strong' : ''}>
        {peName(pe, reader.trace.width)}
      </text>
      <rect className="idle-lane" x={left} y={top} width={right - left} height={height} />
      <StackedShares shares={shares} scale={scale} top={top} bottom={top + height} />
    </g>
  );
});

export function Lanes(props: {
  reader: TraceReader;
  pes: readonly number[];
  selected: number;
  scale: ScaleLinear<number, number>;
  top: number;
  height: number;
  gap: number;
}) {
  const { pes, top, height, gap } = props;
  return pes.map((pe, i) => (
    <Lane key={pe} reader={props.reader} pe={pe} scale={props.scale} selected={pe === props.selected} top={top + i * (height + gap)} height={height} />
  ));
}
