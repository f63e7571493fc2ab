/**
 * Runs by the timing engine: cycles and values (timedValues), or cycles alone (timingOf), for which the weights are not read: no
 * program that it accepts takes its time from them.
 */
import { WeftError } from '../base/error.ts';
import { Declined } from '../engine/timing/declined.ts';
import { loadsThatDecide } from '../engine/timing/graph/initial.ts';
import { type Choices, evaluate, FEW_AGENTS, kindCyclesOf, type Timing } from '../engine/timing/timing.ts';
import { computeSinks } from '../engine/values/values.ts';
import { creatingWaveletEngine } from '../engine/wavelet.ts';
import type { Kernel, Plan, Problem } from '../kernels/types.ts';
import type { Program } from '../machine/program.ts';
import { validating } from '../machine/validate.ts';
import { type Matrix, matricesOf, matrixSize } from '../model/layer.ts';
import { FORMATS, type FormatId, rowBytes } from '../quant/formats.ts';
import { traceHashing } from '../trace/hash.ts';
import { KINDS, type Kind } from '../trace/schema.ts';
import { checkCyclesMemory, checkMemory, cyclesNeed, memoryLimit, memoryNeed } from './memory-need.ts';
import type { Progress, RunConfig, TimingResult } from './protocol.ts';
import { startingRecording } from './recording.ts';
import { type Around, advanceInSlices, freshPace, inSlices } from './slices.ts';

/** What is to be timed. */
export interface Untimed {
  readonly kernel: Kernel;
  readonly plan: Plan;
  /** The numbers of a program that has to be simulated. */
  readonly problem: (pause: Pause) => Promise<Problem>;
}

/** Awaited between slices of an evaluation, and before it; throws to stop it. */
export type Pause = () => Promise<void>;

/**
 * Times the plan's program; one that is declined, or has no room, is simulated if the choice is `auto`. `tell` hears what the
 * run needs and how far it is, and may throw to stop it.
 * @throws WeftError (`engine`) when the timing engine declines the program otherwise, (`memory`) when it does not fit, (`program`) when it gets stuck
 */
export async function timingOf(untimed: Untimed, { engine }: RunConfig, tell: (progress: Progress) => Promise<void>): Promise<TimingResult> {
  const { kernel, plan } = untimed;
  const estimate = kernel.estimate(plan);
  const expected = estimate.closedForm.cycles;
  const telling =
    (needs: number): Around['pause'] =>
    (cycle) =>
      tell({ phase: 'simulating', cycle, expected, needs });
  const known = { kernel: kernel.id, plan, estimate };
  try {
    checkCyclesMemory(plan);
    const pause = (): Promise<void> => telling(cyclesNeed(plan))(0);
    await pause();
    const { timing, ms } = await timeWithoutValues(untimed, pause, { keepsRows: false, ...costing(engine === 'auto') });
    const { way, cycles, evaluated } = timing;
    const traceHash = await inSlices(timing.hashing(), pause);
    const peCycles = byKind(await inSlices(timing.kindCycles(), pause));
    return { ...known, engine: 'timing', way, cycles, evaluated, peCycles, traceHash, simulationMs: ms };
  } catch (error) {
    if (engine !== 'auto' || !(error instanceof WeftError && ['engine', 'memory'].includes(error.field))) throw error;
    checkMemory(plan, false, memoryLimit(), []);
    return { ...known, ...(await simulatedTiming(untimed, telling(memoryNeed(plan, false).total))), declined: error.message };
  }
}

/** What a run on the wavelet engine says of a program that the timing engine declines. @throws ProgramError */
async function simulatedTiming({ kernel, plan, problem }: Untimed, at: Around['pause']): Promise<Omit<TimingResult, 'kernel' | 'plan' | 'estimate'>> {
  const pause = (): Promise<void> => at(0);
  const program = await inSlices(kernel.building(plan, await problem(pause)), pause);
  await inSlices(validating(program), pause);
  const recording = await inSlices(startingRecording(program, undefined), pause);
  const engine = await inSlices(creatingWaveletEngine(program, recording.recorder), pause);
  const pace = freshPace();
  await advanceInSlices(engine, pace, { pause: at });
  const trace = await recording.finish(engine.cycle, false, pause);
  const pes = program.width * program.height;
  const peCycles = byKind(await inSlices(kindCyclesOf(trace), pause));
  const traceHash = await inSlices(traceHashing(trace), pause);
  return { engine: 'wavelet', way: 'stepped', cycles: engine.cycle, evaluated: pes, peCycles, traceHash, simulationMs: pace.ms };
}

