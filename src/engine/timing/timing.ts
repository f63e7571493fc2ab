/**
 * The timing engine: the cycle of every event of a program from its timed event graph, not by stepping cycles. It computes no
 * values. Two ways, the first that is exact for the program:
 *
 * - `shared`: streams from the host through trees, results through chains, elements of one task. What PEs have in common is
 *   evaluated once (tree.ts, chains.ts), so a whole wafer takes as long as its longest path.
 * - `graph`: agent by agent, with threads, tasks, switches and ports that colors share (graph/graph.ts).
 *
 * What it accepts has the trace of the wavelet engine, row by row (test/engine/timing); the rest it declines.
 */
import { enumerateChannels } from '../../machine/channels.ts';
import type { Program } from '../../machine/program.ts';
import { traceHash } from '../../trace/hash.ts';
import { Recorder } from '../../trace/recorder.ts';
import type { Trace } from '../../trace/schema.ts';
import { expandTrace, type SharedTrace, sharedHash } from '../../trace/shared.ts';
import { MAX_TICK } from '../fabric-state.ts';
import { assembleTrace } from './assemble.ts';
import { type Chain, evaluateChains } from './chains.ts';
import { Declined } from './declined.ts';
import { evaluateGraph } from './graph/graph.ts';
import { sweepTrees, type Trees } from './tree.ts';

/** Which words come to which PEs, and how results leave. */
export interface Streams {
  /** Source of each PE's stream; undefined where all have the first. */
  readonly sourceOf: Int16Array | undefined;
  readonly chains: readonly Chain[];
}

export interface Timing {
  readonly way: 'shared' | 'graph';
  readonly cycles: number;
  /** Whether the run ends with something left that cannot move, or a sink without what it expects; `shared` programs never do. */
  readonly isStuck: boolean;
  /** The trace with shared lanes, where it was evaluated so. */
  readonly shared: SharedTrace | undefined;
  /** Which words go where, for values.ts; of `shared` programs. */
  readonly streams: Streams | undefined;
  /** What was evaluated for all PEs: passages of streams and chains of results, or agents. */
  readonly evaluated: number;
  /** The trace in columns. */
  trace(): Trace;
  /** Its traceHash. */
  hash(): string;
}

/** PEs of a graph at most: its queues and agents are objects, some kilobytes a PE. */
const MOST_AGENTS = 1 << 16;

/**
 * The timing of a program that validateProgram accepts.
 * @throws Declined with the reason why the wavelet engine has to run it
 */
export function timeProgram(program: Program): Timing {
  try {
    return timeShared(program);
  } catch (error) {
    if (!(error instanceof Declined) || program.width * program.height > MOST_AGENTS) throw error;
    return timeGraph(program);
  }
}

/** The first way alone. @throws Declined */
export function timeShared(program: Program): Timing {
  if ((program.host ?? []).length > 0) throw new Declined('host', 'the host does more than streaming');
  const trees = sweepTrees(program);
  const chains = evaluateChains(program, trees);
  const cycles = cyclesOf(trees, chains);
  if (cycles >= MAX_TICK) throw new Declined('error', `the run is longer than ${MAX_TICK} cycles`);
  const shared = assembleTrace(program, trees, chains, cycles);
  const evaluated = trees.passages.length - 1 + new Set(chains.map((chain) => chain.drained)).size;
  return {
    way: 'shared',
    cycles,
    isStuck: false,
    shared,
    streams: { sourceOf: trees.sourceOf, chains },
    evaluated,
    trace: () => expandTrace(shared),
    hash: () => sharedHash(shared),
  };
}

/** The second way alone. @throws Declined */
export function timeGraph(program: Program): Timing {
  const { width, height, sources, sinks } = program;
  const recorder = new Recorder(width * height, enumerateChannels(program), sources.length, sinks.length);
  const { cycles, isStuck, agents } = evaluateGraph(program, recorder);
  if (cycles >= MAX_TICK) throw new Declined('error', `the run is longer than ${MAX_TICK} cycles`);
  const trace = recorder.finish(width, height, cycles);
  return { way: 'graph', cycles, isStuck, shared: undefined, streams: undefined, evaluated: agents, trace: () => trace, hash: () => traceHash(trace) };
}

/** Rule 17: one past the last departure, or the end of the last issue; a task that ends at once counts as one cycle. */
function cyclesOf(trees: Trees, chains: readonly Chain[]): number {
  let cycles = trees.skeletons.some((skeleton) => skeleton !== null) ? 1 : 0;
  for (const { lastLeave, end } of trees.passages) cycles = Math.max(cycles, lastLeave + 1, end);
  for (const { begin, drained } of chains) cycles = Math.max(cycles, begin + drained.cycles);
  return cycles;
}
