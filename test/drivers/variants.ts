/** Acceptance check 1: of every variant, a cycle is the same machine state however one comes to it. */
import { expect } from 'vitest';
import type { Outcome, RunConfig } from '../../src/api/protocol.ts';
import { createSession } from '../../src/api/session.ts';

/** Small sizes that use every part of a kernel, beside {@link SIZES}. */
export const VARIANTS: Readonly<Record<string, Partial<RunConfig>>> = {
  streaming: {},
  stationary: {},
  batched: { m: 4 },
  llama7b: { options: { inner: 'stationary' } },
  'split-k': { m: 3, k: 1024, pes: { width: 4, height: 3 } },
  'weight-streaming': {},
  transformer_layer: { m: 256, n: 1, pes: undefined },
};
export const SIZES = { model: 'synthetic', tensor: '', machine: 'wse2', m: 6, k: 256, n: 2, pes: { width: 3, height: 2 } } as const;

/** Steps that end at the cycle looked at. */
const STEPS = 2;

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.field}: ${outcome.error.message}`);
  return outcome.value;
}

/** Steps to a cycle, the run to it and a scrub back to it have the same state hash: another cycle for each seed, from the first words to the last results. */
export async function expectSameStates(kernel: string, seeds: number): Promise<void> {
  const [stepped, jumped] = [createSession(), createSession()];
  for (let seed = 0; seed < seeds; seed++) {
    const config: RunConfig = { ...SIZES, ...VARIANTS[kernel], kernel, seed };
    value(await stepped.run(config, () => {}));
    const end = value(await jumped.run(config, () => {})).trace.cycles;
    const target = Math.floor((end * (seed + 1)) / (seeds + 1));
    let last = '';
    for (let cycle = Math.max(0, target - STEPS); cycle <= target; cycle++) last = value(await stepped.stateHash(cycle));
    const direct = value(await jumped.stateHash(target));
    const after = value(await jumped.stateHash(end));
    expect([last, value(await jumped.stateHash(target))]).toEqual([direct, direct]);
    expect(after).not.toBe(direct);
  }
}
