/** `weft run --timing-only`: cycles without values. */
import { describe, expect, it } from 'vitest';
import { folder, weft } from './weft.ts';

const DIR = folder();
const SMALL = ['run', '--m', '8', '--k', '256', '--n', '2', '--pes', '4x2', '--json'];

describe('weft run --timing-only', () => {
  it('prints the cycles and the trace hash of the run with values', async () => {
    const [whole, timed] = await Promise.all([SMALL, [...SMALL, '--timing-only']].map((args) => weft(args, DIR)));
    const { cycles, traceHash } = JSON.parse(whole.stdout);
    expect(JSON.parse(timed.stdout)).toMatchObject({ engine: 'timing', way: 'shared', cycles, traceHash });
  });

  it.each([
    [['--output', 'y.f32'], '--output'],
    [['--engine', 'wavelet'], '--timing-only'],
  ])('is refused with %o', async (more, field) => {
    const { code, stderr } = await weft([...SMALL, '--timing-only', ...more], DIR);
    expect([code, stderr.split(':')[1].trim()]).toEqual([2, field]);
  });
});
