import { describe, expect, test } from 'vitest';
import type { PassListener, PassProgress } from '../../src/api/launch-sums.ts';
import { Cancelled } from '../../src/api/outcome.ts';
import { compareSentences, embedTexts, openSentenceModel, SENTENCE_KERNELS } from '../../src/api/similarity.ts';
import { sentenceBytes, sentenceParts } from '../inference/sentence-file.ts';

const model = await openSentenceModel(new Blob([sentenceBytes(sentenceParts())]), 'small.gguf');
const QUIET: PassListener = { report: () => undefined, stopped: () => false };
/** Few PEs: simulated in a moment. */
const WSE2 = { machine: 'wse2', pes: { width: 4, height: 8 } } as const;

/** Rectangles on which a kernel is simulated in a moment; absent: the usual one. */
const PES: Readonly<Record<string, { width: number; height: number }>> = { batched: { width: 4, height: 16 }, 'weight-streaming': { width: 8, height: 8 } };

describe('sentences on the simulated wafer', () => {
  test.each(SENTENCE_KERNELS)('%s gives the cosine of float64 to 1e-5, every result bit for bit the plain loop', async (kernel) => {
    const result = await compareSentences(model, 'ab', 'c', { ...WSE2, kernel, pes: PES[kernel] }, QUIET);
    expect(result.conservation).toMatchObject({ passed: true, failed: [], bitsOff: 0 });
    expect(result.cosine).toBeCloseTo(result.cosineFloat64, 5);
    expect(result.launches.map(({ name, shape }) => [name, shape.n])).toEqual([
      ['blk.0.residual_proj', 5],
      ['blk.0.attn_qkv', 5],
      ['blk.0.attn_output', 5],
      ['blk.0.ffn_up', 5],
      ['blk.0.ffn_down', 5],
      ['pooler', 2],
    ]);
    expect(result.totals.macs).toBe(256 * 256 * (5 * 7 + 2));
    expect(result.totals.seconds).toBe(result.totals.cycles / 850e6);
  });

  test('a sentence equals itself: cosine 1', async () => {
    const { cosine, sentences } = await compareSentences(model, 'a', 'a', WSE2, QUIET);
    expect(cosine).toBeCloseTo(1, 15);
    expect(sentences[0].embedding).toEqual(sentences[1].embedding);
    expect(sentences[0].tokens).toEqual([
      { id: 1, piece: '▁' },
      { id: 2, piece: 'a' },
    ]);
  });

  test('128 tokens go together, more in groups; each sentence is as it is alone', async () => {
    const texts = ['a'.repeat(70), 'b', 'c'.repeat(55)];
    const { launches, sentences } = await embedTexts(model, texts, WSE2, QUIET);
    expect(launches.map(({ shape }) => shape.n)).toEqual([73, 73, 73, 73, 73, 2, 56, 56, 56, 56, 56, 1]);
    const alone = await embedTexts(model, ['b'], WSE2, QUIET);
    expect(sentences[1].embedding).toEqual(alone.sentences[0].embedding);
  });

  test('progress goes from 0 to the sum of the closed forms, and never back', async () => {
    const seen: PassProgress[] = [];
    const { totals } = await embedTexts(model, ['ab'], WSE2, { ...QUIET, report: (progress) => seen.push(progress) });
    const cycles = seen.map(({ cycle }) => cycle);
    expect(cycles[0]).toBe(0);
    expect(cycles).toEqual(cycles.toSorted((a, b) => a - b));
    expect([cycles.at(-1), seen[0].expected]).toEqual([totals.closedForm, totals.closedForm]);
  });

  test('stops when it is told to', async () => {
    let asked = 0;
    const stopping: PassListener = { ...QUIET, stopped: () => ++asked > 3 };
    await expect(embedTexts(model, ['ab'], WSE2, stopping)).rejects.toBeInstanceOf(Cancelled);
  });

  test.each([
    ['text 2', 'the text is empty', () => compareSentences(model, 'a', ' ', WSE2, QUIET)],
    ['text 1', 'it has 101 tokens, the model takes at most 100', () => compareSentences(model, 'a'.repeat(100), 'b', WSE2, QUIET)],
    ['text', 'there is no sentence', () => embedTexts(model, [], WSE2, QUIET)],
    ['kernel', 'sentences go through stationary', () => embedTexts(model, ['a'], { ...WSE2, kernel: 'llama7b' }, QUIET)],
    ['sequences', 'the encoder computes what the model says', () => embedTexts(model, ['a'], { ...WSE2, options: { sequences: 2 } }, QUIET)],
    ['placement', 'overflows a PE', () => embedTexts(model, ['a'], { ...WSE2, pes: { width: 1, height: 1 } }, QUIET)],
    ['machine', 'unknown machine', () => embedTexts(model, ['a'], { machine: 'wse9' as 'wse2' }, QUIET)],
  ])('%s: %s', async (field, message, run) => {
    await expect(run()).rejects.toMatchObject({ name: 'WeftError', field, message: expect.stringContaining(message) });
  });
});
