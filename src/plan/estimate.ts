/**
 * Whole-model estimate: how fast a model decodes and takes a prompt on one machine, by closed forms of the kernels that would
 * run. Both ways of holding weights and both schedules are worked out, the fastest that stays on the wafer is reported, the
 * others stand beside it. A model that does not stay on one wafer is answered for one wafer with weights streaming in.
 *
 * Leaves out: loading, sampling of the next token, biases, packing of rectangles, defects, and everything between wafers.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { copyCycles } from '../machine/host.ts';
import { MACHINES, type MachineSpec } from '../machine/spec.ts';
import { architectureOf, type ModelSizes } from '../model/sizes.ts';
import { evidenceOf } from './estimate-evidence.ts';
import { type Outcome, pipelined, type Study, serial } from './estimate-phase.ts';
import { productsOf } from './estimate-products.ts';
import type { Alternative, EstimateQuestion, Measure, ModelEstimate, PhaseEstimate, Weights } from './estimate-types.ts';
import { Blocks } from './estimate-vector.ts';
import { POWER, PUBLISHED } from './published.ts';

const USUAL_PROMPT = 512;
const WEIGHTS: readonly Weights[] = ['resident', 'stored'];

/** One way of doing it, or why it cannot be done. */
interface Way {
  readonly name: string;
  readonly outcome?: Outcome;
  readonly why: string;
}

/** Lets waiting messages in and throws to stop; called between the parts of an estimate. */
export type Pause = (done: number, of: number) => Promise<void>;

/**
 * The estimate. `measure` runs the calibrating pieces; without it the evidence has none.
 * @throws WeftError for a context, batch or prompt that cannot be, a cache that exceeds the wafer, rows that fit nowhere
 */
export async function modelEstimate(
  sizes: ModelSizes,
  question: EstimateQuestion,
  measure?: Measure,
  pause: Pause = async () => undefined,
): Promise<ModelEstimate> {
  const architecture = architectureOf(sizes);
  checkQuestion(question, architecture.context, architecture.name);
  const machine = MACHINES[question.machine];
  const prompt = question.prompt ?? Math.min(USUAL_PROMPT, question.context);
  const shared = { architecture, blocks: new Blocks(machine), question, prompt, tally: { candidates: 0, pruned: 0 } };
  const products = productsOf(sizes, machine);
  const studies = WEIGHTS.map((weights): Study => ({ ...shared, products, known: new Map(), setting: { machine, weights, options: question.options ?? {} } }));
  const [decodes, prefills]: [Way[], Way[]] = [[], []];
  for (const [i, study] of studies.entries()) {
    await pause(i, studies.length + 1);
    decodes.push(...waysOf(study, 'decode'));
    prefills.push(...waysOf(study, 'prefill'));
  }
  const others =
    question.mapping === 'best' ? studies.map((study) => serialWay({ ...study, question: { ...question, mapping: 'rows' } }, 'decode', 'whole rows, ')) : [];
  await pause(studies.length, studies.length + 1);
  const [decode, prefill] = [fastest(decodes), fastest(prefills)];
  return answer(
    sizes,
    studies[0],
    decode,
    prefill,
    [...decodes, ...others, ...prefills],
    await evidenceOf(decode.phase, prefill.phase, question, measure, pause),
  );
}

function checkQuestion({ context, batch, prompt = 1 }: EstimateQuestion, most: number, name: string): void {
  for (const [field, value] of [['context', context] as const, ['batch', batch] as const, ['prompt', prompt] as const]) {
    if (!Number.isSafeInteger(value) || value < 1) throw new WeftError(field, `it is ${value}; it must be a whole number from 1`, ['use 1']);
  }
  if (context > most) throw new WeftError('context', `${context} tokens are more than the ${most} that ${name} was made for`, [`use at most ${most}`]);
  if (prompt > context) throw new WeftError('prompt', `a prompt of ${prompt} tokens is longer than the context of ${context}`, [`use at most ${context}`]);
}

function waysOf(study: Study, kind: 'decode' | 'prefill'): Way[] {
  const ways = [serialWay(study, kind)];
  const many = kind === 'decode' ? study.question.batch : study.prompt;
  if (many > 1) ways.push(attempt(`${kind}: ${heldOf(study)}, stages side by side`, () => pipelined(study, kind)));
  return ways;
}

const serialWay = (study: Study, kind: 'decode' | 'prefill', how = ''): Way =>
  attempt(`${kind}: ${how}${heldOf(study)}, one stage after the other`, () => serial(study, kind));

const heldOf = ({ setting: { weights } }: Study): string => (weights === 'resident' ? 'weights dequantised before' : 'weights dequantised for every token');

