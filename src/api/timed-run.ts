/**
 * Runs that are timed and nothing else: cycles, trace and every number that follows from the trace, but no values. For whoever
 * wants to look at a run that is too large to be simulated with values, a whole wafer above all.
 */
import { lookingAhead } from '../analysis/ahead.ts';
import { checkingConservation } from '../analysis/conservation.ts';
import { computingMetrics } from '../analysis/metrics.ts';
import type { Timing } from '../engine/timing/timing.ts';
import type { Estimate, Kernel, Plan } from '../kernels/types.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { syntheticName } from '../model/synthetic.ts';
import { reading } from '../trace/reader.ts';
import { type AnyTrace, columning } from '../trace/shared-columns.ts';
import { checkTimedMemory, type MemoryNeed, memoryLimit, timedNeed } from './memory-need.ts';
import { MODEL_VERSION, MOST_PE_CYCLES, type PlanSummary, type Prices, type Progress, type RunConfig, type TimedRun } from './protocol.ts';
import { inSlices } from './slices.ts';
import { costing, timeWithoutValues } from './timing.ts';

/** The engine of a run for which none is chosen: the wavelet engine where it fits into memory and into a minute. */
export function autoEngine({ rectangle }: Plan, { closedForm }: Estimate, need: MemoryNeed): PlanSummary['auto'] {
  const peCycles = rectangle.width * rectangle.height * closedForm.cycles;
  return need.total <= memoryLimit() && peCycles <= MOST_PE_CYCLES ? 'wavelet' : 'timing';
}

/** What is known of the run before it is timed. */
export interface ToTime {
  readonly config: RunConfig;
  readonly kernel: Kernel;
  readonly plan: Plan;
  readonly prices: Prices;
  readonly attribution: string;
  /** Bytes that the results would need. */
  readonly resultsMemory: number;
}

/**
 * Times a run, told between the steps by `pause`, which may throw to stop it.
 * @throws WeftError (`memory`) if it does not fit, (`engine`) if the timing engine declines the program, (`program`) if it gets stuck
 */
export async function timedRun(toTime: ToTime, pause: (progress: Progress) => Promise<void>): Promise<TimedRun> {
  const { kernel, plan } = toTime;
  const expected = kernel.estimate(plan).closedForm.cycles;
  checkTimedMemory(plan);
  await pause({ phase: 'placing', cycle: 0, expected, needs: timedNeed(plan) });
  const simulating = (): Promise<void> => pause({ phase: 'simulating', cycle: 0, expected });
  const { program, timing, ms } = await timeWithoutValues({ kernel, plan }, simulating, costing(toTime.config.engine !== 'timing'));
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: timing.cycles, expected });
  await checking();
  return inSlices(timedResult(toTime, program, timing, ms), checking);
}

/** All that is computed of a run when it is over; `ms` is what it took. */
function* timedResult({ kernel, plan, resultsMemory, ...about }: ToTime, program: Program, timing: Timing, ms: number): Generator<void, TimedRun> {
  const trace: AnyTrace = timing.shared ? yield* columning(timing.shared) : yield* timing.tracing();
  const stripped = withoutLoads(program);
  const reader = yield* reading(stripped, trace);
  yield;
  const { weightBytes, usedPes, macRate } = plan;
  const work = { weightBytes, usedPes, macRate, macs: kernel.macs(plan, program) };
  yield;
  const rows = kernel.rowMap(plan);
  yield;
  return {
    ...about,
    title: titleOf(about.config, plan),
    engine: 'timing',
    modelVersion: MODEL_VERSION,
    plan,
    rows,
    estimate: kernel.estimate(plan),
    program: stripped,
    trace,
    traceHash: yield* timing.hashing(),
    metrics: yield* computingMetrics(reader, work),
    conservation: yield* checkingConservation(reader, work),
    simulationMs: ms,
    ahead: yield* lookingAhead(reader),
    toCompute: { memory: resultsMemory, free: memoryLimit() },
  };
}

/** As runs with values are called. */
function titleOf({ model, tensor }: RunConfig, { shape: { m, k, n } }: Plan): string {
  return `${model === 'synthetic' ? syntheticName(m, k) : tensor}, ${n === 1 ? '1 token' : `${n} tokens`}`;
}
