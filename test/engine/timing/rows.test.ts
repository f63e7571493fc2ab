import { describe, expect, it } from 'vitest';
import { timeShared, timeSwept } from '../../../src/engine/timing/timing.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import { MACHINES } from '../../../src/machine/spec.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { compareTiming } from '../../drivers/timing.ts';

/** M, K, N, width, height: rows of one and several a PE, a last PE with fewer, a last fabric row partly filled, single PEs. */
const SIZES = [
  [7, 256, 40, 3, 2],
  [12, 512, 2, 4, 3],
  [11, 256, 1, 4, 3],
  [23, 256, 3, 4, 3],
  [1, 256, 2, 1, 1],
  [5, 256, 2, 5, 1],
  [9, 512, 2, 2, 9],
] as const;
const OPTIONS: readonly KernelOptions[] = [
  {},
  { dot: 'fused1' },
  { f16: 'on' },
  { factored: 'source' },
  { factored: 'pe' },
  { edge: 'east' },
  { f16: 'on', factored: 'source', edge: 'east' },
];

/** Of PEs that receive while they compute, and then hold each other up. */
const OVERLAPPED: readonly KernelOptions[] = [
  {},
  { dot: 'fused1', edge: 'east' },
  { f16: 'on', factored: 'source' },
  { factored: 'pe' },
  { drain: 'column' },
  { drain: 'column', f16: 'on', factored: 'pe' },
];
const OVERLAPPED_SIZES = [
  [300, 1024, 2, 20, 15],
  [12, 512, 2, 4, 3],
  [23, 256, 6, 4, 3],
] as const;

describe('the timing engine', () => {
  const cases = ['streaming', 'stationary', 'batched'].flatMap((id) =>
    Object.values(MACHINES).flatMap((machine) => (id !== 'batched' || machine.id === 'wse2' ? [[id, machine.id] as const] : [])),
  );
  it.each(cases)('gives every event of %s on %s its cycle, for every option with one thread and one drain', (id, machineId) => {
    const machine = MACHINES[machineId];
    const kernel = KERNELS[id]!;
    // A band of batched is a stationary of its own: its options are those of the kernel inside.
    for (const options of id === 'batched' ? [{}, { sequences: 2 }] : OPTIONS) {
      for (const [m, k, n, width, height] of Object.keys(options).length === 0 ? SIZES : SIZES.slice(0, 3)) {
        const gemm = synthetic(m, k, n, m + n);
        const program = kernel.build(kernel.plan(gemm, machine, { width, height }, options), gemm);
        expect(compareTiming(program, timeShared), `${JSON.stringify(options)} ${m} x ${k} x ${n} on ${width} x ${height}`).toBe('equal');
      }
    }
  });

  const overlapped = ['streaming', 'stationary'].flatMap((id) => Object.values(MACHINES).map((machine) => [id, machine.id] as const));
  it.each(overlapped)('gives every event of %s on %s its cycle, shared, where a microthread receives', (id, machineId) => {
    const kernel = KERNELS[id]!;
    for (const options of OVERLAPPED) {
      for (const [m, k, n, width, height] of Object.keys(options).length === 0 ? OVERLAPPED_SIZES : OVERLAPPED_SIZES.slice(1)) {
        const gemm = synthetic(m, k, n, m + n);
        const program = kernel.build(kernel.plan(gemm, MACHINES[machineId], { width, height }, { ...options, overlap: 'on' }), gemm);
        expect(compareTiming(program, timeShared), `${JSON.stringify(options)} ${m} x ${k} x ${n} on ${width} x ${height}`).toBe('equal');
      }
    }
  });

  const sharing = Object.values(MACHINES).flatMap(({ id }) => (['off', 'on'] as const).map((overlap) => [id, overlap] as const));
  it.each(sharing)(
    'gives every event of columns of results on links of the stream its cycle where no two words want one at a tick, on %s, overlap %s',
    (id, overlap) => {
      const gemm = synthetic(130, 512, 3, 1);
      const options: KernelOptions = { overlap, factored: 'pe', drain: 'column', edge: 'east' };
      const program = KERNELS.streaming!.build(KERNELS.streaming!.plan(gemm, MACHINES[id], { width: 20, height: 7 }, options), gemm);
      expect(compareTiming(program, timeShared)).toBe('equal');
      if (overlap === 'off') expect(compareTiming(program, timeSwept)).toBe('equal');
    },
  );

  it.each([timeShared, timeSwept])('leaves words that want one link at a tick to arbitration: %o', (time) => {
    const gemm = synthetic(60, 512, 2, 1);
    const plan = KERNELS.stationary!.plan(gemm, MACHINES.teaching, { width: 20, height: 3 }, { drain: 'column', edge: 'east' });
    expect(compareTiming(KERNELS.stationary!.build(plan, gemm), time)).toMatch(/^declined: arbitration, results meet the stream on a link of PE/);
  });
});
