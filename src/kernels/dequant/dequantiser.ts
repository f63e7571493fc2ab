/**
 * What a format needs to be dequantised on a PE: sizes, scratch memory, and a program for one unit that the op table
 * prices (kernels.md section 3). A format is one file of this folder and one line of the table in index.ts.
 *
 * A unit is what one program handles: 256 weights of a row, so one block of the K family, eight of Q8_0, or 256 weights of
 * a format without blocks. Its bytes decide how it may be read: units of a row follow one another without padding, so a unit
 * lies at a multiple of 8 only if its size is one; at a multiple of 2 it always does.
 */
import { mem } from '../../machine/builder.ts';
import type { MemoryPlan } from '../../machine/memory.ts';
import type { Instruction, MemoryOperand } from '../../machine/program.ts';
import type { Format } from '../../quant/formats.ts';

/** Where a vector starts: a byte address, plus the bytes in register `base` if there is one. */
export interface Place {
  readonly address: number;
  readonly base?: number;
}

/** A vector of memory that starts `bytes` after `place`. */
export const at = (place: Place, bytes: number, stride = 1, shape: Pick<MemoryOperand, 'inner' | 'outer'> = {}): MemoryOperand =>
  mem(place.address + bytes, stride, { ...shape, ...(place.base === undefined ? {} : { base: place.base }) });

/** Registers a dequantise program may overwrite; a kernel names them among its own. */
export const DEQUANTISE_REGISTERS = ['d', 'negDmin', 's0', 's1', 's2', 't'] as const;
export type DequantiseRegisters = Readonly<Record<(typeof DEQUANTISE_REGISTERS)[number], number>>;

/** Addresses of a format's scratch memory, by name. */
export type Scratch = Readonly<Record<string, number>>;

/** What one dequantise program handles. */
export interface Unit {
  /** Weights. */
  readonly size: number;
  /** Bytes as stored. */
  readonly bytes: number;
}

/** Weights of a unit; K must be a multiple of it. */
export const UNIT_WEIGHTS = 256;

/** A format's unit: as many of its blocks as make 256 weights. */
export const unitOf = ({ blockSize, blockBytes }: Pick<Format, 'blockSize' | 'blockBytes'>): Unit => ({
  size: UNIT_WEIGHTS,
  bytes: (UNIT_WEIGHTS / blockSize) * blockBytes,
});

export interface Dequantiser {
  /** Name, block sizes and the reference twin. */
  readonly format: Format;
  readonly unit: Unit;
  /** True if stored weights are f32 already: kernels read them where they lie, there is no code and no f32 copy. */
  readonly direct: boolean;
  /** Reserves the scratch memory of a PE; nothing in it lives longer than one unit's program. */
  reserve(memory: MemoryPlan): Scratch;
  /**
   * The program that turns the unit at `from` into `unit.size` f32 at `to`. `to` lies at a multiple of 8; `from` as the unit's
   * bytes allow: at a multiple of 8 if they are one, of 4 if they are, else of 2.
   */
  code(from: Place, to: Place, scratch: Scratch, registers: DequantiseRegisters): readonly Instruction[];
  /** For formats of eight sub-blocks with y = d sc[j] q - dmin m[j]. */
  readonly factored?: FactoredDequantiser;
}

/** The quants of a unit apart from scales and minimums, which a dot may leave to its end. */
export interface FactoredDequantiser {
  reserve(memory: MemoryPlan): Scratch;
  /** `unit.size` quants at `quants`, each `width` bytes (f32 or f16); at `factors` -dmin m[0..7], then d sc[0..7], f32. */
  code(from: Place, quants: Place, factors: Place, width: number, scratch: Scratch, registers: DequantiseRegisters): readonly Instruction[];
}
