/**
 * Two runs PE by PE: by how much a number of B is more than that of A. Rectangles of different sizes are laid over one another by
 * share: the point of a cell's middle is the same share of the width and of the height in both.
 */
import type { TraceReader } from '../trace/reader.ts';
import type { LatencyStage } from './latency.ts';
import { type Domain, fillMagnitude, isConstant, type Magnitude, magnitudeDomain } from './magnitudes.ts';

export interface PairGrid {
  readonly width: number;
  readonly height: number;
}

/** The grid on which both rectangles are seen: as wide as the wider, as high as the higher. */
export const pairGrid = (a: TraceReader, b: TraceReader): PairGrid => ({
  width: Math.max(a.trace.width, b.trace.width),
  height: Math.max(a.trace.height, b.trace.height),
});

/** The index of `own` rows or columns under one of `all`. */
const placeUnder = (at: number, all: number, own: number): number => Math.floor(((at + 0.5) / all) * own);

/** The PE of a run that lies under a cell of the grid. */
export const peUnder = ({ trace }: TraceReader, grid: PairGrid, x: number, y: number): number =>
  placeUnder(y, grid.height, trace.height) * trace.width + placeUnder(x, grid.width, trace.width);

/** A cell of the grid under which a PE of a run lies. */
export function cellOver({ trace }: TraceReader, grid: PairGrid, pe: number): number {
  const [x, y] = [pe % trace.width, Math.floor(pe / trace.width)];
  return placeUnder(y, trace.height, grid.height) * grid.width + placeUnder(x, trace.width, grid.width);
}

/** The PE of a run under every cell of the grid. */
export function pesUnder({ trace }: TraceReader, { width, height }: PairGrid): Int32Array {
  const columns = Int32Array.from({ length: width }, (_, x) => placeUnder(x, width, trace.width));
  const out = new Int32Array(width * height);
  for (let y = 0, cell = 0; y < height; y++) {
    const first = placeUnder(y, height, trace.height) * trace.width;
    for (let x = 0; x < width; x++, cell++) out[cell] = first + columns[x];
  }
  return out;
}

/** In place of a difference where only one of the runs has a value; NaN where none has one. */
export const ONLY_A = Number.NEGATIVE_INFINITY;
export const ONLY_B = Number.POSITIVE_INFINITY;

/** Numbers of a run; negative ones, and those above `upTo`, are none. */
export interface SideValues {
  /** `parts` for each PE, one PE after the other. */
  readonly values: Float32Array;
  readonly upTo: number | null;
  /** The PE under every cell. */
  readonly under: Int32Array;
}

/** Fills B - A for each of the `parts` of every cell, or {@link ONLY_A}, {@link ONLY_B}, NaN. */
export function difference(a: SideValues, b: SideValues, parts: number, out: Float32Array): void {
  const lastA = a.upTo ?? Number.POSITIVE_INFINITY;
  const lastB = b.upTo ?? Number.POSITIVE_INFINITY;
  for (let cell = 0, at = 0; cell < a.under.length; cell++) {
    const fromA = a.under[cell] * parts;
    const fromB = b.under[cell] * parts;
    for (let part = 0; part < parts; part++, at++) {
      const inA = a.values[fromA + part];
      const inB = b.values[fromB + part];
      const hasB = inB >= 0 && inB <= lastB;
      if (inA >= 0 && inA <= lastA) out[at] = hasB ? inB - inA : ONLY_A;
      else out[at] = hasB ? ONLY_B : Number.NaN;
    }
  }
}

/** How much a difference asks for attention: its size; where one run has a value, more than no difference; where none has, nothing. */
const weight = (delta: number): number => (Number.isFinite(delta) ? Math.abs(delta) : Number.isNaN(delta) ? -1 : Number.MIN_VALUE);

/** Of `parts` differences a cell the one of the largest size, whatever its sign. */
export function largest(deltas: Float32Array, parts: number, out: Float32Array): void {
  for (let cell = 0; cell < out.length; cell++) {
    let most = deltas[cell * parts];
    for (let at = cell * parts + 1; at < (cell + 1) * parts; at++) if (weight(deltas[at]) > weight(most)) most = deltas[at];
    out[cell] = most;
  }
}

/** What squares of `pool` x `pool` cells show: the largest difference in each. */
export function pooled(deltas: Float32Array, { width, height }: PairGrid, pool: number): Float32Array {
  if (pool === 1) return deltas;
  const columns = Math.ceil(width / pool);
  const out = new Float32Array(columns * Math.ceil(height / pool)).fill(Number.NaN);
  for (let y = 0, cell = 0; y < height; y++) {
    const row = Math.floor(y / pool) * columns;
    for (let x = 0; x < width; x++, cell++) {
      const at = row + Math.floor(x / pool);
      if (weight(deltas[cell]) > weight(out[at])) out[at] = deltas[cell];
    }
  }
  return out;
}

/** What the differences come to. Of the cells with a value in both runs: how many differ, the least, the mean, the most (0 where there are none). */
export interface DifferenceFacts {
  readonly both: number;
  readonly differ: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export function differenceFacts(deltas: Float32Array): DifferenceFacts {
  let [both, differ, onlyA, onlyB, neither, sum] = [0, 0, 0, 0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const delta of deltas) {
    if (delta === ONLY_A) onlyA++;
    else if (delta === ONLY_B) onlyB++;
    else if (Number.isNaN(delta)) neither++;
    else {
      both++;
      sum += delta;
      if (delta !== 0) differ++;
      if (delta < min) min = delta;
      if (delta > max) max = delta;
    }
  }
  return { both, differ, onlyA, onlyB, neither, ...(both === 0 ? { min: 0, mean: 0, max: 0 } : { min, mean: sum / both, max }) };
}

/** Scales of two runs: of their values, the same for both, and the largest difference either way. */
export interface PairScale {
  readonly domain: Domain;
  readonly limit: number;
}

/**
 * The domain holds those of both runs. Differences go as far as values can; of what stays as it is all through a run, as far as they do
 * (1 if there are none). One colour means one number at every moment.
 */
export function pairScale(a: TraceReader, b: TraceReader, layer: Magnitude, stage: LatencyStage): PairScale {
  const [inA, inB] = [magnitudeDomain(a, layer, stage), magnitudeDomain(b, layer, stage)];
  const domain = { min: Math.min(inA.min, inB.min), max: Math.max(inA.max, inB.max) };
  if (!isConstant(layer)) return { domain, limit: domain.max };
  const grid = pairGrid(a, b);
  const [sideA, sideB] = [a, b].map((reader): SideValues => {
    const values = new Float32Array(reader.pes);
    fillMagnitude(reader, { layer, stage, cycle: 0, window: 1 }, values);
    return { values, upTo: null, under: pesUnder(reader, grid) };
  });
  const deltas = new Float32Array(grid.width * grid.height);
  difference(sideA, sideB, 1, deltas);
  const { min, max } = differenceFacts(deltas);
  return { domain, limit: Math.max(-min, max) || 1 };
}
