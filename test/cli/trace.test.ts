/** `weft run --trace` and `weft trace`: the file, what it says, that it repeats itself, and how damage is told. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTrace } from '../../src/trace/open.ts';
import { folder, weft } from './weft.ts';

const DIR = folder();
const SMALL = ['run', '--model', 'synthetic', '--m', '8', '--k', '256', '--n', '2', '--machine', 'wse2', '--pes', '4x2', '--no-report'];
const file = (name: string): Buffer => readFileSync(join(DIR, name));

/** Runs with --json and returns the object. */
async function json(...args: readonly string[]) {
  const { code, stdout, stderr } = await weft([...args, '--json'], DIR);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('weft run --trace', () => {
  it('writes a file that opens with the hash and cycles of the run, names it, and leaves nothing else', async () => {
    const said = await json(...SMALL, '--trace', 'a.weft-trace');
    expect(said.written).toEqual(['a.weft-trace']);
    expect(readdirSync(DIR)).toEqual(['a.weft-trace']);
    const { trace, traceHash, modelVersion } = openTrace(file('a.weft-trace'));
    expect([traceHash, trace.cycles, modelVersion]).toEqual([said.traceHash, said.simulatedCycles ?? said.cycles, said.modelVersion]);
  });

  it('writes the same bytes again, and with the reference engine', async () => {
    await json(...SMALL, '--trace', 'b.weft-trace');
    await json(...SMALL, '--trace', 'c.weft-trace', '--engine', 'reference');
    for (const name of ['b', 'c']) expect(file(`${name}.weft-trace`).equals(file('a.weft-trace'))).toBe(true);
  });

  it('prints the same numbers with a trace and without', async () => {
    const [plain, traced] = [await json(...SMALL), await json(...SMALL, '--trace', 'd.weft-trace')];
    expect(traced).toEqual({ ...plain, written: ['d.weft-trace'] });
  });

  it.each([
    ['a device', ['--trace', '/dev/null'], "--trace: '/dev/null' is not a regular file"],
    ['a folder', ['--trace', '.'], "--trace: '.' is a folder"],
    ['the file of the results', ['--trace', 'y', '--output', 'y'], "--trace: 'y' is the file of --output, too"],
  ])('refuses %s with exit code 2', async (_, flags, said) => {
    const { code, stdout, stderr } = await weft([...SMALL, ...flags], DIR);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^weft: [^\n]+\n$/);
    expect(stderr).toContain(said);
  });
});

describe('weft trace', () => {
  it('--json says machine, PEs, cycles, rows of seven tables, bytes, hash and shares that sum to 1', async () => {
    const run = await json(...SMALL, '--trace', 'e.weft-trace');
    const said = await json('trace', 'e.weft-trace');
    expect(said).toMatchObject({ file: 'e.weft-trace', version: 2, machine: { id: 'wse2', name: 'WSE-2' }, pes: { width: 4, height: 2 }, chunks: 6 });
    expect([said.traceHash, said.bytes]).toEqual([run.traceHash, file('e.weft-trace').length]);
    expect(Object.keys(said.rows)).toEqual(['intervals', 'moves', 'uses', 'sends', 'hostIn', 'hostOut', 'hostSteps']);
    expect(Object.values(said.shares as Record<string, number>).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(said.busy).toBeGreaterThan(0.1);
  });

  it('for people names the machine, every table and every share', async () => {
    const { code, stdout } = await weft(['trace', 'e.weft-trace'], DIR);
    expect(code).toBe(0);
    for (const word of ['trace version 2', 'WSE-2, 4 × 2 PEs', 'intervals', 'hostSteps', 'dequantise', 'blocked', 'idle']) expect(stdout).toContain(word);
  });

  it.each([
    ['cut to 300 bytes', (bytes: Buffer) => bytes.subarray(0, 300), 'header: at byte 0: '],
    [
      'with a byte changed in its middle',
      (bytes: Buffer) => Buffer.from(bytes).fill(bytes[bytes.length >> 1] ^ 1, bytes.length >> 1, (bytes.length >> 1) + 1),
      '.check: at byte ',
    ],
    [
      'of version 3',
      (bytes: Buffer) => Buffer.from(bytes).fill(3, 8, 9),
      'version: at byte 8: the file is of version 3, this Weft reads version 2. Fix: open it with a newer Weft.',
    ],
    ['that is empty', () => Buffer.alloc(0), 'magic: at byte 0: '],
  ])('of a file %s ends with exit code 2 and one line that names field and byte', async (_, damage, said) => {
    writeFileSync(join(DIR, 'bad.weft-trace'), damage(file('e.weft-trace')));
    const { code, stdout, stderr } = await weft(['trace', 'bad.weft-trace'], DIR);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^weft: [^\n]+\n$/);
    expect(stderr).toContain(said);
  });

  it('with an unknown subcommand names the nearest', async () => {
    const { code, stderr } = await weft(['trace', 'convrt', 'a', 'b'], DIR);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "weft: unknown command 'convrt' (Did you mean convert?)\n" });
  });

  it('of a file that is not there ends with exit code 2', async () => {
    const { code, stderr } = await weft(['trace', 'none.weft-trace'], DIR);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "weft: FILE: 'none.weft-trace' cannot be read: there is no such file. Fix: check the path.\n" });
  });
});

