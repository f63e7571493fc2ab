/** The table of the rows that differ most names the PE of each where PEs hold rows of the result, and only there. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { RunConfig, RunResult } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';
import { NumericsTab } from '../../src/views/dock/NumericsTab.tsx';

const BASE: RunConfig = { model: 'synthetic', tensor: '', m: 12, k: 256, n: 1, seed: 1, kernel: 'streaming', machine: 'wse2' };

async function pesNamed(change: Partial<RunConfig>): Promise<number> {
  const outcome = await createSession().run({ ...BASE, ...change }, () => {});
  if (!outcome.ok) throw new Error(outcome.error.message);
  const markup = renderToStaticMarkup(<NumericsTab result={outcome.value as RunResult} />);
  return markup.match(/PE \d+,\d+/g)?.length ?? 0;
}

it('names the PE of every row of a matrix, and none of a layer, whose PEs hold rows of other matrices', async () => {
  expect(await pesNamed({ format: 'q8_0' })).toBe(12);
  expect(await pesNamed({ kernel: 'transformer_layer', m: 256 })).toBe(0);
});
