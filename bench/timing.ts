/**
 * Speed of the timing engine, trace included, one thread: whole wafers of equal PEs, how its time goes with K and with PEs, a
 * layer, and wafers whose PEs hold each other up: of few timing classes, and with little in common. Baseline: the target,
 * the other case of the same run, or the wavelet engine in it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assert } from '../src/base/error.ts';
import { type Rng, rng } from '../src/base/rng.ts';
import { type Timing, timeProgram, timeShared, timeSwept } from '../src/engine/timing/timing.ts';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import type { KernelOptions } from '../src/kernels/options.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { transformerLayer } from '../src/kernels/transformer_layer/index.ts';
import { enumerateChannels } from '../src/machine/channels.ts';
import type { PeClass, Program } from '../src/machine/program.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { type Matrix, matricesOf, matrixSize, syntheticLayerShape } from '../src/model/layer.ts';
import { FORMATS, rowBytes } from '../src/quant/formats.ts';
import { Recorder } from '../src/trace/recorder.ts';
import { late, scattered } from '../test/drivers/late.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

interface Case {
  readonly kernel: 'streaming' | 'stationary';
  readonly rows: number;
  readonly k: number;
  readonly n: number;
  readonly width: number;
  readonly height: number;
  readonly options?: KernelOptions;
}

/** The usable rectangle, a row a PE. */
export const WHOLE = { width: 750, height: 994, rows: 745_500, k: 4096, n: 1, kernel: 'streaming' } as const;

/** A program whose weights are zeros that nothing touches. */
function programOf({ kernel, rows: m, k, n, width, height, options }: Case): Program {
  const mapping = KERNELS[kernel]!;
  const shape = { m, k, n, format: 'q4_k' };
  const weights = new Uint8Array(m * rowBytes(FORMATS.q4_k, k));
  return mapping.build(mapping.plan(shape, WSE2, { width, height }, options), { ...shape, weights, x: new Float32Array(n * k) });
}

