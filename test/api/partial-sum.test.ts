import { describe, expect, it } from 'vitest';
import type { Outcome, PeDetail, RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';

const BASE: RunConfig = { model: 'synthetic', tensor: '', m: 5, k: 768, n: 3, seed: 3, kernel: 'streaming', machine: 'wse2', pes: { width: 2, height: 2 } };

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

/** Details of all PEs at 40 cycles spread over the run, in order. */
async function visited(config: Partial<RunConfig>): Promise<PeDetail[]> {
  const session = createSession();
  const { trace } = value(await session.run({ ...BASE, ...config }, () => {}));
  const details: PeDetail[] = [];
  for (let i = 1; i <= 40; i++)
    for (let pe = 0; pe < trace.width * trace.height; pe++) details.push(value(await session.inspect(pe, Math.floor((i * trace.cycles) / 41))));
  return details;
}

describe('the partial sum in an accumulator', () => {
  it.each<Partial<RunConfig>>([
    { kernel: 'streaming' },
    { kernel: 'streaming', pes: { width: 5, height: 1 }, machine: 'wse3', options: { dot: 'fused1' } },
    { kernel: 'streaming', options: { overlap: 'on', drain: 'column' } },
    { kernel: 'streaming', options: { f16: 'on' } },
    { kernel: 'streaming', options: { f16: 'on', dot: 'fused1', factored: 'source' } },
    { kernel: 'stationary', options: { factored: 'pe' } },
    { kernel: 'stationary', pes: { width: 5, height: 1 }, format: 'q8_0' },
    { kernel: 'split-k', pes: { width: 2, height: 3 } },
    { kernel: 'batched', pes: { width: 3, height: 2 }, options: { batch: 2 } },
    { kernel: 'llama7b', options: { inner: 'stationary' } },
    { kernel: 'weight-streaming', pes: { width: 3, height: 2 } },
    { kernel: 'weight-streaming', n: 2, pes: { width: 3, height: 2 }, options: { overlap: 'on' } },
  ])('%o: equals the plain loop after the same products in all bits, and float64 within f32 rounding', async (config) => {
    const partials = (await visited(config)).flatMap(({ partial }) => (partial === null ? [] : [partial]));
    expect(partials.map((p) => p.value)).toEqual(partials.map((p) => p.plainLoop));
    for (const { value: sum, f64, count } of partials)
      expect(Math.abs(sum - f64)).toBeLessThan(config.options?.f16 === 'on' ? 1 : 1e-3 * Math.max(1, count / 256));
    expect(partials.length).toBeGreaterThan(20);
    expect(new Set(partials.map((p) => p.row)).size, 'of several rows').toBeGreaterThan(1);
    expect(new Set(partials.map((p) => p.token)).size, 'and tokens').toBeGreaterThan(1);
    expect(
      partials.some((p) => p.count > 0 && p.count < p.of),
      'in the middle of a row',
    ).toBe(true);
  });

  it('of a scenario there is none', async () => {
    const session = createSession();
    await session.run({ ...BASE, scenario: 'deadlock' }, () => {});
    expect(value(await session.inspect(0, 5)).partial).toBeNull();
  });
});
