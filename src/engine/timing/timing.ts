/**
 * The timing engine: the cycle of every event of a program from its timed event graph, not by stepping cycles. It computes no
 * values. Three ways, the first that is exact for the program:
 *
 * - `shared`: streams from the host through trees, results through chains or sums along fabric rows, elements of one task, for which
 *   a microthread may receive. What PEs have in common is evaluated once (tree.ts, chains.ts, reduce.ts), so a whole wafer takes as
 *   long as its longest path.
 * - `sweep`: the same programs where PEs differ and hold each other's streams up, word by word over all PEs (sweep/sweep.ts).
 * - `graph`: agent by agent, with any threads, tasks, switches and ports that colors share (graph/graph.ts); where many agents do
 *   the same, one of them for all (graph/alike.ts).
 *
 * What it accepts has the trace of the wavelet engine, row by row (test/engine/timing); the rest it declines.
 */
import { inOne, toEnd } from '../../base/pieces.ts';
import type { Program } from '../../machine/program.ts';
import { traceHashing } from '../../trace/hash.ts';
import { Recorder } from '../../trace/recorder.ts';
import type { Trace } from '../../trace/schema.ts';
import { expanding, type SharedTrace, sharedHash } from '../../trace/shared.ts';
import { sharedKindCycles } from '../../trace/shared-states.ts';
import { listing, SpanIndex } from '../../trace/span-index.ts';
import { MAX_TICK } from '../fabric-fields.ts';
import { Assembly } from './assemble.ts';
import { evaluateChains } from './chains.ts';
import { Declined } from './declined.ts';
import { type Alike, alone, findAlike, sharesAny } from './graph/alike.ts';
import { runGraph } from './graph/graph.ts';
import { numberingLanes } from './graph/lanes.ts';
import { Overtaken, Unlike } from './graph/queues.ts';
import { shareTrace } from './graph/share.ts';
import { Wires } from './graph/wires.ts';
import { evaluateReduces } from './reduce.ts';
import { StreamFacts } from './streams.ts';
import { numberingRunLanes } from './sweep/lane-numbers.ts';
import { sweepProgram } from './sweep/results.ts';
import { RowColumns, RowHashes } from './sweep/rows.ts';
import { sweepTrees, type Trees } from './tree.ts';
import type { Wiring } from './wiring.ts';

export interface Timing {
  readonly way: 'shared' | 'sweep' | 'graph';
  readonly cycles: number;
  /** Whether the run ends with something left that cannot move, or a sink without what it expects; only of `graph` programs. */
  readonly isStuck: boolean;
  /** The trace with shared lanes, where it was evaluated so. */
  readonly shared: SharedTrace | undefined;
  /** Which words go where, for values.ts; not of `graph` programs, nor where PEs take words of others. */
  readonly wiring: Wiring | undefined;
  /** What was evaluated for all PEs: passages of streams and chains of results; words and chains; agents, those that are alike once. */
  readonly evaluated: number;
  /** Lanes of the trace that differ by more than a shift in time, of `sweep` programs. */
  distinct(): number | undefined;
  /** PE-cycles by what the PEs did in them (trace/states.ts), idle ones left out; in pieces. */
  kindCycles(): Generator<void, Float64Array>;
  /** The trace in columns, in pieces; of `sweep` programs evaluated once more. @throws RangeError if it has too many rows */
  tracing(): Generator<void, Trace>;
  /** Its traceHash, in pieces. */
  hashing(): Generator<void, string>;
}

/** PEs of a graph at most: its queues and agents are objects, some kilobytes a PE. */
export const MOST_AGENTS = 1 << 16;

/**
 * PEs of a graph that differ at most where routers arbitrate and nobody insists on this engine: each word waits for its turn then, which
 * takes ten times as long as the wavelet engine and more.
 */
export const FEW_AGENTS = 1 << 10;

/** How a program is evaluated. */
export interface Choices {
  /**
   * Whether departures in chains of results are kept; if not they are hashed at once: then `shared` is not there, and `tracing` evaluates
   * once more.
   */
  readonly keepsRows?: boolean;
  /** PEs at most that are evaluated agent by agent and differ, where routers arbitrate. */
  readonly mostArbitrating?: number;
}

