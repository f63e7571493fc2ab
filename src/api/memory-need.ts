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
 * Bytes of a PE where every one is evaluated for itself. Agent by agent: *measured* 20 kB and 5 kB for each block of 256 weights and a token on
 * 64 x 64 and 128 x 128 PEs. PEs with rows of their own keep few rows for a word: *measured* 7.6 to 9.7 kB and 110 B a block (`batched` on 8,256
 * and 32,832 PEs, 4 and 32 blocks), where receiving overlaps 14 to 20 kB and 220 B (8,008, 4,096 and 1,024 PEs, 4, 32 and 250 blocks). Where one
 * agent stands for many, as in a layer of one token, 160 to 217 MB were *measured* in all on 38,025 PEs; where none does, 152 to 589 MB in layers of
 * h = 256, 512 and 1,024 with 16 to 64 tokens: up to 370 B a block beside 12 kB a PE. Beyond the most agents there are (engine/timing)
 * PEs are swept, and keep their own rows: 16 B a row, twice.
 */
const AGENT_BYTES = { pe: 20e3, block: 5e3 } as const;
const LAYER_BYTES = { alike: { pe: 3e3, block: 150 }, unlike: { pe: 12e3, block: 450 } } as const;
const ALIKE_BYTES = { pe: 12e3, block: 150 } as const;
const OVERLAP_BYTES = { pe: 15e3, block: 300 } as const;
const SWEPT_BYTES = { pe: 1e3, block: 250 } as const;
/**
 * A sweep whose rows nobody asks for keeps none: *measured* 225 to 570 B a PE on 745,500 PEs, and for each further token whose results leave before
 * the end 21 B, by links of the stream 83 B.
 */
const UNKEPT_BYTES = { pe: 600, token: { west: 30, east: 90 } } as const;

/**
 * Where PEs share what they do, a run needs, all *measured* on whole wafers (750 x 994 and 755 x 1,170 PEs) by the most memory of a process:
 *
 * - `process`: Node, program text, compiler (73 MB where nothing is run); a run that is shown is looked ahead at, too.
 * - `pe`: classes, routes, number of the passage, lanes of the trace: 40 to 55 B with one stream and one way of results, 100 to 130 B where host
 *   lanes share its rate, 150 B once; 125 and 200 B when it is shown.
 */
const CYCLES = { process: 75e6, pe: { one: 80, several: 160 } } as const;
const SHOWN = { process: 95e6, pe: { one: 140, several: 210 } } as const;
/** A word of the host: as given, as put in a lane, as sent. */
const HOST_WORD_BYTES = 12;
/** A stored byte that streams in: *measured* 4.2 (M = 4,096 and 32,768). */
const STORED_BYTES = 5.5;
/**
 * A block at each distance from where a stream enters, of which W + H differ: some six rows. *Measured* 50 to 70 B, 85 to 130 B where it is
 * factored; 220 to 500 B where receiving overlaps and nothing is held up for long.
 */
const BLOCK_BYTES = { plain: 90, factored: 150, near: 1200, ahead: 500 } as const;
/**
 * Where receiving overlaps on rectangles of W + H above {@link NEAR}, PEs hold each other up for long: a token at each distance, whatever its
 * blocks are, for what is late in the first ones goes on differently everywhere, and a block. *Measured* 88 to 150 kB a token of 16 blocks on
 * WSE-2, 47 to 63 kB of 4 blocks; half of that on WSE-3.
 */
const HELD_BYTES = { token: 45e3, block: 6500 } as const;
/** W + H of the rectangles that are near. */
const NEAR = 700;
/** Tokens whose rows are kept for cycles alone where receiving overlaps: the first two and the last one, what is between is the second one again. */
const KEPT_TOKENS = 3;
/** Of a shown run the rows of so many tokens more: what is laid over each other when it is looked ahead at. *Measured* 2.6 tokens for one, 9 for 8. */
const SHOWN_TOKENS = 2;
/** Rows of a shown run against those of cycles alone: *measured* 1.9 to 2.2, of words that come at a shared rate at least 1.8. */
const SHOWN_ROWS = { blocks: 2, words: 2.5 } as const;
/**
 * A word at each distance where more lanes than the host serves at once share its rate, so that PEs wait for every word: a span of waiting, one of
 * work. *Measured* 80 and 100 B of `split-k`; of others, whose words meet PEs that compute, 18 and 20 to 25 B; of `batched` with `overlap` 100 B
 * where not all PEs have as many rows.
 */
const WORD_BYTES = { reduced: { off: 85, on: 105 }, off: 30, on: 50, uneven: 120 } as const;
/** Chains of results that differ for `overlap` and sinks that share the host's rate, for cycles alone: hashes of two lanes a PE, chains remembered. *Measured* at most 160 B a PE. */
const HASHED_BYTES = 200;
/**
 * The same where rows are kept: a row for every word at every router, no two ticks of which are alike. *Measured* up to 8 B where each PE has one
 * token, 30 to 36 B where results of several tokens leave by turns; next to nothing where chains happen to be alike, which is not known before.
 */