function attempt(name: string, work: () => Outcome | undefined): Way {
  try {
    const outcome = work();
    return { name, outcome, why: outcome ? outcome.residence.meaning : 'The stages of all layers and the cache do not fit on the wafer side by side.' };
  } catch (error) {
    if (error instanceof WeftError && error.field === 'placement') return { name, why: `${error.message}.` };
    throw error;
  }
}

/** Of those that stay on the wafer the fastest, else the fastest at all. */
function fastest(ways: readonly Way[]): Outcome {
  const found = ways.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
  const fitting = found.filter(({ residence }) => residence.fits);
  const able = fitting.length > 0 ? fitting : found.filter(canStream);
  if (able.length === 0)
    throw new WeftError('placement', ways.map(({ name, why }) => `${name}: ${why}`).join(' '), ['use the mapping best', 'use the machine wse3']);
  return able.reduce((a, b) => (b.phase.tokensPerSecond > a.phase.tokensPerSecond ? b : a));
}

/** Whether what is missing can come from the host for every step: as stored it can, dequantised before it cannot. */
const canStream = ({ residence: { dequantiseCycles } }: Outcome): boolean => dequantiseCycles === 0;

function answer(
  sizes: ModelSizes,
  { architecture, question, prompt, setting: { machine }, tally }: Study,
  decode: Outcome,
  prefill: Outcome,
  ways: readonly Way[],
  evidence: ModelEstimate['evidence'],
): ModelEstimate {
  const { watts, source } = POWER[machine.id];
  const { phase } = decode;
  return {
    model: sizes.name,
    source: sizes.file ?? sizes.source,
    machine: { id: machine.id, name: machine.name },
    clock: machine.clockHz,
    context: question.context,
    batch: question.batch,
    prompt,
    mapping: phase.mapping,
    rectangle: phase.rectangle,
    decodeTokensPerSecond: phase.tokensPerSecond,
    prefillTokensPerSecond: prefill.phase.tokensPerSecond,
    timeToFirstToken: prefill.phase.seconds,
    energyPerToken: watts === null ? null : watts / phase.tokensPerSecond,
    energy: { watts, source },
    decode: phase,
    prefill: prefill.phase,
    layers: architecture.layers,
    stages: phase.stages,
    residence: decode.residence,
    alternatives: [...ways.map(alternative), ...moreWafers(machine, decode)],
    bound: boundOf(architecture, machine),
    throughHost: throughHost(machine, phase),
    searched: { ...tally },
    published: PUBLISHED,
    evidence,
  };
}

function alternative({ name, outcome, why }: Way): Alternative {
  const rate = outcome && (outcome.residence.fits || canStream(outcome)) ? outcome.phase.tokensPerSecond : null;
  return { name, fits: outcome?.residence.fits ?? false, tokensPerSecond: rate, why };
}

/** The same stages on as many wafers as hold all: a token passes them one after the other, and no weights stream. */
function moreWafers({ clockHz, name }: MachineSpec, { phase, residence }: Outcome): Alternative[] {
  const streamed = phase.stages.find(({ id }) => id === 'weights');
  if (!streamed) return [];
  const tokensPerSecond = (phase.tokens * clockHz) / (phase.cycles - streamed.allCycles);
  const why = `${grouped(residence.pes)} PEs are wanted. Layers in turn on ${residence.wafers} of ${name}; what passes from one to the next is not counted.`;
  return [{ name: `decode: ${residence.wafers} wafers`, fits: true, tokensPerSecond, why }];
}

/** Serial weight steps of rows with one row a PE: K of every stage, one behind the other. */
function boundOf({ layers, hidden, heads, headSize, feedForward }: Study['architecture'], { clockHz, name }: MachineSpec): ModelEstimate['bound'] {
  const serialSteps = layers * (2 * hidden + heads * headSize + feedForward) + hidden;
  const meaning = `Weights that a PE with one row multiplies one after the other for a token; at one a cycle no f32 mapping of whole rows is faster on ${name}.`;
  return { serialSteps, tokensPerSecond: clockHz / serialSteps, meaning };
}

/** Every product's activations in and results out by the host, nothing of it beside the computing. */
function throughHost(machine: MachineSpec, { stages, tokens, cycles }: PhaseEstimate): ModelEstimate['throughHost'] {
  const extra = stages.reduce((sum, { product, times }) => {
    if (!product) return sum;
    return sum + times * (copyCycles(tokens * product.k, 'in', machine) + copyCycles(tokens * product.m, 'out', machine));
  }, 0);
  const meaning = `If the activations of every product came in and its results left at the host's rate: ${grouped(extra)} cycles more.`;
  return { decodeTokensPerSecond: (tokens * machine.clockHz) / (cycles + extra), meaning };
}
