/** A vector as a strip of cells, two rows of many: orange below zero, purple above, white for zero (visual.md section 3). */
import { interpolatePuOr } from 'd3';

const ROWS = 4;

interface Props {
  readonly values: Float32Array;
  /** Magnitude at which the colour is full. */
  readonly most: number;
  readonly label: string;
}

export function Strip({ values, most, label }: Props) {
  const columns = Math.ceil(values.length / ROWS);
  return (
    <svg className="vector" viewBox={`0 0 ${columns} ${ROWS}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {Array.from(values, (v, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place
        <rect key={i} x={i % columns} y={Math.floor(i / columns)} width={1} height={1} fill={interpolatePuOr(0.5 + v / (2 * most))} />
      ))}
    </svg>
  );
}
