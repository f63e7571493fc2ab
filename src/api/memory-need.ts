/**
 * What a run by the wavelet engine will need of this computer's memory, known from its plan before anything is read or built,
 * and the refusal when that is more than there is. An estimate from above: PE memories and engine state are held twice (the
 * run's engine and the one that visits it), snapshots take what replay.ts allows, rows of the trace are there twice while they are put in order.
 */
import { WeftError } from '../base/error.ts';
import { grouped } from '../base/numbers.ts';
import { MOST_AGENTS } from '../engine/timing/timing.ts';
import type { Plan } from '../kernels/types.ts';
import { usedBytes } from '../machine/memory.ts';
import { matricesOf } from '../model/layer.ts';
import { Q4_K_BYTES } from '../quant/q4_k.ts';
import { SNAPSHOT_BUDGET } from './replay.ts';

/** Engine state of a PE beside its memory (asserted by test/engine/cost.test.ts). */
const STATE_BYTES = 400;
/** Trace of a block of 256 weights of one token: at most 130 B measured on broadcast kernels, 362 B where receiving overlaps (docs/performance.md). */
const TRACE_BYTES = { off: 130, on: 370 } as const;
/** Most snapshots that a run asks for (session.ts). */
const SNAPSHOTS = 16;
/** What is left to a run in a browser's tab, and where nothing says how much memory is free: 1.5 GiB. *Assumed*. */
const TAB_BYTES = 1.5 * 2 ** 30;

/** Bytes by what holds them. */
export interface MemoryNeed {
  readonly peMemories: number;
  readonly snapshots: number;
  /** Stored rows, as read and as replicated, and the f32 weights before quantisation of drawn and of re-encoded tensors. */
  readonly weights: number;
  readonly trace: number;
  readonly total: number;
}

/** Memory that a run of the plan with values, wavelet by wavelet, needs at most; `keepsFloats`: the weights before quantisation are held, too. */
export function memoryNeed({ rectangle, usedPes, memory, machine, shape, weightBytes, options }: Plan, keepsFloats: boolean): MemoryNeed {
  const { m, k, n } = shape;
  const pes = rectangle.width * rectangle.height;
  const state = pes * STATE_BYTES + usedPes * (usedBytes(memory) - machine.codeReserve);
  // Of a layer, all matrices count: their bytes stand for at most as many blocks of Q4_K.
  const blocks = n * (shape.layer ? weightBytes / Q4_K_BYTES : (m * k) / 256);
  const need = {
    peMemories: 2 * state,
    // The one from which the engine that visits starts, at least.
    snapshots: Math.max(state, Math.min(SNAPSHOTS * state, Math.max(SNAPSHOT_BUDGET, 3 * Math.min(state, SNAPSHOT_BUDGET)))),
    weights: 2 * weightBytes + (keepsFloats ? 4 * m * k : 0),
    trace: 2 * blocks * TRACE_BYTES[options.overlap === 'on' ? 'on' : 'off'],
  };
  return { ...need, total: need.peMemories + need.snapshots + need.weights + need.trace };
}

/**
 * Bytes of a PE in a run without values. Where PEs share what they do (rows in PE order, nothing that holds the stream back): *measured*
 * 180 B in Node on 745,500 PEs. Agent by agent: *measured* 20 kB and 5 kB for each block of 256 weights and a token on 64 x 64 and
 * 128 x 128 PEs; where one agent stands for many, as in a layer of one token, 217 MB were *measured* on 38,025 PEs. PEs with rows of their own
 * keep few rows for a word: *measured* 7.6 to 9.7 kB and 110 B a block (`batched` on 8,256 and 32,832 PEs, 4 and 32 blocks), where receiving
 * overlaps 14 to 20 kB and 220 B (8,008, 4,096 and 1,024 PEs, 4, 32 and 250 blocks). Beyond the most agents there are (engine/timing) PEs are swept, and keep their own rows: 16 B a row, twice.
 */
