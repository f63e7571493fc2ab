/**
 * Collectives and messages in a row, as programs to be looked at: a stream that every router passes on at once, the same message
 * stored and forwarded, four ways to add vectors up. The programs and their models are those of src/kernels.
 */
import { WeftError } from '../base/error.ts';
import { broadcast, REDUCES, type ReduceId } from '../kernels/collectives/index.ts';
import { waferModel } from '../kernels/collectives/model.ts';
import { checkRow, rowLayout, seededVectors } from '../kernels/measured/row.ts';
import { relay, relayModel } from '../kernels/micro/relay.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { RowSizes, Scenario, Timed } from './types.ts';

/** @throws WeftError (`pes`, `words`) for a row that is none, or that the machine cannot hold. */
export function checkSizes(machine: MachineSpec, { pes, words }: RowSizes, least = 2): void {
  for (const [field, value, from] of [['pes', pes, least] as const, ['words', words, 1] as const])
    if (!Number.isSafeInteger(value) || value < from) throw new WeftError(field, `it is ${value}; it must be a whole number from ${from}`, [`use ${from}`]);
  checkRow(machine, pes);
  try {
    rowLayout(machine, words);
  } catch (error) {
    throw error instanceof WeftError ? new WeftError('words', error.message, error.fixes) : error;
  }
}

/** In groups of about the square root of P PEs, as S6 chooses them. */
function collective(of: typeof broadcast, machine: MachineSpec, sizes: RowSizes): Timed {
  checkSizes(machine, sizes);
  const row = { machine, pes: sizes.pes, wavelets: sizes.words, group: Math.round(Math.sqrt(sizes.pes)), descriptors: of.descriptors };
  return { measured: of.build(row, seededVectors(sizes.pes, sizes.words)), model: waferModel(of.demand(row), machine) };
}

export const line: Scenario = {
  id: 'line',
  title: 'A stream along a line',
  kind: 'row',
  sizes: { pes: 16, words: 64 },
  build: (machine, sizes) => collective(broadcast, machine, sizes),
};

export const storeAndForward: Scenario = {
  id: 'store-and-forward',
  title: 'A message stored and forwarded',
  kind: 'row',
  sizes: { pes: 16, words: 64 },
  build(machine, sizes) {
    checkSizes(machine, sizes);
    const row = { machine, stages: sizes.pes - 1, wavelets: sizes.words };
    return { measured: relay(row), model: relayModel(row) };
  },
};

export const REDUCE_IDS = Object.keys(REDUCES) as ReduceId[];

export const reduces: readonly Scenario[] = REDUCE_IDS.map((id) => ({
  id: `reduce-${id}`,
  title: `Adding up along a row: ${id}`,
  kind: 'row',
  sizes: { pes: 16, words: 64 },
  build: (machine, sizes) => collective(REDUCES[id], machine, sizes),
}));
