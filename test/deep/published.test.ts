/** Published rows and cells of docs/fidelity.md of every size, those of a second or more too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureRows } from '../published/measure.ts';

const { rows, lines } = measureRows(true);

describe('published cycles of every size', () => {
  it.each(rows)('$family, $what: $published cycles ($source)', ({ published, tolerance, cycles }) => {
    expect(Math.abs(cycles - published), `ours is ${cycles}`).toBeLessThanOrEqual(tolerance * published);
  });

  it('are those of docs/fidelity.md (else: npm run fidelity)', () => {
    const page = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8').split('\n');
    expect(lines.flatMap((line) => line.split('\n')).filter((line) => !page.includes(line))).toEqual([]);
  });
});
