/**
 * Speed of the wavelet engine, values carried, trace recorded, one thread: busy PE-cycles a second (bench/busy.ts) and
 * wavelet-hops a second (links and ramps) on a streaming broadcast GEMV, on a chain reduce and on a nearly idle wafer.
 * Baseline: the reference engine on a small case in the same run, in the same unit.
 */
import type { Engine, EngineFactory } from '../src/engine/engine.ts';
import { createReferenceEngine } from '../src/engine/reference.ts';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import { REDUCES } from '../src/kernels/collectives/index.ts';
import { seededVectors } from '../src/kernels/measured/row.ts';
import type { KernelOptions } from '../src/kernels/options.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import type { Kernel } from '../src/kernels/types.ts';
import { type Channels, enumerateChannels } from '../src/machine/channels.ts';
import type { Program } from '../src/machine/program.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { synthetic } from '../src/model/synthetic.ts';
import { Recorder } from '../src/trace/recorder.ts';
import { busyPeCycles, hopsOf } from './busy.ts';
import { crossing } from './idle.ts';
import { twoColors } from './mesh.ts';
import { type BenchRow, cpuMs, row } from './row.ts';
import { stateBytesPerPe } from './state.ts';

interface Rates {
  /** Million per CPU second. */
  readonly busy: number;
  readonly hops: number;
  /** Million PE-cycles a CPU second, idle ones included. */
  readonly all: number;
  readonly seconds: number;
  /** Bytes of engine state per PE: a snapshot less the PE's own memory. */
  readonly stateBytes: number;
}

/** The fastest of `times` runs: on a shared machine the least disturbed. */
function fastest(times: number, run: () => Rates): Rates {
  return Array.from({ length: times }, run).reduce((best, r) => (r.seconds < best.seconds ? r : best));
}

function measure(factory: EngineFactory, program: Program): Rates {
  const channels = enumerateChannels(program);
  const recorder = new Recorder(program.width * program.height, channels, program.sources.length, program.sinks.length);
  const engine = factory(program, recorder);
  const begin = cpuMs();
  engine.advance(Number.MAX_SAFE_INTEGER);
  return ratesOf(engine, program, channels, recorder, (cpuMs() - begin) / 1000);
}

function ratesOf(engine: Engine, program: Program, channels: Channels, recorder: Recorder, seconds: number): Rates {
  const pes = program.width * program.height;
  const trace = recorder.finish(program.width, program.height, engine.cycle);
  const million = seconds * 1e6;
  return {
    busy: busyPeCycles(trace, channels) / million,
    hops: hopsOf(trace.moves) / million,
    all: (pes * engine.cycle) / million,
    seconds,
    stateBytes: stateBytesPerPe(engine, program),
  };
}

/** Broadcast GEMV, one row a PE: K activations through side x side PEs that dequantise Q4_K and multiply. */
function gemv(factory: EngineFactory, side: number, k: number, options: KernelOptions = {}): Rates {
  return measure(factory, product(KERNELS.streaming, side, k, 1, options));
}

function product(kernel: Kernel, side: number, k: number, n: number, options: KernelOptions = {}): Program {
  const gemm = synthetic(side * side, k, n, 7);
  return kernel.build(kernel.plan(gemm, WSE2, { width: side, height: side }, options), gemm);
}

const UNIT = 'million/s of CPU';

function gemvRows(reference: Rates, side: number, k: number, times: number): BenchRow[] {
  const r = fastest(times, () => gemv(createWaveletEngine, side, k));
  const what = `broadcast GEMV ${side} x ${side} PEs, K = ${k}`;
  return [
    row(`busy PE-cycles, ${what} (baseline: reference engine 4 x 4, K = 256)`, r.busy, UNIT, reference.busy),
    row('wavelet-hops, the same', r.hops, UNIT, reference.hops),
    row('engine state per PE beside its memory (baseline: the 400 B of the plan)', r.stateBytes, 'B', 400),
  ];
}

