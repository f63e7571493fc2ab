/** A sweep that computes in the thread of the command line gives its point up when it is closed. */
import { describe, expect, it } from 'vitest';
import { localBackend } from '../../bin/sweep-pool.ts';

/** Some seconds of work. */
const POINT = { model: 'synthetic', m: 4096, k: 4096, kernel: 'streaming', machine: 'wse2', pes: '64x64' };
const backend = () => localBackend({ jobs: 1, entry: import.meta.url, mode: 'simulated' });

describe('a stop', () => {
  it('ends a point that is being computed', async () => {
    const { compute, close } = backend();
    const point = compute(POINT);
    await new Promise(setImmediate);
    await close();
    expect(await point).toMatchObject({ ok: false });
  });

  it('ends a point that was just begun', async () => {
    const { compute, close } = backend();
    const point = compute(POINT);
    await close();
    expect(await point).toMatchObject({ ok: false });
  });
});
