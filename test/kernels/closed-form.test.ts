import { expect, it } from 'vitest';
import { reduceCycles } from '../../src/kernels/collectives/closed-form.ts';
import { splitK } from '../../src/kernels/split-k/index.ts';
import { MACHINES } from '../../src/machine/spec.ts';

/** In split-k the root sends on to the edge, which costs it the set-up of another op at most. */
it.each(['wse2', 'wse3', 'teaching'] as const)('a reduce costs what it costs in split-k, which is held to simulated runs, %s', (id) => {
  const machine = MACHINES[id];
  for (const reduce of ['chain', 'tree', 'two-phase'] as const) {
    for (const pes of [2, 4, 16]) {
      const plan = splitK.plan({ m: 1, k: 256 * pes, n: 1, format: 'f32' }, machine, { width: pes, height: 1 }, { reduce });
      const { terms } = splitK.estimate(plan).closedForm;
      const cycles = (name: string): number => terms.find((term) => term.name.startsWith(name))?.cycles ?? 0;
      const inSplit = cycles('reducing') + cycles('1 sums');
      expect(Math.abs(reduceCycles(reduce, machine, pes, 1) - inSplit)).toBeLessThanOrEqual(machine.scalar.alu + 1);
    }
  }
  expect(reduceCycles('chain', machine, 1, 5)).toBe(0);
});
