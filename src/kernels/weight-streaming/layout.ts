/**
 * A PE's memory in `weight-streaming`: its tokens' activations, which stay; a staging buffer for the block that arrives (two
 * with `overlap`); the dequantised block; products; results. Blocks begin at multiples of 8 and activations 4 bytes beside
 * that, so the dot never meets a bank conflict (banksConflict in machine/price.ts).
 */
import { assert } from '../../base/error.ts';
import { MemoryPlan, usedBytes } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { Scratch } from '../dequant/dequantiser.ts';
import { type StreamJob, stagingStride, wordsOfBlock } from './job.ts';

export interface StreamLayout {
  readonly allocations: readonly Allocation[];
  readonly activations: number;
  readonly staging: number;
  /** f32 weights of a block; where stored weights are f32 already they are multiplied in the staging buffer. */
  readonly block: number;
  readonly scratch: Scratch;
  /** Products of a tile, and elements in it. With one token they replace the weights. */
  readonly products: number;
  readonly tile: number;
  /** tokens x rows f32, one token after the other: in the order in which they leave. */
  readonly results: number;
}

/** Products held at once: more mean fewer set-ups, fewer leave room for longer rows. */
const TILES = [256, 128, 64] as const;

/** With the largest tile that fits, or the smallest if none does. */
export function layout(job: StreamJob): StreamLayout {
  const layouts = TILES.map((tile) => layoutWith(job, tile));
  return layouts.find((l) => usedBytes(l.allocations) <= job.machine.sramBytes) ?? layouts[layouts.length - 1];
}

function layoutWith(job: StreamJob, tile: number): StreamLayout {
  const memory = new MemoryPlan(job.machine);
  const { direct, format, unit } = job.dequantiser;
  const activations = memory.add('activations, f32', 'activations', 4 * job.k * job.tokens, 8, 4);
  const staging = memory.add(`arriving ${format.name} block`, 'block', 4 * wordsOfBlock(job));
  const other = job.overlap ? memory.add(`arriving ${format.name} block, second buffer`, 'block', 4 * wordsOfBlock(job)) : undefined;
  assert(other === undefined || other === staging + stagingStride(job), 'the second staging buffer is at its stride');
  const inPlace = job.dot === 'two-op' && job.tokens === 1 && !direct;
  const block = direct ? staging : memory.add(inPlace ? 'dequantised block, then products, f32' : 'dequantised block, f32', 'block', 4 * unit.size);
  const scratch = job.dequantiser.reserve(memory);
  const products = job.dot === 'fused1' || inPlace ? block : memory.add('products, f32', 'block', 4 * tile);
  const results = memory.add('results, f32', 'results', 4 * job.rows * job.tokens, 4);
  return { allocations: memory.allocations, activations, staging, block, scratch, products, tile, results };
}
