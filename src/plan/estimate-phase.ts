/** Decoding and prefill of a model in one way of holding its weights and one schedule; whether it stays on the wafer. */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { dequantisePrice, dequantiserFor } from '../kernels/dequant/index.ts';
import { copyCycles } from '../machine/host.ts';
import { priceTotal } from '../machine/price.ts';
import type { MachineSpec } from '../machine/spec.ts';
import type { Architecture } from '../model/architecture.ts';
import { pipelineOf } from './estimate-pipeline.ts';
import type { Product, Setting } from './estimate-products.ts';
import { bestPlace, type Tally } from './estimate-search.ts';
import { rowsOfSteps, type Step, stepsOf } from './estimate-stages.ts';
import type { EstimateQuestion, PhaseEstimate, ProductPlan, Residence } from './estimate-types.ts';
import type { Blocks } from './estimate-vector.ts';

/** All that the phases of an estimate share. */
export interface Study {
  readonly setting: Setting;
  readonly architecture: Architecture;
  readonly products: readonly Product[];
  readonly blocks: Blocks;
  readonly question: EstimateQuestion;
  readonly prompt: number;
  readonly tally: Tally;
  /** Best places found so far, of these weights. */
  readonly known: Map<string, ProductPlan>;
}

type Placed = Parameters<typeof stepsOf>[0]['products'];

/** A phase with the places it needs. */
export interface Outcome {
  readonly phase: PhaseEstimate;
  readonly residence: Residence;
}

interface Tokens {
  readonly tokens: number;
  readonly logits: number;
  readonly oneSequence: boolean;
  readonly most: number;
  readonly mean: number;
}

const decoding = ({ question: { batch, context } }: Study): Tokens => ({ tokens: batch, logits: batch, oneSequence: false, most: context, mean: context });
const prompting = ({ prompt }: Study): Tokens => ({ tokens: prompt, logits: 1, oneSequence: true, most: prompt, mean: Math.ceil((prompt + 1) / 2) });
const tokensOf = (study: Study, kind: 'decode' | 'prefill'): Tokens => (kind === 'decode' ? decoding(study) : prompting(study));

/** All PEs serve one stage after the other; what does not stay on the wafer streams in from the host for every step. @throws WeftError */
export function serial(study: Study, kind: 'decode' | 'prefill'): Outcome {
  const { setting, architecture, products, blocks } = study;
  const { machine } = setting;
  const at = tokensOf(study, kind);
  const columns = (product: Product): number => (product.stage === 'output' ? at.logits : at.tokens);
  const placed: Placed = products.map((product) => ({ product, plan: placeOf(study, product, columns(product)) }));
  const residence = residenceOf(study, placed);
  const missing = missingBytes(residence, machine);
  const steps = stepsOf({ architecture, blocks, products: placed, ...at });
  const all = missing > 0 ? [...steps, streamed(machine, missing)] : steps;
  const cycles = all.reduce((sum, step) => sum + step.times * step.cycles, 0);
  const weights = missing > 0 ? 'streamed from the host' : setting.weights;
  return { phase: phaseOf(machine, placed, all, { tokens: at.tokens, weights, schedule: 'serial', cycles }), residence };
}

function placeOf({ setting, question: { mapping }, tally, known }: Study, product: Product, n: number): ProductPlan {
  const key = [product.stage, ...product.formats, mapping, n].join(' ');
  const plan = known.get(key) ?? bestPlace(setting, product, mapping, n, tally);
  known.set(key, plan);
  return plan;
}

/** Every stage on PEs of its own; undefined where that does not fit, or is not worth it for a single token. */
export function pipelined(study: Study, kind: 'decode' | 'prefill'): Outcome | undefined {
  const { setting, architecture, products, blocks, question, tally } = study;
  const at = tokensOf(study, kind);
  if (at.tokens === 1) return undefined;
  const cached = kind === 'decode' ? question.batch * question.context : at.most;
  const pipeline = pipelineOf({ setting, architecture, blocks, products, mapping: question.mapping, mean: at.mean, cached }, tally);
  if (!pipeline) return undefined;
  const steps = stepsOf({ architecture, blocks, products: pipeline.products, ...at, tokens: 1, logits: 1, headPes: pipeline.headPes });
  const latency = steps.reduce((sum, step) => sum + step.times * step.cycles, 0);
  const once = ({ id }: Step): boolean => kind === 'prefill' && (id === 'output' || id === 'last-norm' || id === 'logits');
  const slowest = steps.filter((step) => !once(step)).reduce((a, b) => (b.period > a.period ? b : a));
  const period = slowest.period;
  const cycles = kind === 'decode' ? Math.max(latency, at.tokens * period) : latency + (at.tokens - 1) * period;
  const phase = phaseOf(setting.machine, pipeline.products, steps, { tokens: at.tokens, weights: setting.weights, schedule: 'pipelined', cycles });
  const whole = residenceOf(study, pipeline.products);
  const residence = { ...whole, fits: true, wafers: 1, pes: pipeline.pes, meaning: `Every stage on PEs of its own: ${grouped(pipeline.pes)} of them.` };
  return { phase: { ...phase, period, slowest: slowest.name }, residence };
}

