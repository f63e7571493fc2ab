import { describe, expect, test } from 'vitest';
import { openGguf } from '../../src/model/gguf-read.ts';
import { fromBytes } from '../../src/model/range.ts';
import { readSentenceModel, type SentenceModel } from '../../src/model/sentence-model.ts';
import { type SentenceParts, sentenceBytes, sentenceParts } from '../inference/sentence-file.ts';

const read = async (spoil: (parts: SentenceParts) => void): Promise<SentenceModel> => {
  const parts = sentenceParts();
  spoil(parts);
  return readSentenceModel(await openGguf(fromBytes(sentenceBytes(parts))));
};
const setting =
  (key: string, value: number | string) =>
  ({ entries }: SentenceParts): void => {
    const at = entries.findIndex((entry) => entry.key === key);
    entries[at] = { key, type: typeof value === 'string' ? 'string' : 'u32', value };
  };
const tensorAt = ({ tensors }: SentenceParts, name: string): number => tensors.findIndex((tensor) => tensor.name === name);

describe('a sentence encoder in a GGUF', () => {
  test('has its matrices in the order in which a token meets them', async () => {
    const { matrices, sizes, tokenizer } = await read(() => undefined);
    expect([...matrices.keys()]).toEqual(['blk.0.residual_proj', 'blk.0.attn_qkv', 'blk.0.attn_output', 'blk.0.ffn_up', 'blk.0.ffn_down', 'pooler']);
    expect([sizes.heads, sizes.context, tokenizer.size]).toEqual([2, 100, 10]);
  });

  test.each<[string, string, (parts: SentenceParts) => void]>([
    ['general.architecture', 'the architecture is llama; sentences are compared by use-lite', setting('general.architecture', 'llama')],
    ['use-lite.block_count', 'it is missing', ({ entries }) => entries.splice(1, 1)],
    ['use-lite.block_count', '4294967295 layers in a file of 18 tensors', setting('use-lite.block_count', 2 ** 32 - 1)],
    ['use-lite.embedding_length', 'it is 0', setting('use-lite.embedding_length', 0)],
    ['use-lite.hidden_length', 'it is 300, it must be a multiple of 256', setting('use-lite.hidden_length', 300)],
    ['use-lite.attention.head_count', '3 heads do not divide 256', setting('use-lite.attention.head_count', 3)],
    ['tokenizer.ggml.model', 'the file has no tokenizer', ({ entries }) => entries.splice(9, 1)],
    ['blk.1.attn_qkv.weight', 'the file has no such tensor', setting('use-lite.block_count', 2)],
    ['blk.0.ffn_up.weight', 'it is 256 x 256, the metadata ask for 512 x 256', setting('use-lite.feed_forward_length', 512)],
    ['pooler.bias', 'the file has no such tensor', (parts) => parts.tensors.splice(tensorAt(parts, 'pooler.bias'), 1)],
    [
      'token_embd.weight',
      'it has 9 rows for 10 tokens',
      (parts) => {
        const { data, ...rest } = parts.tensors[0];
        parts.tensors[0] = { ...rest, shape: [256, 9], data: data.subarray(0, 9 * 1024) };
      },
    ],
    [
      'pooler.weight',
      'it is stored as I8, which has no program on PEs',
      (parts) => {
        parts.tensors[tensorAt(parts, 'pooler.weight')] = { name: 'pooler.weight', typeId: 24, shape: [256, 256], data: new Uint8Array(65536) };
      },
    ],
  ])('is refused by %s: %s', async (field, message, spoil) => {
    await expect(read(spoil)).rejects.toMatchObject({ name: 'WeftError', field, message: expect.stringContaining(message) });
  });
});
