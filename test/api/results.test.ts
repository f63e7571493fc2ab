/** Results computed without their wavelets, for runs that are timed only, held against runs of the wavelet engine. */
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../src/api/export.ts';
import { hasValues, isVisitable, type Outcome, type RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { SIZES, VARIANTS } from '../drivers/variants.ts';

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

const configOf = (kernel: string): RunConfig => ({ ...SIZES, seed: 5, ...VARIANTS[kernel], kernel });

describe('results that are computed afterwards', () => {
  it.each(Object.keys(VARIANTS))('%s: the results, references and errors of a run with values', async (kernel) => {
    const session = createSession();
    const { y, yF64, errors } = value(await session.run(configOf(kernel), () => {}));
    expect(value(await session.results(configOf(kernel), () => {}))).toEqual({ y, yF64, errors });
  });

  it('make a timed run one with values that cannot be visited; its report is that of a run with values but for the engine', async () => {
    const session = createSession();
    const config = { ...configOf('streaming'), engine: 'timing' } as const;
    const timed = value(await session.runOrTime(config, () => {}));
    await expect(exportRun(timed, 'json')).rejects.toThrow('has no values for a report');
    const whole = { ...timed, ...value(await session.results(config, () => {})) };
    expect([hasValues(timed), hasValues(whole), isVisitable(whole)]).toEqual([false, true, false]);
    const [own] = await exportRun(whole, 'json');
    expect(own).toBe((await exportRun(value(await session.run(config, () => {})), 'json'))[0]);
  });

  it('go through the phases of a run, and end with a cancel in any of them', async () => {
    const session = createSession();
    const phases = new Set<string>();
    value(await session.results(configOf('batched'), ({ phase }) => phases.add(phase)));
    expect([...phases]).toEqual(['loading', 'placing', 'simulating', 'checking']);
    for (const at of phases) {
      const ended = await session.results(configOf('batched'), ({ phase }) => phase === at && void session.cancel());
      expect(ended).toMatchObject({ ok: false, error: { cancelled: true } });
    }
  });
});
