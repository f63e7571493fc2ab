/** The model page's link and questions. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { WholeModels } from '../../src/api/whole-protocol.ts';
import { PLAN_KERNELS as PLANNER_KERNELS } from '../../src/plan/account.ts';
import { CACHE_FORMATS as PLANNER_CACHES } from '../../src/plan/cache.ts';
import {
  CACHE_FORMATS,
  MAPPINGS,
  PHASES,
  PLAN_KERNELS,
  PRESET_NAMES,
  parseWhole,
  STORAGES,
  WHOLE_DEFAULTS,
  WHOLE_MACHINES,
  WHOLE_TABLES,
  WHOLE_TABS,
  type WholeSetup,
  whole,
  wholeLink,
} from '../../src/store/whole.ts';
import { createWholeActions } from '../../src/store/whole-actions.ts';

const setups: fc.Arbitrary<WholeSetup> = fc.record({
  tab: fc.constantFrom(...WHOLE_TABS),
  source: fc.constantFrom(...PRESET_NAMES).map((name) => ({ kind: 'preset' as const, name })),
  machine: fc.constantFrom(...WHOLE_MACHINES),
  context: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
  batch: fc.integer({ min: 1, max: 100_000 }),
  format: fc.option(fc.constantFrom(...STORAGES)),
  kernel: fc.constantFrom(...PLAN_KERNELS),
  options: fc.constantFrom({}, { inner: 'stationary' as const }, { f16: 'on' as const, drain: 'column' as const }),
  cache: fc.constantFrom('f32' as const, 'f16' as const),
  mapping: fc.constantFrom(...MAPPINGS),
  product: fc.constantFrom('streaming' as const, 'split-k' as const),
  a: fc.string({ minLength: 1, maxLength: 60 }),
  b: fc.string({ minLength: 1, maxLength: 60 }),
  phase: fc.constantFrom(...PHASES),
  opened: fc.constantFrom(null, [0], [2, 11]),
  tables: fc.subarray([...WHOLE_TABLES]),
});

describe("the model page's link", () => {
  it('knows the kernels and cache formats of the planner', () => {
    expect([PLAN_KERNELS, CACHE_FORMATS]).toEqual([PLANNER_KERNELS, PLANNER_CACHES]);
  });

  it('brings back every setup, without a notice', () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { setup: back, notices } = parseWhole(wholeLink(setup), PRESET_NAMES);
        expect(back).toEqual(setup);
        expect(notices).toEqual([]);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('never throws, and says what it could not take', () => {
    fc.assert(
      fc.property(fc.string(), (hash) => {
        expect(parseWhole(hash, PRESET_NAMES).setup.machine).toBeTruthy();
      }),
      { seed: 6, numRuns: 200 },
    );
    expect(parseWhole('#model=mine.gguf&machine=wse9&batch=-3', PRESET_NAMES).notices).toHaveLength(3);
  });

  it('is short, whatever is typed', () => {
    expect(wholeLink({ ...WHOLE_DEFAULTS, a: '€'.repeat(5000), b: 'x'.repeat(300) }).length).toBeLessThan(1500);
  });
});

describe("the model page's questions", () => {
  it('asks what the tab on screen needs, once, and drops an answer that is out of date', async () => {
    vi.useFakeTimers();
    const answers: ((value: unknown) => void)[] = [];
    const capacity = vi.fn(() => new Promise((resolve) => answers.push(resolve)));
    const actions = createWholeActions({ whole, models: { capacity } as unknown as WholeModels, demoUrl: '' });
    actions.ask();
    actions.ask();
    expect(capacity).toHaveBeenCalledTimes(1);
    actions.configure({ batch: 2 });
    await vi.runAllTimersAsync();
    expect(capacity).toHaveBeenCalledTimes(2);
    answers[1]({ ok: true, value: 'new' });
    answers[0]({ ok: true, value: 'old' });
    await vi.runAllTimersAsync();
    expect(whole.getState().fits).toMatchObject({ status: 'ready', value: 'new' });
    vi.useRealTimers();
  });
});
