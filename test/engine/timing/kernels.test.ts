import { describe, expect, it } from 'vitest';
import { type Timing, timeGraph } from '../../../src/engine/timing/timing.ts';
import { ALL_REDUCES, REDUCES } from '../../../src/kernels/collectives/index.ts';
import { seededVectors } from '../../../src/kernels/measured/row.ts';
import type { KernelOptions } from '../../../src/kernels/options.ts';
import { KERNELS } from '../../../src/kernels/registry.ts';
import { transformerLayer } from '../../../src/kernels/transformer_layer/index.ts';
import { MACHINES } from '../../../src/machine/spec.ts';
import { syntheticLayerShape } from '../../../src/model/layer.ts';
import { synthetic } from '../../../src/model/synthetic.ts';
import { compareTiming } from '../../drivers/timing.ts';
import { madeLayer } from '../../kernels/layers.ts';

/** Options that make threads, switches and ports meet. */
const ROWS: readonly KernelOptions[] = [
  {},
  { overlap: 'on' },
  { drain: 'column' },
  { drain: 'column', edge: 'east' },
  { overlap: 'on', drain: 'column', f16: 'on', factored: 'pe' },
];
const REDUCTIONS: readonly KernelOptions[] = [{ reduce: 'chain' }, { reduce: 'tree', overlap: 'on' }, { reduce: 'two-phase' }];
const OPTIONS: Readonly<Record<string, readonly KernelOptions[]>> = {
  streaming: ROWS,
  stationary: [{ overlap: 'on' }, { drain: 'column', edge: 'east' }],
  'split-k': REDUCTIONS,
  'weight-streaming': [{}, { overlap: 'on' }],
};

/** Tokens, machine, options and formats of layers of 256; what of each is evaluated, all or one for many. */
const LAYERS = [
  [1, 'wse2', {}, {}, 'alike'],
  [3, 'wse3', { sequences: 3 }, {}, 'alike'],
  [2, 'teaching', { form: 'bare', inner: 'stationary' }, {}, 'alike'],
  [1, 'wse2', { dot: 'fused1' }, { v: 'q6_k', down: 'q8_0' }, 'any'],
] as const;

describe('the timing engine, agent by agent', () => {
  const machines = Object.values(MACHINES);
  const cases = Object.keys(OPTIONS).flatMap((id) => machines.map((machine) => [id, machine.id] as const));
  it.each(cases)('gives every event of %s on %s its cycle, with microthreads, switches and shared ports', (id, machineId) => {
    const kernel = KERNELS[id]!;
    // Split in K, each of four fabric columns needs a block of it.
    const gemm = synthetic(7, id === 'split-k' ? 1024 : 256, 2, 7);
    for (const options of OPTIONS[id]) {
      const program = kernel.build(kernel.plan(gemm, MACHINES[machineId], { width: 4, height: 2 }, options), gemm);
      expect(compareTiming(program, timeGraph), JSON.stringify(options)).toBe('equal');
    }
  });

  it.each(LAYERS)('gives every event of a layer of %i tokens on %s its cycle, with %j and %j', (n, machineId, options, formats, evaluated) => {
    const shape = syntheticLayerShape(256);
    const layer = madeLayer(256, n, { formats: { ...shape.formats, ...formats } });
    const plan = transformerLayer.plan(layer, MACHINES[machineId], undefined, options);
    let timing: Timing | undefined;
    const verdict = compareTiming(transformerLayer.build(plan, layer), (program) => {
      timing = timeGraph(program);
      return timing;
    });
    expect(verdict).toBe('equal');
    if (evaluated === 'alike') expect(timing?.evaluated).toBeLessThan(1.5 * plan.rectangle.width * plan.rectangle.height);
  });

  const collectives = Object.values({ ...REDUCES, ...ALL_REDUCES });
  it.each(machines.flatMap((machine) => collectives.map((collective) => [collective.id, machine.id, collective] as const)))(
    'gives every event of the %s in a row on %s its cycle',
    (_, machineId, collective) => {
      const row = { machine: MACHINES[machineId], pes: 11, wavelets: 13, group: 4, descriptors: collective.descriptors };
      const { program } = collective.build(row, seededVectors(row.pes, row.wavelets, 3));
      expect(compareTiming(program, timeGraph)).toBe('equal');
    },
  );
});
