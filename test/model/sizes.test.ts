/** Every tensor of a model with its format: from a real file, from files that contradict themselves, from an architecture. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WeftError } from '../../src/base/error.ts';
import type { GgufFile, TensorInfo } from '../../src/model/gguf-read.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import type { MetadataValue } from '../../src/model/gguf-types.ts';
import { modelPreset } from '../../src/model/presets.ts';
import { fromBytes } from '../../src/model/range.ts';
import { sizesOfGguf } from '../../src/model/read-gguf.ts';
import { expectedTensors, formatOf, matricesOfSizes, sizesOfArchitecture } from '../../src/model/sizes.ts';

const TINY = await openGguf(fromBytes(new Uint8Array(readFileSync(new URL('../golden/q4_k/tiny-llama-public.gguf', import.meta.url))), 'tiny.gguf'));

interface Change {
  readonly metadata?: Readonly<Record<string, MetadataValue | undefined>>;
  readonly tensors?: (tensors: readonly TensorInfo[]) => readonly TensorInfo[];
}

function changed({ metadata = {}, tensors = (all) => all }: Change): GgufFile {
  const entries = [...TINY.metadata, ...Object.entries(metadata)].filter((entry): entry is [string, MetadataValue] => entry[1] !== undefined);
  const removed = Object.keys(metadata).filter((key) => metadata[key] === undefined);
  return { ...TINY, metadata: new Map(entries.filter(([key]) => !removed.includes(key))), tensors: tensors(TINY.tensors) };
}

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WeftError) return `${error.field}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

const without = (name: string) => (all: readonly TensorInfo[]) => all.filter((t) => t.name !== name);
const having = (name: string, change: Partial<TensorInfo>) => (all: readonly TensorInfo[]) => all.map((t) => (t.name === name ? { ...t, ...change } : t));

describe('a GGUF file', () => {
  it('gives sizes, every tensor and the format of each, which differ from layer to layer', () => {
    const sizes = sizesOfGguf(TINY);
    expect(sizes.architecture).toMatchObject({
      family: 'llama',
      hidden: 256,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headSize: 64,
      feedForward: 512,
      vocabulary: 320,
    });
    expect(sizes.tensors).toHaveLength(21);
    expect(sizes.tensors.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(TINY.tensors.reduce((sum, { bytes }) => sum + bytes, 0));
    expect([formatOf(sizes, 'blk.0.attn_v'), formatOf(sizes, 'blk.1.attn_v.weight'), formatOf(sizes, 'output')]).toEqual(['q4_k', 'q6_k', 'q6_k']);
    const values = matricesOfSizes(sizes).filter(({ name }) => name === 'attn_v');
    expect(values.map(({ format, count }) => [format, count])).toEqual([
      ['q4_k', 1],
      ['q6_k', 1],
    ]);
    expect(structuredClone(sizes)).toEqual(sizes);
  });

  it('with the embedding as output matrix has it twice: as a look-up and as a matrix', () => {
    const sizes = sizesOfGguf(changed({ tensors: without('output.weight') }));
    expect(sizes.architecture?.tied).toBe(true);
    expect(formatOf(sizes, 'output')).toBe('q4_k');
    expect(matricesOfSizes(sizes).at(-1)).toMatchObject({ name: 'output', m: 320, k: 256, count: 1, format: 'q4_k' });
  });

  it.each<[string, Change, string]>([
    [
      'an architecture without known layers',
      { metadata: { 'general.architecture': 'bert' } },
      'general.architecture: the architecture is "bert"; sizes are known for',
    ],
    [
      'an architecture that is a list',
      { metadata: { 'general.architecture': { elementType: 'u8', length: 9, items: () => [] } } },
      'the architecture is a list',
    ],
    ['no architecture', { metadata: { 'general.architecture': undefined } }, 'general.architecture: the architecture is missing'],
    ['no layers', { metadata: { 'llama.block_count': 0 } }, 'llama.block_count: it is 0; it must be a whole number from 1'],
    [
      'absurdly many layers',
      { metadata: { 'llama.block_count': 2 ** 20 } },
      'llama.block_count: it is 1\u202f048\u202f576; the largest that is taken is 4\u202f096',
    ],
    [
      'a number beyond 2^53',
      { metadata: { 'llama.embedding_length': 2n ** 60n } },
      'llama.embedding_length: it is 1152921504606846976; it must be a whole number',
    ],
    ['a layer more than the tensors', { metadata: { 'llama.block_count': 3 } }, 'blk.2.attn_norm.weight: the file has no such tensor'],
    ['a layer less than the tensors', { metadata: { 'llama.block_count': 1 } }, 'blk.1.attn_norm.weight: the metadata say that there are 1 layers'],
    ['a matrix missing in the last layer', { tensors: without('blk.1.ffn_down.weight') }, 'blk.1.ffn_down.weight: the file has no such tensor'],
    ['a norm missing', { tensors: without('output_norm.weight') }, 'output_norm.weight: the file has no such tensor'],
    [
      'a shape that contradicts, in the last layer only',
      { tensors: having('blk.1.ffn_down.weight', { shape: [256, 256] }) },
      'blk.1.ffn_down.weight: it is 256 x 256 (rows x row length), the metadata ask for 256 x 512',
    ],
    [
      'a vocabulary that contradicts',
      { metadata: { 'llama.vocab_size': 321 } },
      'llama.vocab_size: the vocabulary is 321 here, but token_embd.weight has 320 rows',
    ],
    [
      'a tokenizer that contradicts',
      { metadata: { 'tokenizer.ggml.tokens': { elementType: 'string', length: 5, items: () => [] } } },
      'tokenizer.ggml.tokens: the vocabulary is 5 here',
    ],
    ['heads that do not divide', { metadata: { 'llama.attention.head_count_kv': 3 } }, 'llama.attention.head_count_kv: 4 heads do not share 3 heads'],
    [
      'a head size that is none',
      { metadata: { 'llama.attention.head_count': 3, 'llama.attention.head_count_kv': 3 } },
      'llama.attention.key_length: it is 85.33',
    ],
    [
      'a type without a program',
      { tensors: having('blk.0.attn_q.weight', { type: 'IQ2_XS' }) },
      'blk.0.attn_q.weight: its type is IQ2_XS, which PEs have no program for',
    ],
    [
      'an absurd layer of a file that is only listed',
      { metadata: { 'general.architecture': 'use-lite' }, tensors: having('blk.1.ffn_up.weight', { name: 'blk.999999999.ffn_up.weight' }) },
      'blk.999999999.ffn_up.weight: the largest layer that is taken is 4095',
    ],
    ['a part of a model', { metadata: { 'split.count': 3 } }, 'split.count: this is one of 3 files of a model'],
    [
      'matrices of another kind',
      { tensors: (all) => [...all, { ...all[4], name: 'blk.0.ffn_gate_exps.weight' }] },
      'blk.0.ffn_gate_exps.weight: a model of the llama family has no such matrix',
    ],
  ])('with %s is one error', (_, change, message) => {
    expect(errorOf(() => sizesOfGguf(changed(change)))).toContain(message);
  });

  it('with a type that has no program is counted in another format if one is asked for', () => {
    const sizes = sizesOfGguf(changed({ tensors: having('blk.0.attn_q.weight', { type: 'IQ2_XS' }) }), 'q8_0');
    expect(formatOf(sizes, 'blk.0.attn_q')).toBe('q8_0');
    expect(formatOf(sizes, 'blk.0.attn_norm')).toBe('f32');
  });
});

describe('a qwen2 file', () => {
  const small = {
    ...modelPreset('Qwen2-0.5B'),
    name: 'qwen.gguf',
    hidden: 512,
    heads: 8,
    kvHeads: 2,
    headSize: 64,
    layers: 3,
    feedForward: 768,
    vocabulary: 1000,
  };
  const model = sizesOfArchitecture(small, 'q8_0', { source: 'gguf', file: 'qwen.gguf' });
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', 'qwen2'],
    ['qwen2.embedding_length', 512],
    ['qwen2.block_count', 3],
    ['qwen2.attention.head_count', 8],
    ['qwen2.attention.head_count_kv', 2],
    ['qwen2.feed_forward_length', 768],
    ['qwen2.context_length', 32_768],
  ]);
  const tensors = model.tensors.map(({ name, format, m, k, bytes }): TensorInfo => {
    return { name, type: format, typeId: 0, shape: m > 1 ? [k, m] : [k], rows: m, elements: m * k, offset: 0, bytes };
  });

  it('with biases and a tied embedding is read as it was made', () => {
    expect(sizesOfGguf({ ...TINY, name: 'qwen.gguf', metadata, tensors })).toEqual(model);
  });

  it('that lacks a bias in one layer is one error', () => {
    const file = { ...TINY, metadata, tensors: without('blk.2.attn_k.bias')(tensors) };
    expect(errorOf(() => sizesOfGguf(file))).toBe('blk.2.attn_k.bias: the file has no such tensor');
  });
});

describe('an architecture', () => {
  it('has every norm, bias and matrix of every layer', () => {
    const names = expectedTensors(modelPreset('Qwen2-0.5B')).map(({ name }) => name);
    expect(names).toHaveLength(24 * (2 + 7 + 3) + 2);
    expect(names).toEqual(expect.arrayContaining(['blk.23.attn_v.bias', 'blk.0.ffn_norm.weight', 'token_embd.weight', 'output_norm.weight']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('of Llama-2-7B has 1 359 872 rows in 32 layers; its matrices are 3.72 GB in Q4_K, the embedding 74 MB', () => {
    const { tensors } = sizesOfArchitecture(modelPreset('Llama-2-7B'), 'q4_k', { source: 'preset' });
    const layers = tensors.filter(({ use, block }) => use === 'matrix' && block >= 0);
    expect(layers.reduce((sum, { m }) => sum + m, 0)).toBe(32 * 42_496);
    const bytes = (use: string) => tensors.filter((t) => t.use === use).reduce((sum, t) => sum + t.bytes, 0);
    expect([bytes('matrix'), bytes('embedding')]).toEqual([3_716_481_024, 73_728_000]);
  });

  it('whose rows are no whole blocks of the format is stored in the next one: K = 896 in Q8_0, 4 864 in Q4_K', () => {
    const sizes = sizesOfArchitecture(modelPreset('Qwen2-0.5B'), 'q4_k', { source: 'preset' });
    expect([formatOf(sizes, 'blk.0.attn_q'), formatOf(sizes, 'blk.0.ffn_down')]).toEqual(['q8_0', 'q4_k']);
    expect(errorOf(() => formatOf(sizes, 'blk.24.attn_q'))).toBe('blk.24.attn_q: the model Qwen2-0.5B has no such tensor');
  });
});
