/**
 * Runs that are timed and nothing else: cycles, trace and every number that follows from the trace, but no values. For whoever
 * wants to look at a run that is too large to be simulated with values, a whole wafer above all.
 */
import { lookingAhead } from '../analysis/ahead.ts';
import { checkingConservation } from '../analysis/conservation.ts';
import { computingMetrics } from '../analysis/metrics.ts';
import type { Estimate, Kernel, Plan } from '../kernels/types.ts';
import { enumerating } from '../machine/channels.ts';
import { withoutLoads } from '../machine/loads.ts';
import { TraceReader } from '../trace/reader.ts';
import { type AnyTrace, columning } from '../trace/shared-columns.ts';
import { checkTimedMemory, type MemoryNeed, memoryLimit, timedNeed } from './memory-need.ts';
import { MODEL_VERSION, MOST_PE_CYCLES, type PlanSummary, type Prices, type Progress, type RunConfig, type TimedRun } from './protocol.ts';
import { inSlices } from './slices.ts';
import { timeWithoutValues } from './timing.ts';

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
export async function timedRun(
  { config, kernel, plan, prices, attribution, resultsMemory }: ToTime,
  pause: (progress: Progress) => Promise<void>,
): Promise<TimedRun> {
  const estimate = kernel.estimate(plan);
  const expected = estimate.closedForm.cycles;
  checkTimedMemory(plan);
  await pause({ phase: 'placing', cycle: 0, expected, needs: timedNeed(plan) });
  const simulating = (): Promise<void> => pause({ phase: 'simulating', cycle: 0, expected });
  const { program, timing, ms } = await timeWithoutValues({ kernel, plan }, simulating);
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: timing.cycles, expected });
  await checking();
  const trace: AnyTrace = timing.shared ? await inSlices(columning(timing.shared), checking) : await inSlices(timing.tracing(), checking);
  const stripped = withoutLoads(program);
  const channels = await inSlices(enumerating(stripped), checking);
  const reader = new TraceReader(stripped, trace, { channels });
  const { weightBytes, usedPes, macRate } = plan;
  const work = { weightBytes, usedPes, macRate, macs: kernel.macs(plan, program) };
  const metrics = await inSlices(computingMetrics(reader, work), checking);
  const conservation = await inSlices(checkingConservation(reader, work), checking);
  return {
    config,
    title: titleOf(config, plan),
    attribution,
    engine: 'timing',
    modelVersion: MODEL_VERSION,
    plan,
    rows: kernel.rowMap(plan),
    estimate,
    prices,
    program: stripped,
    trace,
    traceHash: await inSlices(timing.hashing(), checking),
    metrics,
    conservation,
    simulationMs: ms,
    ahead: await inSlices(lookingAhead(reader), checking),
    toCompute: { memory: resultsMemory, free: memoryLimit() },
  };
}

/** As runs with values are called. */
function titleOf({ model, tensor }: RunConfig, { shape: { m, k, n } }: Plan): string {
  return `${model === 'synthetic' ? `synthetic ${m} x ${k}` : tensor}, ${n === 1 ? '1 token' : `${n} tokens`}`;
}