/** Rows of a trace in columns at most: 20 B each, and twice as much while they are put in order. */
const MOST_ROWS = 2 ** 24;

/** An evaluation that yields now and then, so that somebody can stop it. */
export type Evaluation = Generator<void, Timing>;

/**
 * The timing of a program that validateProgram accepts.
 * @throws Declined with the reason why the wavelet engine has to run it
 */
export const timeProgram = (program: Program): Timing => toEnd(evaluate(program));
/** The first way alone; without `mayRepeat` tokens that are alike are evaluated every time. @throws Declined */
export const timeShared = (program: Program, mayRepeat = true): Timing => toEnd(evaluateShared(toEnd(StreamFacts.of(program, mayRepeat))));
/** The same, of which no rows of chains are kept. @throws Declined */
export const timeHashed = (program: Program): Timing => toEnd(evaluateShared(factsOf(program), false));
/** The second way alone; without jumps it sweeps every period. @throws Declined */
export const timeSwept = (program: Program, mayJump = true): Timing => toEnd(evaluateSwept(factsOf(program), mayJump));
/** The third way alone. @throws Declined */
export const timeGraph = (program: Program): Timing => toEnd(evaluateGraph(program));

const factsOf = (program: Program): StreamFacts => toEnd(StreamFacts.of(program));

/** What timeProgram does, in pieces. @throws Declined */
export function* evaluate(program: Program, { keepsRows = true, mostArbitrating = MOST_AGENTS }: Choices = {}): Evaluation {
  let declined: Declined;
  try {
    return yield* evaluateStreams(yield* StreamFacts.of(program), keepsRows);
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    declined = error;
  }
  const tooMany = (most: number): Declined => new Declined(declined.reason, `${declined.where}; agent by agent at most ${most} PEs are timed`);
  if (program.width * program.height > MOST_AGENTS) throw tooMany(MOST_AGENTS);
  const wires = yield* Wires.of(program);
  const kinds = yield* findAlike(wires);
  if (declined.reason === 'arbitration' && kinds.elements.count > mostArbitrating) throw tooMany(mostArbitrating);
  return yield* evaluateAgents(wires, kinds);
}

function* evaluateStreams(facts: StreamFacts, keepsRows: boolean): Evaluation {
  try {
    return yield* evaluateShared(facts, keepsRows);
  } catch (error) {
    // What a sweep has no rule for either is declined for what kept its PEs from sharing.
    const isSwept = facts.thread < 0 && !facts.reduces;
    if (!(isSwept && error instanceof Declined && error.reason === 'backpressure')) throw error;
  }
  return yield* evaluateSwept(facts);
}

function* evaluateShared(facts: StreamFacts, keepsRows = true): Evaluation {
  const { program } = facts;
  const trees = yield* sweepTrees(facts);
  const assembly = new Assembly(program, trees, keepsRows);
  const chains: Wiring['chains'][number][] = [];
  let cycles = cyclesOf(trees);
  if (facts.reduces)
    yield* evaluateReduces(program, trees, (row) => {
      assembly.addRow(row);
      cycles = Math.max(cycles, row.begin + row.reduced.trace.cycles);
    });
  for (const chain of facts.reduces ? [] : evaluateChains(program, trees)) {
    yield;
    if (!chain) continue;
    const { sink, line, shift, begin, drained } = chain;
    yield* assembly.adding(chain);
    chains.push({ sink, line, shift, order: drained.order });
    cycles = Math.max(cycles, begin + drained.cycles);
  }
  const shared = yield* assembly.trace(checked(cycles));
  return {
    way: 'shared',
    cycles,
    isStuck: false,
    wiring: facts.reduces ? undefined : { sourceOf: trees.sourceOf, chains },
    evaluated: trees.passages.length - 1 + assembly.distinct,
    distinct: () => undefined,
    ...ofShared(shared),
    ...(!keepsRows && { shared: undefined, tracing: () => tracingOnceMore(facts) }),
  };
}

function* tracingOnceMore(facts: StreamFacts): Generator<void, Trace> {
  return yield* (yield* evaluateShared(facts)).tracing();
}

