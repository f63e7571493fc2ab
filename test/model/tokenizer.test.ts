import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readUseLite, useLiteMetadata } from '../../scripts/build-demo.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { type MetadataEntry, metadataArray } from '../../src/model/gguf-types.ts';
import { writeGguf } from '../../src/model/gguf-write.ts';
import { fromBytes } from '../../src/model/range.ts';
import { TOKEN_TYPE, type Tokenizer, tokenizerOf } from '../../src/model/tokenizer.ts';

const tokenizerFrom = async (entries: readonly MetadataEntry[]): Promise<Tokenizer> => tokenizerOf(await openGguf(fromBytes(writeGguf([...entries], []))));

const text = (key: string, value: string): MetadataEntry => ({ key: `tokenizer.ggml.${key}`, type: 'string', value });
const texts = (values: readonly string[]): MetadataEntry => ({ key: 'tokenizer.ggml.tokens', type: 'array', value: metadataArray('string', values) });
const scores = (values: readonly number[]): MetadataEntry => ({ key: 'tokenizer.ggml.scores', type: 'array', value: metadataArray('f32', values) });
const types = (values: readonly number[]): MetadataEntry => ({ key: 'tokenizer.ggml.token_type', type: 'array', value: metadataArray('i32', values) });
const SMALL = [text('model', 'unigram'), texts(['<unk>', '▁', 'a', 'b', 'ab', '▁a', 'aab']), scores([0, -2, -3, -3, -4, -4, -20])];

describe("the demo model's tokeniser", async () => {
  const tokenizer = await tokenizerFrom(useLiteMetadata(readUseLite()));
  const pieces = (of: string): string[] => tokenizer.encode(of).map(({ piece }) => piece);
  const golden = JSON.parse(readFileSync(new URL('../golden/use-lite/sentences.json', import.meta.url), 'utf8')) as {
    sentences: { text: string; ids: number[] }[];
  };

  test.each(golden.sentences)('$text becomes the ids $ids of the original', ({ text: sentence, ids }) => {
    expect(tokenizer.encode(sentence).map(({ id }) => id)).toEqual(ids);
  });

  test('keeps case, joins white space, and folds compatible characters (NFKC)', () => {
    expect(pieces(' Hello \t\n there  ')).toEqual(pieces('Hello there'));
    expect(pieces('hello there')).not.toEqual(pieces('Hello there'));
    expect(pieces('ℌello')).toEqual(pieces('Hello'));
  });

  test('characters that are not in the vocabulary are one unknown token, side by side', () => {
    expect(tokenizer.encode('🙂🙂 hi')).toEqual([
      { id: 30, piece: '▁' },
      { id: 0, piece: '🙂🙂' },
      { id: 2038, piece: '▁hi' },
    ]);
    expect(tokenizer.encode('\ud800').map(({ id }) => id)).toEqual([30, 0]);
  });

  test('control tokens are not found in text', () => {
    expect(tokenizer.encode('<s>').map(({ id }) => id)).not.toContain(1);
  });

  test('10,000 characters are read, an empty text and one character more are refused', () => {
    expect(tokenizer.encode('x'.repeat(10_000))).toHaveLength(10_000);
    expect(() => tokenizer.encode('x'.repeat(10_001))).toThrow('the text has 10001 characters, at most 10000 are read');
    for (const empty of ['', ' \t\n', '\u00a0']) expect(() => tokenizer.encode(empty)).toThrow('the text is empty');
  });
});

describe('a unigram tokeniser', () => {
  test('takes the cut with the highest sum of scores: ▁a + ab = −8 before ▁ + a + ab = −9 and ▁ + aab = −22', async () => {
    expect((await tokenizerFrom(SMALL)).encode('aab')).toEqual([
      { id: 5, piece: '▁a' },
      { id: 4, piece: 'ab' },
    ]);
  });

  test('does not use unused pieces, and uses user-defined ones', async () => {
    const kinds = types([TOKEN_TYPE.unknown, 1, 1, 1, TOKEN_TYPE.unused, TOKEN_TYPE.userDefined, 1]);
    expect((await tokenizerFrom([...SMALL, kinds])).encode('aab').map(({ id }) => id)).toEqual([5, 2, 3]);
  });

  test.each([
    ['tokenizer.ggml.model', 'no tokenizer', SMALL.slice(1)],
    ['tokenizer.ggml.model', "'gpt2'; only unigram", [text('model', 'gpt2'), ...SMALL.slice(1)]],
    ['tokenizer.ggml.tokens', 'missing or empty', [SMALL[0]]],
    ['tokenizer.ggml.scores', 'missing or empty', SMALL.slice(0, 2)],
    ['tokenizer.ggml.scores', '2 entries for 7 tokens', [...SMALL.slice(0, 2), scores([0, 1])]],
    ['tokenizer.ggml.scores', 'entry 1 is not what it must be', [...SMALL.slice(0, 2), scores([0, Number.NaN])]],
    ['tokenizer.ggml.token_type', '1 entries for 7 tokens', [...SMALL, types([1])]],
    ['tokenizer.ggml.unknown_token_id', '7 is none of the 7 tokens', [...SMALL, { key: 'tokenizer.ggml.unknown_token_id', type: 'u32', value: 7 }]],
  ] as const)('refuses %s: %s', async (field, message, entries) => {
    await expect(tokenizerFrom(entries)).rejects.toMatchObject({ field, message: expect.stringContaining(message) });
  });
});
