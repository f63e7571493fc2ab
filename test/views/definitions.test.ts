/** Every metric that a page shows says what it is. */
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/store/sweep.ts';
import { changesOf, differingSettings, type EndedRun, nameOf } from '../../src/views/compare/numbers.ts';
import { DEFINITIONS } from '../../src/views/strings.ts';
import { METRIC_WORDS } from '../../src/views/sweep/strings.ts';
import { sampleRun } from '../drivers/sample-run.ts';
import { finishedRun } from '../report/fixture.ts';

describe('definitions', () => {
  it('stand behind every metric of the Lab, of a sweep, and of two runs held against each other, in a sentence', () => {
    const matrix: EndedRun = { run: finishedRun() as never, reader: sampleRun(), name: 'streaming' };
    const program: EndedRun = { ...matrix, run: { window: { cycles: 9, model: 9, exact: true }, program: matrix.reader.program } as never };
    const compared = [...changesOf(matrix, matrix), ...changesOf(program, program)].map(({ metric }) => nameOf(metric));
    const all = [...Object.values(DEFINITIONS).map(([name, meaning]) => ({ name, meaning })), ...METRICS.map((id) => METRIC_WORDS[id]), ...compared];
    expect(compared.length).toBeGreaterThan(20);
    expect(all.filter(({ name, meaning }) => name === '' || !/^[A-Z0-9(].{8,}[.)]$/s.test(meaning)).map(({ name, meaning }) => `${name}: ${meaning}`)).toEqual(
      [],
    );
  });
});

describe('what two runs differ in', () => {
  const config = { model: 'synthetic', tensor: '', m: 8, k: 256, n: 1, seed: 7, kernel: 'streaming', machine: 'wse2' } as const;
  it('names constants set by hand, and minds no order of choice', () => {
    expect(differingSettings(config, { ...config, n: 2, tuning: { hop: 3 } })).toBe('N, constants of the machine');
    expect(differingSettings({ ...config, tuning: { hop: 3, mac: 2 } }, { ...config, tuning: { mac: 2, hop: 3 } })).toBe('');
  });
});
