/** A file of a run, made by a worker of its own: the file, giving up, a worker that dies; and the copy of the run that it is given. */
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../src/api/export.ts';
import { exportApart } from '../../src/api/export-client.ts';
import { createExporter, type Exporter } from '../../src/api/exporter.ts';
import type { Connection } from '../../src/api/lifeline.ts';
import type { ExportProgress, Traced } from '../../src/api/protocol.ts';
import { copying } from '../../src/api/transfer.ts';
import { toEnd } from '../../src/base/pieces.ts';
import { sampleRun } from '../drivers/sample-run.ts';

const { program, trace } = sampleRun();
const RUN: Traced = { title: 'a run', modelVersion: '0', program, trace, traceHash: '' };

/** Starts `exporter` in place of a worker; `lose` kills it. */
function setUp(exporter: Exporter) {
  const seen = { closed: 0, progress: [] as ExportProgress[], lose: () => {} };
  const giving = new AbortController();
  const start = (): Connection<Exporter> => ({
    session: exporter,
    onLost: (listener) => {
      seen.lose = listener;
    },
    close: () => seen.closed++,
  });
  const waiting = { onProgress: (progress: ExportProgress) => seen.progress.push(progress), signal: giving.signal };
  return { seen, giving, file: (format: 'csv' | 'html') => exportApart(RUN, format, {}, waiting, start) };
}

const never: Exporter = { write: () => new Promise(() => {}) };
const started = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a file made apart', () => {
  it('is the file that is made here, its progress ends at one and at all bytes, its worker is gone', async () => {
    const { seen, file } = setUp(createExporter());
    const made = await file('csv');
    expect(await made.text()).toBe((await exportRun(RUN, 'csv')).join(''));
    expect(seen.progress.at(-1)).toEqual({ share: 1, bytes: made.size });
    expect(seen.progress.map(({ share }) => share)).toEqual(seen.progress.map(({ share }) => share).toSorted());
    expect(seen.closed).toBeGreaterThan(0);
  });

  it('says what is wrong with what was asked', async () => {
    await expect(setUp(createExporter()).file('html')).rejects.toMatchObject({ field: 'run', fixes: ['save its trace'] });
  });

  it('that nobody wants any more ends with its worker, whatever that does', async () => {
    const { seen, giving, file } = setUp(never);
    const made = file('csv');
    await started();
    giving.abort(new Error('given up'));
    await expect(made).rejects.toThrow('given up');
    expect(seen.closed).toBeGreaterThan(0);
  });

  it('whose worker dies says so', async () => {
    const { seen, file } = setUp(never);
    const made = file('csv');
    await started();
    seen.lose();
    await expect(made).rejects.toThrow('most likely for want of memory');
  });
});

it('a copy in pieces is equal, holds none of the same buffers, and has once what was there once', () => {
  const numbers = Float64Array.from({ length: 600_000 }, (_, i) => i / 3);
  const shared = { numbers, bytes: Uint8Array.of(1, 2) };
  const value = { a: shared, b: [shared, null, 'text'], part: numbers.subarray(5, 8) };
  const copy = toEnd(copying(value));
  expect(copy).toEqual(value);
  expect(copy.a).toBe(copy.b[0]);
  expect(copy.a.numbers.buffer).not.toBe(numbers.buffer);
  expect(copy.part.buffer.byteLength).toBe(24);
});
