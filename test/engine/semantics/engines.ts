/** What the tests of this folder share: the engines they hold, a run of a program, and its trace in words. */
import { expect } from 'vitest';
import { type Engine, type EngineFactory, ProgramError } from '../../../src/engine/engine.ts';
import { createReferenceEngine } from '../../../src/engine/reference.ts';
import { createWaveletEngine } from '../../../src/engine/wavelet.ts';
import { enumerateChannels } from '../../../src/machine/channels.ts';
import type { Program } from '../../../src/machine/program.ts';
import { Recorder } from '../../../src/trace/recorder.ts';
import { KINDS, type Runs, type Trace } from '../../../src/trace/schema.ts';

/** The wavelet engine is held by these tests from the day it does the whole of docs/tick.md. */
const HELD: readonly string[] = ['reference', 'wavelet'];

export const ENGINES = (
  [
    ['reference', createReferenceEngine],
    ['wavelet', createWaveletEngine],
  ] as ReadonlyArray<readonly [string, EngineFactory]>
).filter(([name]) => HELD.includes(name));

export interface Ran {
  readonly engine: Engine;
  readonly trace: Trace;
  readonly cycles: number;
  /** Words each sink has received. */
  readonly sinks: readonly number[][];
}

/** Runs a program to its end. */
export function run(factory: EngineFactory, program: Program): Ran {
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = factory(program, recorder);
  engine.advance(1_000_000);
  expect(engine.finished).toBe(true);
  const sinks = program.sinks.map((_, i) => [...engine.sinkWords(i)]);
  return { engine, trace: recorder.finish(program.width, program.height, engine.cycle), cycles: engine.cycle, sinks };
}

/** The program error a run ends with, and the engine as it left it. */
export function failure(factory: EngineFactory, program: Program): { readonly error: ProgramError; readonly engine: Engine } {
  const engine = factory(program);
  try {
    engine.advance(1_000_000);
  } catch (error) {
    if (error instanceof ProgramError) return { error, engine };
    throw error;
  }
  throw new Error('the run ended without an error');
}

/** Ticks of a lane's events. */
export function ticks(runs: Runs, lane: number): number[] {
  const rows = [...runs.lane.keys()].filter((row) => runs.lane[row] === lane);
  return rows.flatMap((row) => Array.from({ length: runs.count[row] }, (_, i) => runs.begin[row] + i * runs.period[row]));
}

/** "compute 0-6" for every interval of a thread of a PE; 8 is main. */
export function spans(trace: Trace, pe: number, thread: number): string[] {
  const { intervals } = trace;
  const rows = [...intervals.pe.keys()].filter((row) => intervals.pe[row] === pe && intervals.thread[row] === thread);
  return rows.map((row) => `${KINDS[intervals.kind[row]]} ${intervals.begin[row]}-${intervals.end[row]}`);
}

/** `count` numbers from `from` on. */
export const upward = (count: number, from = 1): number[] => Array.from({ length: count }, (_, i) => from + i);

/** The bytes of 32-bit words. */
export const bytesOf = (words: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

/** 32-bit words of a PE's memory. */
export const wordsAt = (engine: Engine, pe: number, address: number, count: number): number[] => [
  ...new Uint32Array(engine.memory(pe, address, 4 * count).slice().buffer),
];
