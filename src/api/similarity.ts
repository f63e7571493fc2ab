/**
 * Sentences to embeddings, and how alike two are: Universal Sentence Encoder Lite with every matrix product simulated, as plain
 * data. Works as well in the page's worker as from the command line.
 */
import { WeftError } from '../base/error.ts';
import type { LaunchRecord } from '../inference/launch.ts';
import { encodeSentences, float64Product, ON_HOST } from '../inference/sentence.ts';
import { planSentences, SENTENCE_KERNELS, type SentencePlan } from '../inference/sentence-plan.ts';
import type { KernelOptions, Rectangle } from '../kernels/types.ts';
import type { MachineId } from '../machine/spec.ts';
import { openGguf } from '../model/gguf-read.ts';
import { type BlobLike, fromBlob } from '../model/range.ts';
import { readSentenceModel, type SentenceModel } from '../model/sentence-model.ts';
import type { Token } from '../model/tokenizer.ts';
import { createLaunch } from './launch.ts';
import { conservationOf, type LaunchTotals, listenerOf, machineOf, type PassListener, type Soundness, totalsOf } from './launch-sums.ts';

export { SENTENCE_KERNELS } from '../inference/sentence-plan.ts';

/** Where the products run. */
export interface SentenceRequest {
  readonly machine: MachineId;
  /** One of {@link SENTENCE_KERNELS}; the first if absent. */
  readonly kernel?: string;
  /** Rectangle of every launch; a small one for row kernels, else the kernel's default, if absent. */
  readonly pes?: Rectangle | undefined;
  readonly options?: KernelOptions | undefined;
}

export interface EmbeddedSentence {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Of length 1. */
  readonly embedding: Float32Array;
  /** Beside the same model in float64 without a wafer: cosine, and the largest difference of a value. */
  readonly against: { readonly cosine: number; readonly maxAbs: number };
}

export interface EmbeddingResult {
  readonly model: { readonly name: string; readonly attribution: string; readonly layers: number; readonly values: number };
  readonly machine: MachineId;
  readonly clockHz: number;
  readonly kernel: string;
  readonly options: KernelOptions;
  readonly sentences: readonly EmbeddedSentence[];
  readonly launches: readonly LaunchRecord[];
  readonly totals: LaunchTotals;
  /** What no PE computed. */
  readonly onHost: readonly string[];
  readonly conservation: Soundness;
}

export interface SimilarityResult extends EmbeddingResult {
  /** Cosine of the angle between the two embeddings, -1 to 1; and the same from embeddings in float64 without a wafer. */
  readonly cosine: number;
  readonly cosineFloat64: number;
}

/** Most tokens that go through the launches together, so that results fit beside the rows in a PE's memory. */
const TOKENS_TOGETHER = 128;

/** Opens a model file. Throws WeftError for what is no sentence encoder, has no tokenizer or contradicts itself. */
export async function openSentenceModel(blob: BlobLike, name: string): Promise<SentenceModel> {
  return readSentenceModel(await openGguf(fromBlob(blob, name)));
}

/**
 * How alike two sentences are. Rejects with WeftError (`text 1`, `text 2`, `kernel`, `machine`, or what does not fit), with
 * ProgramError, or with Cancelled (outcome.ts turns each into what crosses to the page).
 */
export async function compareSentences(
  model: SentenceModel,
  a: string,
  b: string,
  request: SentenceRequest,
  listener: PassListener,
): Promise<SimilarityResult> {
  const { result, simulated, float64 } = await embed(model, [a, b], request, listener);
  return { ...result, cosine: cosineOf(simulated[0], simulated[1]), cosineFloat64: cosineOf(float64[0], float64[1]) };
}

/** Embeddings of any number of sentences, in groups of at most 128 tokens. Rejects as {@link compareSentences} does. */
export async function embedTexts(model: SentenceModel, texts: readonly string[], request: SentenceRequest, listener: PassListener): Promise<EmbeddingResult> {
  if (texts.length === 0) throw new WeftError('text', 'there is no sentence', ['give at least one']);
  return (await embed(model, texts, request, listener)).result;
}