const SHARED_BYTES = 250;
const AGENT_BYTES = { pe: 20e3, block: 5e3 } as const;
const ALIKE_BYTES = { pe: 12e3, block: 150 } as const;
const OVERLAP_BYTES = { pe: 15e3, block: 300 } as const;
/**
 * Where PEs share what they do, of a PE that receives ahead, and of a block at each distance from where the stream enters: there are fewer than 2 (W + H)
 * that differ. *Measured* 90 to 450 B a PE (745,500 PEs); 220 to 280 B a block up to 300 x 400 PEs and of `stationary` anywhere, 2 to 4.5 kB on
 * larger rectangles, where PEs hold each other up for longer (whole wafers of `split-k`: 210 to 360 MB in all); 11 kB of `batched`, 0.6 and 1.9 kB of `weight-streaming`, whose sources share the host's rate.
 */
const RECEIVING_BYTES = { pe: 600, near: 600, far: 5e3, batched: 12e3, 'weight-streaming': 2500 } as const;
/** Tokens of which such PEs keep rows until the trace is put in columns: the first two, the last one, and what they have of others (*measured* 3). */
const KEPT_TOKENS = 4;
/** W + H of the rectangles that are near. */
const NEAR = 700;
/**
 * A result of `batched` at a router, whose sinks share the host's rate so that no two ticks are alike: *measured* 30 to 36 B where results of several
 * tokens leave by turns, 2 and 8 B where each PE has one token (whole wafers, 755 x 1,170 and 750 x 994 PEs, `overlap`).
 */
const PACED_BYTES = { one: 10, many: 36 } as const;
/** Chains of results that differ where nothing is received ahead: *measured* 14. */
const CHAINS = 16;
const SWEPT_BYTES = { pe: 1e3, block: 250 } as const;
/** A sweep whose rows nobody asks for keeps none: *measured* 225 to 570 B a PE on 745,500 PEs, and 83 B for each further token whose results leave before the end. */
const UNKEPT_BYTES = { pe: 600, token: 90 } as const;
/** Program text, compiler and what else a run takes whatever its size. */
const FIXED_BYTES = 60e6;
/** Kernels whose PEs share what they do, unless an option keeps them from it. */
const SHARING: ReadonlySet<string> = new Set(['streaming', 'stationary', 'llama7b']);

const isShared = ({ kernel, options }: Plan): boolean => SHARING.has(kernel) && options.overlap !== 'on' && options.drain !== 'column';

/** Whether PEs that receive ahead share what they do, unless columns of results meet the stream. */
const isReceiving = ({ kernel, options: { overlap, drain, edge } }: Plan): boolean =>
  SHARING.has(kernel) && overlap === 'on' && !(drain === 'column' && edge === 'east');

/** Whether PEs of a fabric row that add up sums do so for other rows, too; up to so many PEs every one may be for itself. */
const isReduced = ({ kernel, rectangle: { width, height } }: Plan): boolean => kernel === 'split-k' && width * height > MOST_AGENTS;

/** Whether PEs whose host lanes share its rate share what they do. */
const isPaced = ({ kernel, options: { drain } }: Plan): boolean => (kernel === 'batched' || kernel === 'weight-streaming') && drain !== 'column';

/** Bytes of a block at each distance. */
function blockBytes({ kernel, options: { inner, overlap }, rectangle: { width, height } }: Plan): number {
  if (kernel === 'weight-streaming') return RECEIVING_BYTES[kernel];
  if (overlap !== 'on' || kernel === 'stationary' || inner === 'stationary' || width + height <= NEAR) return RECEIVING_BYTES.near;
  return kernel === 'batched' ? RECEIVING_BYTES.batched : RECEIVING_BYTES.far;
}

/** What chains of results take whose sinks share the host's rate. */
function chainBytes({ kernel, options: { overlap, batch }, rectangle: { width, height }, shape: { m, n } }: Plan): number {
  if (kernel !== 'batched') return 0;
  const differ = overlap === 'on' ? height / (batch ?? n) : Math.min(height, CHAINS);
  return differ * ((m * n) / height) * (width / 2) * PACED_BYTES[n === 1 ? 'one' : 'many'];
}

/** What PEs that share what they do need where each distance from the source has rows of its own. */
function distancesNeed(plan: Plan, tokens = plan.shape.n): number {
  const { shape, usedPes, rectangle } = plan;
  const pes = rectangle.width * rectangle.height;
  const distances = Math.min(pes, 2 * (rectangle.width + rectangle.height));
  const blocks = (tokens * shape.m * shape.k) / 256 / usedPes;
  return FIXED_BYTES + pes * RECEIVING_BYTES.pe + distances * blocks * blockBytes(plan) + chainBytes(plan);
}

