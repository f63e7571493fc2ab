/** One PE's share in `weight-streaming`, and the sizes that follow from it. */
import type { MachineSpec } from '../../machine/spec.ts';
import type { Dequantiser } from '../dequant/dequantiser.ts';
import type { DotProgram } from '../types.ts';

export interface StreamJob {
  readonly machine: MachineSpec;
  readonly dequantiser: Dequantiser;
  readonly dot: DotProgram;
  readonly overlap: boolean;
  readonly k: number;
  /** Rows of A and tokens of B on this PE. */
  readonly rows: number;
  readonly tokens: number;
  /** Tokens on the fullest PE: the size of a mark's last digit. */
  readonly tokensMost: number;
}

export const blocksOf = (job: StreamJob): number => job.k / job.dequantiser.unit.size;

/** Wavelets of a block on its way: its stored bytes, 4 in a wavelet; the last one padded with zeros where they are no multiple of 4. */
export const wordsOfBlock = ({ dequantiser }: Pick<StreamJob, 'dequantiser'>): number => Math.ceil(dequantiser.unit.bytes / 4);

/** Bytes from one staging buffer to the other: vectors begin at multiples of 8. */
export const stagingStride = (job: StreamJob): number => 8 * Math.ceil(wordsOfBlock(job) / 2);
