/** Trace files for tests: a program run with a recorder that writes while it runs, and the same run kept in memory. */
import { type Engine, type EngineFactory, ProgramError } from '../../src/engine/engine.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Program } from '../../src/machine/program.ts';
import { cutTrace } from '../../src/trace/cut.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { TraceWriter } from '../../src/trace/writer.ts';

export const MODEL = 'test';
/** A run that takes longer than this many cycles is cut here. */
const LIMIT = 20_000;

const recorderOf = (program: Program, writer?: TraceWriter): Recorder =>
  new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length, writer);

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => {
    all.set(piece, at);
    return at + piece.length;
  }, 0);
  return all;
}

/** The cycle at which a run is over: its last, that of its error, or the limit. */
function runTo(engine: Engine, next: (cycle: number) => number, after: () => void): number {
  try {
    while (!engine.finished && engine.cycle < LIMIT) {
      engine.advance(Math.min(LIMIT, next(engine.cycle)));
      after();
    }
  } catch (error) {
    if (error instanceof ProgramError) return error.cycle;
    throw error;
  }
  return engine.cycle;
}

/** The trace as it is kept in memory. */
export function inMemory(program: Program, factory: EngineFactory): Trace {
  const recorder = recorderOf(program);
  const engine = factory(program, recorder);
  const cycles = runTo(
    engine,
    () => LIMIT,
    () => {},
  );
  return cutTrace(recorder.finish(program.width, program.height, cycles), cycles);
}

export interface Written {
  readonly bytes: Uint8Array;
  /** The most closed rows that ever waited for a drain, and the most that were left after one. */
  readonly waiting: number;
  readonly left: number;
}

/** The file, written while the run goes on in pieces of `pace` cycles, drained after each, or only when enough rows wait. */
export function written(program: Program, factory: EngineFactory, pace: number, chunkRows?: number, whenFull = false): Written {
  const pieces: Uint8Array[] = [];
  const recorder = recorderOf(program, new TraceWriter(program, MODEL, (bytes) => pieces.push(bytes), chunkRows));
  const engine = factory(program, recorder);
  let [waiting, left] = [0, 0];
  const cycles = runTo(
    engine,
    (cycle) => cycle + pace,
    () => {
      waiting = Math.max(waiting, recorder.waiting);
      if (whenFull && !recorder.isFull) return;
      engine.tell();
      recorder.drain(engine.cycle);
      left = Math.max(left, recorder.waiting);
    },
  );
  recorder.end(cycles);
  return { bytes: joined(pieces), waiting, left };
}
