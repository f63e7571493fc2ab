/**
 * Runs two engines on one program and says in one sentence where they first differ: in the error, the cycle count, the
 * trace, what sinks received, final memories, and state hashes at random cycles reached in pieces and through snapshots.
 */
import { rng } from '../../src/base/rng.ts';
import { type Engine, type EngineFactory, type PeState, ProgramError } from '../../src/engine/engine.ts';
import { dataRange } from '../../src/engine/faults.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import { peName } from '../../src/machine/fabric.ts';
import type { Program } from '../../src/machine/program.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';

/** A run that takes longer than this many cycles counts as endless. */
const LIMIT = 50_000;
/** So many random cycles have their state hashes compared. */
const STOPS = 4;

export type Outcome = 'finished' | 'stuck' | 'collision' | 'fault' | 'endless';

export interface Comparison {
  readonly outcome: Outcome;
  readonly cycles: number;
  /** The first difference, or undefined if the engines agree on everything. */
  readonly difference: string | undefined;
}

interface Run {
  readonly engine: Engine;
  readonly outcome: Outcome;
  readonly message: string;
  /** Cycle at which the run ended, or the error's. */
  readonly cycles: number;
  readonly trace: Trace;
}

export function runBoth(program: Program, factories: readonly [EngineFactory, EngineFactory], seed = 1): Comparison {
  const [a, b] = factories.map((factory) => run(program, factory));
  const { cycles } = a;
  const difference = differenceOfEnds(program, a, b) ?? differenceOnTheWay(program, factories, cycles, seed);
  return { outcome: a.outcome, cycles, difference: difference && `${difference}\n${firstState(program, factories, Math.max(cycles, b.cycles))}` };
}

function run(program: Program, factory: EngineFactory): Run {
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = factory(program, recorder);
  let error: ProgramError | undefined;
  try {
    engine.advance(LIMIT);
  } catch (thrown) {
    if (!(thrown instanceof ProgramError)) throw thrown;
    error = thrown;
  }
  const message = error?.message ?? '';
  const cycles = error?.cycle ?? engine.cycle;
  return { engine, outcome: outcomeOf(engine, message), message, cycles, trace: recorder.finish(program.width, program.height, engine.cycle) };
}

function outcomeOf(engine: Engine, message: string): Outcome {
  if (message === '') return engine.finished ? 'finished' : 'endless';
  if (message.includes('collides')) return 'collision';
  return message.includes('nothing can move') || message.includes('the run is over') ? 'stuck' : 'fault';
}

function differenceOfEnds(program: Program, a: Run, b: Run): string | undefined {
  if (a.message !== b.message) return `errors differ: "${a.message}" and "${b.message}"`;
  if (a.cycles !== b.cycles) return `cycles differ: ${a.cycles} and ${b.cycles}`;
  if (a.outcome !== b.outcome) return `outcomes differ: ${a.outcome} and ${b.outcome}`;
  if (a.outcome === 'stuck') return differenceOfTraces(a.trace, b.trace);
  return a.outcome === 'finished' ? (differenceOfTraces(a.trace, b.trace) ?? differenceOfResults(program, a.engine, b.engine)) : undefined;
}

export function differenceOfTraces(a: Trace, b: Trace): string | undefined {
  for (const table of ['intervals', 'moves', 'uses', 'sends', 'hostIn', 'hostOut', 'hostSteps'] as const) {
    if (sameColumns(a[table], b[table])) continue;
    const [left, right] = [rows(a[table]), rows(b[table])];
    const at = left.findIndex((row, i) => row !== right[i]);
    if (at >= 0 || left.length !== right.length) {
      const row = at >= 0 ? at : left.length;
      return `trace ${table}, row ${row} of ${left.length} and ${right.length}: ${left[row]} and ${right[row]}`;
    }
  }
  return undefined;
}

function sameColumns(a: object, b: object): boolean {
  const [left, right] = [Object.values(a), Object.values(b)] as ArrayLike<number>[][];
  return left.every((column, c) => {
    if (column.length !== right[c].length) return false;
    for (let i = 0; i < column.length; i++) if (column[i] !== right[c][i]) return false;
    return true;
  });
}

/** Every row of a table of columns as text. */
function rows(columns: object): string[] {
  const entries = Object.entries(columns) as [string, ArrayLike<number>][];
  return Array.from({ length: entries[0][1].length }, (_, i) => entries.map(([name, column]) => `${name} ${column[i]}`).join(', '));
}

