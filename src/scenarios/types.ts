/** What a hand-written program is: built for a machine, of a fixed size or in a row of PEs with a stream of words. */
import type { Cycle } from '../base/units.ts';
import type { Measured } from '../kernels/measured/measured.ts';
import type { Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';

/** PEs of a row, and words of the stream or of the vector that each PE holds. */
export interface RowSizes {
  readonly pes: number;
  readonly words: number;
}

/** A program that times itself, and what a model says of that window. */
export interface Timed {
  readonly measured: Measured;
  readonly model: Cycle;
}

export type Scenario = {
  readonly id: string;
  readonly title: string;
} & (
  | { readonly kind: 'stops' /** Ends with the error it is there to show. */; readonly build: (machine: MachineSpec) => Program }
  | {
      readonly kind: 'row';
      /** What is taken where nothing is chosen. */
      readonly sizes: RowSizes;
      /** @throws WeftError (`pes`, `words`) for what the machine cannot hold. */
      readonly build: (machine: MachineSpec, sizes: RowSizes) => Timed;
    }
);
