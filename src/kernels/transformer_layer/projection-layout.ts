/**
 * A projection PE's memory. It holds rows of one matrix, or as many rows of gate as of up: groups, each of one format.
 *
 * `streaming`: rows as stored; one dequantised block, which the products replace. `stationary`: rows as f32; they arrive
 * quantised in the tail of their own f32, and are dequantised block by block by way of a staging buffer, which with the
 * dequantiser's scratch is room for the products afterwards (the argument is in stationary/layout.ts).
 */
import { MemoryPlan, usedBytes } from '../../machine/memory.ts';
import type { Allocation } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Dequantiser, Scratch } from '../dequant/dequantiser.ts';
import { UNIT_WEIGHTS } from '../dequant/dequantiser.ts';
import type { DotProgram, KernelOptions } from '../options.ts';
import type { LayerShape } from '../types.ts';
import { OUTPUT_QUEUE } from './fabric.ts';

/** Rows of one matrix on a PE. */
export interface Group {
  readonly dequantiser: Dequantiser;
  readonly rows: number;
}

/** All that a projection PE's memory and code depend on. */
export interface ProjectionJob {
  readonly machine: MachineSpec;
  readonly inner: NonNullable<KernelOptions['inner']>;
  readonly dot: DotProgram;
  readonly k: number;
  readonly groups: readonly Group[];
  /** Whether activations are received into memory, to serve several rows: on all PEs of a region or on none, so that they take words alike. */
  readonly shares: boolean;
  readonly activation: LayerShape['activation'];
}

export interface ProjectionLayout {
  readonly allocations: readonly Allocation[];
  /** First row of each group, scratch of its dequantiser. */
  readonly weights: readonly number[];
  readonly scratch: readonly Scratch[];
  /** A dequantised block in `streaming`, a staged one in `stationary`. */
  readonly block: number;
  readonly products: number;
  /** Products made at once. */
  readonly tile: number;
  /** A block of activations that several rows share. */
  readonly activations?: number;
  /** One f32 a row: gate before up. Twice, if a microthread sends. */
  readonly results: number;
}

export const blocksOf = ({ k }: ProjectionJob): number => k / UNIT_WEIGHTS;
export const FLOAT_BLOCK = 4 * UNIT_WEIGHTS;
export const floatRow = (job: ProjectionJob): number => 4 * job.k;
export const packedRow = (job: ProjectionJob, group: Group): number => blocksOf(job) * group.dequantiser.unit.bytes;
export const rowsOf = (job: ProjectionJob): number => job.groups.reduce((sum, { rows }) => sum + rows, 0);
/** Words that the PE sends a token: one a row, or one a pair. */
export const unitsOf = (job: Pick<ProjectionJob, 'groups'>): number => job.groups[0].rows;
/** Whether its words may not fit the output queue: then a microthread sends them while the next token is computed. */
export const sendsAside = (job: ProjectionJob): boolean => unitsOf(job) > job.machine.outputQueues[OUTPUT_QUEUE];

const TILES = [256, 128, 64] as const;

export function projectionLayout(job: ProjectionJob): ProjectionLayout {
  if (job.inner === 'streaming') return streamingLayout(job);
  const layouts = TILES.map((tile) => stationaryLayout(job, tile));
  return layouts.find(({ allocations }) => usedBytes(allocations) <= job.machine.sramBytes) ?? layouts[layouts.length - 1];
}

function streamingLayout(job: ProjectionJob): ProjectionLayout {
  const memory = new MemoryPlan(job.machine);
  const weights = job.groups.map((group) => memory.add(`weights, ${group.dequantiser.format.name}`, 'weights', group.rows * packedRow(job, group)));
  const direct = job.groups.every(({ dequantiser }) => dequantiser.direct);
  const block = memory.add(direct ? 'products, f32' : 'dequantised block, then products, f32', 'block', FLOAT_BLOCK);
  const scratch = scratches(memory, job);
  return { ...streams(memory, job), weights, scratch, block, products: block, tile: UNIT_WEIGHTS };
}

function stationaryLayout(job: ProjectionJob, tile: number): ProjectionLayout {
  const memory = new MemoryPlan(job.machine);
  const weights = job.groups.map(({ rows, dequantiser }) =>
    memory.add(dequantiser.direct ? 'rows, f32' : 'rows, f32 (arrive quantised in their tails)', 'weights', rows * floatRow(job)),
  );
  const staged = Math.max(0, ...job.groups.map(({ dequantiser }) => (dequantiser.direct ? 0 : dequantiser.unit.bytes)));
  const block = staged > 0 ? memory.add('staged block (later products)', 'block', staged) : memory.usedBytes;
  const scratch = scratches(memory, job);
  const beyond = block + (job.dot === 'fused1' ? 0 : 4 * tile) - memory.usedBytes;
  if (beyond > 0) memory.add(staged > 0 ? 'products beyond the scratch' : 'products, f32', 'block', beyond, 4);
  return { ...streams(memory, job), weights, scratch, block, products: block, tile };
}

/** Scratch of every format once. */
function scratches(memory: MemoryPlan, { groups }: ProjectionJob): Scratch[] {
  const known = new Map<string, Scratch>();
  return groups.map(({ dequantiser }) => {
    const scratch = known.get(dequantiser.format.id) ?? dequantiser.reserve(memory);
    known.set(dequantiser.format.id, scratch);
    return scratch;
  });
}

/** Activations lie 4 bytes beside a multiple of 8, where weights are: the two are never in conflicting banks. */
function streams(memory: MemoryPlan, job: ProjectionJob): Pick<ProjectionLayout, 'allocations' | 'activations' | 'results'> {
  const activations = job.shares ? { activations: memory.add('activations of a block, f32', 'activations', FLOAT_BLOCK, 8, 4) } : {};
  const results = memory.add('results, f32', 'results', 4 * rowsOf(job) * (sendsAside(job) ? 2 : 1), 4);
  return { allocations: memory.allocations, ...activations, results };
}
