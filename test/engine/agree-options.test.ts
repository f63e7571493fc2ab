/** Rows whose inner loops the wavelet engine runs in ways of their own: packed f16 streams, and main beside a receiving microthread. */
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import type { KernelOptions } from '../../src/kernels/options.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { MACHINES, type MachineId } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { runBoth } from '../drivers/compare.ts';

const ENGINES = [createReferenceEngine, createWaveletEngine] as const;
const OPTIONS: readonly KernelOptions[] = [
  { f16: 'on' },
  { f16: 'on', dot: 'fused1' },
  { f16: 'on', overlap: 'on' },
  { f16: 'on', dot: 'fused1', overlap: 'on' },
  { overlap: 'on' },
  { overlap: 'on', factored: 'source' },
];
const IDS = Object.keys(MACHINES) as MachineId[];
const cases = ['streaming', 'stationary'].flatMap((id) => OPTIONS.map((options, i) => [id, options, IDS[i % IDS.length]] as const));

describe('the wavelet engine and the reference engine', () => {
  it.each(cases)('agree on every event of %s with %o on %s', (id, options, machine) => {
    const gemm = synthetic(5, 512, 2, 17);
    const kernel = KERNELS[id]!;
    const program = kernel.build(kernel.plan(gemm, MACHINES[machine], { width: 3, height: 2 }, options), gemm);
    const result = runBoth(program, ENGINES, 3);
    expect(result.difference).toBeUndefined();
    expect(result.outcome).toBe('finished');
  });
});
