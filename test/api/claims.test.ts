/** Every claim has a verdict, and what its input names gives the numbers that it shows. */
import { expect, it } from 'vitest';
import { claims } from '../../src/api/claims.ts';
import { createSession } from '../../src/api/session.ts';
import { openSizes } from '../../src/api/whole-model.ts';
import { estimateModel } from '../../src/api/whole-model-estimate.ts';
import { grouped } from '../../src/base/numbers.ts';
import type { MachineId } from '../../src/machine/spec.ts';

const FOUND = await claims({ machine: 'wse2' });
const claim = (id: string) => {
  const found = FOUND.find((one) => one.id === id);
  if (!found) throw new Error(`no claim ${id}`);
  return found;
};
/** The value behind a flag of a command. */
const flag = (input: string, name: string): string => new RegExp(`--${name} (\\S+?)(?=[ ,;]|$)`).exec(input)?.[1] ?? '';

it('all claims of the kernel file, each with a verdict, its input and a reason', () => {
  expect(FOUND.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
    'sram-per-core: does not hold',
    'cores: partly',
    'sram-total: holds',
    'power: outside the model',
    'price: outside the model',
    'decode: partly',
    'token-latency: partly',
    'batch-1000: does not hold',
    'batch-50000: does not hold',
    'batch-mapping: does not hold',
    'linear-batch: partly',
    'cost-above-10000: does not hold',
    'deterministic: partly',
    'zero-overhead: does not hold',
    'weight-stationary: does not hold',
  ]);
  for (const { claim: text, source, ours, input, why } of FOUND) for (const words of [text, source, ours, input, why]) expect(words).not.toBe('');
  expect(structuredClone(FOUND)).toEqual(FOUND);
});

it('numbers of the presets and of the batch mapping', () => {
  expect(claim('sram-per-core').ours).toContain(grouped(49_152));
  expect(claim('cores').ours).toContain(grouped(745_500));
  expect(claim('batch-mapping').ours).toContain(`${grouped(204_800_000)} PEs wanted`);
  expect(claim('batch-mapping').ours).toContain('275 waves by count, 304 in bands of 6 fabric rows');
});

it('the input of an estimate gives its number', async () => {
  const { input, ours } = claim('decode');
  const sizes = await openSizes({ preset: /estimate (\S+)/.exec(input)?.[1] ?? '' });
  const machine = flag(input, 'machine') as MachineId;
  const { decodeTokensPerSecond } = await estimateModel(
    sizes,
    { machine, context: Number(flag(input, 'context')), batch: 1, mapping: 'rows' },
    { check: false },
  );
  expect(ours).toContain(`${grouped(decodeTokensPerSecond)} tokens/s row by row`);
});

it('the input of a run gives its number', async () => {
  const { input, ours } = claim('weight-stationary');
  const [width, height] = flag(input, 'pes').split('x').map(Number);
  const [m, k, n, seed] = ['m', 'k', 'n', 'seed'].map((name) => Number(flag(input, name)));
  const config = {
    model: 'synthetic',
    tensor: '',
    m,
    k,
    n,
    seed,
    kernel: flag(input, 'kernel'),
    machine: flag(input, 'machine') as MachineId,
    pes: { width, height },
  };
  const outcome = await createSession().run(config, () => undefined);
  expect(outcome.ok && ours.startsWith(`${grouped(outcome.value.metrics.cycles)} cycles as it calls it`)).toBe(true);
});

it('stops when asked', async () => {
  await expect(claims({ machine: 'wse2' }, { stopped: () => true })).rejects.toThrow();
});
