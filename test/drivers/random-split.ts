/** Programs of `split-k` on machines that no vendor sells: any reduction, slices of two lengths, PEs that are late, host lanes that share a rate. */
import { type Rng, rng } from '../../src/base/rng.ts';
import type { KernelOptions } from '../../src/kernels/options.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { Program } from '../../src/machine/program.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { between, paced, pick, randomMachine, withLate } from './late.ts';

const ROWS: readonly KernelOptions[] = [{}, { f16: 'on' }, { factored: 'source' }, { factored: 'pe' }, { overlap: 'on' }, { overlap: 'on', f16: 'on' }];

export function randomSplit(seed: number): Program {
  const r = rng(seed);
  const machine = r.below(2) === 0 ? randomMachine(r) : pick(r, Object.values(MACHINES));
  const [width, height] = [between(r, 1, 9), between(r, 1, 4)];
  const reduction = pick<KernelOptions>(r, [
    { reduce: 'chain' },
    { reduce: 'tree' },
    { reduce: 'two-phase' },
    { reduce: 'two-phase', group: between(r, 1, width) },
  ]);
  const k = 256 * (r.below(2) === 0 ? width : between(r, width, 2 * width));
  const gemm = synthetic(between(r, 1, 2 * height), k, between(r, 1, 3), seed);
  const options = { ...reduction, ...pick(r, ROWS), inner: pick(r, ['streaming', 'stationary'] as const) };
  const kernel = KERNELS['split-k']!;
  return hindered(r, kernel.build(kernel.plan(gemm, machine, { width, height }, options), gemm));
}

function hindered(r: Rng, program: Program): Program {
  const own = r.below(4) > 0 ? program : withLate(r, program);
  return r.below(2) > 0 ? own : paced(r, own);
}
