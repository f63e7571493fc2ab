/**
 * What row-per-PE kernels have in common and where they differ. Placement, routes, drain, gathering and the closed form
 * are shared (this folder); memory, the code before the drain and what the host loads are the kernel's own.
 */
import type { Code } from '../../machine/builder.ts';
import type { Allocation, Instruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Dequantiser } from '../dequant/dequantiser.ts';
import type { DotProgram } from '../types.ts';

/** One PE's share of a multiplication: all that its memory and its code depend on. */
export interface RowJob {
  readonly machine: MachineSpec;
  readonly dequantiser: Dequantiser;
  readonly dot: DotProgram;
  /** Weights of a row, tokens. */
  readonly k: number;
  readonly n: number;
  /** Rows on this PE. */
  readonly rows: number;
  /** Rows on every PE but, possibly, the last one. Above 1 the activations are received into memory, to serve several rows. */
  readonly rowsPerPe: number;
}

/** Weights in a block: what one dequantise program handles, the format's unit (dequant/dequantiser.ts). */
export const blockWeights = (job: RowJob): number => job.dequantiser.unit.size;
/** Bytes of a block as stored. */
export const blockBytes = (job: RowJob): number => job.dequantiser.unit.bytes;
/** Blocks of a row. */
export const blocksOf = (job: RowJob): number => job.k / blockWeights(job);
/** Bytes of a row as stored. */
export const packedBytes = (job: RowJob): number => blocksOf(job) * blockBytes(job);
/** Bytes of a dequantised block. */
export const floatBytes = (job: RowJob): number => 4 * blockWeights(job);
/** Whether one wavelet serves several rows. */
export const sharesActivations = (job: RowJob): boolean => job.rowsPerPe > 1;

/** A PE's memory. Hardware queues are not in it: their words live in the router and the ramp, not in SRAM. There is no stack: tasks do not call. */
export interface RowLayout {
  readonly allocations: readonly Allocation[];
  /** n x rows f32, one token after the other: in the order in which they leave. */
  readonly results: number;
  /** The activations of one block, if they are received into memory. */
  readonly activations?: number;
}

/** Bytes that the host copies into a PE: `length` of the PE's stored rows, from byte `offset` on, to `address`. */
export interface Segment {
  readonly address: number;
  readonly offset: number;
  readonly length: number;
}

/** Another kernel that may be offered when this one does not fit. */
export interface Alternative {
  readonly id: string;
  bytes(job: RowJob): number;
}

/** Code without loops. */
export type StraightCode = readonly Instruction[];

export interface RowMapping<Layout extends RowLayout> {
  readonly id: string;
  readonly name: string;
  readonly idea: string;
  layout(job: RowJob): Layout;
  /** Everything a PE does before it drains its results. */
  code(job: RowJob, layout: Layout): Code;
  /** One block's dequantisation and one block's row dot, for prices. */
  block(job: RowJob, layout: Layout): { readonly dequantise: StraightCode; readonly dot: StraightCode };
  segments(job: RowJob, layout: Layout): readonly Segment[];
  readonly alternatives: readonly Alternative[];
}