const PACED_BYTES = { one: 10, many: 36 } as const;
/** Sums along rows: one or two fabric rows of agents, and what each of the first sums leaves behind until it is collected. *Measured* up to 70 kB a PE of one sum, 190 kB of ten. */
const SUM_BYTES = { fixed: 10e6, pe: 40e3, first: 12e3, sum: 400 } as const;
const FIRST_SUMS = 10;
/** Kernels whose PEs share what they do, unless an option keeps them from it. */
const SHARING: ReadonlySet<string> = new Set(['streaming', 'stationary', 'llama7b']);
const PACED: ReadonlySet<string> = new Set(['batched', 'weight-streaming']);

/** The streams of a plan. */
interface Flow {
  /** Host lanes that bring them, and how far PEs can be from where one enters. */
  readonly lanes: number;
  readonly distances: number;
  /** Tokens that go through a PE, one after the other; blocks and words that it takes of each. */
  readonly tokens: number;
  readonly blocks: number;
  readonly words: number;
}

function flowOf({ kernel, shape: { m, k, n }, rectangle: { width, height }, rowsPerPe, options, regions }: Plan): Flow {
  const blocks = k / 256;
  const words = options.f16 === 'on' ? k / 2 : k;
  const rows = rowsPerPe * blocks;
  if (kernel === 'split-k') return { lanes: width, distances: height, tokens: n, blocks: rows / width, words: words / width };
  if (kernel === 'weight-streaming') {
    const stored = Math.ceil(m / width) * blocks;
    const tokens = Math.ceil(n / height);
    return { lanes: Math.min(m, width), distances: 2 * Math.ceil(n / tokens) + 1, tokens: 1, blocks: stored, words: (stored * Q4_K_BYTES) / 4 };
  }
  const bands = kernel === 'batched' ? (regions ?? []) : [];
  const groups = Math.max(1, bands.length);
  return { lanes: groups, distances: width + (bands[0]?.height ?? height), tokens: Math.ceil(n / groups), blocks: rows, words };
}

/** Whether PEs share what they do. */
function isShared(plan: Plan): boolean {
  const {
    kernel,
    options: { overlap, drain, edge },
    shape: { k },
    rectangle: { width, height },
  } = plan;
  // Slices of two lengths may be evaluated agent by agent.
  if (kernel === 'split-k') return width * height > MOST_AGENTS || k % (256 * width) === 0;
  if (!SHARING.has(kernel) && !PACED.has(kernel)) return false;
  // Columns of results: PEs that receive ahead go on as they do, if results do not meet the stream; others hold it up from the second column on.
  return drain !== 'column' || (overlap === 'on' && SHARING.has(kernel) ? edge !== 'east' : flowOf(plan).tokens === 1);
}

/** Whether PEs receive ahead far from where the stream enters, and hold each other up. */
const isHeld = ({ kernel, options: { inner, overlap }, rectangle: { width, height } }: Plan): boolean =>
  overlap === 'on' && kernel !== 'weight-streaming' && kernel !== 'stationary' && inner !== 'stationary' && width + height > NEAR;

/** Bytes of rows that stand for all PEs. */
function sharedRows(plan: Plan, isShown: boolean): number {
  const {
    kernel,
    options: { overlap, factored },
    machine,
    rowsPerPe,
    usedPes,
    shape: { m },
    rectangle: { width, height },
  } = plan;
  const { lanes, distances, tokens, blocks, words } = flowOf(plan);
  if (lanes > machine.host.wordsInPerCycle) {
    const isEven = m === rowsPerPe * (usedPes / lanes) || kernel !== 'batched';
    const ofWord = kernel === 'split-k' ? WORD_BYTES.reduced[overlap ?? 'off'] : WORD_BYTES[overlap !== 'on' ? 'off' : isEven ? 'on' : 'uneven'];
    return distances * tokens * words * ofWord * (isShown ? SHOWN_ROWS.words : 1);
  }
  if (overlap !== 'on') {
    const ofBlock = BLOCK_BYTES[factored === undefined || factored === 'off' ? 'plain' : 'factored'];
    return distances * tokens * blocks * ofBlock * (isShown ? SHOWN_ROWS.blocks : 1);
  }
  const kept = isShown ? tokens : Math.min(tokens, KEPT_TOKENS);
  if (isHeld(plan)) return distances * (kept + (isShown ? SHOWN_TOKENS : 0)) * (HELD_BYTES.token + blocks * HELD_BYTES.block);
  return distances * kept * blocks * BLOCK_BYTES[width + height > NEAR ? 'ahead' : 'near'];
}

/** What chains of results take that differ, for their sinks share the host's rate. */
function chainBytes(plan: Plan, isShown: boolean): number {
  const {
    kernel,
    options: { overlap },
    rectangle: { width, height },
    shape: { m, n },
    machine,
  } = plan;
  if (kernel !== 'batched' || overlap !== 'on' || height <= machine.host.wordsOutPerCycle) return 0;
  return isShown ? m * n * (width / 2) * PACED_BYTES[flowOf(plan).tokens === 1 ? 'one' : 'many'] : width * height * HASHED_BYTES;
}

