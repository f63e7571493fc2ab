/** `weft estimate`: keys of its JSON, its table, and every mistake as one line with exit code 2. */
import { expect, it } from 'vitest';
import { folder, TINY, weft } from './weft.ts';

const DIR = folder();
const KEYS = [
  'decodeTokensPerSecond',
  'prefillTokensPerSecond',
  'timeToFirstToken',
  'energyPerToken',
  'clock',
  'machine',
  'mapping',
  'rectangle',
  'context',
  'batch',
];

it('a GGUF as JSON: the promised keys, and a table of stages', async () => {
  const { code, stdout } = await weft(['estimate', TINY, '--context', '64', '--mapping', 'rows', '--json'], DIR);
  expect(code).toBe(0);
  const estimate = JSON.parse(stdout);
  for (const key of [...KEYS, 'layers', 'stages', 'published', 'evidence']) expect(estimate).toHaveProperty(key);
  expect(estimate.clock).toBe(850e6);
  expect(estimate.stages.map(({ id }: { id: string }) => id)).toContain('attention');
  expect(estimate.evidence.worst).toBeLessThan(0.02);
});

it('a preset as text, nothing simulated', async () => {
  const { code, stdout, stderr } = await weft(['estimate', 'Llama-2-7B', '--mapping', 'rows', '--no-check', '--prompt', '1'], DIR);
  expect([code, stderr]).toEqual([0, '']);
  for (const words of ['Decode', 'tokens/s', 'attention', 'logits out', 'WaferLLM', '749 568'.replace(' ', '\u202f')]) expect(stdout).toContain(words);
});

it.each([
  [['Llama-2-7'], /no model.*Llama-2-7B/i],
  [['Llama-2-7B', '--batch', '0'], /--batch.*whole number/],
  [['Llama-2-7B', '--context', '4097'], /--context.*4096/],
  [['Llama-2-7B', '--context', '10', '--prompt', '11'], /--prompt.*use at most 10/],
  [['Llama-2-7B', '--batch', '100', '--no-check'], /--batch.*keys and values.*use a batch of 7/],
])('%j is one clear error', async (args, wanted) => {
  const { code, stdout, stderr } = await weft(['estimate', ...args], DIR);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(wanted);
});
