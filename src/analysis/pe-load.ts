/** How evenly the PEs are loaded: the share of the run in which each one issues, its distribution, and a map small enough to print. */
import type { TraceReader } from '../trace/reader.ts';
import { isStall } from '../trace/schema.ts';
import { type Bin, histogram } from './numerics.ts';
import { summary } from './timeline.ts';

/** Share of `cycles` in which each PE issues an instruction, 0 to 1. */
export function peBusy(reader: TraceReader, cycles: number): Float32Array {
  const issued = new Float64Array(reader.pes);
  for (let pe = 0; pe < reader.pes; pe++) {
    reader.spans.forPe(pe, (kind, _, begin, end) => {
      if (!isStall(kind)) issued[pe] += Math.max(0, Math.min(end, cycles) - begin);
    });
  }
  return Float32Array.from(issued, (n) => n / Math.max(1, cycles));
}

/** Values of the PEs that have one (at or above 0), in words that a mean alone would hide. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
  readonly bins: readonly Bin[];
}

/** Bins of a distribution. */
const BINS = 24;

/** Null where no PE has a value. Shares are given as whole percents to the bins, cycles as they are. */
export function distribution(values: ArrayLike<number>, scale = 1): Distribution | null {
  const stats = summary(values);
  if (stats === null) return null;
  const { count, min, mean, p95, max } = stats;
  const scaled = Array.from(values, (v) => (v < 0 ? -1 : Math.round(v * scale)));
  return { count, min, mean, p95, max, bins: histogram(scaled, BINS) };
}

/** One value a cell; a cell is one PE, or `block` × `block` of them with the largest value among them. -1 where none has one. */
export interface PeMap {
  readonly width: number;
  readonly height: number;
  readonly block: number;
  readonly values: readonly number[];
}

/** A map of at most `most` cells a side. `decimals` of the values are kept. */
export function peMap(values: ArrayLike<number>, width: number, height: number, most: number, decimals: number): PeMap {
  const block = Math.max(1, Math.ceil(Math.max(width, height) / most));
  const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
  const cells = new Float64Array(columns * rows).fill(-1);
  for (let pe = 0; pe < width * height; pe++) {
    const cell = Math.floor(Math.floor(pe / width) / block) * columns + Math.floor((pe % width) / block);
    cells[cell] = Math.max(cells[cell], values[pe]);
  }
  const scale = 10 ** decimals;
  return { width: columns, height: rows, block, values: Array.from(cells, (v) => Math.round(v * scale) / scale) };
}
