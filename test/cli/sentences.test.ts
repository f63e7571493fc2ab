/** `weft embed` and `weft similarity`: the golden embeddings, what is printed and written, bad input. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sentenceBytes, sentenceParts } from '../inference/sentence-file.ts';
import { folder, TINY, weft } from './weft.ts';

const DIR = folder();
const GOLDEN = new URL('../golden/use-lite/', import.meta.url);
writeFileSync(join(DIR, 'small.gguf'), sentenceBytes(sentenceParts()));

describe('weft embed', () => {
  it('gives the 12 golden embeddings of the demo model, cosine at least 0.99999, every product simulated', async () => {
    const { sentences } = JSON.parse(readFileSync(new URL('sentences.json', GOLDEN), 'utf8')) as { sentences: { text: string; ids: number[] }[] };
    writeFileSync(join(DIR, 'texts.txt'), `\ufeff${sentences.map(({ text }) => text).join('\r\n')}\r\n\r\n`);
    const { code, stdout, stderr } = await weft(['embed', 'demo', '--texts', 'texts.txt', '--output', 'emb.f32', '--json'], DIR);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(stdout) as { sentences: { tokens: { id: number }[] }[]; launches: object[]; conservation: object };
    expect(said).toMatchObject({ written: ['emb.f32'], conservation: { passed: true, checks: 70 } });
    expect(said.launches).toHaveLength(10);
    expect(said.sentences.map(({ tokens }) => tokens.map(({ id }) => id))).toEqual(sentences.map(({ ids }) => ids));
    const [ours, golden] = [readFileSync(join(DIR, 'emb.f32')), readFileSync(new URL('emb_js_q4_f32.bin', GOLDEN))];
    expect(ours).toHaveLength(12 * 512 * 4);
    for (let sentence = 0; sentence < 12; sentence++) expect(cosine(ours, golden, sentence)).toBeGreaterThanOrEqual(0.99999);
  });

  it('says what it wrote', async () => {
    const { code, stdout } = await weft(['embed', 'small.gguf', '--text', 'ab', '--text', 'c', '--output', 'two.f32', '--pes', '4x8'], DIR);
    expect(code).toBe(0);
    expect(stdout.replaceAll('\u202f', ' ')).toContain('wrote two.f32: 2 × 256 f32, 2 048 B\n');
    expect(readFileSync(join(DIR, 'two.f32'))).toHaveLength(2048);
  });
});

/** Of row `sentence` of two files of f32, 512 a row. */
function cosine(a: Buffer, b: Buffer, sentence: number): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 512 * sentence; i < 512 * (sentence + 1); i++) {
    const [p, q] = [a.readFloatLE(4 * i), b.readFloatLE(4 * i)];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('weft similarity', () => {
  it('shows tokens, launches, checks and the cosine; --json says the same', async () => {
    const args = ['similarity', 'a b', 'c', '--model', 'small.gguf', '--kernel', 'streaming', '--pes', '4x8'];
    const [text, json] = await Promise.all([weft(args, DIR), weft([...args, '--json'], DIR)]);
    expect([text.code, text.stderr, json.code]).toEqual([0, '', 0]);
    for (const part of ['1: 4 tokens: ▁ (1) a (2) ▁ (1) b (3)', 'blk.0.ffn_down', 'Physics: 42 checks hold', 'Cosine 0.']) expect(text.stdout).toContain(part);
    const said = JSON.parse(json.stdout);
    expect(said).toMatchObject({ machine: 'wse2', kernel: 'streaming', clockHz: 850e6, conservation: { passed: true } });
    expect(said.cosine).toBeCloseTo(said.cosineFloat64, 5);
    expect(Object.keys(said.sentences[0])).toEqual(['text', 'tokens', 'against']);
  });
});

describe('bad input is one line and exit code 2', () => {
  writeFileSync(join(DIR, 'latin1.txt'), Buffer.from([0x61, 0xe9, 0x0a]));
  writeFileSync(join(DIR, 'blank.txt'), '\n \n');
  const embed = (...args: readonly string[]): string[] => ['embed', 'small.gguf', '--output', 'no.f32', ...args];
  it.each<[string, string[], RegExp]>([
    ['a model of another kind', ['similarity', 'a', 'b', '--model', TINY], /general\.architecture: the architecture is llama/],
    ['an empty sentence', ['similarity', 'a', '', '--model', 'small.gguf'], /text 2: the text is empty/],
    ['10,001 characters', ['similarity', 'x'.repeat(10_001), 'b', '--model', 'small.gguf'], /text 1: the text has 10001 characters, at most 10000 are read/],
    ['too many tokens', ['similarity', 'b', 'a'.repeat(200), '--model', 'small.gguf'], /text 2: it has 201 tokens, the model takes at most 100/],
    ['a kernel for layers', ['similarity', 'a', 'b', '--kernel', 'transformer_layer'], /--kernel: sentences go through/],
    ['no sentence', embed(), /--text: there is no sentence/],
    ['a file without one', embed('--texts', 'blank.txt'), /--text: there is no sentence/],
    ['a file that is no text', embed('--texts', 'latin1.txt'), /--texts: 'latin1.txt' is no text in UTF-8/],
    ['an output over the input', embed('--text', 'a', '--output', 'small.gguf'), /--output: 'small.gguf' would overwrite an input/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await weft(args, DIR);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(() => readFileSync(join(DIR, 'no.f32'))).toThrow();
  });
});
