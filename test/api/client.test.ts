import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import { type Connection, LOST } from '../../src/api/lifeline.ts';
import type { ModelSource, Outcome, RunConfig, RunResult, Session } from '../../src/api/protocol.ts';

const CONFIG: RunConfig = { model: 'synthetic', tensor: '', m: 1, k: 256, n: 1, seed: 1, kernel: 'streaming', machine: 'wse2' };
const never = <T>(): Promise<T> => new Promise(() => {});

/** Connections whose sessions answer at once, except where `more` says otherwise; `lose` kills the current one. */
function setUp(more: Partial<Session> = {}) {
  const opened: string[][] = [];
  const losers: (() => void)[] = [];
  const closed: number[] = [];
  const client = createClient((): Connection<Session> => {
    const index = opened.push([]) - 1;
    const session: Session = {
      openModel: async (source: ModelSource) => {
        opened[index].push(source.kind === 'synthetic' ? 'synthetic' : source.name);
        return { ok: true, value: { name: '', title: '', architecture: '', attribution: '', bytes: 0, layers: null, tensors: [] } };
      },
      openTrace: never,
      kernels: never,
      plan: never,
      originalFormat: never,
      sensitivity: never,
      study: never,
      timing: never,
      run: async () => ({ ok: true, value: {} as RunResult }),
      runOrTime: never,
      program: never,
      cancel: async () => {},
      stateHash: async (cycle) => ({ ok: true, value: `hash of ${cycle}` }),
      inspect: never,
      inspectAlone: never,
      values: never,
      results: never,
      ...more,
    };
    return { session, onLost: (listener) => losers.push(listener), close: () => closed.push(index) };
  });
  return { client, opened, closed, lose: (index: number) => losers[index]() };
}

describe('the client', () => {
  it('passes answers through; the worker starts with the first call', async () => {
    const { client, opened } = setUp();
    expect(opened).toHaveLength(0);
    expect(await client.stateHash(7)).toEqual({ ok: true, value: 'hash of 7' });
  });

  it('a lost worker fails the waiting calls, says so once and is replaced with the models opened again', async () => {
    const { client, opened, closed, lose } = setUp({ run: never });
    const restarted = vi.fn();
    client.onRestart(restarted);
    await client.openModel({ kind: 'url', url: 'a', name: 'demo' });
    await client.openModel({ kind: 'file', file: new Blob(), name: 'mine.gguf' });
    const waiting = [client.run(CONFIG, () => {}), client.values(CONFIG, 0)];
    await new Promise((resolve) => setImmediate(resolve));
    lose(0);
    for (const call of waiting) expect(await call).toEqual({ ok: false, error: LOST });
    expect(restarted).toHaveBeenCalledTimes(1);
    expect(await client.stateHash(1)).toEqual({ ok: true, value: 'hash of 1' });
    expect([opened, closed]).toEqual([
      [
        ['demo', 'mine.gguf'],
        ['demo', 'mine.gguf'],
      ],
      [0],
    ]);
  });

  it('a worker that was already replaced cannot end the new one', async () => {
    const { client, opened, lose } = setUp();
    await client.stateHash(1);
    lose(0);
    lose(0);
    expect(opened).toHaveLength(2);
    expect((await client.stateHash(1)).ok).toBe(true);
  });

  it.each(['run', 'results'] as const)('a cancelled %s that does not answer is ended with its worker, as cancelled', async (call) => {
    vi.useFakeTimers();
    try {
      const { client, opened } = setUp({ run: never });
      const restarted = vi.fn();
      client.onRestart(restarted);
      const run = client[call](CONFIG, () => {});
      await vi.advanceTimersByTimeAsync(0);
      await client.cancel();
      // However long a piece of its work is.
      await vi.advanceTimersByTimeAsync(100);
      const outcome = (await run) as Extract<Outcome<RunResult>, { ok: false }>;
      expect(outcome.error).toMatchObject({ cancelled: true });
      expect(opened).toHaveLength(2);
      expect(restarted).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  it('what else was asked of a worker that went with a cancelled run is asked of the next one', async () => {
    vi.useFakeTimers();
    try {
      let asked = 0;
      const { client, opened } = setUp({ run: never, stateHash: () => (asked++ === 0 ? never() : Promise.resolve({ ok: true, value: 'of the next' })) });
      const run = client.run(CONFIG, () => {});
      await client.cancel();
      const other = client.stateHash(1);
      await vi.advanceTimersByTimeAsync(100);
      expect(await run).toMatchObject({ ok: false, error: { cancelled: true } });
      expect(await other).toEqual({ ok: true, value: 'of the next' });
      expect([opened.length, asked]).toEqual([2, 2]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('cancel without a run, and a run that answered in time, leave the worker alone', async () => {
    vi.useFakeTimers();
    try {
      const { client, opened } = setUp();
      await client.cancel();
      await client.run(CONFIG, () => {});
      await client.cancel();
      await vi.advanceTimersByTimeAsync(5000);
      expect(opened).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a call that throws becomes an error with its words', async () => {
    const { client } = setUp({ stateHash: () => Promise.reject(new Error('cannot clone')) });
    expect(await client.stateHash(1)).toEqual({ ok: false, error: { field: 'worker', message: 'cannot clone', fixes: [], cancelled: false } });
  });
});
