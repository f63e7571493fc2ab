/**
 * Runs by the timing engine: cycles and values (timedValues), or cycles alone (timingOf), for which the weights are not read: no
 * program that it accepts takes its time from them.
 */
import { WeftError } from '../base/error.ts';
import { Declined } from '../engine/timing/declined.ts';
import { needsLoads } from '../engine/timing/graph/initial.ts';
import { type Timing, timeProgram } from '../engine/timing/timing.ts';
import { computeSinks } from '../engine/values/values.ts';
import type { Kernel, Plan, Problem } from '../kernels/types.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { validateProgram } from '../machine/validate.ts';
import { FORMATS, type FormatId, rowBytes } from '../quant/formats.ts';
import { KINDS, type Kind } from '../trace/schema.ts';
import type { RunConfig, TimingResult } from './protocol.ts';

/**
 * Times the plan's program; `problem` gives the numbers of kernels that map a layer.
 * @throws WeftError (`engine`) when the timing engine declines the program, (`program`) when it gets stuck
 */
export async function timingOf(kernel: Kernel, plan: Plan, problem: () => Promise<Problem>): Promise<TimingResult> {
  const estimate = kernel.estimate(plan);
  const { timing, ms } = await timeWithoutValues(kernel, plan, problem);
  const { way, cycles, evaluated } = timing;
  const kinds = timing.kindCycles();
  const peCycles = Object.fromEntries(KINDS.map((kind, i) => [kind, kinds[i]])) as Record<Kind, number>;
  return { kernel: kernel.id, plan, estimate, engine: 'timing', way, cycles, evaluated, peCycles, traceHash: timing.hash(), simulationMs: ms };
}

/** The timing of the plan's program without its values, the program, and the milliseconds of the evaluation. `ready` is awaited before it. */
export async function timeWithoutValues(
  kernel: Kernel,
  plan: Plan,
  problem: () => Promise<Problem>,
  ready: () => Promise<void> = async () => {},
): Promise<{ readonly program: Program; readonly timing: Timing; readonly ms: number }> {
  const program = withoutWeights(kernel.build(plan, kernel.takes === 'layer' ? await problem() : withoutNumbers(plan)));
  await ready();
  const begin = performance.now();
  const timing = timed(() => timeProgram(program));
  const ms = performance.now() - begin;
  if (timing.isStuck)
    throw new WeftError('program', `cycle ${timing.cycles}: nothing can move any more`, ['use --engine wavelet, which says who waits for whom']);
  return { program, timing, ms };
}

/** Whether a run is to be timed where it can be. */
export const wantsTiming = ({ engine }: RunConfig): boolean => engine === 'timing' || engine === 'auto';

const VALUES_FIXES = ['leave the values out (--timing-only)', 'use --engine auto'];

/** The trace of a program and what its sinks receive. */
export interface TimedValues {
  readonly timing: Timing;
  readonly sinks: readonly Uint32Array[];
  readonly ms: number;
}

/**
 * A run by the timing engine with the values beside it; undefined if it is declined and the choice is `auto`.
 * @throws WeftError (`engine`) if it is declined otherwise
 */
export function timedValues(program: Program, { engine }: RunConfig): TimedValues | undefined {
  validateProgram(program);
  const begin = performance.now();
  try {
    return timed(() => {
      const timing = timeProgram(program);
      if (!timing.wiring) throw new WeftError('engine', 'the timing engine gives this program its cycles, but no values', VALUES_FIXES);
      return { timing, sinks: computeSinks(program, timing.wiring), ms: performance.now() - begin };
    });
  } catch (error) {
    if (engine === 'auto' && error instanceof WeftError) return undefined;
    throw error;
  }
}

/** What `time` gives; a declined program is an error of the engine that was chosen. */
function timed<T>(time: () => T): T {
  try {
    return time();
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    throw new WeftError('engine', error.message, ['use --engine wavelet', 'use --engine auto']);
  }
}

/** A valid program without what is loaded, which on a whole wafer is most of it, where no cycle hangs on that. */
function withoutWeights(program: Program): Program {
  validateProgram(program);
  return needsLoads(program) ? program : withoutLoads(program);
}

/** A product of the plan's sizes whose numbers are all zero. Nothing writes them, so they take no memory. */
function withoutNumbers({ shape }: Plan): Problem {
  const { m, k, n, format } = shape;
  return { m, k, n, format, weights: new Uint8Array(m * rowBytes(FORMATS[format as FormatId], k)), x: new Float32Array(n * k) };
}
