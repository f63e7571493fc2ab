/**
 * A PE's memory in `stationary`: room for its rows as f32, and scratch that the products reuse once all rows are dequantised.
 *
 * A row's quantised blocks are copied by the host into the tail of the row's own f32 region, and dequantised from the first
 * to the last, each by way of a staging buffer. That needs no room for both forms: with B blocks of q bytes, f bytes as f32,
 * writing block b ends at f (b + 1) and block b + 1 lies at f B - q (B - b - 1); f (B - b - 1) >= q (B - b - 1), so no block
 * is overwritten before it is staged. The last block lies within its own place, which is why all are staged first. Rows
 * that are stored as f32 arrive in place: nothing is staged.
 */
import { MemoryPlan, usedBytes } from '../../machine/memory.ts';
import type { Scratch } from '../dequant/dequantiser.ts';
import { blockBytes, blocksOf, floatBytes, type RowJob, type RowLayout } from '../rows/mapping.ts';
import { reserveStreams } from '../rows/memory.ts';

export interface StationaryLayout extends RowLayout {
  readonly weights: number;
  readonly staging: number;
  readonly scratch: Scratch;
  /** Products of a tile, over the dequantiser's scratch, and elements in a tile. */
  readonly products: number;
  readonly tile: number;
}

/** Products held at once: more mean fewer set-ups of vector ops, fewer mean room for longer rows (K = 11,008 leaves 944 B). */
const TILES = [256, 128, 64] as const;

/** With the largest tile that fits, or the smallest if none does. */
export function layout(job: RowJob): StationaryLayout {
  const layouts = TILES.map((tile) => layoutWith(job, tile));
  return layouts.find((l) => usedBytes(l.allocations) <= job.machine.sramBytes) ?? layouts[layouts.length - 1];
}

function layoutWith(job: RowJob, tile: number): StationaryLayout {
  const memory = new MemoryPlan(job.machine);
  const { direct, format } = job.dequantiser;
  const weights = memory.add(direct ? 'rows, f32' : 'rows, f32 (arrive quantised in their tails)', 'weights', job.rows * blocksOf(job) * floatBytes(job));
  const staging = direct ? memory.usedBytes : memory.add(`staged ${format.name} block (later products)`, 'block', blockBytes(job));
  const scratch = job.dequantiser.reserve(memory);
  const products = job.dot === 'fused1' ? 0 : 4 * tile;
  const beyond = staging + products - memory.usedBytes;
  if (beyond > 0) memory.add(direct ? 'products, f32' : 'products beyond the scratch', 'block', beyond, 4);
  const streams = reserveStreams(memory, job);
  return { allocations: memory.allocations, weights, staging, scratch, products: staging, tile, ...streams };
}
