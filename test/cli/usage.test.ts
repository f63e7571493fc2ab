/** Help, and every kind of bad usage and bad input: exit code 2, one line on stderr that names the flag, nothing on stdout, no file. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { folder, TINY, weft, weftAlone } from './weft.ts';

const DIR = folder();
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(DIR, name), content);
  return name;
};
const TENSOR = ['--tensor', 'blk.0.attn_q'];
const MODEL = ['--model', TINY, ...TENSOR];

file('short.f32', new Uint8Array(1000));
file('empty.f32', '');
file('two-rows.f32', new Uint8Array(2 * 256 * 4));
file('text.gguf', 'this is no model');
file('empty.gguf', '');
file('cut.gguf', readFileSync(TINY).subarray(0, 5000));
file('synthetic', 'no model either');
file('q2.gguf', writeGguf([], [{ name: 'w', typeId: 10, shape: [256, 4], data: new Uint8Array(4 * 84) }]));
file('evil\u001b[31m.gguf', 'x');
mkdirSync(join(DIR, 'folder'));

describe('help', () => {
  it('of weft names the commands, examples and exit codes, on stdout with exit code 0', async () => {
    const { code, stdout, stderr } = await weftAlone(['--help'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['run', 'inspect', 'dequantize', 'micro', 'Examples:', 'Exit codes: 0 success, 1 a run that failed or a gate'])
      expect(stdout).toContain(word);
  });

  it('of run names every flag that scripts rely on', async () => {
    const { code, stdout } = await weftAlone(['run', '--help'], DIR);
    expect(code).toBe(0);
    for (const flag of [
      'model',
      'tensor',
      'm',
      'k',
      'n',
      'kernel',
      'machine',
      'pes',
      'seed',
      'input',
      'output',
      'trace',
      'engine',
      'include-load',
      'json',
      'out',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  --${flag} `, 'm'));
    }
  });

  it('--version prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await weftAlone(['--version'], DIR)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('appears for no command at all, with exit code 2 and one line on stderr', async () => {
    const { code, stdout, stderr } = await weftAlone([], DIR);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^weft: no command: choose run, forward, kernels, [a-z, ]+ or [a-z]+\n$/);
    expect(stdout).toContain('Usage: weft');
  });
});

/** What is wrong, the arguments, and what the line must say. */
const BAD: ReadonlyArray<readonly [string, readonly string[], string]> = [
  ['an unknown command', ['rnu'], "unknown command 'rnu' (Did you mean run?)"],
  ['an unknown flag', ['run', '--kernal', 'streaming'], "unknown option '--kernal' (Did you mean --kernel?)"],
  ['a flag without its value', ['run', '--model'], "option '--model <model>' argument missing"],
  ['an argument too many', ['run', 'extra'], 'too many arguments'],
  ['no file to inspect', ['inspect'], "missing required argument 'file'"],
  ['no tensor to dequantise', ['dequantize', TINY, '--output', 'w.f32'], "required option '--tensor <name>' not specified"],
  ['an unknown machine', ['run', ...MODEL, '--machine', 'wse4'], 'Allowed choices are teaching, wse2, wse3'],
  ['an unknown kernel', ['run', ...MODEL, '--kernel', 'streming'], '--kernel: there is no kernel "streming"'],
  ['an unknown engine', ['run', ...MODEL, '--engine', 'fast'], 'Allowed choices are wavelet, reference, timing, auto'],
  ['a hop of no cycles', ['run', ...MODEL, '--hop', '0'], "--hop: '0' is not a whole number from 1 to 16"],
  ['a rate that is no choice', ['run', ...MODEL, '--mac', '3'], "--mac: '3' is none of 0.25, 0.5, 1, 2, 4"],
  ['an unknown dot program', ['run', ...MODEL, '--dot', 'three-op'], 'Allowed choices are two-op, fused1'],
  ['a rectangle that is none', ['run', ...MODEL, '--pes', '32'], "--pes: '32' is not a rectangle"],
  ['a rectangle of no PEs', ['run', ...MODEL, '--pes', '0x4'], "--pes: '0x4' is not a rectangle"],
  ['a rectangle larger than the wafer', ['run', ...MODEL, '--pes', '751x4'], '--pes: 751x4 PEs exceed the 750x994 usable PEs of WSE-2'],
  ['n that is no number', ['run', ...MODEL, '--n', 'four'], "--n: 'four' is not a whole number"],
  ['n of zero', ['run', ...MODEL, '--n', '0'], "--n: '0' is not a whole number from 1"],
  ['n below zero', ['run', ...MODEL, '--n', '-1'], "--n: '-1' is not a whole number"],
  ['n with a fraction', ['run', ...MODEL, '--n', '1.5'], "--n: '1.5' is not a whole number"],
  ['a seed beyond 32 bits', ['run', ...MODEL, '--seed', '4294967296'], "--seed: '4294967296' is not a whole number from 0 to 4294967295"],
  ['an empty tensor name', ['run', '--model', TINY, '--tensor', ''], '--tensor: the value is empty'],
  ['no tensor for a file', ['run', '--model', TINY], '--tensor: which tensor'],
  ['a tensor that is not there', ['run', '--model', TINY, '--tensor', 'blk.0.atn_q'], 'blk.0.attn_q'],
  ['a tensor of a type that kernels cannot place', ['run', '--model', 'q2.gguf', '--tensor', 'w'], "--tensor: the tensor's type is Q2_K"],
  ['a tensor that is a vector', ['run', '--model', TINY, '--tensor', 'output_norm'], "--tensor: 'output_norm.weight' is a vector"],
  ['M of zero', ['run', '--m', '0', '--k', '256'], "--m: '0' is not a whole number"],
  ['a negative K', ['run', '--m', '4', '--k', '-256'], "--k: '-256' is not a whole number"],
  ['a rectangle larger than the fabric', ['run', '--m', '4', '--k', '256', '--pes', '800x4'], '--pes: 800x4 PEs exceed the 750x994 usable PEs of WSE-2'],
  ['an option the kernel does not have', ['run', '--m', '4', '--k', '256', '--reduce', 'tree'], '--reduce: the kernel streaming has no option "reduce"'],
  ['a value the option does not have', ['run', '--m', '4', '--k', '256', '--drain', 'never'], 'Allowed choices are end, column'],
  ['more sequences than columns', ['run', '--m', '4', '--k', '256', '--n', '2', '--kernel', 'batched', '--batch', '3'], '--batch:'],
  ['rows that overflow a PE', ['run', '--m', '4', '--k', '16384', '--kernel', 'stationary'], 'use the kernel streaming'],
  ['a slice of less than a block', ['run', '--m', '4', '--k', '512', '--kernel', 'split-k', '--pes', '3x1'], 'K'],
  ['an unknown format', ['run', '--m', '4', '--k', '256', '--format', 'q9'], '--format: there is no format "q9"'],
  ['a format for a file', ['run', ...MODEL, '--format', 'q8_0'], "--format: the format is the tensor's"],
  ['a tensor of a synthetic matrix', ['run', '--model', 'synthetic', '--tensor', 'x'], '--tensor: a synthetic matrix has no tensors'],
  ['an input for a synthetic matrix', ['run', '--model', 'synthetic', '--input', 'two-rows.f32'], '--input: a synthetic matrix'],
  ['sizes for a file', ['run', ...MODEL, '--m', '4'], "--m: the sizes are the tensor's"],
  ['a synthetic K that is no multiple of 256', ['run', '--model', 'synthetic', '--k', '300'], '--k: K is 300'],
  ['a model that is not there', ['run', '--model', 'none.gguf', ...TENSOR], "--model: 'none.gguf' cannot be read: there is no such file"],
  ['a model that is a folder', ['run', '--model', 'folder', ...TENSOR], "--model: 'folder' is a folder"],
  ['a model that is no GGUF', ['run', '--model', 'text.gguf', ...TENSOR], 'magic'],
  ['an empty model', ['inspect', 'empty.gguf'], 'byte 0'],
  ['a model cut short', ['inspect', 'cut.gguf'], 'byte'],
  ['a file called like a built-in model', ['run', '--model', './synthetic', ...TENSOR], 'magic'],
  ['a file to inspect that is not there', ['inspect', 'none.gguf'], "FILE: 'none.gguf' cannot be read"],
  ['a tensor to dequantise that is not there', ['dequantize', TINY, '--tensor', 'blk.9', '--output', 'w.f32'], "there is no tensor 'blk.9'"],
  ['an input that is not there', ['run', ...MODEL, '--input', 'none.f32'], "--input: 'none.f32' cannot be read"],
  ['an input of broken rows', ['run', ...MODEL, '--input', 'short.f32'], '1000 bytes, which is not a whole number of rows of K = 256'],
  ['an empty input', ['run', ...MODEL, '--input', 'empty.f32'], '0 bytes'],
  [
    'an n that contradicts the input',
    ['run', ...MODEL, '--input', 'two-rows.f32', '--n', '3'],
    "--n: 3 is not the number of rows in 'two-rows.f32', which holds 2",
  ],
  ['an output that is a folder', ['run', ...MODEL, '--output', 'folder'], "--output: 'folder' is a folder"],
  ['an output in a folder that is not there', ['run', ...MODEL, '--output', 'none/y.f32'], 'there is no such folder'],
  ['an output over the model', ['dequantize', 'cut.gguf', '--tensor', 'x', '--output', './cut.gguf'], "--output: './cut.gguf' would overwrite an input"],
  ['an output over the activations', ['run', ...MODEL, '--input', 'two-rows.f32', '--output', 'folder/../two-rows.f32'], 'would overwrite an input'],
  ['reports into a file', ['run', ...MODEL, '--out', 'short.f32'], "short.f32' is not a folder"],
  ['a folder for no report', ['run', ...MODEL, '--out', 'folder', '--no-report'], '--out: there is no report'],
  ['a placement that does not fit', ['run', '--model', 'synthetic', '--m', '4', '--k', '32768', '--pes', '2x2', '--kernel', 'stationary'], 'overflows a PE by'],
];

