import { expect, it } from 'vitest';
import { Cancelled } from '../../src/api/outcome.ts';
import { openSizes } from '../../src/api/whole-model.ts';
import { estimateModel } from '../../src/api/whole-model-estimate.ts';

const SIZES = await openSizes({ preset: 'Llama-2-7B' });

it('pieces of the chosen programs, run wavelet by wavelet, are within 2 % of their closed forms', async () => {
  const heard: string[] = [];
  const question = { machine: 'wse2', context: 64, batch: 1, prompt: 2, mapping: 'rows' } as const;
  const { evidence, decode } = await estimateModel(SIZES, question, { onProgress: (done, of) => heard.push(`${done}/${of}`) });
  expect(evidence.pieces.map(({ piece }) => piece.kernel)).toContain(decode.stages.find(({ id }) => id === 'qkv')?.product?.kernel);
  expect(evidence.pieces.at(-1)?.piece.kernel).toBe('transformer_layer');
  for (const { simulated, closedForm, error } of evidence.pieces) {
    expect(simulated).toBeGreaterThan(0);
    expect(error).toBeCloseTo(closedForm / simulated - 1, 12);
  }
  expect(evidence.worst).toBeLessThan(0.02);
  expect(heard[0]).toBe('0/3');
});

it('without the check nothing is simulated, and it says so', async () => {
  const { evidence } = await estimateModel(SIZES, { machine: 'wse2', context: 64, batch: 1, prompt: 1, mapping: 'rows' }, { check: false });
  expect(evidence).toMatchObject({ pieces: [], worst: null });
});

it('stops between its parts', async () => {
  const work = estimateModel(SIZES, { machine: 'wse2', context: 64, batch: 1, mapping: 'rows' }, { stopped: () => true });
  await expect(work).rejects.toBeInstanceOf(Cancelled);
});
