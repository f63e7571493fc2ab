/** `weft report` and `weft sweep` as a shell starts them: their files, their journal, and what they refuse without leaving anything. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, weft, weftAlone } from './weft.ts';

const DIR = folder();
const read = (...path: string[]): string => readFileSync(join(DIR, ...path), 'utf8');
const lines = (path: string): string[] => read(path).trimEnd().split(/\r?\n/);
writeFileSync(join(DIR, 'bad.csv'), 'Layer, M, N, K,\na, 1, x, 1,\n');
writeFileSync(join(DIR, 'gemm.csv'), 'Layer, M, N, K,\na, 16, 2, 200,\nb, 8, 1, 256,\n');

describe('weft report', () => {
  it('writes every format of a run and prints its numbers', async () => {
    const { code, stdout, stderr } = await weft(['report', '--m', '24', '--k', '512', '--pes', '6x4', '--date', '2026-01-02', '--out', 'a/b', '--json'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { cycles, written } = JSON.parse(stdout);
    expect(written.filter((path: string) => !path.endsWith('.csv'))).toEqual(['a/b/report.md', 'a/b/report.html', 'a/b/report.json'].map((p) => join(p)));
    expect(JSON.parse(read('a', 'b', 'report.json'))).toMatchObject({
      schema: 'weft-report',
      date: '2026-01-02',
      summary: { cycles },
      sensitivity: { cycles },
    });
    expect(read('a', 'b', 'report.html')).toMatch(/^<!doctype html>/);
    expect(read('a', 'b', 'report.md')).toContain('## Sensitivity');
  });

  it('of a topology has a row a layer, and a run that is worse than its baseline ends with 1', async () => {
    const many = await weft(['report', '--topology', 'gemm.csv', '--format', 'csv', '--out', 't', '--quiet'], DIR);
    expect(many).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(lines('t/products.csv')).toHaveLength(3);
    writeFileSync(join(DIR, 'base.json'), JSON.stringify({ cycles: 10 }));
    const worse = await weft(['report', '--m', '4', '--k', '256', '--format', 'md', '--out', 'w', '--baseline', 'base.json', '--tolerance', '1%'], DIR);
    expect(worse.code).toBe(1);
    expect(worse.stderr).toMatch(/^weft: --baseline: cycles /);
    expect(read('w', 'report.md')).toContain('## Difference from `base.json`');
  });

  it.each([
    [['--topology', 'bad.csv'], /--topology: 'bad.csv', row 2, column 3 \(N\): 'x' is not a whole number from 1/],
    [['--topology', 'gemm.csv', '--m', '4'], /--m: the sizes are those of the topology/],
    [['--scale-sim', 'gemm.csv'], /--scale-sim: there is no topology/],
    [['--format', 'pdf'], /--format: 'pdf' is no format of a report/],
  ])('refuses %j with one line and no file', async (flags, message) => {
    const { code, stdout, stderr } = await weft(['report', ...flags, '--out', 'never'], DIR);
    expect({ code, stdout, exists: existsSync(join(DIR, 'never')) }).toEqual({ code: 2, stdout: '', exists: false });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('weft sweep', () => {
  const SWEEP = ['sweep', '--param', 'k=256,512', '--param', 'kernel=streaming,stationary,nope', '--m', '8', '--out', 's.ndjson', '--csv', 's.csv', '--json'];

  it('computes a grid on two threads, goes on where a torn line ends, and computes nothing twice', async () => {
    const first = await weftAlone([...SWEEP, '--jobs', '2'], DIR);
    expect(first.stderr).toBe('');
    expect(JSON.parse(first.stdout)).toMatchObject({ points: 6, computed: 6, known: 0, failed: 2, finished: true });
    const records = lines('s.ndjson').map((line) => JSON.parse(line));
    expect(records.filter((r) => r.error?.field === 'kernel')).toHaveLength(2);
    expect(records.filter((r) => r.result?.plainLoopDifferences === 0 && r.result?.checksHold)).toHaveLength(4);
    writeFileSync(join(DIR, 's.ndjson'), `${lines('s.ndjson').slice(0, 5).join('\n')}\n`);
    appendFileSync(join(DIR, 's.ndjson'), '{"hash":"torn');
    const again = await weftAlone([...SWEEP, '--jobs', '1'], DIR);
    expect(JSON.parse(again.stdout)).toMatchObject({ points: 6, computed: 1, known: 5 });
    expect(new Set(lines('s.ndjson').map((line) => JSON.parse(line).hash)).size).toBe(6);
    expect(
      lines('s.csv')
        .slice(1)
        .map((line) => line.slice(0, 16))
        .sort(),
    ).toEqual(records.map((r) => r.hash).sort());
  });

  it.each([
    [['--param', 'size=3'], /--param: 'size=3' does not begin with a parameter/],
    [['--param', 'k=256', '--model', 'demo', '--tensor', 'a'], /--k: the sizes are the tensor's/],
    [['--m', '8', '--out', 'bad.csv'], /--out: 'bad.csv', line 1 is no record of a sweep/],
    [['--m', '8', '--out', '.'], /--out: '.' is a folder/],
  ])('refuses %j with one line', async (flags, message) => {
    const before = readdirSync(DIR).sort();
    const { code, stderr } = await weft(['sweep', '--out', 'none.ndjson', ...flags], DIR);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(readdirSync(DIR).sort()).toEqual(before);
    expect(read('bad.csv')).toMatch(/^Layer/);
  });
});
