/**
 * Runs beside what others take for theirs, and what a second core is worth. Baselines are constants where they are published
 * figures: booksim2's 0.08 million router-cycles a second and SCALE-Sim v2's 59 s for its own model of the product.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWaveletEngine } from '../src/engine/wavelet.ts';
import { KERNELS } from '../src/kernels/registry.ts';
import { enumerateChannels } from '../src/machine/channels.ts';
import type { Program } from '../src/machine/program.ts';
import { WSE2 } from '../src/machine/spec.ts';
import { validateProgram } from '../src/machine/validate.ts';
import { synthetic } from '../src/model/synthetic.ts';
import { Recorder } from '../src/trace/recorder.ts';
import { neighbourMesh } from './mesh.ts';
import { type BenchRow, cpuMs, row } from './row.ts';

const BOOKSIM_ROUTER_CYCLES = 0.08;
const SCALE_SIM_SECONDS = 59;
const POINTS = 200;
const COMMAND_LINE = 'dist/cli/main.js';

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

/** Wall seconds of a sweep by the command line on so many processes. */
function sweepSeconds(jobs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'));
  const points = ['--param', `seed=1..${POINTS}`, '--m', '64', '--k', '512', '--pes', '8x8', '--machine', 'wse2'];
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [
    COMMAND_LINE,
    'sweep',
    ...points,
    '--jobs',
    String(jobs),
    '--out',
    join(folder, 'r.ndjson'),
    '--quiet',
  ]);
  const seconds = (performance.now() - begin) / 1000;
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`the sweep failed: ${stderr}`);
  return seconds;
}

/** Points a second on two processes against one. */
function sweepRow(): BenchRow {
  if (!existsSync(COMMAND_LINE)) spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--config', 'vite.cli.config.ts']);
  const [one, two] = [sweepSeconds(1), sweepSeconds(2)];
  return row(`points of a sweep of ${POINTS}, two processes (baseline: one)`, POINTS / two, 'points/s', POINTS / one);
}

/** Every row of this bench; about a minute. */
export const benches = (): BenchRow[] => [meshRow(), ...productRows(), sweepRow()];
