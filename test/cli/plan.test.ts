/** `weft plan`: tables and JSON, and every kind of bad model: exit code 2, one line on stderr that names what is wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GgufFile, openGguf } from '../../src/model/gguf-read.ts';
import type { MetadataEntry } from '../../src/model/gguf-types.ts';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { fromBytes } from '../../src/model/range.ts';
import type { CapacityReport } from '../../src/plan/capacity-types.ts';
import { folder, TINY, weft } from './weft.ts';

const DIR = folder();
const BYTES = new Uint8Array(readFileSync(TINY));
const MODEL: GgufFile = await openGguf(fromBytes(BYTES));
const CONFIG = {
  model_type: 'llama',
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  intermediate_size: 11_008,
  vocab_size: 32_000,
  max_position_embeddings: 4096,
};

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(DIR, name), content);
  return name;
}

const config = (name: string, change: object): string => file(name, JSON.stringify({ ...CONFIG, ...change }));

/** The tiny llama with other metadata, or without a tensor, or with its data as another shape. */
async function changed(name: string, values: Readonly<Record<string, number | string>>, without = '', reshaped: Readonly<Record<string, number[]>> = {}) {
  const entries = MODEL.entries.map((entry): MetadataEntry => ({ ...entry, value: values[entry.key] ?? entry.value }));
  const tensors = MODEL.tensors.filter((t) => t.name !== without);
  const data = tensors.map(async (t) => ({ name: t.name, typeId: t.typeId, shape: reshaped[t.name] ?? t.shape, data: await MODEL.readTensor(t) }));
  return file(name, writeGguf(entries, await Promise.all(data)));
}

async function report(...args: readonly string[]): Promise<CapacityReport> {
  const { code, stdout, stderr } = await weft(['plan', ...args, '--json'], DIR);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('weft plan', () => {
  it('prints what fits of a published model: matrices, every byte of a PE, the cache, what mends an overflow', async () => {
    const { code, stdout, stderr } = await weft(['plan', 'llama-2-7b', '--kernel', 'stationary'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const text = stdout.replaceAll('\u202f', ' ');
    expect(text).toContain('It needs 2 wafers, 870 081 of 745 500 PEs.');
    expect(text).toMatch(/ffn_down +q4_k +yes +4 096 × 11 008 +32 +25 362 432 +1 +4 096 +48 724 +428\n/);
    expect(text).toContain('code and run-time reserve 4 176 + rows, f32 (arrive quantised in their tails) 44 032 + ');
    expect(text).toContain('Fix: use the kernel streaming (--kernel streaming): everything on one wafer: 200595 of 745500 PEs');
  });

  it('of a config.json gives the numbers of the preset of the same model', async () => {
    const [fromFile, fromName] = [await report(config('config.json', {}), '--batch', '2'), await report('Llama-2-7B', '--batch', '2')];
    expect({ ...fromFile, model: null }).toEqual({ ...fromName, model: null });
    expect(fromFile.model).toMatchObject({ source: 'config', file: 'config.json', parameters: 6_738_415_616 });
  });

  it('of a GGUF file takes its formats, or another that is asked for', async () => {
    const own = await report(TINY, '--machine', 'teaching', '--context', '100');
    expect(own.matrices.map(({ format }) => format)).toEqual(expect.arrayContaining(['q4_k', 'q6_k', 'q8_0', 'f16']));
    expect(own).toMatchObject({ question: { context: 100 }, machine: { id: 'teaching' }, model: { source: 'gguf' } });
    const other = await report(TINY, '--machine', 'teaching', '--format', 'q8_0', '--kv', 'f16', '--kernel', 'split-k', '--inner', 'stationary');
    expect(new Set(other.matrices.map(({ format }) => format))).toEqual(new Set(['q8_0']));
    expect(other).toMatchObject({ cache: { format: 'f16' }, question: { kernel: 'split-k', options: { inner: 'stationary' } } });
  });
});

describe('weft plan of a bad model', () => {
  it.each<[string, readonly string[] | Promise<string>, string]>([
    ['an unknown name', ['Llama-2-8B'], "MODEL: there is no model called 'Llama-2-8B'. Fix: Use Llama-2-7B, "],
    ['a missing file', ['x/none.gguf'], "MODEL: 'x/none.gguf' cannot be read: there is no such file."],
    ['a file that is neither', [file('notes.txt', 'hello')], "MODEL: 'notes.txt' (5 B) is neither a GGUF file nor a config.json."],
    ['an empty file', [file('empty.json', '')], "MODEL: 'empty.json' (0 B) is neither"],
    ['a file cut short', [file('cut.gguf', BYTES.subarray(0, 500_000))], 'the file ends at byte 500\u202f000'],
    ['JSON cut short', [file('cut.json', '{"model_type":')], "MODEL: 'cut.json' is no JSON"],
    ['JSON that is no config', [file('other.json', '{"name":"weft"}')], 'model_type: the architecture is missing; sizes are known for llama, mistral, qwen2.'],
    ['no layers', [config('zero.json', { num_hidden_layers: 0 })], 'num_hidden_layers: it is 0; it must be a whole number from 1.'],
    ['a head size that is text', [config('text.json', { head_dim: '128' })], 'head_dim: it is "128"; it must be a whole number from 1.'],
    ['a switch that is a number', [config('tied.json', { tie_word_embeddings: 1 })], 'tie_word_embeddings: it is neither true nor false.'],
    [
      'an unknown architecture',
      changed('bert.gguf', { 'general.architecture': 'bert' }),
      'general.architecture: the architecture is "bert"; sizes are known for',
    ],
    ['a tensor missing', changed('missing.gguf', {}, 'blk.1.ffn_up.weight'), 'blk.1.ffn_up.weight: the file has no such tensor.'],
    [
      'a shape that contradicts, in the second layer',
      changed('shape.gguf', {}, '', { 'blk.1.ffn_down.weight': [256, 512] }),
      'blk.1.ffn_down.weight: it is 512 x 256 (rows x row length), the metadata ask for 256 x 512.',
    ],
    [
      'a vocabulary that contradicts',
      changed('words.gguf', { 'llama.vocab_size': 500 }),
      'llama.vocab_size: the vocabulary is 500 here, but token_embd.weight has 320 rows.',
    ],
    ["a context beyond the model's", [TINY, '--context', '257'], '--context: 257 tokens are more than the 256 that'],
    [
      'a context that cannot fit',
      ['Llama-3.1-8B', '--context', '131072'],
      '--context: weights and norms fit, but with keys and values of 131072 tokens x 1 (860416 PEs) it is 963095 PEs, 217595 more than WSE-2 has. Fix: use a context of at most ',
    ],
    ['no sequences', [TINY, '--batch', '0'], "--batch: '0' is not a whole number from 1"],
    ['an unknown format', [TINY, '--format', 'q4'], "--format: there is no format 'q4'; there are f32, "],
    ['an option of another kernel', [TINY, '--inner', 'stationary'], '--inner: the kernel streaming has no option "inner".'],
    ['an unknown kernel', [TINY, '--kernel', 'batched'], 'Allowed choices are streaming, stationary, split-k'],
  ])('%s is one line and exit code 2', async (_, given, line) => {
    const args = Array.isArray(given) ? given : [await given];
    const { code, stdout, stderr } = await weft(['plan', ...(args as string[])], DIR);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(line);
  });
});