/** What the host's words take. */
function hostBytes({ kernel, shape: { m, k, n } }: Plan): number {
  const stored = kernel === 'weight-streaming' ? ((m * k) / 256) * Q4_K_BYTES * STORED_BYTES : 0;
  return stored + n * k * HOST_WORD_BYTES;
}

/** What sums along rows take. */
function sumBytes({ kernel, rowsPerPe, shape: { n }, rectangle: { width } }: Plan): number {
  if (kernel !== 'split-k') return 0;
  const sums = rowsPerPe * n;
  return SUM_BYTES.fixed + width * (SUM_BYTES.pe + Math.min(sums, FIRST_SUMS) * SUM_BYTES.first + sums * SUM_BYTES.sum);
}

/** What PEs that share what they do need. */
function sharedNeed(plan: Plan, isShown: boolean): number {
  const { kernel, rectangle } = plan;
  const { process, pe } = isShown ? SHOWN : CYCLES;
  const own = rectangle.width * rectangle.height * pe[SHARING.has(kernel) ? 'one' : 'several'];
  return process + own + hostBytes(plan) + sharedRows(plan, isShown) + chainBytes(plan, isShown) + sumBytes(plan);
}

/** Kernels whose PEs have rows of their own and take one stream. */
const BY_ROWS: ReadonlySet<string> = new Set([...SHARING, 'batched']);

/** What an agent keeps; `ordered`: the order of all that it does, too, where threads or the PEs of a layer leave that to time. */
function agentBytes(plan: Plan, ordered: boolean): { readonly pe: number; readonly block: number } {
  if (plan.shape.layer && !ordered) return LAYER_BYTES[isAlike(plan) ? 'alike' : 'unlike'];
  if (!BY_ROWS.has(plan.kernel)) return AGENT_BYTES;
  if (plan.options.overlap !== 'on') return ALIKE_BYTES;
  return ordered ? AGENT_BYTES : OVERLAP_BYTES;
}

/** Memory that a run of the plan without values needs at most, shown; `ordered`: for its values the order of what each agent does is kept. */
export function timedNeed(plan: Plan, ordered = false): number {
  const { rectangle, shape, weightBytes, usedPes } = plan;
  if (isShared(plan)) return sharedNeed(plan, true);
  const pes = rectangle.width * rectangle.height;
  const blocks = (shape.n * (shape.layer ? weightBytes / Q4_K_BYTES : (shape.m * shape.k) / 256)) / usedPes;
  const { pe, block } = pes > MOST_AGENTS ? SWEPT_BYTES : agentBytes(plan, ordered);
  return SHOWN.process + pes * (pe + blocks * block);
}

/** Memory that cycles alone need at most: no row of a sweep is kept, tokens that are alike are kept once, chains that are unlike are hashed. */
export function cyclesNeed(plan: Plan): number {
  const {
    rectangle,
    options: { overlap, drain, edge },
    shape: { n },
  } = plan;
  if (isShared(plan)) return sharedNeed(plan, false);
  const pes = rectangle.width * rectangle.height;
  // PEs that receive ahead are not swept.
  if (pes <= MOST_AGENTS || overlap === 'on') return timedNeed(plan);
  return CYCLES.process + pes * (UNKEPT_BYTES.pe + (drain === 'column' ? n - 1 : 0) * UNKEPT_BYTES.token[edge ?? 'west']);
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
  const memories = SHARING.has(plan.kernel) && isShared(plan) ? 0 : plan.usedPes * (usedBytes(plan.memory) - plan.machine.codeReserve);
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
export const checkTimedMemory = (plan: Plan, limit: number = memoryLimit()): void => checkWithoutValues(plan, timedNeed, limit);

/** @throws WeftError (`memory`) when cycles alone need more than `limit`. */
export const checkCyclesMemory = (plan: Plan, limit: number = memoryLimit()): void => checkWithoutValues(plan, cyclesNeed, limit);

function checkWithoutValues(plan: Plan, needOf: (plan: Plan) => number, limit: number): void {
  const need = needOf(plan);
  if (need <= limit) return;
  const message = `the run needs about ${megabytes(need)} here even without values; ${megabytes(limit)} are free`;
  throw new WeftError('memory', message, smaller(plan, needOf, limit));
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
    ...smaller(plan, (changed) => memoryNeed(changed, keepsFloats).total, limit),
    ...others,
  ]);
}

/** Fewer tokens or rows that fit, with what they need. */
function smaller(plan: Plan, needOf: (plan: Plan) => number, limit: number): string[] {
  const { shape, rectangle, usedPes, weightBytes } = plan;
  const fewer = (part: number): Plan => ({
    ...plan,
    shape: { ...shape, m: Math.floor(shape.m * part) },
    usedPes: Math.ceil(usedPes * part),
    weightBytes: weightBytes * part,
    rectangle: { width: rectangle.width, height: Math.ceil(rectangle.height * part) },
  });
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
