/** Holds the timing engine against the wavelet engine: both run a program, and every row of their traces is compared, and every value that is left. */

import { toEnd } from '../../src/base/pieces.ts';
import { type Engine, ProgramError } from '../../src/engine/engine.ts';
import { Declined } from '../../src/engine/timing/declined.ts';
import { kindCyclesOf, type Timing, timeProgram } from '../../src/engine/timing/timing.ts';
import { computeSinks, computeValues } from '../../src/engine/values/values.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Program } from '../../src/machine/program.ts';
import { traceHash } from '../../src/trace/hash.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { differenceOfTraces } from './compare.ts';
import { shrink, sizeOf } from './shrink.ts';

/** 'equal', or 'stuck' where both are equal up to an end in which nothing can move; the reason for declining; or the first difference. */
export function compareTiming(program: Program, time: (program: Program) => Timing = timeProgram): string {
  let timing: Timing;
  try {
    timing = time(program);
  } catch (error) {
    if (error instanceof Declined) return `declined: ${error.reason}, ${error.where}`;
    throw error;
  }
  const { trace, error, engine } = waveletTrace(program);
  const isStuck = error !== undefined && /nothing can move|the run is over/.test(error.message);
  if (error && !isStuck) return `missed: ${error.message}`;
  if (isStuck !== timing.isStuck) return `stuck: ${isStuck} and ${timing.isStuck}`;
  if (trace.cycles !== timing.cycles) return `cycles differ: ${trace.cycles} and ${timing.cycles}`;
  const own = toEnd(timing.tracing());
  const hash = toEnd(timing.hashing());
  const difference = differenceOfTraces(trace, own);
  if (difference) return difference;
  const hashes = [trace, own].map(traceHash);
  if (hashes[0] !== hashes[1] || hashes[0] !== hash) return `hashes differ: ${hashes.join(', ')}, ${hash}`;
  const kinds = [kindCyclesOf(trace), timing.kindCycles()].map((counting) => toEnd(counting).join());
  if (kinds[0] !== kinds[1]) return `PE-cycles differ: ${kinds.join(' and ')}`;
  if (isStuck) return 'stuck';
  return differenceOfValues(program, timing, engine) ?? 'equal';
}

/** The first difference of what a run leaves: words at sinks, bytes of PEs, bytes copied out. */
function differenceOfValues(program: Program, timing: Timing, engine: Engine): string | undefined {
  const sinks = toEnd(computeSinks(program, timing.wiring));
  const sink = sinks.findIndex((words, i) => words.join() !== engine.sinkWords(i).join());
  if (sink >= 0) return `sink ${sink} receives ${engine.sinkWords(sink).join()} and ${sinks[sink].join()}`;
  const values = toEnd(computeValues(program));
  for (const [pe, c] of program.classOf.entries()) {
    for (const { name, address, bytes } of program.classes[c].tasks.length > 0 ? program.classes[c].memory : []) {
      if (address < program.machine.codeReserve) continue;
      if (!areEqual(engine.memory(pe, address, bytes), values.memory(pe, address, bytes))) return `PE ${pe} holds other bytes in ${name}`;
    }
  }
  const step = (program.host ?? []).findIndex(({ kind }, i) => kind === 'copyOut' && !areEqual(engine.copied(i), values.copied[i]));
  return step < 0 ? undefined : `step ${step} copies other bytes`;
}

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** What compareTiming says of a program that is right: equal, or not timed. */
const RIGHT = /^(equal|stuck|declined: .*)$/;

/** The same verdict; of a difference with the smallest program that shows one (shrink.ts). */
export function verdictOf(program: Program, time: (program: Program) => Timing = timeProgram): string {
  const verdict = compareTiming(program, time);
  if (RIGHT.test(verdict)) return verdict;
  const smallest = shrink(program, (candidate) => !RIGHT.test(safely(candidate, time)));
  const { pes, instructions, words } = sizeOf(smallest);
  const code = smallest.classes.filter(({ tasks }) => tasks.some((task) => task.code.length > 0)).map(({ name, tasks }) => ({ name, tasks }));
  return `${verdict}; the smallest (${pes} PEs, ${instructions} instructions, ${words} words): ${safely(smallest, time)}; ${JSON.stringify(code)}`;
}

/** The verdict, or what is thrown on the way to it. */
function safely(program: Program, time: (program: Program) => Timing): string {
  try {
    return compareTiming(program, time);
  } catch (error) {
    return `thrown: ${error}`;
  }
}

/** The trace of a run by the wavelet engine, up to its end or its error. */
export function waveletTrace(program: Program): { readonly trace: Trace; readonly error: ProgramError | undefined; readonly engine: Engine } {
  const { width, height, sources, sinks } = program;
  const recorder = new Recorder(width * height, enumerateChannels(program), sources.length, sinks.length);
  const engine = createWaveletEngine(program, recorder);
  let error: ProgramError | undefined;
  try {
    engine.advance(Number.MAX_SAFE_INTEGER);
  } catch (thrown) {
    if (!(thrown instanceof ProgramError)) throw thrown;
    error = thrown;
  }
  return { trace: recorder.finish(width, height, error?.cycle ?? engine.cycle), error, engine };
}