function phaseOf(
  machine: MachineSpec,
  placed: Placed,
  steps: readonly Step[],
  { tokens, weights, schedule, cycles }: Pick<PhaseEstimate, 'tokens' | 'weights' | 'schedule' | 'cycles'>,
): PhaseEstimate {
  const mappings = [...new Set(placed.map(({ plan }) => plan.mapping))];
  const largest = placed.map(({ plan }) => plan).reduce((a, b) => (b.pes > a.pes ? b : a));
  const seconds = cycles / machine.clockHz;
  return {
    tokens,
    weights,
    schedule,
    mapping: mappings.length === 1 ? mappings[0] : 'mixed',
    cycles,
    seconds,
    tokensPerSecond: tokens / seconds,
    rectangle: { width: largest.panels * largest.panel.width, height: largest.panel.height },
    stages: rowsOfSteps(steps, machine),
  };
}

function streamed(machine: MachineSpec, bytes: number): Step {
  const cycles = copyCycles(Math.ceil(bytes / 4), 'in', machine);
  return {
    id: 'weights',
    name: 'weights streamed in',
    meaning: `${grouped(bytes)} B that do not stay on the wafer, at the host's ${machine.host.wordsInPerCycle} words a cycle, for every step.`,
    kind: 'host',
    per: 'token',
    times: 1,
    cycles,
    lowerBound: cycles,
    boundBy: 'host rate',
    pes: 0,
    period: cycles,
  };
}

const pesOf = ({ usable }: MachineSpec): number => usable.width * usable.height;

/** Bytes as stored that have no PE. */
function missingBytes({ pes, weightPes, weightBytes }: Residence, machine: MachineSpec): number {
  const over = pes - pesOf(machine);
  return over <= 0 ? 0 : Math.ceil(weightBytes * Math.min(1, over / weightPes));
}

/**
 * PEs for weights and cache. A PE holds whole tiles of one product beside the largest of all buffers, which stages share; the
 * cache of keys and values is f32, as attention's program has it, and may lie on any PEs. @throws WeftError where it alone does not fit.
 */
function residenceOf({ setting, architecture: a, products, question }: Study, placed: Placed): Residence {
  const { machine } = setting;
  const { context, batch } = question;
  const room = machine.sramBytes - Math.max(...placed.map(({ plan }) => plan.otherBytes));
  const tiles = (bytes: number): number => Math.max(1, Math.floor(room / bytes));
  const weightPes = placed.reduce((sum, { product, plan }) => sum + Math.ceil((product.times * plan.pes * plan.passes) / tiles(plan.weightBytes)), 0);
  const cacheBytesPerToken = 2 * a.layers * a.kvHeads * a.headSize * 4;
  const cacheBytes = cacheBytesPerToken * context * batch;
  const cachePes = Math.ceil(cacheBytes / room);
  const all = pesOf(machine);
  const free = Math.max(0, all - weightPes) * room;
  const tokens = Math.floor((free > 0 ? free : all * room) / cacheBytesPerToken);
  if (cachePes > all) throw tooMuchCache(question, machine, cacheBytes, Math.floor((all * room) / cacheBytesPerToken));
  const pes = weightPes + cachePes;
  const dequantiseCycles = setting.weights === 'resident' ? dequantiseOnce(machine, placed) : 0;
  const weightBytes = products.reduce((sum, { bytes, times }) => sum + bytes * times, 0);
  return {
    fits: pes <= all,
    pes,
    weightPes,
    cachePes,
    weightBytes,
    cacheBytes,
    cacheBytesPerToken,
    maxContext: free > 0 ? Math.min(a.context, Math.floor(tokens / batch)) : 0,
    maxBatch: free > 0 ? Math.floor(tokens / context) : 0,
    wafers: Math.ceil(pes / all),
    loadCycles: copyCycles(Math.ceil(weightBytes / 4), 'in', machine),
    dequantiseCycles,
    meaning: `${grouped(weightPes)} PEs of weights (${setting.weights}) and ${grouped(cachePes)} of keys and values (f32), of ${grouped(all)}; ${grouped(room)} B of each for them.`,
  };
}

function tooMuchCache({ batch, context }: EstimateQuestion, { name }: MachineSpec, bytes: number, tokens: number): WeftError {
  const what = `keys and values of ${batch > 1 ? `${grouped(batch)} sequences of ` : ''}${grouped(context)} tokens are ${grouped(bytes)} B, more than all SRAM of ${name} beside its buffers`;
  const fewer = Math.floor(tokens / context);
  const fixes = [...(fewer >= 1 ? [`use a batch of ${fewer}`] : []), ...(tokens >= batch ? [`use a context of ${Math.floor(tokens / batch)}`] : [])];
  return new WeftError(batch > 1 ? 'batch' : 'context', what, fixes);
}

/** Cycles in which every PE dequantises its tiles, once, before the first token. */
function dequantiseOnce(machine: MachineSpec, placed: Placed): number {
  const each = placed.map(({ product, plan }) => {
    const { size } = dequantiserFor(product.format).unit;
    const blocks = (product.times * plan.pes * plan.rowsPerPe * plan.slice) / size;
    return blocks * priceTotal(dequantisePrice(product.format, machine));
  });
  return Math.ceil(each.reduce((sum, cycles) => sum + cycles, 0) / pesOf(machine));
}