const byKind = (cycles: Float64Array): Record<Kind, number> => Object.fromEntries(KINDS.map((kind, i) => [kind, cycles[i]])) as Record<Kind, number>;

/** The timing of the plan's program without its values, with the rows of its trace or for its hash alone; the program, and the milliseconds of the evaluation. */
export async function timeWithoutValues(
  { kernel, plan }: Pick<Untimed, 'kernel' | 'plan'>,
  pause: Pause,
  choices?: Choices,
): Promise<{ readonly program: Program; readonly timing: Timing; readonly ms: number }> {
  const program = await inSlices(withoutWeights(kernel, plan), pause);
  await pause();
  const begin = performance.now();
  const timing = await timed(() => inSlices(evaluate(program, choices), pause));
  const ms = performance.now() - begin;
  refuseStuck(timing);
  return { program, timing, ms };
}

/** @throws WeftError (`program`) for a program that gets stuck */
function refuseStuck({ isStuck, cycles }: Timing): void {
  if (isStuck) throw new WeftError('program', `cycle ${cycles}: nothing can move any more`, ['use --engine wavelet, which says who waits for whom']);
}

/** Whether a run is to be timed where it can be. */
export const wantsTiming = ({ engine }: RunConfig): boolean => engine === 'timing' || engine === 'auto';

/** What an evaluation may cost: where the wavelet engine runs what is declined, hardly more than that. */
export const costing = (hasOther: boolean): Choices => (hasOther ? { mostArbitrating: FEW_AGENTS } : {});

/** The trace of a program and what its sinks receive. */
export interface TimedValues {
  readonly timing: Timing;
  readonly sinks: readonly Uint32Array[];
  readonly ms: number;
}

/**
 * A run by the timing engine with the values beside it.
 * @throws WeftError (`engine`) if it is declined, (`program`) if it gets stuck
 */
export async function timedValues(program: Program, pause: Pause, choices?: Choices): Promise<TimedValues> {
  await inSlices(validating(program), pause);
  const begin = performance.now();
  return timed(async () => {
    const timing = await inSlices(evaluate(program, choices), pause);
    refuseStuck(timing);
    const sinks = await inSlices(computeSinks(program, timing.wiring), pause);
    return { timing, sinks, ms: performance.now() - begin };
  });
}

/** What `time` gives; a declined program is an error of the engine that was chosen. */
async function timed<T>(time: () => Promise<T>): Promise<T> {
  try {
    return await time();
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    throw new WeftError('engine', error.message, ['use --engine wavelet, with values', 'use --engine auto']);
  }
}

/**
 * The plan's program, without what is loaded where no cycle hangs on that: on a whole wafer it is most of the program. Built
 * in here, as an async function would hold on to the whole one.
 */
function* withoutWeights(kernel: Kernel, plan: Plan): Generator<void, Program> {
  const program = yield* kernel.building(plan, withoutNumbers(plan));
  yield* validating(program);
  return { ...program, loads: loadsThatDecide(program) };
}

/** A problem of the plan's sizes whose numbers are all zero. Nothing writes them, so they take no memory. */
function withoutNumbers({ shape: { m, k, n, format, layer } }: Plan): Problem {
  const x = new Float32Array(n * k);
  if (layer === undefined) return { m, k, n, format, weights: zeros(format, m, k), x };
  const matrices = matricesOf(layer).map((name): [string, Matrix] => {
    const size = matrixSize(layer, name);
    return [name, { name, format: layer.formats[name], ...size, rows: zeros(layer.formats[name], size.m, size.k) }];
  });
  const gains = new Float32Array(layer.hidden);
  const norms = { attention: gains, feedForward: gains };
  return { m, k, n, format, weights: new Uint8Array(), x, layer, matrices: Object.fromEntries(matrices), norms };
}

const zeros = (format: string, m: number, k: number): Uint8Array => new Uint8Array(m * rowBytes(FORMATS[format as FormatId], k));
