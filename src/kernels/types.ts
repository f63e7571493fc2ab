/**
 * What a kernel is: a mapping of C[M x N] = A[M x K] * B[K x N] onto the machine. A kernel plans a placement, produces a
 * Program, reads the results back in order, computes the plain loop and estimates its cycles. It never runs anything.
 */
import type { Price } from '../machine/price.ts';
import type { Allocation, Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';

/** Sizes of one matrix multiplication; `format` is the stored format of A's rows. */
export interface Shape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly format: string;
}

/** The numbers: `weights` holds M rows as stored; `x` holds N columns of B one after the other (N x K f32). */
export interface Gemm extends Shape {
  readonly weights: Uint8Array;
  readonly x: Float32Array;
}

/** A rectangle of PEs. */
export interface Rectangle {
  readonly width: number;
  readonly height: number;
}

/** Row-dot program: `two-op` is mul then running add; `fused1` one element a cycle (*assumed*, Teaching's default). */
export type DotProgram = 'two-op' | 'fused1';

export interface KernelOptions {
  readonly dot: DotProgram;
}

/** Where everything lies before a program exists. PEs are row-major; rows go to PEs in order, `rowsPerPe` each, the last fewer. */
export interface Plan {
  readonly kernel: string;
  readonly shape: Shape;
  readonly machine: MachineSpec;
  readonly rectangle: Rectangle;
  readonly options: KernelOptions;
  readonly rowsPerPe: number;
  /** PEs that hold rows. */
  readonly usedPes: number;
  /** Memory account of the fullest PE; its sum includes the code reserve. */
  readonly memory: readonly Allocation[];
  /** Issue cycles of one block's dequantisation, and of one block's row dot, by what they pay for. */
  readonly blockPrice: { readonly dequantise: Price; readonly dot: Price };
  /** Multiply-adds per cycle of the chosen row-dot program at full rate (1 for fused, 1/3 for mul + running add on WSE-2). */
  readonly macRate: number;
}

/** A term of a closed form, in cycles, with what it stands for; the terms sum up to the total. */
export interface Term {
  readonly name: string;
  readonly cycles: number;
}

export interface Estimate {
  readonly closedForm: { readonly cycles: number; readonly terms: readonly Term[] };
  /** The largest of the three is the bound (kernels.md section 5). */
  readonly lowerBound: { readonly cycles: number; readonly issue: number; readonly link: number; readonly path: number };
}

export interface Kernel {
  readonly id: string;
  readonly name: string;
  /** One sentence: the idea. */
  readonly idea: string;
  /** Placement on `rectangle`, or on the default one. Throws WeftError for shapes, formats or rectangles that cannot be placed. */
  plan(shape: Shape, machine: MachineSpec, rectangle?: Rectangle, options?: Partial<KernelOptions>): Plan;
  /** The program; throws as plan does. */
  build(plan: Plan, gemm: Gemm): Program;
  /** Results from the words of each sink (in program.sinks order) as N x M f32, one token after the other. */
  gather(plan: Plan, sinks: readonly Uint32Array[]): Float32Array;
  /** The same numbers by an independent scalar program in the kernel's documented order, N x M f32. */
  plainLoop(gemm: Gemm): Float32Array;
  /** Closed form and lower bound in cycles. */
  estimate(plan: Plan): Estimate;
}
