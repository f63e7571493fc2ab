import { describe, expect, it } from 'vitest';
import { openSizes } from '../../src/api/whole-model.ts';
import { WeftError } from '../../src/base/error.ts';
import { forwardEstimate } from '../../src/kernels/llama7b/forward.ts';
import { MACHINES, type MachineId } from '../../src/machine/spec.ts';
import { matricesOfSizes } from '../../src/model/sizes.ts';
import { modelEstimate } from '../../src/plan/estimate.ts';
import type { EstimateQuestion, ModelEstimate, PhaseEstimate } from '../../src/plan/estimate-types.ts';

const LLAMA = await openSizes({ preset: 'Llama-2-7B' });
const SMALL = await openSizes({ preset: 'Qwen2-0.5B' });
const ask = (more: Partial<EstimateQuestion> = {}, sizes = LLAMA): Promise<ModelEstimate> =>
  modelEstimate(sizes, { machine: 'wse2', context: 4096, batch: 1, mapping: 'best', prompt: 1, ...more });
const problem = async (work: Promise<unknown>): Promise<WeftError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WeftError);
  return error as WeftError;
};

describe('sanity bounds of whole rows (kernels.md section 6)', () => {
  it.each(['wse2', 'wse3'] as const)('no f32 estimate of whole rows exceeds the bound, %s', async (machine: MachineId) => {
    for (const dot of ['two-op', 'fused1'] as const) {
      const { decodeTokensPerSecond, bound, decode } = await ask({ machine, mapping: 'rows', options: { dot }, context: 16 });
      expect(decode.mapping).toBe('rows');
      expect(decodeTokensPerSecond).toBeLessThanOrEqual(bound.tokensPerSecond);
    }
  });

  it('Llama-2-7B has 749,568 serial steps, 1,134 tokens a second at one a cycle on WSE-2; stages cost what the kernel streaming costs', async () => {
    const { bound, decode, alternatives } = await ask({ mapping: 'rows' });
    expect(bound.serialSteps).toBe(749_568);
    expect(Math.round(bound.tokensPerSecond)).toBe(1134);
    // Kept as f32 its rows do not stay on the wafer, as Q4_K they do.
    expect(alternatives.filter(({ name }) => name.startsWith('decode')).map(({ fits }) => fits)).toEqual([false, true]);
    expect(decode.weights).toBe('stored');
    for (const stage of forwardEstimate(matricesOfSizes(LLAMA), MACHINES.wse2, 1, 'streaming').stages) {
      const own = decode.stages.find(({ id }) => id === stage.stage);
      expect(own?.cycles).toBeGreaterThan(0.95 * stage.cycles);
      expect(own?.cycles).toBeLessThan(1.01 * stage.cycles);
    }
  });

  it('tiles beat whole rows, and may exceed their bound', async () => {
    const { decodeTokensPerSecond, bound, mapping } = await ask();
    expect(mapping).toBe('split-k');
    expect(decodeTokensPerSecond).toBeGreaterThan(bound.tokensPerSecond);
  });
});

describe('what an estimate says', () => {
  it('adds up: shares to one, stages to the cycles of a serial phase, cycles to seconds and tokens a second', async () => {
    const estimate = await ask({ context: 512, batch: 2, prompt: 512 });
    for (const phase of [estimate.decode, estimate.prefill]) addsUp(phase, estimate.clock);
    // All PEs together cannot multiply faster: three cycles a weight (multiply, then two for a running sum).
    const weights = matricesOfSizes(LLAMA).reduce((sum, { m, k, count }) => sum + m * k * count, 0);
    for (const { tokensPerSecond } of [estimate.decode, estimate.prefill]) expect(tokensPerSecond).toBeLessThan((745_500 * estimate.clock) / (3 * weights));
    expect(estimate.timeToFirstToken).toBe(estimate.prefill.seconds);
    expect(estimate.energyPerToken).toBeCloseTo(23_000 / estimate.decodeTokensPerSecond, 9);
  });

  it('no line is below its lower bound', async () => {
    for (const mapping of ['rows', 'split-k'] as const) {
      const { decode, prefill } = await ask({ mapping, context: 64, prompt: 3 }, SMALL);
      for (const { name, cycles, lowerBound } of [...decode.stages, ...prefill.stages]) expect(cycles, name).toBeGreaterThanOrEqual(lowerBound);
    }
  });

  it('is plain data', async () => {
    const estimate = await ask({ mapping: 'rows' }, SMALL);
    expect(structuredClone(estimate)).toEqual(estimate);
    expect(JSON.parse(JSON.stringify(estimate))).toEqual(estimate);
  });

  it('a longer context never decodes faster', async () => {
    const rates: number[] = [];
    for (const context of [1, 1000, 30_000]) rates.push((await ask({ context }, SMALL)).decodeTokensPerSecond);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
  });

  it('a batch brings at least what one sequence brings', async () => {
    const one = (await ask({ context: 256 }, SMALL)).decodeTokensPerSecond;
    for (const batch of [2, 64]) expect((await ask({ context: 256, batch }, SMALL)).decodeTokensPerSecond).toBeGreaterThanOrEqual(one);
  });
});

describe('models that do not stay on the wafer', () => {
  it('70B as Q4_K streams what is missing at the host’s rate, and says how many wafers hold it', async () => {
    const { decode, residence, alternatives, clock } = await ask({}, await openSizes({ preset: 'Llama-2-70B' }));
    expect(residence.fits).toBe(false);
    expect(residence.wafers).toBe(2);
    const streamed = decode.stages.find(({ id }) => id === 'weights');
    expect(decode.weights).toBe('streamed from the host');
    const missing = residence.weightBytes * ((residence.pes - 745_500) / residence.weightPes);
    expect(streamed?.cycles).toBeCloseTo(missing / 4 / 44, -1);
    const more = alternatives.find(({ name }) => name === 'decode: 2 wafers');
    expect(more?.tokensPerSecond).toBeCloseTo(clock / (decode.cycles - (streamed?.allCycles ?? 0)), 6);
  });

  it('one clear error for what cannot be asked', async () => {
    expect(await problem(ask({ context: 4097 }))).toMatchObject({ field: 'context', fixes: ['use at most 4096'] });
    expect(await problem(ask({ batch: 0 }))).toMatchObject({ field: 'batch' });
    expect(await problem(ask({ context: 100, prompt: 101 }))).toMatchObject({ field: 'prompt', fixes: ['use at most 100'] });
    const cache = await problem(ask({ batch: 100, mapping: 'rows' }));
    expect(cache.field).toBe('batch');
    const { residence } = await ask({ batch: Number(/batch of (\d+)/.exec(cache.fixes[0])?.[1]), mapping: 'rows' });
    expect(residence.cachePes).toBeLessThanOrEqual(745_500);
  });
});

function addsUp({ stages, cycles, seconds, tokens, tokensPerSecond, schedule }: PhaseEstimate, clock: number): void {
  expect(stages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const { cycles: one, times, allCycles } of stages) expect(allCycles).toBe(one * times);
  const latency = stages.reduce((sum, { allCycles }) => sum + allCycles, 0);
  if (schedule === 'serial') expect(cycles).toBe(latency);
  else expect(cycles).toBeGreaterThanOrEqual(latency);
  expect(seconds).toBeCloseTo(cycles / clock, 12);
  expect(tokensPerSecond).toBeCloseTo(tokens / seconds, 6);
}
