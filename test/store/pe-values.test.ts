import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Client } from '../../src/api/client.ts';
import type { Outcome, PeValues, RunConfig, TimedRun } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { followValues } from '../../src/store/pe-values.ts';
import type { LabState } from '../../src/store/types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const timed = (more: object = {}): TimedRun =>
  ({ config: { seed: 5 }, plan: { shape: {} }, rows: { first: Int32Array.of(0, 2, 4, -1) }, ...more }) as unknown as TimedRun;

function setUp() {
  const lab = createStore<LabState>(() => ({ ...INITIAL, status: 'done' }));
  const values = vi.fn(async (_: RunConfig, pe: number): Promise<Outcome<PeValues>> => ({ ok: true, value: { pe } as PeValues }));
  followValues(lab, { values } as unknown as Client);
  return { lab, values, asked: () => values.mock.calls.map(([{ seed }, pe]) => [seed, pe]) };
}

describe('the values of the selected PE of a run that is timed only', () => {
  it('are asked once, when the selection rests, whatever the playhead does', async () => {
    const { lab, asked } = setUp();
    for (const pe of [0, 1, 2]) lab.setState({ result: timed(), pe });
    await vi.runAllTimersAsync();
    for (const cycle of [10, 20]) lab.setState({ cycle, playing: true });
    await vi.runAllTimersAsync();
    expect(asked()).toEqual([[5, 2]]);
    expect(lab.getState().peValues).toMatchObject({ pe: 2, outcome: { ok: true } });
  });

  it('are not asked of a PE without rows, of a layer, of a run with values, or while another run is under way, but after it', async () => {
    const { lab, asked } = setUp();
    lab.setState({ result: timed(), pe: 3 });
    lab.setState({ result: timed({ plan: { shape: { layer: {} } } }), pe: 1 });
    lab.setState({ result: timed({ stateHash: '' }) });
    lab.setState({ result: timed(), status: 'running' });
    await vi.runAllTimersAsync();
    expect(asked()).toEqual([]);
    lab.setState({ status: 'failed' });
    await vi.runAllTimersAsync();
    expect(asked()).toEqual([[5, 1]]);
  });

  it('an answer that comes after another PE was selected is dropped; an error is kept', async () => {
    const { lab, values } = setUp();
    let answer = (_: Outcome<PeValues>): void => {};
    values.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    lab.setState({ result: timed(), pe: 0 });
    await vi.runAllTimersAsync();
    const error = { field: 'worker', message: 'stopped', fixes: [], cancelled: false };
    values.mockResolvedValueOnce({ ok: false, error });
    lab.setState({ pe: 1 });
    await vi.runAllTimersAsync();
    answer({ ok: true, value: { pe: 0 } as PeValues });
    await vi.runAllTimersAsync();
    expect(lab.getState().peValues).toEqual({ pe: 1, outcome: { ok: false, error } });
  });
});
