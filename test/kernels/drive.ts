/** Runs a kernel on an engine: seeded activations, real Q4_K blocks as weights (golden), results and events. */
import { rng } from '../../src/base/rng.ts';
import type { Engine, EngineFactory } from '../../src/engine/engine.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { OPTIONS } from '../../src/kernels/options.ts';
import { kernelById } from '../../src/kernels/registry.ts';
import type { Estimate, Gemm, KernelOptions, Plan, Rectangle } from '../../src/kernels/types.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Program } from '../../src/machine/program.ts';
import type { MachineSpec } from '../../src/machine/spec.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { goldenBytes } from '../quant/golden.ts';

/** Kernels that place one row of A or more on every PE: what holds for both is tested once. */
export const ROW_KERNELS = ['streaming', 'stationary'] as const;

const BLOCK_BYTES = 144;
const BLOCKS = goldenBytes('dot_K1024_w_blocks.bin');

export interface Case {
  readonly kernel: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly machine: MachineSpec;
  readonly rectangle?: Rectangle;
  readonly options?: KernelOptions;
}

export interface Outcome {
  readonly plan: Plan;
  readonly gemm: Gemm;
  readonly program: Program;
  readonly engine: Engine;
  readonly y: Float32Array;
  readonly cycles: number;
  readonly estimate: Estimate;
  readonly trace: Trace;
}

/** M rows of real blocks, N columns of seeded activations; another seed begins at another block. */
export function gemmOf(m: number, k: number, n: number, seed = 1): Gemm {
  const random = rng(seed);
  const x = Float32Array.from({ length: n * k }, () => random.gauss());
  const weights = Uint8Array.from({ length: ((m * k) / 256) * BLOCK_BYTES }, (_, i) => BLOCKS[(i + seed * BLOCK_BYTES) % BLOCKS.length]);
  return { m, k, n, format: 'q4_k', weights, x };
}

/** Plans, builds and runs to the end. */
export function drive(c: Case, numbers?: Gemm, create: EngineFactory = createWaveletEngine): Outcome {
  const kernel = kernelById(c.kernel);
  const gemm = numbers ?? gemmOf(c.m, c.k, c.n, c.m + c.n);
  const plan = kernel.plan({ m: c.m, k: c.k, n: c.n, format: gemm.format }, c.machine, c.rectangle, c.options);
  const program = kernel.build(plan, gemm);
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = create(program, recorder);
  engine.advance(Number.MAX_SAFE_INTEGER);
  const y = kernel.gather(
    plan,
    program.sinks.map((_, i) => engine.sinkWords(i)),
  );
  const trace = recorder.finish(program.width, program.height, engine.cycle);
  return { plan, gemm, program, engine, y, cycles: engine.cycle, estimate: kernel.estimate(plan), trace };
}

/** "streaming, WSE-2, two-op, drain column, 7 x 512 x 2 on 3x1": a case in a test's name. Options at their usual value are left out. */
export function caseName(c: Case): string {
  const on = c.rectangle ? ` on ${c.rectangle.width}x${c.rectangle.height}` : '';
  const { dot = 'default dot', ...others } = c.options ?? {};
  const chosen = Object.entries(others).filter(([id, value]) => value !== ROW_OPTIONS[id as keyof typeof ROW_OPTIONS]?.values[0]);
  return [c.kernel, c.machine.name, dot, ...chosen.map(([id, value]) => `${id} ${value}`), `${c.m} x ${c.k} x ${c.n}${on}`].join(', ');
}

/** The options of row kernels beside the dot, and every combination of them with the dot: 96. */
const ROW_OPTIONS = { overlap: OPTIONS.overlap, f16: OPTIONS.f16, factored: OPTIONS.factored, drain: OPTIONS.drain, edge: OPTIONS.edge } as const;
export const COMBINATIONS: readonly KernelOptions[] = Object.entries({ ...ROW_OPTIONS, dot: OPTIONS.dot }).reduce<readonly KernelOptions[]>(
  (all, [id, { values }]) => all.flatMap((options) => values.map((value) => ({ ...options, [id]: value }))),
  [{}],
);

/** Shapes and rectangles: one PE, a line each way, a partly filled last row, idle PEs, 1 to 3 rows on a PE, a last PE with fewer. */
export const PLACES: ReadonlyArray<readonly [m: number, k: number, n: number, width: number, height: number]> = [
  [1, 256, 1, 1, 1],
  [3, 256, 2, 1, 3],
  [4, 256, 1, 4, 1],
  [7, 512, 2, 3, 3],
  [5, 1024, 1, 3, 2],
  [2, 256, 3, 3, 2],
  [8, 256, 3, 2, 2],
  [7, 256, 2, 2, 2],
  [5, 256, 3, 2, 2],
  [7, 512, 2, 3, 1],
  [9, 256, 1, 1, 4],
  [3, 256, 2, 1, 1],
];
