import { expect, it } from 'vitest';
import { expectSameStates } from '../drivers/variants.ts';

it('a transformer layer, 20 seeds: steps to a cycle, the run to it and a scrub back to it have the same state hash', async () => {
  expect.assertions(40);
  await expectSameStates('transformer_layer', 20);
});
