/** Programs in a row: results to the bit, their models, and when backpressure reaches the source. */
import { describe, expect, it } from 'vitest';
import type { ProgramRun, RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { MACHINES, type MachineId } from '../../src/machine/spec.ts';
import { SCENARIOS as ALL } from '../../src/scenarios/registry.ts';
import { firstStall } from '../../src/scenarios/slow-sink.ts';
import { SCENARIO_IDS } from '../../src/store/url.ts';
import { KIND } from '../../src/trace/schema.ts';
import { SCENARIOS as WORDS } from '../../src/views/strings.ts';

const session = createSession();
const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 1, k: 256, n: 1, seed: 1, kernel: 'streaming', machine: 'teaching' };

async function run(scenario: string, machine: MachineId, pes: number, words: number): Promise<ProgramRun> {
  const outcome = await session.program({ ...CONFIG, scenario, machine, pes: { width: pes, height: 1 }, words }, () => {});
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const MACHINE_IDS = Object.keys(MACHINES) as MachineId[];

describe.each(MACHINE_IDS)('on %s', (machine) => {
  it('a line takes L + h (P - 1) + 2 T_R + 1 cycles, storing and forwarding the cycles of every stage, both as their models say', async () => {
    for (const [pes, words] of [[2, 1] as const, [16, 64] as const]) {
      const { hop, ramp } = MACHINES[machine];
      const stream = await run('line', machine, pes, words);
      expect(stream.window).toEqual({ cycles: words + hop * (pes - 1) + 2 * ramp + 1, model: stream.window.cycles, exact: true });
      const stored = await run('store-and-forward', machine, pes, words);
      expect(stored.window).toEqual({ cycles: stored.window.cycles, model: stored.window.cycles, exact: true });
      expect(stored.window.cycles).toBeGreaterThan((pes - 1) * words);
    }
  });

  it('a slow sink sets the rate as its model says, and the source first waits in the cycle of the closed form', async () => {
    for (const [pes, words] of [[2, 64] as const, [12, 200] as const]) {
      const result = await run('slow-sink', machine, pes, words);
      expect(result.window).toEqual({ cycles: result.window.cycles, model: result.window.cycles, exact: true });
      const { intervals, sends } = result.trace;
      const { pe, kind, begin } = intervals;
      const blocked = begin.find((_, i) => pe[i] === 0 && kind[i] === KIND.blocked);
      expect((blocked ?? 0) - sends.begin[sends.lane.indexOf(0)]!).toBe(firstStall(MACHINES[machine], { pes, words }));
    }
  });
});

it('reduces add to the bit', async () => {
  for (const id of SCENARIO_IDS.filter((id) => id.startsWith('reduce-'))) expect((await run(id, 'wse2', 12, 8)).window.exact).toBe(true);
});

it('sizes that are no row are errors of their field, and a program is no matrix product', async () => {
  const bad = await session.program({ ...CONFIG, scenario: 'line', pes: { width: 4, height: 2 } }, () => {});
  expect(bad).toMatchObject({ ok: false, error: { field: 'pes', message: '4x2 PEs are no row' } });
  await expect(run('slow-sink', 'wse2', 16, 20_000)).rejects.toThrow('20000 f32 need');
  expect(await session.run({ ...CONFIG, scenario: 'line' }, () => {})).toMatchObject({ ok: false, error: { field: 'scenario' } });
});

it('the page offers every scenario, with the sizes it takes by itself', () => {
  expect(WORDS.map(({ id, sizes }) => [id, sizes])).toEqual(Object.values(ALL).map((s) => [s.id, s.kind === 'row' ? s.sizes : undefined]));
  expect([...SCENARIO_IDS]).toEqual(Object.keys(ALL));
});
