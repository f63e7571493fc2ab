/**
 * A whole model is a sequence of launches: one simulated program after the other, what comes out of one going into the next.
 * This room says what to launch; who gives it a {@link Launch} (src/api/launch.ts) joins it to an engine.
 */
import { kernelById } from '../kernels/registry.ts';
import type { Estimate, KernelOptions, MacCount, Plan, Problem, ProblemShape, Rectangle, Shape } from '../kernels/types.ts';
import type { Program } from '../machine/program.ts';
import type { MachineSpec } from '../machine/spec.ts';

/** A program to be run to its end, and what is needed to judge the run. Nothing is built before it is launched. */
export interface Job {
  /** What is computed, e.g. `blk.0.attn_q.weight`. */
  readonly name: string;
  /** Id of the kernel, or of a program of this room that is no kernel. */
  readonly kernel: string;
  readonly shape: Shape;
  readonly rectangle: Rectangle;
  readonly estimate: Estimate;
  /** As in {@link Plan}. */
  readonly work: Pick<Plan, 'weightBytes' | 'usedPes' | 'macRate'>;
  /** In pieces. */
  building(): Generator<void, Program>;
  macs(program: Program): MacCount;
  /** Results from the words of each sink, N x M f32; in pieces. */
  gathering(sinks: readonly Uint32Array[]): Generator<void, Float32Array>;
  /** The same by a scalar program in the documented order, to which every run is held bit by bit; in pieces. */
  adding(): Generator<void, Float32Array>;
}

/** One run as plain data. Cycles are of the machine, from the first word in to the last one out. */
export interface LaunchRecord {
  readonly name: string;
  readonly kernel: string;
  readonly shape: Shape;
  readonly rectangle: Rectangle;
  readonly cycles: number;
  /** Cycles by the kernel's closed form, and how far it is off as a fraction of the simulated cycles. */
  readonly closedForm: number;
  readonly residual: number;
  readonly lowerBound: number;
  readonly utilisation: { readonly mac: number; readonly busy: number; readonly mapping: number };
  /** Multiply-adds. */
  readonly macs: number;
  /** Bytes between host and wafer: weights, activations, results. */
  readonly hostBytes: { readonly weights: number; readonly in: number; readonly out: number };
  /** Results that differ from the plain loop in a bit; 0 unless there is a bug. */
  readonly bitsOff: number;
  /** The physics of the run, checked from its trace. */
  readonly checks: readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[];
}

export interface Launched {
  /** N x M f32, one token after the other. */
  readonly y: Float32Array;
  readonly record: LaunchRecord;
}

/** Runs a job on an engine to its end. Rejects with WeftError for programs that cannot be built or get stuck, and when cancelled. */
export type Launch = (job: Job) => Promise<Launched>;

/** How a kernel is placed: the default rectangle and options where nothing is said. */
export interface Placement {
  readonly machine: MachineSpec;
  readonly pes?: Rectangle | undefined;
  readonly options?: KernelOptions | undefined;
}

/** A kernel placed before the numbers are there: what it will cost, and its job once they are. */
export interface PlacedKernel {
  readonly estimate: Estimate;
  job(name: string, problem: Problem): Job;
}

/**
 * Places a kernel of the registry.
 * @throws WeftError (`kernel`, or what the kernel's plan refuses: shape, format, options, rectangle).
 */
export function placeKernel(kernelId: string, shape: ProblemShape, { machine, pes, options }: Placement): PlacedKernel {
  const kernel = kernelById(kernelId);
  const plan = kernel.plan(shape, machine, pes, options);
  const { rectangle, weightBytes, usedPes, macRate } = plan;
  const { m, k, n, format } = shape;
  const estimate = kernel.estimate(plan);
  const job = (name: string, problem: Problem): Job => ({
    name,
    kernel: kernelId,
    shape: { m, k, n, format },
    rectangle,
    estimate,
    work: { weightBytes, usedPes, macRate },
    building: () => kernel.building(plan, problem),
    macs: (program) => kernel.macs(plan, program),
    gathering: (sinks) => kernel.gathering(plan, sinks),
    adding: () => kernel.adding(plan, problem),
  });
  return { estimate, job };
}
