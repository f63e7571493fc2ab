/**
 * The most memory that a process has which times a whole wafer and nothing else: the command line, and a process of this bench for
 * PEs of a few timing classes, which no kernel makes. Baseline: the target.
 */
import { spawnSync } from 'node:child_process';
import { keepYoungSmall } from '../bin/v8.ts';
import { toEnd } from '../src/base/pieces.ts';
import { loadsThatDecide } from '../src/engine/timing/graph/initial.ts';
import { timeProgram } from '../src/engine/timing/timing.ts';
import type { Program } from '../src/machine/program.ts';
import { buildCommandLine, COMMAND_LINE } from './command-line.ts';
import { type BenchRow, row } from './row.ts';
import { fewClasses, WHOLE } from './timing.ts';

/** Given to the bench itself, it does what it weighs in a process of its own. */
export const FEW_CLASSES = '--few-classes';

/** Times a whole wafer of a few timing classes and hashes it, as the command line does with a kernel's. */
export function timeFewClasses(): void {
  keepYoungSmall();
  const timing = timeProgram(withoutWeights(fewClasses(WHOLE)));
  toEnd(timing.hashing());
  toEnd(timing.kindCycles());
}

const withoutWeights = (program: Program): Program => ({ ...program, loads: loadsThatDecide(program) });

/** MB that a process of Node had at most. */
function peakMegabytes(...words: readonly string[]): number {
  const { status, output } = spawnSync(process.execPath, ['--import', './bench/peak.mjs', ...words], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')} failed`);
  return (Number(output[3]) * 1024) / 1e6;
}

export function benches(): BenchRow[] {
  buildCommandLine();
  const { width, height, rows, k } = WHOLE;
  const sizes = ['--m', `${rows}`, '--k', `${k}`, '--pes', `${width}x${height}`, '--machine', 'wse2'];
  const ofKernel = (kernel: string): BenchRow => {
    const peak = peakMegabytes(COMMAND_LINE, 'run', '--kernel', kernel, ...sizes, '--timing-only');
    return row(`the most memory of weft run --timing-only, ${kernel}, 745,500 PEs, K = 4096, N = 1 (target 100 MB)`, peak, 'MB', 100);
  };
  const few = peakMegabytes(process.argv[1], FEW_CLASSES);
  return [
    ofKernel('streaming'),
    ofKernel('stationary'),
    row('the most memory of a process that times three timing classes at random, 745,500 PEs, K = 4096 (target 300 MB)', few, 'MB', 300),
  ];
}
