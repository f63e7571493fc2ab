/**
 * A PE's memory in `stationary`: room for its rows as the dot reads them, and scratch that the products reuse once all rows
 * are dequantised.
 *
 * A row's quantised blocks are copied by the host into the tail of the row's own region, and dequantised from the first to
 * the last, each by way of a staging buffer. That needs no room for both forms: with B blocks of q bytes, f bytes as the dot
 * reads them, writing block b ends at f (b + 1) and block b + 1 lies at f B - q (B - b - 1); f (B - b - 1) >= q (B - b - 1),
 * so no block is overwritten before it is staged. The last block lies within its own place, which is why all are staged
 * first. Rows that are stored as f32 arrive in place: nothing is staged.
 */
import { MemoryPlan, usedBytes } from '../../machine/memory.ts';
import type { Scratch } from '../dequant/dequantiser.ts';
import { blockBytes, blocksOf, cellBytes, elementBytes, floatBytes, isFactored, isHalf, type RowJob, type RowLayout } from '../rows/mapping.ts';
import { reserveStreams } from '../rows/memory.ts';
import { isReady, reserveScratch } from '../rows/weights.ts';

export interface StationaryLayout extends RowLayout {
  readonly weights: number;
  readonly staging: number;
  readonly scratch: Scratch;
  /** A block as f32, before it is rounded to f16. */
  readonly floats: number;
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
  const ready = isReady(job);
  const weights = memory.add(
    ready ? 'rows, f32' : `rows, ${cellName(job)} (arrive quantised in their tails)`,
    'weights',
    job.rows * blocksOf(job) * cellBytes(job),
  );
  const staging = ready ? memory.usedBytes : memory.add(`staged ${job.dequantiser.format.name} block (later products)`, 'block', blockBytes(job));
  const scratch = reserveScratch(memory, job);
  const floats = isHalf(job) && !isFactored(job) ? memory.add('dequantised block, f32', 'block', floatBytes(job)) : staging;
  const products = job.dot === 'fused1' ? 0 : elementBytes(job) * tile;
  const beyond = staging + products - memory.usedBytes;
  if (beyond > 0) memory.add(ready ? 'products, f32' : 'products beyond the scratch', 'block', beyond, 4);
  const streams = reserveStreams(memory, job);
  return { allocations: memory.allocations, weights, staging, scratch, floats, products: staging, tile, ...streams };
}

function cellName(job: RowJob): string {
  const width = isHalf(job) ? 'f16' : 'f32';
  return isFactored(job) ? `quants as ${width} with scales` : width;
}
