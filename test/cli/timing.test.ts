/** `weft run --timing-only`: cycles without values. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

  it('passes gates or not, as a run with values does', async () => {
    const { stdout } = await weft([...SMALL, '--timing-only'], DIR);
    writeFileSync(join(DIR, 'base.json'), stdout.replace(/"cycles": \d+/, '"cycles": 5'));
    const cases = [
      [['--fail-if', 'cycles > 5'], 1, /^weft: --fail-if: cycles is \d+, which is > 5\n$/],
      [['--fail-if', 'cycles < 5', '--fail-if', 'seconds > 1'], 0, /^$/],
      [['--baseline', 'base.json', '--tolerance', '1%'], 1, /^weft: --baseline: cycles is \d+, was 5/],
      [['--fail-if', 'errors.vsPlainLoop > 0'], 2, /^weft: --fail-if: there is no metric/],
    ] as const;
    for (const [gate, code, said] of cases) {
      const gated = await weft([...SMALL, '--timing-only', ...gate], DIR);
      expect(gated).toMatchObject({ code, stderr: expect.stringMatching(said) });
    }
  });

  it.each([
    [['--output', 'y.f32'], '--output'],
    [['--engine', 'wavelet'], '--timing-only'],
  ])('is refused with %o', async (more, field) => {
    const { code, stderr } = await weft([...SMALL, '--timing-only', ...more], DIR);
    expect([code, stderr.split(':')[1].trim()]).toEqual([2, field]);
  });
});