function differenceOfResults(program: Program, a: Engine, b: Engine): string | undefined {
  for (const [i, sink] of program.sinks.entries()) {
    const [left, right] = [a.sinkWords(i).join(), b.sinkWords(i).join()];
    if (left !== right) return `sink ${sink.name} has received ${left} and ${right}`;
  }
  for (const [i, step] of (program.host ?? []).entries()) {
    const [left, right] = [a.copied(i).join(), b.copied(i).join()];
    if (left !== right) return `host step ${step.name} has copied ${left} and ${right}`;
  }
  for (let pe = 0; pe < program.width * program.height; pe++) {
    const difference = differenceOfMemory(program, a, b, pe);
    if (difference) return difference;
  }
  return undefined;
}

/** Data memory only: engines need not keep the code reserve. */
function differenceOfMemory(program: Program, a: Engine, b: Engine, pe: number): string | undefined {
  const { from, to } = dataRange(program.classes[program.classOf[pe]], program.machine);
  const [left, right] = [a.memory(pe, from, to - from), b.memory(pe, from, to - from)];
  const at = left.findIndex((byte, i) => byte !== right[i]);
  if (at < 0 && left.length === right.length) return undefined;
  return `byte ${from + at} of ${peName(pe, program.width)} is ${left[at]} and ${right[at]}`;
}

/** Advances fresh engines in random pieces, at one of them on, back through a snapshot and on again, and compares hashes. */
function differenceOnTheWay(program: Program, factories: readonly [EngineFactory, EngineFactory], cycles: number, seed: number): string | undefined {
  const random = rng(seed ^ 0x5eed);
  const stops = Array.from({ length: STOPS }, () => random.below(Math.max(1, cycles))).sort((x, y) => x - y);
  const last = stops[STOPS - 1];
  const engines = factories.map((factory) => factory(program));
  const back = random.below(STOPS);
  for (const [i, stop] of stops.entries()) {
    const history = i > back ? ` (after going on from ${stops[back]} to ${last} and back)` : '';
    const hashes = engines.map((engine) => hashAt(engine, stop));
    if (hashes[0] !== hashes[1]) return `at cycle ${stop}${history} the engines have ${hashes[0]} and ${hashes[1]}`;
    if (i === back) for (const engine of engines) comeBack(engine, last);
  }
  return undefined;
}

/** The state hash at a cycle before the end, or what happened instead. */
function hashAt(engine: Engine, cycle: number): string {
  try {
    engine.advance(cycle);
  } catch (error) {
    return `the error "${String(error)}"`;
  }
  return engine.cycle === cycle ? `state hash ${engine.stateHash()}` : `stopped at cycle ${engine.cycle}`;
}

/** Goes on to `cycle` and returns through a snapshot. */
function comeBack(engine: Engine, cycle: number): void {
  const snapshot = engine.snapshot();
  engine.advance(cycle);
  engine.restore(snapshot);
}

/** Steps both engines cycle by cycle to the first state that differs, and describes it. */
function firstState(program: Program, factories: readonly [EngineFactory, EngineFactory], cycles: number): string {
  const [a, b] = factories.map((factory) => factory(program));
  for (let cycle = 0; cycle <= cycles; cycle++) {
    for (const engine of [a, b]) {
      try {
        engine.advance(cycle);
      } catch (error) {
        return `states are equal up to cycle ${cycle - 1}; then: ${String(error)}`;
      }
    }
    if (a.stateHash() === b.stateHash()) continue;
    const differences = Array.from({ length: program.width * program.height }, (_, pe) => {
      const [left, right] = [inWords(a.inspect(pe)), inWords(b.inspect(pe))];
      return left === right ? differenceOfMemory(program, a, b, pe) : `${peName(pe, program.width)}:\n  ${left}\n  ${right}`;
    });
    const seen = differences.filter((text) => text !== undefined);
    return `states differ first at cycle ${cycle}: ${seen.length > 0 ? seen.join('\n') : 'in what inspect() does not show'}`;
  }
  return 'states are equal in every cycle';
}

function inWords(state: PeState): string {
  const threads = state.threads.map((t) => `thread ${t.thread}: task ${t.task} at ${t.instruction}, ${t.position} done, mark ${t.mark}`);
  const fifos = state.fifos.map((f) => `${f.port}/${f.color}: ${f.words.join(' ')}`);
  return `${threads.join('; ')} | r ${state.registers.join(' ')} | in ${state.inputs.map((q) => q.join(' ')).join(', ')} | ${fifos.join(', ')} | ${state.positions.join(' ')}`;
}