/** The fastest of some evaluations, in CPU seconds. */
function fastest(program: Program, times: number): number {
  const runs = Array.from({ length: times }, () => {
    const begin = cpuMs();
    timeShared(program);
    return (cpuMs() - begin) / 1000;
  });
  return Math.min(...runs);
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of the typed arrays that somebody holds. */
function heldBytes(): number {
  collect();
  // What the first collection found is freed beside it, and counted until then.
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** MB of the typed arrays that an evaluation leaves, its trace included. Apart from its time: to collect is work. */
function weighed(program: Program): number {
  const bytes = heldBytes();
  const { shared } = timeShared(program);
  const megabytes = (heldBytes() - bytes) / 1e6;
  assert(shared !== undefined, 'the trace is kept until it is weighed');
  return megabytes;
}

/** A layer of `hidden` values, one token; weights are zeros that nothing touches. */
function layerOf(hidden: number): Program {
  const layer = syntheticLayerShape(hidden);
  const shape = { m: hidden, k: hidden, n: 1, format: 'q4_k', layer };
  const matrices = matricesOf(layer).map((name): [string, Matrix] => {
    const { m, k } = matrixSize(layer, name);
    return [name, { name, format: 'q4_k', m, k, rows: new Uint8Array(m * rowBytes(FORMATS.q4_k, k)) }];
  });
  const gains = new Float32Array(hidden);
  const problem = { ...shape, weights: new Uint8Array(), x: new Float32Array(hidden), matrices: Object.fromEntries(matrices) };
  return transformerLayer.build(transformerLayer.plan(shape, WSE2), { ...problem, norms: { attention: gains, feedForward: gains } });
}

function layerRow(): BenchRow {
  const program = layerOf(4096);
  const seconds = Array.from({ length: 2 }, () => {
    const begin = cpuMs();
    const { shared } = timeProgram(program);
    assert(shared !== undefined, 'agents that are alike share their trace');
    return (cpuMs() - begin) / 1000;
  });
  return row('timing engine, transformer layer, h = 4096, N = 1, 36,864 PEs with rows (target 3 s)', Math.min(...seconds), 's CPU', 3);
}

/** What the evaluation of a program takes of the time that stepping its cycles does, both with their traces. */
function steppedRow(): BenchRow {
  const program = programOf({ kernel: 'streaming', rows: 4096, k: 1024, n: 1, width: 64, height: 64 });
  const stepped = Array.from({ length: 3 }, () => {
    const begin = cpuMs();
    const recorder = new Recorder(program.classOf.length, enumerateChannels(program), program.sources.length, program.sinks.length);
    const engine = createWaveletEngine(program, recorder);
    engine.advance(Number.MAX_SAFE_INTEGER);
    recorder.finish(program.width, program.height, engine.cycle);
    return (cpuMs() - begin) / 1000;
  });
  return row('timing engine, streaming, 64 x 64 PEs, K = 1024 (baseline: the wavelet engine)', fastest(program, 5), 's CPU', Math.min(...stepped));
}

/** Cycles of a stall, and the place in a task's code before which it stands. */
interface Stall {
  readonly cycles: number;
  readonly at: number;
}

const laterBy =
  ({ cycles, at }: Stall) =>
  (cls: PeClass): PeClass =>
    late(cls, cycles, at);

/** The program with one of `stalls` in the code of every PE, at random: PEs side by side have different ones. */
const stalled = (program: Program, stalls: readonly Stall[], r: Rng): Program => scattered(r, program, stalls.map(laterBy));

/** CPU seconds of a sweep. */
function sweepSeconds(program: Program, time: (program: Program) => Timing): { readonly seconds: number; readonly timing: Timing } {
  const begin = cpuMs();
  const timing = time(program);
  const seconds = (cpuMs() - begin) / 1000;
  assert(timing.way === 'sweep', 'PEs hold each other up');
  return { seconds, timing };
}

/** A stall of its own, of up to 400 cycles, anywhere in the code of every PE. */
function ownStallRows(): BenchRow[] {
  const program = programOf(WHOLE);
  const r = rng(1);
  const stalls = Array.from({ length: 2048 }, () => ({ at: r.below(program.classes[0].tasks[0].code.length), cycles: 1 + r.below(400) }));
  const { seconds, timing } = sweepSeconds(stalled(program, stalls, r), timeProgram);
  return [
    row('timing engine, streaming, a stall of its own on every PE (target 60 s)', seconds, 's CPU', 60),
    row('  lanes of its trace that differ by more than a shift, of four a PE', timing.distinct() ?? 0, 'lanes', 4 * program.classOf.length),
  ];
}

/** Three timing classes at random places, which differ in every block of the code. */
export function fewClasses(of: Case): Program {
  const stalls = [0, 100, 400].map((cycles) => ({ cycles, at: 20 }));
  return stalled(programOf(of), stalls, rng(1));
}

/** Whole periods of few timing classes are jumped over. */
function fewClassesRows(): BenchRow[] {
  const program = fewClasses(WHOLE);
  const jumping = sweepSeconds(program, timeProgram);
  const plain = sweepSeconds(program, (of) => timeSwept(of, false));
  assert(jumping.timing.evaluated < plain.timing.evaluated, 'periods are jumped over');
  // A quarter of the wafer: the weights of all of it would be longer than an array.
  const quarter = { ...WHOLE, height: 248, rows: WHOLE.width * 248 };
  const [short, long] = [4096, 16384].map((k) => sweepSeconds(fewClasses({ ...quarter, k }), timeProgram).seconds);
  return [
    row('timing engine, streaming, three timing classes at random, swept with jumps (target 5 s)', jumping.seconds, 's CPU', 5),
    row('  with jumps against without', jumping.seconds, 's CPU', plain.seconds),
    row('  K = 16,384 against K = 4096, a quarter of the wafer', long, 's CPU', short),
  ];
}

export function benches(): BenchRow[] {
  const streaming = fastest(programOf(WHOLE), 6);
  const stationary = fastest(programOf({ ...WHOLE, kernel: 'stationary' }), 6);
  const many = fastest(programOf({ ...WHOLE, n: 64 }), 1);
  const manyStationary = fastest(programOf({ ...WHOLE, kernel: 'stationary', n: 64 }), 1);
  const partly = fastest(programOf({ ...WHOLE, rows: WHOLE.rows + 700_000 }), 2);
  const receivingProgram = programOf({ ...WHOLE, options: { overlap: 'on' } });
  const receiving = fastest(receivingProgram, 2);
  const short = fastest(programOf({ ...WHOLE, k: 1024 }), 3);
  const half = fastest(programOf({ ...WHOLE, height: WHOLE.height / 2, rows: WHOLE.rows / 2 }), 3);
  // Once more, as warm as those it is held against.
  const again = fastest(programOf(WHOLE), 3);
  const name = '745,500 PEs, K = 4096';
  return [
    row(`timing engine, streaming, ${name}, N = 1 (target 0.5 s)`, streaming, 's CPU', 0.5),
    row('  its arrays, trace included (target 100 MB)', weighed(programOf(WHOLE)), 'MB', 100),
    row(`timing engine, stationary, ${name}, N = 1 (target 0.5 s)`, stationary, 's CPU', 0.5),
    row(`timing engine, streaming, ${name}, N = 64 (target 3 s)`, many, 's CPU', 3),
    row(`timing engine, stationary, ${name}, N = 64 (target 3 s)`, manyStationary, 's CPU', 3),
    row('timing engine, two rows on a PE, the last ones with fewer (target 5 s)', partly, 's CPU', 5),
    row(`timing engine, streaming, receiving by microthreads, ${name}, N = 1 (target 5 s)`, receiving, 's CPU', 5),
    row('  its arrays, trace included', weighed(receivingProgram), 'MB', 300),
    row('  K = 4096 against K = 1024', again, 's CPU', short),
    row('  all PEs against half of them', again, 's CPU', half),
    steppedRow(),
    layerRow(),
    ...fewClassesRows(),
    ...ownStallRows(),
  ];
}
