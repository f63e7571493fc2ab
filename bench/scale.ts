/**
 * Runs beside what others take for theirs, and what a second core is worth. Baselines are constants where they are published
 * figures: booksim2's 0.08 million router-cycles a second and SCALE-Sim v2's 59 s for its own model of the product.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'd3';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { enumerateChannels } from '../src/machine/channels.ts';
import type { Program } from '../src/machine/program.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { validateProgram } from '../src/machine/validate.ts';
import { synthetic } from '../src/model/synthetic.ts';
import { Recorder } from '../src/trace/recorder.ts';
import { buildCommandLine, COMMAND_LINE } from './command-line.ts';
import { neighbourMesh } from './mesh.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

const BOOKSIM_ROUTER_CYCLES = 0.08;
const SCALE_SIM_SECONDS = 59;
const POINTS = 200;
const TURNS = 3;

interface Took {
  readonly cycles: number;
  readonly cpu: number;
  readonly wall: number;
}

/** A run with its trace, from the program to the end, in seconds. */
function run(program: Program): Took {
  const [cpu, wall] = [cpuMs(), performance.now()];
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = createWaveletEngine(program, recorder);
  engine.advance(Number.MAX_SAFE_INTEGER);
  recorder.finish(program.width, program.height, engine.cycle);
  return { cycles: engine.cycle, cpu: (cpuMs() - cpu) / 1000, wall: (performance.now() - wall) / 1000 };
}

const best = (times: number, key: 'cpu' | 'wall', program: Program): Took =>
  Array.from({ length: times }, () => run(program)).reduce((least, took) => (took[key] < least[key] ? took : least));

function meshRow(): BenchRow {
  const program = neighbourMesh(WSE2, 64, 8192);
  validateProgram(program);
  const { cycles, cpu } = best(3, 'cpu', program);
  const rate = (64 * 64 * cycles) / cpu / 1e6;
  return row('router-cycles, 64 x 64 routers, neighbour traffic, a word a cycle (baseline: booksim2)', rate, 'million/s of CPU', BOOKSIM_ROUTER_CYCLES);
}

function productRows(): BenchRow[] {
  const gemm = synthetic(4096, 4096, 1, 7);
  const plan = KERNELS.streaming.plan(gemm, WSE2, { width: 64, height: 64 });
  const { cpu, wall } = best(3, 'wall', KERNELS.streaming.build(plan, gemm));
  const what = '4096 x 4096 matrix-vector product on 64 x 64 PEs with values and trace (baseline: SCALE-Sim v2)';
  return [row(what, wall, 's', SCALE_SIM_SECONDS), row('  the same, CPU time', cpu, 's of CPU', SCALE_SIM_SECONDS)];
}

/** On Linux what keeps a command on one core: elsewhere one thread has help from those that compile and collect garbage. */
const onCore = (core: number): readonly string[] => (TASKSET ? ['taskset', '-c', String(core)] : []);
const TASKSET = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

/** Both kernels over N, where stationary overtakes streaming, by the command line; resolves when the process has ended. */
async function sweep(jobs: number, prefix: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'));
  const points = ['--param', 'kernel=streaming,stationary', '--param', `n=1..${POINTS / 2}`, '--m', '64', '--k', '512', '--pes', '8x8'];
  const to = ['--machine', 'wse2', '--jobs', String(jobs), '--out', join(folder, 'r.ndjson'), '--quiet'];
  const [command, ...words] = [...prefix, process.execPath, COMMAND_LINE, 'sweep', ...points, ...to];
  const [status] = await once(spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit'] }), 'close');
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the sweep ended with ${status}`);
}

/** Seconds by the clock of sweeps that run at once. */
async function seconds(...sweeps: readonly (() => Promise<void>)[]): Promise<number> {
  const begin = performance.now();
  await Promise.all(sweeps.map((start) => start()));
  return (performance.now() - begin) / 1000;
}

/**
 * Points a second of two threads against one, in turns, because neighbours come and go; the median of the turns. What the cores can give
 * is two sweeps of one thread each at once, which share nothing but the machine.
 */
async function sweepRows(): Promise<BenchRow[]> {
  buildCommandLine();
  const turns: { readonly one: number; readonly two: number; readonly apart: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const one = await seconds(() => sweep(1, onCore(turn % 2)));
    const two = await seconds(() => sweep(2, []));
    turns.push({ one, two, apart: await seconds(...[0, 1].map((core) => () => sweep(1, onCore(core)))) });
  }
  const gain = (of: 'two' | 'apart', sweeps: number): number => median(turns.map((turn) => (sweeps * turn.one) / turn[of])) ?? Number.NaN;
  const rate = POINTS / (median(turns.map(({ one }) => one)) ?? Number.NaN);
  const [threads, processes] = [gain('two', 1), gain('apart', 2)];
  return [
    row(`points of a sweep of ${POINTS}, two threads on two cores (baseline: one on one; target 1.8)`, rate * threads, 'points/s', rate),
    row('  two processes of one thread each at once (baseline: one): what two cores give', rate * processes, 'points/s', rate),
    row('  two threads (baseline: two processes)', rate * threads, 'points/s', rate * processes),
  ];
}

/** Every row of this bench; some minutes. */
export const benches = async (): Promise<BenchRow[]> => [meshRow(), ...productRows(), ...(await sweepRows())];
