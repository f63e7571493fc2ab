/** Sweeps over a backend that only counts: nothing is computed twice, a torn journal goes on, errors are recorded, a stop stops. */
import { describe, expect, it } from 'vitest';
import type { PointOutcome, PointResult } from '../../src/api/point.ts';
import type { Backend } from '../../src/sweep/backend.ts';
import type { PointConfig } from '../../src/sweep/grid.ts';
import { journalLine, type PointRecord, type PointSetting, pointHash, readJournal } from '../../src/sweep/journal.ts';
import { runSweep } from '../../src/sweep/sweep.ts';

const SETTING: PointSetting = { mode: 'closed-form', modelVersion: '0.1', modelHash: '' };
const POINTS: readonly PointConfig[] = [1, 2, 3, 4, 5].map((n) => ({ kernel: 'streaming', n }));

/** Points whose n is in `bad` fail with the field. */
function backend(bad: Readonly<Record<number, string>> = {}, room = 2): Backend & { readonly asked: PointConfig[]; most: number } {
  let running = 0;
  const self = {
    room,
    asked: [] as PointConfig[],
    most: 0,
    async compute(config: PointConfig): Promise<PointOutcome> {
      self.asked.push(config);
      self.most = Math.max(self.most, ++running);
      await Promise.resolve();
      running--;
      const field = bad[Number(config.n)];
      return field === undefined ? { ok: true, result: { n: config.n } as PointResult } : { ok: false, error: { field, message: 'no', fixes: [] } };
    },
    close: async () => undefined,
  };
  return self;
}

async function sweep(to: Backend, journal = '', points = POINTS, signal = new AbortController().signal) {
  let text = journal;
  const { records } = readJournal('--out', 'j', journal);
  const onRecord = async (record: PointRecord): Promise<void> => {
    text += journalLine(record);
  };
  return { summary: await runSweep({ points, setting: SETTING, known: records, onRecord, signal }, to), text };
}

describe('a sweep', () => {
  it('computes 5 points at most 2 at a time and records each once', async () => {
    const to = backend();
    const { summary, text } = await sweep(to);
    expect(summary).toEqual({ points: 5, computed: 5, known: 0, failed: 0, finished: true });
    expect(to.most).toBe(2);
    expect(readJournal('--out', 'j', text).records.size).toBe(5);
  });

  it('computes the next point while one is written', async () => {
    const to = backend({}, 1);
    const asked: number[] = [];
    const onRecord = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      asked.push(to.asked.length);
    };
    await runSweep({ points: POINTS, setting: SETTING, known: new Map(), onRecord, signal: new AbortController().signal }, to);
    expect(asked).toEqual([2, 3, 4, 5, 5]);
  });

  it('that cannot be written stops and says why', async () => {
    const to = backend({}, 1);
    const onRecord = (): Promise<void> => Promise.reject(new Error('full'));
    await expect(runSweep({ points: POINTS, setting: SETTING, known: new Map(), onRecord, signal: new AbortController().signal }, to)).rejects.toThrow('full');
    expect(to.asked.length).toBeLessThan(POINTS.length);
  });

  it('that is asked again computes nothing, and a larger grid only what is new', async () => {
    const { text } = await sweep(backend());
    const again = backend();
    expect((await sweep(again, text)).summary).toMatchObject({ computed: 0, known: 5, finished: true });
    expect(again.asked).toEqual([]);
    const more = backend();
    await sweep(more, text, [...POINTS, { kernel: 'streaming', n: 6 }, { n: 6, kernel: 'streaming' }]);
    expect(more.asked).toEqual([{ kernel: 'streaming', n: 6 }]);
  });

  it('goes on after a line that was torn: that point alone is computed again', async () => {
    const { text } = await sweep(backend());
    const torn = text.slice(0, -20);
    const { records, whole } = readJournal('--out', 'j', torn);
    expect([records.size, torn.slice(whole).startsWith('{')]).toEqual([4, true]);
    const to = backend();
    await sweep(to, torn.slice(0, whole));
    expect(to.asked).toHaveLength(1);
  });

  it("records a point's own error for good, and computes again what a lost worker left", async () => {
    const { summary, text } = await sweep(backend({ 2: 'kernel', 4: 'worker' }));
    expect(summary).toMatchObject({ computed: 5, failed: 2, finished: true });
    const to = backend();
    await sweep(to, text);
    expect(to.asked.map(({ n }) => n)).toEqual([4]);
  });

  it('that is stopped records nothing any more and says that it is not finished', async () => {
    const stop = new AbortController();
    const to = backend({}, 1);
    const { compute } = to;
    to.compute = (config) => {
      if (config.n === 3) stop.abort();
      return compute(config);
    };
    const { summary, text } = await sweep(to, '', POINTS, stop.signal);
    expect(summary).toMatchObject({ computed: 2, finished: false });
    expect(text.split('\n')).toHaveLength(3);
  });

  it('that is stopped ends when what was computed is written, and says so if that fails', async () => {
    const run = async (isFull: boolean): Promise<{ begun: number; ended: number }> => {
      const stop = new AbortController();
      const count = { begun: 0, ended: 0 };
      const onRecord = async (): Promise<void> => {
        count.begun++;
        stop.abort();
        await new Promise((resolve) => setImmediate(resolve));
        if (isFull) throw new Error('the disk is full');
        count.ended++;
      };
      await runSweep({ points: POINTS, setting: SETTING, known: new Map(), onRecord, signal: stop.signal }, backend({}, 3));
      return count;
    };
    const { begun, ended } = await run(false);
    expect(begun).toBe(ended);
    expect(ended).toBeGreaterThan(0);
    await expect(run(true)).rejects.toThrow('the disk is full');
  });
});

describe('a journal', () => {
  it('knows a point by configuration, mode, model version and model file, whatever the order of its keys', () => {
    const hash = pointHash({ k: 1, n: 2 }, SETTING);
    expect(pointHash({ n: 2, k: 1 }, SETTING)).toBe(hash);
    const others = [
      pointHash({ k: 1, n: 3 }, SETTING),
      pointHash({ k: 1, n: '2' }, SETTING),
      pointHash({ k: 1, n: 2 }, { ...SETTING, mode: 'simulated' }),
      pointHash({ k: 1, n: 2 }, { ...SETTING, modelVersion: '0.2' }),
      pointHash({ k: 1, n: 2 }, { ...SETTING, modelHash: 'a' }),
    ];
    expect(new Set([hash, ...others]).size).toBe(6);
  });

  it('names the line that is none of a sweep', () => {
    expect(() => readJournal('--out', 'r.ndjson', '{"hash":"a","config":{},"result":{}}\nx\n')).toThrow("'r.ndjson', line 2 is no record of a sweep");
  });
});