function* evaluateSwept(facts: StreamFacts, mayJump = true): Evaluation {
  const { program, thread, reduces } = facts;
  if (reduces) throw new Declined('relay', 'PEs that hold each other up take words of others');
  if (thread >= 0) throw new Declined('threads', 'PEs that hold each other up receive by microthreads');
  const lanes = yield* numberingRunLanes(program);
  const { counts } = lanes;
  const rows = new RowHashes(counts, program.classOf.length);
  const { cycles, wiring, evaluated } = yield* sweepProgram(facts, lanes, rows, mayJump);
  checked(cycles);
  function* tracing(): Generator<void, Trace> {
    if (rows.rows > MOST_ROWS) throw new RangeError(`a trace of ${rows.rows} rows that PEs do not share`);
    const columns = new RowColumns(counts);
    yield* sweepProgram(facts, yield* numberingRunLanes(program), columns, mayJump);
    return yield* columns.trace(program, cycles);
  }
  return {
    ...{ way: 'sweep', cycles, isStuck: false, shared: undefined, wiring, evaluated, tracing },
    distinct: () => rows.distinct,
    kindCycles: () => inOne(() => rows.kindCycles),
    hashing: () => rows.hash(program, cycles),
  };
}

function* evaluateGraph(program: Program): Evaluation {
  const wires = yield* Wires.of(program);
  return yield* evaluateAgents(wires, yield* findAlike(wires));
}

function* evaluateAgents(wires: Wires, alike: Alike): Evaluation {
  let kinds = alike;
  for (let ahead = AHEAD; ; ) {
    try {
      const timing = yield* evaluateKinds(wires, kinds, ahead);
      const isExact = ahead === 0 && !sharesAny(kinds);
      if (!timing.isStuck || isExact) return timing;
      [kinds, ahead] = [alone(kinds), 0];
    } catch (error) {
      if (error instanceof Unlike) kinds = alone(kinds);
      else if (error instanceof Overtaken) ahead = 0;
      else throw error;
    }
  }
}

/** Words that routers of a stream go ahead. */
const AHEAD = 252;

/** The graph with one agent for all that are alike. @throws Declined, Unlike, Overtaken */
function* evaluateKinds(wires: Wires, alike: Alike, ahead: number): Evaluation {
  const { width, height, sources, sinks } = wires.program;
  const lanes = yield* numberingLanes(wires, alike);
  const counts = { count: lanes.fifos, inputCount: lanes.inputs, outputCount: lanes.outputs };
  const recorder = new Recorder(alike.elements.count, counts, sources.length, sinks.length);
  const { cycles, isStuck, agents } = yield* runGraph(wires, alike, lanes, recorder, ahead);
  const trace = yield* recorder.finishing(width, height, checked(cycles));
  const known = { way: 'graph', cycles, isStuck, wiring: undefined, evaluated: agents, distinct: () => undefined } as const;
  if (sharesAny(alike)) return { ...known, ...ofShared(yield* shareTrace(wires, alike, lanes, trace)) };
  return {
    ...known,
    shared: undefined,
    kindCycles: () => kindCyclesOf(trace),
    tracing: () => inOne(() => trace),
    hashing: () => traceHashing(trace),
  };
}

/** What a timing gives of a trace whose lanes share rows. */
const ofShared = (shared: SharedTrace): Pick<Timing, 'shared' | 'kindCycles' | 'tracing' | 'hashing'> => ({
  shared,
  kindCycles: () => sharedKindCycles(shared),
  tracing: () => expanding(shared),
  hashing: () => sharedHash(shared),
});

function checked(cycles: number): number {
  if (cycles >= MAX_TICK) throw new Declined('error', `the run is longer than ${MAX_TICK} cycles`);
  return cycles;
}

/** PE-cycles by what the PEs did in them (trace/states.ts), idle ones left out; in pieces. */
export function* kindCyclesOf({ intervals, width, height }: Trace): Generator<void, Float64Array> {
  const pes = width * height;
  return yield* SpanIndex.ofIntervals(intervals, pes, yield* listing(intervals, pes)).stateCycles();
}

/** Rule 17: one past the last departure, or the end of the last issue; a task that ends at once counts as one cycle. */
function cyclesOf({ facts, passages }: Trees): number {
  const least = facts.skeletons.some((skeleton) => skeleton !== null) ? 1 : 0;
  return passages.reduce((cycles, { lastLeave, end }) => Math.max(cycles, lastLeave + 1, end), least);
}
