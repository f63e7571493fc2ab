/**
 * What a kernel is: a mapping of a matrix product C[M x N] = A[M x K] * B[K x N], or of a whole transformer layer, onto the
 * machine. A kernel plans a placement, produces a Program, reads the results back in order, computes the plain loop and
 * estimates its cycles. It never runs anything.
 */
import type { Price } from '../machine/price.ts';
import type { Allocation, Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { LayerParts, LayerShape } from '../model/layer.ts';
import type { KernelOptions, OptionId } from './options.ts';

export { LAYER_MATRICES, type LayerShape, type Matrix } from '../model/layer.ts';
export type { DotProgram, KernelOptions } from './options.ts';

/** Sizes of one matrix product; `format` is the stored format of A's rows. Of a layer: M = K = hidden size, N tokens. */
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

/** A layer with its numbers. `weights` is empty; `x` holds N tokens of K = hidden f32. */
export interface Layer extends Gemm, LayerParts {}

/** What a kernel maps: a matrix product, or a layer for the kernels that say so. */
export type Problem = Gemm | Layer;
/** The same without numbers; enough to plan. */
export type ProblemShape = Shape & { readonly layer?: LayerShape };

/** A rectangle of PEs. */
export interface Rectangle {
  readonly width: number;
  readonly height: number;
}

/** A named part of the rectangle, drawn as a frame: a band of a batch, a stage of a layer. */
export interface Region extends Rectangle {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** A number that only this kernel has, ready to show: waves, replicas, tokens a second. */
export interface Fact {
  readonly name: string;
  readonly value: number;
  /** '', 'B', 'cycles', 'PEs', ... */
  readonly unit: string;
  /** One sentence: what it is and how it comes about. */
  readonly meaning: string;
}

/** Issue cycles of one block of 256 weights, by what they pay for. */
export interface BlockPrice {
  readonly dequantise: Price;
  readonly dot: Price;
}

/** Where everything lies before a program exists, as plain data. */
export interface Plan {
  readonly kernel: string;
  readonly shape: ProblemShape;
  readonly machine: MachineSpec;
  readonly rectangle: Rectangle;
  /** Every option the kernel knows, with its value. */
  readonly options: KernelOptions;
  /** Rows of A on the fullest PE. */
  readonly rowsPerPe: number;
  /** PEs that hold rows. */
  readonly usedPes: number;
  /** Memory account of the fullest PE; its sum includes the code reserve. */
  readonly memory: readonly Allocation[];
  readonly blockPrice: BlockPrice;
  /** Multiply-adds per cycle of the chosen row-dot program at full rate (1 for fused, 1/3 for mul + running add on WSE-2). */
  readonly macRate: number;
  /** Bytes of A that the host copies in, replicas included. */
  readonly weightBytes: number;
  readonly regions?: readonly Region[];
  readonly facts?: readonly Fact[];
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

/**
 * Rows of A by PE, row-major; `first` is -1 where a PE holds none. Typed arrays, so that a whole wafer's map crosses quickly.
 */
export interface RowMap {
  readonly first: Int32Array;
  readonly count: Uint16Array;
  /** Absent where all rows are of one matrix. */
  readonly matrices?: RowsOfMatrices;
  /** First column of A on each PE, where A is tiled in K; 0 everywhere if absent. */
  readonly column?: Uint32Array;
}

/**
 * Of which matrices rows are: `groups[of[pe]]` by their names in a GGUF file, `ffn_gate` and `ffn_up`. A PE holds equally many rows of each, from
 * `first` on in each, `count` in all.
 */
export interface RowsOfMatrices {
  readonly of: Uint8Array;
  readonly groups: ReadonlyArray<readonly string[]>;
}

/** How many multiply-adds a word taken from the fabric stands for, by PE class and input queue, and how many there must be. */
export interface MacCount {
  readonly perWord: ReadonlyArray<readonly number[]>;
  readonly expected: number;
}

/** Where a PE keeps the sum of the row and the token it is at work on, so that it can be read while the program runs. */
export interface SumPlace {
  /** The accumulator. */
  readonly register: number;
  /** Weights of a row that one step of the mark `block` stands for. */
  readonly block: number;
  /** Columns of B that go through the PE, in the order in which marks count them. */
  readonly tokens: readonly number[];
  /** What the plain loop of this sum depends on. */
  readonly options: KernelOptions;
}

/** Results in float64 with the same dequantised weights, and the sums of magnitudes |w x| behind each; N x M. */
export interface Exact {
  readonly y: Float64Array;
  readonly sumAbs: Float64Array;
}

/** A {@link Kernel} as it is written: its long work in pieces, which yield. */
export interface KernelInPieces {
  readonly id: string;
  readonly name: string;
  /** One sentence: the idea. */
  readonly idea: string;
  /** What it maps. */
  readonly takes: 'gemm' | 'layer';
  /** Options it knows, in the order in which they are shown. */
  readonly options: readonly OptionId[];
  /** Placement on `rectangle`, or on the default one. Throws WeftError for shapes, formats, options or rectangles that cannot be placed. */
  plan(shape: ProblemShape, machine: MachineSpec, rectangle?: Rectangle, options?: KernelOptions): Plan;
  /** The program; throws as plan does. */
  building(plan: Plan, problem: Problem): Generator<void, Program>;
  /** Results from the words of each sink (in program.sinks order) as N x M f32, one token after the other. */
  gathering(plan: Plan, sinks: readonly Uint32Array[]): Generator<void, Float32Array>;
  /** The same numbers by an independent scalar program in the kernel's documented order, N x M f32. */
  adding(plan: Plan, problem: Problem): Generator<void, Float32Array>;
  /** Results in float64, where they are not simply A times B. */
  exact?(plan: Plan, problem: Problem): Generator<void, Exact>;
  /** Closed form and lower bound in cycles. */
  estimate(plan: Plan): Estimate;
  rowMap(plan: Plan): RowMap;
  macs(plan: Plan, program: Program): MacCount;
  /**
   * The plan cut down to the least that gives the results of a PE that holds rows: its rows of A and its columns of B (those of
   * {@link sumOf}, any number of them) on as few PEs as add them up, in the same order of operations. Absent where all PEs need one another.
   */
  partOf?(plan: Plan, pe: number, columns: number): Plan;
  /** Where a PE that holds rows adds up; absent where sums are no dots of a row with a column. */
  sumOf?(plan: Plan, pe: number): SumPlace;
}

export interface Kernel extends KernelInPieces {
  /** What `building` gives, at once. */
  build(plan: Plan, problem: Problem): Program;
  /** What `gathering` gives, at once. */
  gather(plan: Plan, sinks: readonly Uint32Array[]): Float32Array;
  /** What `adding` gives, at once. */
  plainLoop(plan: Plan, problem: Problem): Float32Array;
}
