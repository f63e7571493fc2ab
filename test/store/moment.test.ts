import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Client } from '../../src/api/client.ts';
import type { Outcome, PeDetail, RunConfig, RunResult, TimedRun } from '../../src/api/protocol.ts';
import { INITIAL } from '../../src/store/lab.ts';
import { followMoment } from '../../src/store/moment.ts';
import type { LabState } from '../../src/store/types.ts';
import { type PeSite, siteOf } from '../../src/trace/pe-site.ts';
import { sampleRun } from '../drivers/sample-run.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const result = { traceHash: 'abc', trace: { cycles: 100 }, stateHash: '' } as unknown as RunResult;
  const lab = createStore<LabState>(() => ({ ...INITIAL, result, status: 'done', pe: 3 }));
  const inspect = vi.fn(async (pe: number, cycle: number) => ({ ok: true as const, value: { pe, cycle, stateHash: `hash ${cycle}` } as PeDetail }));
  const stateHash = vi.fn(async (cycle: number) => ({ ok: true as const, value: `hash ${cycle}` }));
  const inspectAlone = vi.fn(
    async (_: RunConfig, { pe, cycle }: PeSite): Promise<Outcome<PeDetail>> => ({
      ok: true,
      value: { pe, cycle, stateHash: null } as PeDetail,
    }),
  );
  followMoment(lab, { inspect, inspectAlone, stateHash } as unknown as Client, siteOf);
  return { lab, inspect, inspectAlone, stateHash };
}

describe('the exact state at the paused playhead', () => {
  it('is asked once when the playhead rests, for its last place', async () => {
    const { lab, inspect } = setUp();
    for (const cycle of [10, 11, 12]) lab.setState({ cycle });
    await vi.runAllTimersAsync();
    expect(inspect.mock.calls).toEqual([[3, 12]]);
    expect(lab.getState()).toMatchObject({ stateHash: { cycle: 12, hash: 'hash 12' }, detail: { ok: true, value: { pe: 3, cycle: 12 } } });
  });

  it('is taken away the moment the playhead moves, and while it plays', async () => {
    const { lab, inspect } = setUp();
    lab.setState({ cycle: 10 });
    await vi.runAllTimersAsync();
    lab.setState({ cycle: 11 });
    expect(lab.getState()).toMatchObject({ stateHash: null, detail: null });
    lab.setState({ playing: true });
    await vi.runAllTimersAsync();
    expect(inspect).toHaveBeenCalledTimes(1);
    expect(lab.getState().detail).toBeNull();
  });

  it('an answer that comes after the playhead moved on is dropped', async () => {
    const { lab, inspect } = setUp();
    const late: ((value: { ok: true; value: PeDetail }) => void)[] = [];
    inspect.mockImplementationOnce(() => new Promise((resolve) => late.push(resolve)));
    lab.setState({ cycle: 10 });
    await vi.runAllTimersAsync();
    lab.setState({ cycle: 20 });
    await vi.runAllTimersAsync();
    late[0]({ ok: true, value: { pe: 3, cycle: 10, stateHash: 'late' } as PeDetail });
    await vi.runAllTimersAsync();
    expect(lab.getState().stateHash?.hash).toBe('hash 20');
  });

  it('another PE at the same cycle keeps the hash on screen and asks anew', async () => {
    const { lab, inspect } = setUp();
    lab.setState({ cycle: 10 });
    await vi.runAllTimersAsync();
    lab.setState({ pe: 4 });
    expect(lab.getState()).toMatchObject({ stateHash: { cycle: 10 }, detail: null });
    await vi.runAllTimersAsync();
    expect(inspect).toHaveBeenLastCalledWith(4, 10);
  });

  it('of a run that is timed only is that of a PE by itself, or why there is none; of PEs that need others nothing is asked', async () => {
    const { lab, inspect, inspectAlone } = setUp();
    const reader = sampleRun();
    const config = { seed: 5 };
    const result = { traceHash: 'timed', trace: reader.trace, config, plan: { shape: {} }, rows: { first: Int32Array.of(0, -1, 2) } } as unknown as TimedRun;
    lab.setState({ result, reader, pe: 2, cycle: 40 });
    await vi.runAllTimersAsync();
    expect(inspectAlone).toHaveBeenLastCalledWith(config, siteOf(reader, 2, 40));
    expect(lab.getState()).toMatchObject({ stateHash: null, detail: { ok: true, value: { pe: 2, cycle: 40 } } });
    inspectAlone.mockResolvedValueOnce({ ok: false, error: { field: 'pe', message: 'it cannot be', fixes: [], cancelled: false } });
    lab.setState({ cycle: 41 });
    await vi.runAllTimersAsync();
    expect(lab.getState().detail).toMatchObject({ ok: false, error: { message: 'it cannot be' } });
    lab.setState({ pe: 1 });
    await vi.runAllTimersAsync();
    expect(lab.getState().detail).toBeNull();
    expect([inspectAlone.mock.calls.length, inspect.mock.calls.length]).toEqual([2, 0]);
  });

  it('of a run that the worker no longer holds is that of a PE by itself, where it has one; else it is said that it is gone', async () => {
    const { lab, inspect, inspectAlone } = setUp();
    const gone = { ok: false as const, error: { field: 'run', message: 'it is gone', fixes: [], cancelled: false } };
    inspect.mockResolvedValue(gone as never);
    const reader = sampleRun();
    const result = { ...{ traceHash: 'a', trace: reader.trace, stateHash: '', plan: { shape: {} } }, rows: { first: Int32Array.of(0, -1) } };
    lab.setState({ result: result as unknown as RunResult, reader, pe: 0, cycle: 40 });
    await vi.runAllTimersAsync();
    expect(lab.getState()).toMatchObject({ stateHash: null, detail: { ok: true, value: { pe: 0, cycle: 40 } } });
    lab.setState({ pe: 1 });
    await vi.runAllTimersAsync();
    expect(lab.getState().detail).toEqual(gone);
    expect(inspectAlone).toHaveBeenCalledTimes(1);
  });
});
