/**
 * A program that times itself as the vendor's programs do: PEs read the time-stamp counter and leave what they read in
 * memory. Running it and reading the stamps is the API's part (src/api/micro.ts).
 */
import type { Bytes, Cycle, PeId } from '../../base/units.ts';
import type { Program } from '../../machine/program.ts';

/** A word of memory that holds a counter reading after the run. */
export interface Stamp {
  readonly pe: PeId;
  readonly address: Bytes;
}

/** What a PE must hold at the end, bit by bit: f32 or 16-bit words, computed by an independent loop. */
export interface Expected {
  readonly pe: PeId;
  readonly address: Bytes;
  readonly values: Float32Array | Uint16Array;
}

export interface Measured {
  readonly program: Program;
  readonly begin: Stamp;
  readonly end: Stamp;
  /** Cycles between the two stamps that do not belong to the window: cycles = end - begin - outside. */
  readonly outside: Cycle;
  readonly expected: readonly Expected[];
}