describe('weft trace convert', () => {
  const convert = (...args: readonly string[]) => weft(['trace', 'convert', 'e.weft-trace', ...args], DIR);
  let rows: Promise<object>;
  beforeAll(() => {
    rows = json('trace', 'show', 'e.weft-trace').then((said) => said.rows);
  });

  it.each(['x.json', 'x.pftrace', 'x.ndjson', 'x.csv', 'x.weft-trace'])('writes %s in the format of its name, and says so', async (name) => {
    const { code, stdout, stderr } = await convert(name, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const format = { json: 'chrome', pftrace: 'perfetto', 'weft-trace': 'weft' }[name.slice(2)] ?? name.slice(2);
    expect(JSON.parse(stdout)).toMatchObject({ format, rows: await rows, bytes: file(name).length, written: [name] });
  });

  it("copies Weft's own format byte for byte, and obeys --to, --tables and --quiet", async () => {
    expect(file('x.weft-trace').equals(file('e.weft-trace'))).toBe(true);
    expect(await convert('y', '--to', 'csv', '--tables', 'hostIn,hostOut', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    const tables = file('y').toString().trimEnd().split('\r\n').slice(1);
    expect(new Set(tables.map((line) => line.split(',')[0]))).toEqual(new Set(['hostIn', 'hostOut']));
  });

  it.each([
    ['a name without a format', ['z'], "OUT: 'z' does not say by its name which format it is to have"],
    ['an unknown table', ['z.csv', '--tables', 'hops'], "There is no table 'hops'"],
    ["a part of Weft's own format", ['z.weft-trace', '--tables', 'moves'], '--tables: '],
    ['the input itself', ['./e.weft-trace'], 'would overwrite an input'],
  ])('refuses %s with exit code 2, one line, and no file', async (_, args, said) => {
    const before = readdirSync(DIR);
    const { code, stdout, stderr } = await convert(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^weft: [^\n]+\n$/);
    expect(stderr).toContain(said);
    expect(readdirSync(DIR)).toEqual(before);
  });

  it('of a damaged file leaves nothing behind', async () => {
    const before = readdirSync(DIR);
    writeFileSync(join(DIR, 'bad.weft-trace'), file('e.weft-trace').subarray(0, -1));
    const { code, stderr } = await weft(['trace', 'convert', 'bad.weft-trace', 'z.json'], DIR);
    expect(code).toBe(2);
    expect(stderr).toContain('trailer: at byte');
    expect(readdirSync(DIR)).toEqual(before);
  });
});
