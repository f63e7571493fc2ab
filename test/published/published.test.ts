/**
 * Every published row: ours, published, difference; and docs/fidelity.md, which holds the same. Measured in a process of its
 * own, bundled, because a loader of modules makes an engine several times slower; large sizes are left to test/deep.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { CALIBRATION } from '../../src/analysis/calibration.ts';
import { measureRows } from './measure.ts';
import { PUBLISHED } from './rows.ts';

const { rows, lines } = measureRows();
const page = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8').split('\n');

const told: string[] = [];
afterAll(() => console.log(`ours, published, difference\n${told.join('\n')}`));

describe('published cycles', () => {
  it.each(rows)('$family, $what: $published cycles ($source)', ({ family, what, published, tolerance, cycles }) => {
    const difference = cycles - published;
    told.push(`${cycles} ${published} ${difference >= 0 ? '+' : ''}${difference} (${((100 * difference) / published).toFixed(2)} %)  ${family}, ${what}`);
    expect(Math.abs(difference), `ours is ${cycles}`).toBeLessThanOrEqual(tolerance * published);
  });

  it('are all run here but those of a second or more, which test/deep runs', () => {
    expect(rows.length).toBe(PUBLISHED.filter((row) => !row.large).length);
  });

  const cyclesOf = (family: string, what: string) => rows.find((row) => row.family === family && row.what === what);

  it('the two-phase reduce on 512 PEs changes from S = 8 to 32 and 128 by as many cycles as published: 144 and -324', () => {
    const [eight, thirtyTwo, more] = [8, 32, 128].map((s) => cyclesOf('two-phase reduce, descriptors in registers', `P = 512, B = 4096, S = ${s}`));
    const by = (key: 'cycles' | 'published') => [eight![key] - thirtyTwo![key], thirtyTwo![key] - more![key]];
    expect(by('published')).toEqual([144, -324]);
    expect(by('cycles')).toEqual([144, -324]);
  });
});

describe('docs/fidelity.md', () => {
  it('holds the constants, every published row and every cell of the grid as they are measured now (else: npm run fidelity)', () => {
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.flatMap((line) => line.split('\n')).filter((line) => !page.includes(line))).toEqual([]);
  });
});

describe('the calibration table of reports', () => {
  it('holds every published row, with our cycles as they are measured now (else: npm run fidelity)', () => {
    expect(CALIBRATION.map(({ family, what, published, source }) => [family, what, published, source])).toEqual(
      PUBLISHED.map(({ family, what, published, source }) => [family, what, published, source]),
    );
    const ours = new Map(CALIBRATION.map((row) => [`${row.family} ${row.what} ${row.published}`, row.ours]));
    expect(rows.filter((row) => ours.get(`${row.family} ${row.what} ${row.published}`) !== row.cycles)).toEqual([]);
  });
});
