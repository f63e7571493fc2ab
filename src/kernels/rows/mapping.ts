/**
 * What row-per-PE kernels have in common and where they differ. Placement, routes, drain, gathering and the closed form
 * are shared (this folder); memory, the code before the drain and what the host loads are the kernel's own.
 */
import type { WeftError } from '../../base/error.ts';
import type { Code } from '../../machine/builder.ts';
import type { Allocation, Instruction } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { Format } from '../../quant/formats.ts';
import type { Dequantiser } from '../dequant/dequantiser.ts';
import type { KernelOptions } from '../options.ts';
import type { DotProgram } from '../types.ts';

/** Options beside the row dot (options.ts); an absent one has its usual value. */
export type RowOptions = Pick<KernelOptions, 'overlap' | 'f16' | 'factored' | 'drain' | 'edge'>;

/** One PE's share of a multiplication: all that its memory and its code depend on. */
export interface RowJob extends RowOptions {
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
  /** The PE at the far end of a fabric row of several: with `drain` column it turns the row's switches back. */
  readonly endsRow?: boolean;
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

export const isHalf = (job: RowOptions): boolean => job.f16 === 'on';
export const overlaps = (job: RowOptions): boolean => job.overlap === 'on';
export const isFactored = (job: RowOptions): boolean => job.factored === 'source' || job.factored === 'pe';
export const drainsByColumn = (job: RowOptions): boolean => job.drain === 'column';

/** Sub-blocks with a scale and a minimum of their own, where these stay outside the dot (`factored`), and weights in one. */
export const SUB_BLOCKS = 8;
export const subWeights = (job: RowJob): number => blockWeights(job) / SUB_BLOCKS;
/** Bytes of a weight as the dot reads it, and of an activation. */
export const elementBytes = (job: RowOptions): number => (isHalf(job) ? 2 : 4);
/** Bytes of the minimums and scales of a block, f32, if they stay outside the dot. */
export const factorBytes = (job: RowJob): number => (isFactored(job) ? 4 * 2 * SUB_BLOCKS : 0);
/** Bytes of a block as the dot reads it: its weights or, factored, its quants with minimums and scales behind them. */
export const cellBytes = (job: RowJob): number => elementBytes(job) * blockWeights(job) + factorBytes(job);

/** Whether activations are received into memory before they are multiplied; else the dot takes them from the ramp. */
export const buffersActivations = (job: RowJob): boolean => sharesActivations(job) || overlaps(job) || job.factored === 'pe';
/** Wavelets of a block of one column: its activations, packed in pairs if they are f16, and their sums if the source sends them. */
export const wordsOfBlock = (job: RowJob): number => blockWeights(job) / (isHalf(job) ? 2 : 1) + (job.factored === 'source' ? SUB_BLOCKS : 0);
/** Results that a PE keeps until it drains: of all columns, or of one. */
export const keptResults = (job: RowJob): number => job.rows * (drainsByColumn(job) ? 1 : job.n);

/** A PE's memory. Hardware queues are not in it: their words live in the router and the ramp, not in SRAM. There is no stack: tasks do not call. */
export interface RowLayout {
  readonly allocations: readonly Allocation[];
  /** n x rows f32, one token after the other: in the order in which they leave; with `drain` column of one token only. */
  readonly results: number;
  /** The activations of one block, if they are received into memory. */
  readonly activations?: number;
  /** Factored: the eight sums of a block's activations, f32, and behind them the eight dots of a row's sub-blocks. */
  readonly sums?: number;
  /** Bytes from the activations and sums of a block to those of the next one, which are received meanwhile (`overlap`). */
  readonly otherBuffer?: number;
  /** The control wavelet of a PE at the far end of its fabric row (`drain` column). */
  readonly control?: number;
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

/** One block of one row. */
export interface BlockCode {
  readonly dequantise: StraightCode;
  readonly dot: StraightCode;
}

export interface RowMapping<Layout extends RowLayout> {
  readonly id: string;
  readonly name: string;
  readonly idea: string;
  layout(job: RowJob): Layout;
  /** Everything a PE does before it drains its results. */
  code(job: RowJob, layout: Layout): Code;
  /** One block's dequantisation and one block's row dot, for prices. */
  block(job: RowJob, layout: Layout): BlockCode;
  segments(job: RowJob, layout: Layout): readonly Segment[];
  readonly alternatives: readonly Alternative[];
  /** Why these options do not go with rows of this format, if they do not. */
  refuses?(options: RowOptions, format: Format): WeftError | undefined;
}