/** Weights dequantised once, then column after column: little but the stream, the products and their sums, the more so the longer it lasts. */
function steadyRows(reference: Rates): BenchRow[] {
  return [
    { k: 512, n: 4 },
    { k: 1024, n: 8 },
  ].map(({ k, n }) => {
    const r = fastest(2, () => measure(createWaveletEngine, product(KERNELS.stationary, 256, k, n)));
    return row(`busy PE-cycles, stationary GEMM 256 x 256 PEs, K = ${k}, N = ${n} (baseline: reference engine, GEMV 4 x 4)`, r.busy, UNIT, reference.busy);
  });
}

/** Two colors that share every link between columns: routers arbitrate in every cycle. */
function twoColorRows(): BenchRow[] {
  const reference = measure(createReferenceEngine, twoColors(WSE2, 4, 256));
  const r = fastest(3, () => measure(createWaveletEngine, twoColors(WSE2, 64, 1024)));
  return [
    row('busy PE-cycles, two colors on every link, 64 x 64 PEs, 1024 words each (baseline: reference engine 4 x 4, 256)', r.busy, UNIT, reference.busy),
    row('wavelet-hops, the same', r.hops, UNIT, reference.hops),
  ];
}

/** Options whose inner loops are others: PE-cycles a second, idle ones included, against the usual rows in the same run. */
function optionRows(): BenchRow[] {
  const rate = (options: KernelOptions): number => fastest(3, () => gemv(createWaveletEngine, 24, 1024, options)).all;
  const usual = rate({});
  return [{ overlap: 'on' }, { f16: 'on' }].map((options) =>
    row(`PE-cycles, 24 x 24 PEs, K = 1024, ${Object.keys(options)[0]} (baseline: without)`, rate(options as KernelOptions), UNIT, usual),
  );
}

/** A chain reduce to the west end of a row of 512 PEs: every PE but the last adds its vector to what comes and passes it on. */
function chain(factory: EngineFactory, pes: number, wavelets: number): Rates {
  const row = { machine: WSE2, pes, wavelets, group: pes, descriptors: 'memory' } as const;
  return measure(factory, REDUCES.chain.build(row, seededVectors(pes, wavelets)).program);
}

function chainRows(): BenchRow[] {
  const reference = chain(createReferenceEngine, 16, 256);
  const r = fastest(3, () => chain(createWaveletEngine, 512, 4096));
  return [
    row('busy PE-cycles, chain reduce on 512 PEs, B = 4096 (baseline: reference engine, 16 PEs, B = 256)', r.busy, UNIT, reference.busy),
    row('wavelet-hops, the same', r.hops, UNIT, reference.hops),
  ];
}

/** The stream across a whole wafer, and across a fabric that has no PEs but its own. */
function idleRows(): BenchRow[] {
  const words = 400_000;
  const wafer = fastest(2, () => measure(createWaveletEngine, crossing(WSE2, 750, 994, words)));
  const alone = fastest(2, () => measure(createWaveletEngine, crossing(WSE2, 750, 1, words)));
  return [
    row('PE-cycles, idle ones included, a stream across 750 x 994 PEs (baseline: across the first row alone)', wafer.all, UNIT, alone.all),
    row('wavelet-hops, the same (a ratio of 1: idle PEs cost nothing)', wafer.hops, UNIT, alone.hops),
    row('engine state per PE of the nearly idle wafer (baseline: the 400 B of the plan)', wafer.stateBytes, 'B', 400),
  ];
}

/** Every row of this bench; about a minute. */
export function benches(): BenchRow[] {
  gemv(createWaveletEngine, 16, 1024);
  const reference = gemv(createReferenceEngine, 4, 256);
  return [
    ...gemvRows(reference, 64, 1024, 5),
    ...gemvRows(reference, 256, 512, 2),
    ...steadyRows(reference),
    ...twoColorRows(),
    ...optionRows(),
    ...chainRows(),
    ...idleRows(),
  ];
}
