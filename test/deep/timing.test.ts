import { expect, it } from 'vitest';
import { timeGraph, timeProgram } from '../../src/engine/timing/timing.ts';
import { type KernelOptions, OPTIONS, type OptionId, type OptionSpec } from '../../src/kernels/options.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import { transformerLayer } from '../../src/kernels/transformer_layer/index.ts';
import { MACHINES, WSE2 } from '../../src/machine/spec.ts';
import { synthetic } from '../../src/model/synthetic.ts';
import { randomProgram } from '../drivers/random-program.ts';
import { randomSplit } from '../drivers/random-split.ts';
import { compareTiming, verdictOf } from '../drivers/timing.ts';
import { madeLayer } from '../kernels/layers.ts';

const PROGRAMS = 100_000;

it('the timing engine gives every event of 100 000 random programs its cycle, or declines; it accepts nine in ten', () => {
  let accepted = 0;
  for (let seed = 0; seed < PROGRAMS; seed++) {
    const verdict = verdictOf(randomProgram(seed));
    expect(verdict, `seed ${seed}`).toMatch(/^(equal|stuck|declined: .*)$/);
    if (!verdict.startsWith('declined')) accepted++;
  }
  console.info(`${accepted} of ${PROGRAMS} random programs accepted`);
  expect(accepted).toBeGreaterThan(PROGRAMS * 0.9);
});

it('the timing engine gives every event of a layer of 512 its cycle', () => {
  const layer = madeLayer(512, 1);
  expect(compareTiming(transformerLayer.build(transformerLayer.plan(layer, WSE2), layer), timeGraph)).toBe('equal');
});

it('the timing engine gives every event of 3 000 random programs with sums along fabric rows its cycle, two thirds by whole rows', () => {
  let shared = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const program = randomSplit(seed);
    const verdict = verdictOf(program);
    expect(verdict, `seed ${seed}`).toMatch(/^(equal|stuck|declined: arbitration, .*)$/);
    if (verdict === 'equal' && timeProgram(program).way === 'shared') shared++;
  }
  console.info(`${shared} of 3000 programs with sums along fabric rows shared`);
  expect(shared).toBeGreaterThan(2000);
});

/** Every choice of every option that is not the usual one. */
function choicesOf(ids: readonly OptionId[]): KernelOptions[] {
  return ids.flatMap((id) => ((OPTIONS[id] as OptionSpec).values?.slice(1) ?? [2]).map((value): KernelOptions => ({ [id]: value })));
}

/** No choice, one, and two of different options. */
function combined(choices: readonly KernelOptions[]): KernelOptions[] {
  const pairs = choices.flatMap((a, i) => choices.slice(i + 1).map((b): KernelOptions => ({ ...a, ...b })));
  return [{}, ...choices, ...pairs.filter((pair) => Object.keys(pair).length === 2)];
}

/** A number of a group is one of the two-phase reduction alone. */
const isAllowed = (options: KernelOptions): boolean => options.group === undefined || options.reduce === 'two-phase';

const MATRIX_KERNELS = Object.values(KERNELS).filter(({ takes }) => takes !== 'layer');
const CASES = MATRIX_KERNELS.flatMap((kernel) => Object.values(MACHINES).map((machine) => [kernel.id, machine.id] as const));

it.each(CASES)('the timing engine gives every event of %s on %s its cycle with every two options, and on 80 PEs with every one', (id, machineId) => {
  const kernel = KERNELS[id]!;
  const choices = choicesOf(kernel.options);
  const cases = [
    { sizes: [23, 512, 3], pes: { width: 4, height: 3 }, options: combined(choices) },
    { sizes: [90, 1024, 2], pes: { width: 8, height: 10 }, options: [{}, ...choices] },
  ];
  for (const { sizes, pes, options } of cases) {
    const [m, k, n] = sizes;
    // Split in K, each fabric column needs a block of it.
    const gemm = synthetic(m, id === 'split-k' ? 256 * pes.width : k, n, m);
    for (const own of options.filter(isAllowed)) {
      const program = kernel.build(kernel.plan(gemm, MACHINES[machineId], pes, own), gemm);
      expect(compareTiming(program), `${JSON.stringify(own)} on ${pes.width} x ${pes.height} PEs`).toBe('equal');
    }
  }
});
