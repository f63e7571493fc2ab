/** Holds the timing engine against the wavelet engine: both run a program, and every row of their traces is compared. */
import { type Engine, ProgramError } from '../../src/engine/engine.ts';
import { Declined } from '../../src/engine/timing/declined.ts';
import { type Timing, timeProgram } from '../../src/engine/timing/timing.ts';
import { createWaveletEngine } from '../../src/engine/wavelet.ts';
import { enumerateChannels } from '../../src/machine/channels.ts';
import type { Program } from '../../src/machine/program.ts';
import { traceHash } from '../../src/trace/hash.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { expandTrace, sharedHash } from '../../src/trace/shared.ts';
import { differenceOfTraces } from './compare.ts';

/** 'equal', the reason for which the program was declined, or the first difference. */
export function compareTiming(program: Program): { readonly verdict: string; readonly declined: boolean } {
  const timing = timedOrDeclined(program);
  if (timing instanceof Declined) return { verdict: `${timing.reason}: ${timing.where}`, declined: true };
  const { trace, error } = waveletTrace(program);
  if (error) return { verdict: `the wavelet engine fails: ${error.message}`, declined: false };
  if (trace.cycles !== timing.cycles) return { verdict: `cycles differ: ${trace.cycles} and ${timing.cycles}`, declined: false };
  const expanded = expandTrace(timing.trace);
  const difference = differenceOfTraces(trace, expanded);
  if (difference) return { verdict: difference, declined: false };
  const hashes = [traceHash(trace), traceHash(expanded), sharedHash(timing.trace)];
  return { verdict: new Set(hashes).size === 1 ? 'equal' : `hashes differ: ${hashes.join(', ')}`, declined: false };
}

export function timedOrDeclined(program: Program): Timing | Declined {
  try {
    return timeProgram(program);
  } catch (error) {
    if (error instanceof Declined) return error;
    throw error;
  }
}

function waveletTrace(program: Program): { readonly trace: Trace; readonly error: ProgramError | undefined } {
  const { width, height, sources, sinks } = program;
  const recorder = new Recorder(width * height, enumerateChannels(program), sources.length, sinks.length);
  const engine: Engine = createWaveletEngine(program, recorder);
  let error: ProgramError | undefined;
  try {
    engine.advance(Number.MAX_SAFE_INTEGER);
  } catch (thrown) {
    if (!(thrown instanceof ProgramError)) throw thrown;
    error = thrown;
  }
  return { trace: recorder.finish(width, height, engine.cycle), error };
}
