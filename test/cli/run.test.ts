/** `weft run`: what it prints, what it writes, that it repeats itself, and that it ends well when it is stopped. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entry, folder, TINY, weft, weftAlone } from './weft.ts';

const DIR = folder();
const SMALL = ['run', '--model', 'synthetic', '--m', '8', '--k', '256', '--n', '2', '--machine', 'wse2', '--pes', '4x2'];
const read = (...path: readonly string[]): string => readFileSync(join(DIR, ...path), 'utf8');

/** Runs with --json and returns the object. */
async function summary(...args: readonly string[]): Promise<Record<string, never>> {
  const { code, stdout, stderr } = await weft([...args, '--json'], DIR);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('weft run', () => {
  it('prints the verdict, writes a Markdown and a JSON report into weft-report, and says so', async () => {
    const { code, stdout, stderr } = await weftAlone([...SMALL, '--seed', '3'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const text = stdout.replaceAll('\u202f', ' ');
    for (const line of [
      'Simulated',
      'Closed form',
      'Lower bound',
      'Utilisation',
      'SRAM, fullest PE',
      'plain loop: equal bit for bit',
      '7 of 7 hold',
      'Bottleneck: ',
    ]) {
      expect(text).toContain(line);
    }
    const base = 'synthetic-8x256-streaming-wse2-4x2-n2-seed3';
    expect(text).toContain(`wrote weft-report/${base}.md, weft-report/${base}.json\n`);
    expect(readdirSync(join(DIR, 'weft-report')).sort()).toEqual([`${base}.json`, `${base}.md`]);
    const report = JSON.parse(read('weft-report', `${base}.json`));
    expect(report).toMatchObject({ schema: 'weft-report', schemaVersion: 1, date: null, summary: { cycles: report.verdict.cycles, engine: 'wavelet' } });
    expect(read('weft-report', `${base}.md`)).toContain(report.summary.traceHash);
  });

  it('--json prints one object with the numbers of the report, and writes no report', async () => {
    const folderBefore = readdirSync(DIR);
    const said = await summary(...SMALL, '--seed', '3');
    expect(readdirSync(DIR)).toEqual(folderBefore);
    const { summary: reported } = JSON.parse(read('weft-report', 'synthetic-8x256-streaming-wse2-4x2-n2-seed3.json'));
    expect(said).toEqual({ ...reported, written: [] });
    expect(said).toMatchObject({ includesLoad: false, errors: { vsPlainLoop: 0 }, config: { m: 8, k: 256, n: 2, pes: { width: 4, height: 2 }, seed: 3 } });
    expect(Object.keys(said)).toEqual(
      expect.arrayContaining([
        'cycles',
        'microseconds',
        'closedForm',
        'lowerBound',
        'utilisation',
        'traceHash',
        'stateHash',
        'loadCycles',
        'hostInCycles',
        'hostOutCycles',
        'latency',
        'engine',
        'conservation',
      ]),
    );
  });

  it('writes the same bytes again, whatever the folder and the process', async () => {
    await weftAlone([...SMALL, '--out', 'a'], DIR);
    await weft([...SMALL, '--out', 'b/c'], DIR);
    const base = 'synthetic-8x256-streaming-wse2-4x2-n2-seed7';
    for (const kind of ['md', 'json']) expect(read('a', `${base}.${kind}`)).toBe(read('b', 'c', `${base}.${kind}`));
  });

  it('takes constants of the machine, says them, and gives the command that repeats the run', async () => {
    const [plain, slow, usual] = [
      await summary(...SMALL),
      await summary(...SMALL, '--hop', '3', '--mac', '0.5', '--out', 'slow'),
      await summary(...SMALL, '--hop', '1'),
    ];
    expect(usual).toEqual(plain);
    expect(slow.cycles).toBeGreaterThan(plain.cycles);
    expect(slow).toMatchObject({ config: { tuning: { hop: 3, mac: 0.5 } } });
    const report = read('slow', 'synthetic-8x256-streaming-wse2-hop3-mac0.5-4x2-n2-seed7.md');
    expect(report).toContain('--machine wse2 --hop 3 --mac 0.5');
    expect(report).toContain('set by hand; WSE-2 has 1 cycle');
  });

  it('gives the same hashes with the reference engine and other ones for another seed', async () => {
    const [wavelet, reference, other] = [await summary(...SMALL), await summary(...SMALL, '--engine', 'reference'), await summary(...SMALL, '--seed', '8')];
    expect(reference).toEqual({ ...wavelet, engine: 'reference' });
    expect(other.stateHash).not.toBe(wavelet.stateHash);
  });

  it('--include-load adds load, host in and host out to the three numbers', async () => {
    const [plain, loaded] = [await summary(...SMALL), await summary(...SMALL, '--include-load')];
    const added = plain.loadCycles + plain.hostInCycles + plain.hostOutCycles;
    expect(added).toBeGreaterThan(0);
    expect([loaded.cycles, loaded.closedForm, loaded.lowerBound]).toEqual([plain.cycles + added, plain.closedForm + added, plain.lowerBound + added]);
    expect(loaded.simulatedCycles).toBe(plain.cycles);
  });

  it('--no-report writes nothing', async () => {
    rmSync(join(DIR, 'weft-report'), { recursive: true, force: true });
    const { code, stdout } = await weft([...SMALL, '--no-report'], DIR);
    expect(code).toBe(0);
    expect(stdout).not.toContain('wrote');
    expect(readdirSync(DIR)).not.toContain('weft-report');
  });

  it('takes a tensor with and without .weight for the same run, on all three machines', async () => {
    for (const machine of ['teaching', 'wse2', 'wse3']) {
      const flags = ['run', '--model', TINY, '--machine', machine, '--kernel', 'stationary', '--pes', '8x8'];
      const [a, b] = [await summary(...flags, '--tensor', 'blk.0.attn_k'), await summary(...flags, '--tensor', 'blk.0.attn_k.weight')];
      expect([a.traceHash, a.stateHash, a.cycles]).toEqual([b.traceHash, b.stateHash, b.cycles]);
    }
  });

  it('runs the demo model with the tensor of the page by default', async () => {
    const said = await summary('run', '--n', '2');
    expect(said).toMatchObject({ config: { model: 'demo', tensor: 'blk.0.ffn_up', m: 1536, k: 512 }, errors: { vsPlainLoop: 0 } });
  });
});

describe('stopping', () => {
  /** A run of many cycles, started in a folder of its own. */
  const long = ['run', '--model', 'synthetic', '--m', '4096', '--k', '2048', '--n', '64', '--pes', '16x16', '--output', 'y.f32', '--trace', 't.weft-trace'];

  /** Sends a message to the test when `object` gets a listener for `event`, so that no test has to guess or to sleep. */
  const ready = (object: string, event: string): string =>
    `data:text/javascript,${encodeURIComponent(`const o=${object},f=o.addEventListener??o.on,k=o.addEventListener?'addEventListener':'on';o[k]=function(e,...r){const x=f.call(this,e,...r);if(e==='${event}')process.send('ready');return x}`)}`;

  const layer = ['run', '--kernel', 'transformer_layer', '--m', '4096', '--k', '4096', '--timing-only'];
  const wafer = ['run', '--m', '745500', '--k', '4096', '--pes', '750x994', '--timing-only'];

  it.each([
    ['before it starts', ready('process', 'SIGINT'), long],
    ['while it simulates', ready('AbortSignal.prototype', 'abort'), long],
    ['while a whole wafer is timed', ready('AbortSignal.prototype', 'abort'), wafer],
    ['while a layer is timed', ready('AbortSignal.prototype', 'abort'), layer],
    ['while a collective runs', ready('process', 'SIGINT'), ['micro', 'reduce', '--algo', 'two-phase', '--pes', '750', '--wavelets', '4096']],
  ])('Ctrl+C %s ends a run with exit code 130, one line, and no file', async (_, preload, args) => {
    const cwd = folder();
    const child = spawn(process.execPath, ['--import', preload, entry(), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let stderr = '';
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    child.once('message', () => child.kill('SIGINT'));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'weft: interrupted\n' });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('a full disk behind > is one line and exit code 2', async () => {
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${entry()}" inspect "${TINY}" > /dev/full`], {
      cwd: DIR,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'weft: stdout cannot be written: ENOSPC\n' });
  });

  it('a reader that closes the pipe early is no error', async () => {
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${entry()}" inspect "${TINY}" --json | head -n 1; echo done`], {
      cwd: DIR,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect({ stdout, stderr }).toEqual({ stdout: '{\ndone\n', stderr: '' });
  });
});