describe('bad usage and bad input end with exit code 2 and one line:', () => {
  const before = readdirSync(DIR).sort();

  it.each(BAD)('%s', async (_, args, says) => {
    const { code, stdout, stderr } = await weft(args, DIR);
    expect(stderr).toMatch(/^weft: [^\n]+\n$/);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at |node:internal/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(DIR).sort()).toEqual(before);
  });

  it('in a process of its own, too', async () => {
    const args = ['run', ...MODEL, '--kernel', 'streming'];
    const alone = await weftAlone(args, DIR);
    expect(alone).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^weft: --kernel: there is no kernel "streming"[^\n]*\n$/) });
    expect(await weft(args, DIR)).toEqual(alone);
  });

  it('a control character in a name is shown, not obeyed', async () => {
    const { code, stderr } = await weft(['inspect', 'none\u001b[31m.gguf'], DIR);
    expect(code).toBe(2);
    expect(stderr).toContain('none\\u{1b}[31m.gguf');
  });
});

describe('kernels', () => {
  it('are listed with their options, as text and as JSON', async () => {
    const text = await weft(['kernels'], DIR);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^streaming\n {2}Rows stay/);
    const { kernels, options } = JSON.parse((await weft(['kernels', '--json'], DIR)).stdout);
    expect(kernels.map((k: { id: string }) => k.id)).toEqual(expect.arrayContaining(['streaming', 'stationary']));
    expect(options.dot.values).toEqual(['two-op', 'fused1']);
  });
});
