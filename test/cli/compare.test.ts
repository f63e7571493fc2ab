/** `weft compare`, and gates on `weft run`: what is printed, exit codes, one line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../src/analysis/compare.ts';
import { metricNames } from '../../src/report/metric-names.ts';
import { folder, weft } from './weft.ts';

const DIR = folder();
const SMALL = ['run', '--m', '8', '--k', '256', '--n', '2', '--pes', '4x2', '--no-report'];
const save = (name: string, content: string): void => writeFileSync(join(DIR, name), content);
let cycles = 0;

beforeAll(async () => {
  const [a, b] = await Promise.all([weft([...SMALL, '--json', '--trace', 'a.weft-trace'], DIR), weft([...SMALL, '--json', '--kernel', 'stationary'], DIR)]);
  save('a.json', a.stdout);
  save('b.json', b.stdout);
  save('list.json', '[]');
  cycles = JSON.parse(a.stdout).cycles;
  expect(metricNames(JSON.parse(a.stdout).facts)).toEqual(expect.arrayContaining([...resultOf(JSON.parse(a.stdout)).measures.keys()]));
});

describe('weft compare', () => {
  it('prints settings that differ and a table of metrics, or those beyond a threshold as JSON', async () => {
    const { code, stdout } = await weft(['compare', 'a.json', 'b.json'], DIR);
    expect(code).toBe(0);
    expect(stdout).toMatch(/config\.kernel +streaming +stationary/);
    expect(stdout).toMatch(/Metric +A +B +Difference/);
    const { stdout: json } = await weft(['compare', 'a.json', 'b.json', '--threshold', '5%', '--sort', 'share', '--json'], DIR);
    const { metrics, compared } = JSON.parse(json);
    expect(metrics.length).toBeLessThan(compared);
    for (const { share } of metrics) expect(Math.abs(share)).toBeGreaterThan(0.05);
  });

  it('of a run and its trace finds the same cycles, as Markdown too', async () => {
    const { code, stdout } = await weft(['compare', 'a.json', 'a.weft-trace', '--markdown', '--fail-if', `cycles != ${cycles}`], DIR);
    expect(code).toBe(0);
    expect(stdout.replaceAll('\u202f', '')).toContain(`| cycles | ${cycles} | ${cycles} | 0 | 0.00% |`);
  });

  it.each([
    ['B is worse than A', ['b.json', 'a.json', '--tolerance', '1%'], 1, /^weft: --tolerance: cycles is \d+, was \d+, [\d.]+ % more/],
    ['a condition holds', ['a.json', 'b.json', '--fail-if', 'cycles > 1'], 1, /^weft: --fail-if: cycles is \d+, which is > 1\n$/],
    ['a file is no result', ['a.json', 'list.json'], 2, /^weft: B: 'list.json' is neither a trace file nor the JSON of a result/],
    ['a file is not there', ['none.json', 'b.json'], 2, /^weft: A: 'none.json' cannot be read/],
  ])('ends with one line where %s', async (_, args, code, said) => {
    const ended = await weft(['compare', ...args, '--quiet'], DIR);
    expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(said) });
    expect(ended.stderr).toMatch(/^[^\n]+\n$/);
  });
});

describe('gates of weft run', () => {
  it('pass silently, and print the result with --json', async () => {
    const passed = await weft([...SMALL, '--quiet', '--fail-if', `cycles > ${cycles}`, '--baseline', 'a.json', '--tolerance', '0%'], DIR);
    expect(passed).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('fail with exit code 1 and one line, after the result', async () => {
    const { code, stdout, stderr } = await weft([...SMALL, '--json', '--fail-if', `cycles >= ${cycles}`, '--baseline', 'b.json', '--tolerance', '1%'], DIR);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).cycles).toBe(cycles);
    expect(stderr).toMatch(new RegExp(`^weft: --fail-if: cycles is ${cycles}, which is >= ${cycles}; --baseline: cycles is ${cycles}, was [^\\n]+\\n$`));
  });

  it.each([
    ['a metric that is not there', ['--fail-if', 'cycels > 1'], "--fail-if: there is no metric 'cycels'. Fix: use cycles"],
    ['a baseline that is no result', ['--baseline', 'list.json'], "--baseline: 'list.json' is neither"],
    ['a tolerance of nothing', ['--tolerance', '1%'], '--tolerance: there is no baseline'],
  ])('refuse %s before the run, with exit code 2', async (_, args, said) => {
    const { code, stdout, stderr } = await weft([...SMALL, ...args], DIR);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });
});
