import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeSentences, float64Product } from '../../src/inference/sentence.ts';
import { planSentences } from '../../src/inference/sentence-plan.ts';
import { MACHINES } from '../../src/machine/spec.ts';
import { openGguf } from '../../src/model/gguf-read.ts';
import { fromBytes } from '../../src/model/range.ts';
import { readSentenceModel, type SentenceModel } from '../../src/model/sentence-model.ts';
import { sentenceBytes, sentenceParts } from './sentence-file.ts';

const open = async (bytes: Uint8Array): Promise<SentenceModel> => readSentenceModel(await openGguf(fromBytes(bytes)));
const at = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));

describe('the sentence encoder in float64', () => {
  test('gives the 12 golden embeddings of Universal Sentence Encoder Lite in Q4_K to 1e-7', async () => {
    const model = await open(at('public/demo/use-lite-en-q4_k.gguf'));
    const { sentences } = JSON.parse(at('test/golden/use-lite/sentences.json').toString()) as { sentences: { ids: number[] }[] };
    const ids = sentences.map((sentence) => sentence.ids);
    const embeddings = await encodeSentences(model, ids, float64Product(model));
    const bytes = at('test/golden/use-lite/emb_js_q4_f32.bin');
    expect(embeddings).toHaveLength(bytes.length / 4);
    const off = embeddings.reduce((most, v, i) => Math.max(most, Math.abs(v - bytes.readFloatLE(4 * i))), 0);
    expect(off).toBeLessThan(1e-7);
  });

  test('sentences do not see one another: each gives alone what it gives among others, of length 1', async () => {
    const model = await open(sentenceBytes(sentenceParts()));
    const product = float64Product(model);
    const sentences = [[2, 3], [4], [5, 6, 7]];
    const together = await encodeSentences(model, sentences, product);
    for (const [i, sentence] of sentences.entries()) {
      const alone = await encodeSentences(model, [sentence], product);
      expect(alone).toEqual(together.slice(256 * i, 256 * (i + 1)));
      expect(Math.hypot(...alone)).toBeCloseTo(1, 12);
    }
  });

  test('the order of tokens counts', async () => {
    const model = await open(sentenceBytes(sentenceParts()));
    const [ab, ba] = await Promise.all(
      [
        [2, 3],
        [3, 2],
      ].map((sentence) => encodeSentences(model, [sentence], float64Product(model))),
    );
    expect(ab).not.toEqual(ba);
  });
});

describe('docs/models.md', () => {
  const table = at('docs/models.md').toString().split('## Two sentences')[1];
  const rows = [...table.matchAll(/^\| `([a-z-]+)(?: --pes (\d+)x(\d+))?`[^|]*\|[^|]*\|[^|]*\| ([\d ]+) \|/gm)];

  test('states the closed forms of its two sentences by seven mappings', async () => {
    const model = await open(at('public/demo/use-lite-en-q4_k.gguf'));
    const sentences = ['How old are you?', 'What is your age?'].map((text) => model.tokenizer.encode(text).map(({ id }) => id));
    expect(rows).toHaveLength(7);
    for (const [, kernel, width, height, cycles] of rows) {
      const pes = width === undefined ? undefined : { width: Number(width), height: Number(height) };
      const { launches } = planSentences(model, sentences, { machine: MACHINES.wse2, kernel, pes });
      expect([kernel, launches.reduce((sum, { expected }) => sum + expected, 0)]).toEqual([kernel, Number(cycles.replaceAll(' ', ''))]);
    }
  });
});
