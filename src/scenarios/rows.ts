/**
 * Collectives and messages in a row, as programs to be looked at: a stream that every router passes on at once, the same message
 * stored and forwarded, four ways to add vectors up, two that leave the sums everywhere. The programs and their models are those of src/kernels.
 */
import { WeftError } from '../base/error.ts';
import { type AllReduce, type Collective, modelCycles } from '../kernels/collectives/collective.ts';
import { ALL_REDUCES, broadcast, REDUCES } from '../kernels/collectives/index.ts';
import { checkRow, rowLayout, seededVectors } from '../kernels/measured/row.ts';
import { relay, relayModel } from '../kernels/micro/relay.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { RowSizes, Scenario, Timed } from './types.ts';

/** @throws WeftError (`pes`, `words`) for a row that is none, or that the machine cannot hold. */
export function checkSizes(machine: MachineSpec, { pes, words }: RowSizes, least = 2): void {
  for (const [field, value, from] of [['pes', pes, least] as const, ['words', words, 1] as const])
    if (!Number.isSafeInteger(value) || value < from) throw new WeftError(field, `it is ${value}; it must be a whole number from ${from}`, [`use ${from}`]);
  checkRow(machine, pes);
  sayingWords(() => rowLayout(machine, words));
}

/** What a row of wavelets is wrong in, said of the words that the user gave. */
function sayingWords<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof WeftError ? new WeftError('words', error.message, error.fixes) : error;
  }
}

/** In groups of about the square root of P PEs, as S6 chooses them. */
function collective(of: Collective | AllReduce, machine: MachineSpec, sizes: RowSizes): Timed {
  checkSizes(machine, sizes);
  const row = { machine, pes: sizes.pes, wavelets: sizes.words, group: Math.round(Math.sqrt(sizes.pes)), descriptors: of.descriptors };
  return { measured: sayingWords(() => of.build(row, seededVectors(sizes.pes, sizes.words))), model: modelCycles(of, row) };
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

/** A scenario for each, all of one size; `title` says what they do. */
const scenariosOf = (collectives: Readonly<Record<string, Collective | AllReduce>>, prefix: string, title: string): Scenario[] =>
  Object.values(collectives).map((of) => ({
    id: `${prefix}-${of.id}`,
    title: `${title}: ${of.id}`,
    kind: 'row',
    sizes: { pes: 16, words: 64 },
    build: (machine, sizes) => collective(of, machine, sizes),
  }));

export const reduces: readonly Scenario[] = scenariosOf(REDUCES, 'reduce', 'Adding up along a row');
export const allReduces: readonly Scenario[] = scenariosOf(ALL_REDUCES, 'all-reduce', 'Sums for every PE of a row');
