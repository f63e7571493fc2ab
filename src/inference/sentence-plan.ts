/**
 * The sentence encoder as launches: every matrix product is one, for the tokens of all sentences together. They are placed
 * before anything runs, so that what does not fit is said at once and progress knows its end.
 */
import { WeftError } from '../base/error.ts';
import type { OptionId } from '../kernels/options.ts';
import type { Rectangle } from '../kernels/types.ts';
import { nearestNames } from '../model/nearest.ts';
import type { SentenceModel } from '../model/sentence-model.ts';
import { type Launch, type PlacedKernel, type Placement, placeKernel } from './launch.ts';
import { encodeSentences } from './sentence.ts';

/** Kernels that the encoder's matrices can go through, the usual one first. */
export const SENTENCE_KERNELS = ['stationary', 'streaming', 'batched', 'weight-streaming', 'split-k'] as const;

export interface SentenceChoice extends Placement {
  readonly kernel: string;
}

export interface SentencePlan {
  /** In the order in which they are made, with the cycles of their closed forms. */
  readonly launches: readonly { readonly name: string; readonly expected: number }[];
  /** Makes the launches; embeddings, sentences x output. */
  run(launch: Launch): Promise<Float64Array>;
}

/**
 * The rectangle of row kernels unless another is given: few PEs, many rows on each. Every PE takes every activation from the
 * fabric, so that this is what a simulator does fastest; on more PEs the machine needs fewer cycles.
 */
const USUAL_PES: Readonly<Record<string, Rectangle>> = { stationary: { width: 4, height: 40 }, streaming: { width: 4, height: 40 } };

/** Options that would compute something else. */
const REFUSED: readonly OptionId[] = ['form', 'activation', 'sequences'];

/**
 * Places the launches for sentences given as ids of tokens; nothing runs yet.
 * @throws WeftError (`kernel`, an option, or the launch that does not fit and what would).
 */
export function planSentences(model: SentenceModel, sentences: readonly (readonly number[])[], choice: SentenceChoice): SentencePlan {
  checkChoice(choice);
  const tokens = sentences.reduce((sum, { length }) => sum + length, 0);
  const pes = choice.pes ?? USUAL_PES[choice.kernel];
  const placed = new Map<string, PlacedKernel>();
  for (const [name, { m, k, format }] of model.matrices) {
    const n = name === 'pooler' ? sentences.length : tokens;
    placed.set(name, placeKernel(choice.kernel, { m, k, n, format }, { ...choice, pes }));
  }
  return {
    launches: [...placed].map(([name, { estimate }]) => ({ name, expected: estimate.closedForm.cycles })),
    run: (launch) =>
      encodeSentences(model, sentences, async (name, values) => {
        const { m, k, format, rows } = model.matrices.get(name)!;
        // What travels on the fabric is f32.
        const x = Float32Array.from(values);
        return (await launch(placed.get(name)!.job(name, { m, k, n: x.length / k, format, weights: rows, x }))).y;
      }),
  };
}

function checkChoice({ kernel, options = {} }: SentenceChoice): void {
  if (!(SENTENCE_KERNELS as readonly string[]).includes(kernel)) {
    const fixes = [`use ${nearestNames(kernel, SENTENCE_KERNELS, 1)[0]}`];
    throw new WeftError('kernel', `sentences go through ${SENTENCE_KERNELS.join(', ')}, not "${kernel}"`, fixes);
  }
  const refused = REFUSED.find((id) => options[id] !== undefined);
  if (refused) throw new WeftError(refused, 'the encoder computes what the model says, for the given sentences', [`leave ${refused} out`]);
}
