import { describe, expect, it } from 'vitest';
import { macsOfRows, peRoofline, type Roofline } from '../../src/analysis/roofline.ts';

const RUN: Roofline = { intensity: 2, achieved: 0.1, ramp: 2, peak: 0.25, withOverheads: 0.2, bound: 'compute' };

describe('the roofline of one PE', () => {
  it('2048 multiply-adds with 512 words in 8192 cycles: 4 a word, 0.25 a cycle, under the roofs of the run', () => {
    expect(peRoofline(RUN, { macs: 2048, words: 512 }, 8192, 0.25)).toEqual({ ...RUN, intensity: 4, ramp: 4, achieved: 0.25 });
    expect(peRoofline(RUN, { macs: 64, words: 512 }, 8192, 0.25).bound).toBe('ramp');
  });

  it('rows tell the multiply-adds only where they account for all of the run', () => {
    const plan = { rectangle: { width: 2, height: 1 }, shape: { m: 3, k: 256, n: 2 }, macRate: 0.5 } as Parameters<typeof macsOfRows>[1];
    const metrics = (macs: number) => ({ cycles: 1000, utilisation: { mac: macs / (2 * 1000 * 0.5) } }) as Parameters<typeof macsOfRows>[0];
    const rows = { count: Uint16Array.of(2, 1) };
    expect(macsOfRows(metrics(3 * 512), plan, rows, 0)).toBe(1024);
    expect(macsOfRows(metrics(6 * 512), plan, rows, 0)).toBeNull();
  });
});