interface Embedded {
  readonly result: EmbeddingResult;
  /** Embeddings in float64 as they left the host's last step: with simulated products, and without a wafer. */
  readonly simulated: readonly Float64Array[];
  readonly float64: readonly Float64Array[];
}

async function embed(model: SentenceModel, texts: readonly string[], request: SentenceRequest, listener: PassListener): Promise<Embedded> {
  const { kernel = SENTENCE_KERNELS[0], options = {}, pes } = request;
  const machine = machineOf(request.machine);
  const tokens = texts.map((text, i) => tokensOf(model, text, i + 1));
  const groups = groupsOf(tokens.map((list) => list.map(({ id }) => id)));
  const plans = groups.map((group) => planSentences(model, group, { kernel, machine, pes, options }));
  const { launches, simulated, float64 } = await launchAll(model, groups, plans, listener);
  const { name, attribution, sizes } = model;
  const result: EmbeddingResult = {
    model: { name, attribution, layers: sizes.layers, values: sizes.output },
    machine: machine.id,
    clockHz: machine.clockHz,
    kernel,
    options,
    sentences: texts.map((text, i) => ({
      text,
      tokens: tokens[i],
      embedding: Float32Array.from(simulated[i]),
      against: { cosine: cosineOf(simulated[i], float64[i]), maxAbs: farthest(simulated[i], float64[i]) },
    })),
    launches,
    totals: totalsOf(launches, machine),
    onHost: ON_HOST,
    conservation: conservationOf(launches),
  };
  return { result, simulated, float64 };
}

/** Makes the launches of all groups, one after the other, and computes the same without them. */
async function launchAll(
  model: SentenceModel,
  groups: readonly (readonly (readonly number[])[])[],
  plans: readonly SentencePlan[],
  listener: PassListener,
): Promise<Omit<Embedded, 'result'> & { readonly launches: readonly LaunchRecord[] }> {
  const launch = createLaunch(
    listenerOf(
      plans.flatMap((plan) => plan.launches),
      listener,
    ),
  );
  const [launches, simulated, float64]: [LaunchRecord[], Float64Array[], Float64Array[]] = [[], [], []];
  for (const [i, plan] of plans.entries()) {
    const values = await plan.run(async (job) => {
      const launched = await launch(job);
      launches.push(launched.record);
      return launched;
    });
    simulated.push(...rowsOf(values, model));
    float64.push(...rowsOf(await encodeSentences(model, groups[i], float64Product(model)), model));
  }
  return { launches, simulated, float64 };
}

/** The tokens of a text; errors name its number, from 1. */
function tokensOf({ tokenizer, sizes }: SentenceModel, text: string, number: number): Token[] {
  try {
    const tokens = tokenizer.encode(text);
    if (tokens.length <= sizes.context) return tokens;
    throw new WeftError('text', `it has ${tokens.length} tokens, the model takes at most ${sizes.context}`, ['give a shorter sentence']);
  } catch (error) {
    throw error instanceof WeftError ? new WeftError(`text ${number}`, error.message, error.fixes) : error;
  }
}

/** Sentences in their order, as many together as fit into {@link TOKENS_TOGETHER}. */
function groupsOf(sentences: readonly (readonly number[])[]): (readonly number[])[][] {
  const groups: (readonly number[])[][] = [];
  let room = 0;
  for (const sentence of sentences) {
    if (sentence.length > room) {
      groups.push([]);
      room = TOKENS_TOGETHER;
    }
    groups[groups.length - 1].push(sentence);
    room -= sentence.length;
  }
  return groups;
}

/** An array a sentence. */
function rowsOf(values: Float64Array, { sizes: { output } }: SentenceModel): Float64Array[] {
  return Array.from({ length: values.length / output }, (_, i) => values.subarray(i * output, (i + 1) * output));
}

function cosineOf(a: Float64Array, b: Float64Array): number {
  const dot = (p: Float64Array, q: Float64Array): number => p.reduce((sum, v, i) => sum + v * q[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const farthest = (a: Float64Array, b: Float64Array): number => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