/** Kernels whose PEs have rows of their own and take one stream. */
const BY_ROWS: ReadonlySet<string> = new Set([...SHARING, 'batched']);

/** What an agent keeps; `ordered`: the order of all that it does, too, where threads or the PEs of a layer leave that to time. */
function agentBytes(plan: Plan, ordered: boolean): { readonly pe: number; readonly block: number } {
  if (plan.shape.layer) return isAlike(plan) && !ordered ? ALIKE_BYTES : AGENT_BYTES;
  if (!BY_ROWS.has(plan.kernel)) return AGENT_BYTES;
  if (plan.options.overlap !== 'on') return ALIKE_BYTES;
  return ordered ? AGENT_BYTES : OVERLAP_BYTES;
}

/** Memory that a run of the plan without values needs at most; `ordered`: for its values the order of what each agent does is kept. */
export function timedNeed(plan: Plan, ordered = false): number {
  const { rectangle, shape, weightBytes, usedPes } = plan;
  const pes = rectangle.width * rectangle.height;
  if (isShared(plan)) return FIXED_BYTES + pes * SHARED_BYTES;
  if (isReceiving(plan) || isPaced(plan) || isReduced(plan)) return distancesNeed(plan);
  const blocks = (shape.n * (shape.layer ? weightBytes / Q4_K_BYTES : (shape.m * shape.k) / 256)) / usedPes;
  const { pe, block } = pes > MOST_AGENTS ? SWEPT_BYTES : agentBytes(plan, ordered);
  return FIXED_BYTES + pes * (pe + blocks * block);
}

/** Memory that cycles alone need at most: no row of a sweep is kept, and tokens that are alike are kept once. */
export function cyclesNeed(plan: Plan): number {
  if (isReceiving(plan)) return distancesNeed(plan, Math.min(plan.shape.n, KEPT_TOKENS));
  const { width, height } = plan.rectangle;
  const pes = width * height;
  const isSwept = pes > MOST_AGENTS && plan.options.overlap !== 'on' && !isShared(plan) && !isPaced(plan) && !isReduced(plan);
  const tokens = plan.options.drain === 'column' ? plan.shape.n - 1 : 0;
  return isSwept ? FIXED_BYTES + pes * (UNKEPT_BYTES.pe + tokens * UNKEPT_BYTES.token) : timedNeed(plan);
}

/** Whether the PEs of every stage of a layer do the same and never wait for room that others do not need: one token, one format. */
const isAlike = ({ shape: { n, layer } }: Plan): boolean =>
  layer !== undefined && n === 1 && new Set(matricesOf(layer).map((name) => layer.formats[name])).size === 1;

/** Bytes of a result with all it is held against: y, float64, sums of magnitudes, three f32 sums, float64 of the unquantised weights. */
const RESULT_BYTES = 4 + 8 + 8 + 3 * 4 + 8;

/**
 * Memory that the results of a run need at most, without its trace: that of the evaluation, the weights, the results, and PE
 * memories once, but where PEs only take a stream and run one after the other.
 */
export function resultsNeed(plan: Plan, keepsFloats: boolean): number {
  const { m, n } = plan.shape;
  const memories = isShared(plan) || isReceiving(plan) ? 0 : plan.usedPes * (usedBytes(plan.memory) - plan.machine.codeReserve);
  return timedNeed(plan, true) + memories + memoryNeed(plan, keepsFloats).weights + m * n * RESULT_BYTES;
}

/** Memory that a run by the timing engine with values needs at most: the same, and its trace in columns. */
export const valuedNeed = (plan: Plan, keepsFloats: boolean): number => resultsNeed(plan, keepsFloats) + memoryNeed(plan, keepsFloats).trace;

/** @throws WeftError (`memory`) when the results of a run need more than `limit`. */
export function checkResultsMemory(plan: Plan, keepsFloats: boolean, limit: number = memoryLimit()): void {
  const need = resultsNeed(plan, keepsFloats);
  if (need <= limit) return;
  throw new WeftError('memory', `its results need about ${megabytes(need)} here; ${megabytes(limit)} are free`, ['use fewer rows or tokens']);
}

