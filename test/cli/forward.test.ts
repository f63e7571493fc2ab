/** `weft forward`: golden logits in a file, what it prints, one line for every mistake, nothing left behind when it is stopped. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenF32 } from '../quant/golden.ts';
import { entry, folder, TINY, weft } from './weft.ts';

const DIR = folder();
const ONE = ['forward', TINY, '--tokens', '1', '--machine', 'teaching', '--kernel', 'stationary'];

describe('weft forward', () => {
  it("writes ggml's logits of tiny-llama to 1e-4 and says so as JSON", async () => {
    const tokens = '1,5,17,42,99,7,260,300';
    const { code, stdout, stderr } = await weft([...ONE, '--tokens', tokens, '--output', 'logits.f32', '--json'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const golden = goldenF32('gguf_forward_logits_dequantf32_f32.bin');
    const logits = new Float32Array(new Uint8Array(readFileSync(join(DIR, 'logits.f32'))).buffer);
    expect(logits.length).toBe(golden.length);
    expect(Math.max(...logits.map((value, i) => Math.abs(value - golden[i])))).toBeLessThan(1e-4);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({ machine: 'teaching', kernel: 'stationary', vocabulary: 320, conservation: { passed: true }, written: ['logits.f32'] });
    expect([json.tokens.length, json.layers.length, json.launches.length, json.top.length]).toEqual([8, 2, 15, 8]);
    expect(json.layers.map(({ block }: { block: number }) => block)).toEqual([0, 1]);
    const last = logits.subarray(7 * 320);
    expect(json.top[7].best[0]).toEqual({ token: last.indexOf(Math.max(...last)), logit: Math.max(...last) });
    expect(json.totals.seconds).toBeCloseTo(json.totals.cycles / json.clockHz, 12);
  });

  it('prints a line a launch, the total, what the host did and the best tokens', async () => {
    const { code, stdout, stderr } = await weft(ONE, DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of [
      '2 layers, hidden 256, vocabulary 320',
      'blk.1.ffn_down',
      'total',
      'not by PEs: embedding look-up, RMS norms',
      'After token 1 (position 0)',
      '105 checks hold',
    ])
      expect(stdout.replaceAll('\u202f', ' ')).toContain(line);
  });

  it.each([
    ['a word instead of a token', ['--tokens', '1,two'], "weft: --tokens: 'two' is not the number of a token."],
    ['a token beyond the vocabulary', ['--tokens', '1,320'], 'weft: --tokens: token 320 at position 1 is not in the vocabulary of 320. Fix: Use 0 to 319.'],
    ['an unknown kernel', ['--kernel', 'streamin'], 'Fix: use streaming.'],
    ['a rectangle beyond the machine', ['--pes', '65x64'], 'weft: --pes: blk.0.attn_q.weight: 65x64 PEs exceed'],
    ['an option that changes the model', ['--form', 'bare'], 'weft: --form: a forward pass computes what the model says'],
    ['the model as output', ['--output', TINY], 'would overwrite an input'],
  ])('%s: exit code 2 and one line', async (_, flags, line) => {
    const { code, stdout, stderr } = await weft([...ONE, ...flags], DIR);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('Ctrl+C while it simulates: exit code 130, one line, no file and no part of one', async () => {
    const cwd = folder();
    // Tells the test when the pass lets messages in for the fifth time, so that nothing is guessed and nobody sleeps.
    const preload = `data:text/javascript,${encodeURIComponent("const f=setImmediate;let n=0;globalThis.setImmediate=(...a)=>{if(++n===5)process.send('ready');return f(...a)}")}`;
    const args = ['--import', preload, entry(), 'forward', TINY, '--tokens', Array(60).fill('1').join(), '--output', 'x.f32'];
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let stderr = '';
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    child.once('message', () => child.kill('SIGINT'));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'weft: interrupted\n' });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
