/**
 * Runs beside what others take for theirs, and what a second core is worth. Baselines are constants where they are published
 * figures: booksim2's 0.08 million router-cycles a second and SCALE-Sim v2's 59 s for its own model of the product.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** On Linux what runs a command on one core alone: one thread without it has help from those that compile and collect garbage. */
const ONE_CORE = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0 ? ['taskset', '-c', '0'] : [];

/** CPU seconds of all commands so far that have ended, by Linux's count of 1/100 s; NaN elsewhere. */
function childrenCpu(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Seconds, wall and CPU, of a sweep by the command line: both kernels over N, where stationary overtakes streaming. */
function sweepSeconds(jobs: number, prefix: readonly string[]): Omit<Took, 'cycles'> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'));
  const points = ['--param', 'kernel=streaming,stationary', '--param', `n=1..${POINTS / 2}`, '--m', '128', '--k', '1024', '--pes', '16x8'];
  const to = ['--machine', 'wse2', '--jobs', String(jobs), '--out', join(folder, 'r.ndjson'), '--quiet'];
  const [command, ...words] = [...prefix, process.execPath, COMMAND_LINE, 'sweep', ...points, ...to];
  const [cpu, wall] = [childrenCpu(), performance.now()];
  const { status, stderr } = spawnSync(command, words);
  const took = { cpu: childrenCpu() - cpu, wall: (performance.now() - wall) / 1000 };
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the sweep failed: ${stderr}`);
  return took;
}

/** Points a second on two cores against one, in turns, for neighbours come and go; medians. What CPU time the second thread adds is what it compiles for itself. */
function sweepRows(): BenchRow[] {
  buildCommandLine();
  const turns = Array.from({ length: TURNS }, () => ({ one: sweepSeconds(1, ONE_CORE), two: sweepSeconds(2, []) }));
  const middle = (of: (turn: (typeof turns)[number]) => number): number => median(turns, of) ?? Number.NaN;
  const one = POINTS / middle(({ one }) => one.wall);
  const cpu = middle(({ one }) => one.cpu);
  return [
    row(
      `points of a sweep of ${POINTS}, two threads on two cores (baseline: one on one; target 1.8)`,
      one * middle(({ one, two }) => one.wall / two.wall),
      'points/s',
      one,
    ),
    row('  CPU time of the two (baseline: of the one)', cpu * middle(({ one, two }) => two.cpu / one.cpu), 's of CPU', cpu),
  ];
}

/** Every row of this bench; some minutes. */
export const benches = (): BenchRow[] => [meshRow(), ...productRows(), ...sweepRows()];