/** @throws WeftError (`memory`) when a run by the timing engine with values needs more than `limit`. */
export function checkValuedMemory(plan: Plan, keepsFloats: boolean, limit: number = memoryLimit()): void {
  const need = valuedNeed(plan, keepsFloats);
  if (need <= limit) return;
  throw new WeftError('memory', `the run needs about ${megabytes(need)} here with its values; ${megabytes(limit)} are free`, [
    `leave the values out, which needs about ${megabytes(timedNeed(plan))}: --timing-only`,
    'use fewer rows or tokens',
  ]);
}

/** @throws WeftError (`memory`) when a run without values needs more than `limit`. */
export const checkTimedMemory = (plan: Plan, limit: number = memoryLimit()): void => checkWithoutValues(plan, timedNeed(plan), limit);

/** @throws WeftError (`memory`) when cycles alone need more than `limit`. */
export const checkCyclesMemory = (plan: Plan, limit: number = memoryLimit()): void => checkWithoutValues(plan, cyclesNeed(plan), limit);

function checkWithoutValues(plan: Plan, need: number, limit: number): void {
  if (need <= limit) return;
  const { width, height } = plan.rectangle;
  const rows = Math.floor((height * (limit - FIXED_BYTES)) / (need - FIXED_BYTES));
  const { m } = plan.shape;
  const fix = `use ${grouped(Math.floor((m * rows) / height))} rows on ${width}x${rows} PEs`;
  throw new WeftError('memory', `the run needs about ${megabytes(need)} here even without values; ${megabytes(limit)} are free`, rows > 0 ? [fix] : []);
}

interface NodeProcess {
  availableMemory?(): number;
}

/** Bytes that a run may take: what Node says is free, or {@link TAB_BYTES}. */
export function memoryLimit(): number {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.availableMemory?.() ?? TAB_BYTES;
}

const megabytes = (bytes: number): string => `${grouped(Math.ceil(bytes / 1e6))} MB`;

const WITHOUT_VALUES = ['leave the values out, which needs no PE memories: --timing-only'];

/** @throws WeftError (`memory`) when a run of the plan needs more than `limit`: with the figure and what would fit, `others` last. */
export function checkMemory(plan: Plan, keepsFloats: boolean, limit: number = memoryLimit(), others: readonly string[] = WITHOUT_VALUES): void {
  const { total, peMemories, snapshots, weights, trace } = memoryNeed(plan, keepsFloats);
  if (total <= limit) return;
  const parts = `PE memories ${megabytes(peMemories)}, snapshots ${megabytes(snapshots)}, weights ${megabytes(weights)}, trace ${megabytes(trace)}`;
  throw new WeftError('memory', `the run needs about ${megabytes(total)} here (${parts}); ${megabytes(limit)} are free`, [
    ...smaller(plan, keepsFloats, limit),
    ...others,
  ]);
}

/** Fewer tokens or rows that fit, with what they need. */
function smaller(plan: Plan, keepsFloats: boolean, limit: number): string[] {
  const { shape, rectangle, usedPes, weightBytes } = plan;
  const fewer = (part: number): Plan => ({
    ...plan,
    shape: { ...shape, m: Math.floor(shape.m * part) },
    usedPes: Math.ceil(usedPes * part),
    weightBytes: weightBytes * part,
    rectangle: { width: rectangle.width, height: Math.ceil(rectangle.height * part) },
  });
  const needOf = (changed: Plan): number => memoryNeed(changed, keepsFloats).total;
  const tokens = largest(shape.n - 1, (n) => needOf({ ...plan, shape: { ...shape, n } }) <= limit);
  const height = largest(rectangle.height - 1, (rows) => needOf(fewer(rows / rectangle.height)) <= limit);
  const part = height / rectangle.height;
  const lines: string[] = [];
  if (tokens > 0) lines.push(`use at most ${tokens} tokens, which need about ${megabytes(needOf({ ...plan, shape: { ...shape, n: tokens } }))}`);
  if (height > 0) {
    const { m } = fewer(part).shape;
    lines.push(`use ${grouped(m)} rows on ${rectangle.width}x${height} PEs, which need about ${megabytes(needOf(fewer(part)))}`);
  }
  return lines;
}

/** The largest whole number up to `most` that fits, 0 if none does; whatever is smaller than one that fits fits. */
function largest(most: number, fits: (value: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
