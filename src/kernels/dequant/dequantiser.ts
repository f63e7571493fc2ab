/**
 * What a format needs to be dequantised on a PE: sizes, scratch memory, and a program for one block that the op table
 * prices (kernels.md section 3). A format is one file of this folder and one line of the table in index.ts.
 */
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction } from '../../machine/program.ts';
import type { Format } from '../../quant/formats.ts';

/** Where a vector starts: a byte address, plus the bytes in register `base` if there is one. */
export interface Place {
  readonly address: number;
  readonly base?: number;
}

/** Registers a dequantise program may overwrite; a kernel names them among its own. */
export const DEQUANTISE_REGISTERS = ['d', 'negDmin', 's0', 's1', 's2', 't'] as const;
export type DequantiseRegisters = Readonly<Record<(typeof DEQUANTISE_REGISTERS)[number], number>>;

/** Addresses of a format's scratch memory, by name. */
export type Scratch = Readonly<Record<string, number>>;

export interface Dequantiser {
  /** Name, block sizes and the reference twin. */
  readonly format: Format;
  /** Reserves the scratch memory of a PE; nothing in it lives longer than one block's program. */
  reserve(memory: MemoryPlan): Scratch;
  /** The program that turns the block at `from` into `format.blockSize` f32 at `to`; both are 8-byte aligned. */
  code(from: Place, to: Place, scratch: Scratch, registers: DequantiseRegisters): readonly Instruction[];
}
