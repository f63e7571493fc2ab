/** A matrix product or a layer, simulated with its values: planned, placed, run, and its numbers checked. */
import { lookingAhead } from '../analysis/ahead.ts';
import { checkingConservation } from '../analysis/conservation.ts';
import { float64Product, float64Reference, measuringErrors } from '../analysis/errors.ts';
import { computingMetrics, type Work } from '../analysis/metrics.ts';
import type { Kernel, Plan } from '../kernels/types.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import type { Workload } from '../model/workload.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { integerDots } from '../quant/q8_k.ts';
import { traceHashing } from '../trace/hash.ts';
import { reading } from '../trace/reader.ts';
import type { Trace } from '../trace/schema.ts';
import { checkMemory, checkResultsMemory, checkValuedMemory, memoryLimit, memoryNeed, resultsNeed, valuedNeed } from './memory-need.ts';
import type { Models } from './models.ts';
import { keepsFloats, kernelAndPlan, pricing } from './planning.ts';
import { type Caller, type Finished, type Job, type Pause, pausing, type Ran, runProgram, timeJob } from './program-run.ts';
import { MODEL_VERSION, type Results, type RunConfig, type RunResult } from './protocol.ts';
import { noMatrix } from './scenario-run.ts';
import { inSlices } from './slices.ts';
import { timedValues } from './timing.ts';

/** What is run: the problem, placed. */
interface PlacedRun {
  readonly config: RunConfig;
  readonly title: string;
  readonly attribution: string;
  readonly kernel: Kernel;
  readonly plan: Plan;
  readonly estimate: RunResult['estimate'];
  readonly workload: Workload;
  readonly rows: RunResult['rows'];
  readonly program: Program;
  /** Whether the timing engine is asked first. */
  readonly isTimed: boolean;
}

/**
 * Plans, places and runs what the configuration asks for, and checks its numbers.
 * @throws WeftError naming the field that cannot be; Failed when the program fails; Cancelled
 */
export async function simulate(models: Models, config: RunConfig, caller: Caller): Promise<{ result: RunResult; run: Finished }> {
  const pause = pausing(caller);
  const { file, isShown } = caller;
  if (config.scenario !== undefined) throw await noMatrix(config, pause, file);
  const placed = await place(models, config, pause);
  const { title, program, plan, rows, workload, estimate } = placed;
  const expected = estimate.closedForm.cycles;
  const job: Job = { config, title, program, expected, work: { plan, rows, workload }, file };
  const timing = (): Promise<void> => pause({ phase: 'simulating', cycle: 0, expected });
  const ran = (placed.isTimed ? await timeJob(job, timing) : undefined) ?? (await runProgram(job, pause, plan));
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: ran.cycles, expected });
  await checking();
  const trace = await ran.trace(checking);
  return { result: await inSlices(checkedResult(placed, ran, trace, isShown), checking), run: ran.run };
}

/**
 * The results of what the configuration asks for, each PE in its own order of operations; nothing is timed that is kept.
 * @throws WeftError (`memory`) if they do not fit, (`engine`) if the timing engine declines the program, (`program`) if it gets stuck; Cancelled
 */
export async function resultsOf(models: Models, config: RunConfig, caller: Caller): Promise<Results> {
  const pause = pausing(caller);
  const { kernel, plan } = kernelAndPlan(models, config);
  const floats = keepsFloats(config);
  checkResultsMemory(plan, floats);
  const { program, workload, estimate } = await built(models, config, { kernel, plan }, resultsNeed(plan, floats), pause);
  const expected = estimate.closedForm.cycles;
  const simulating = (): Promise<void> => pause({ phase: 'simulating', cycle: 0, expected });
  await simulating();
  const { sinks } = await timedValues(program, simulating);
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: 0, expected });
  await checking();
  const y = await inSlices(kernel.gathering(plan, sinks), checking);
  return { y, ...(await inSlices(checkNumbers(kernel, plan, workload, y), checking)) };
}

async function place(models: Models, config: RunConfig, pause: Pause): Promise<PlacedRun> {
  const { kernel, plan } = kernelAndPlan(models, config);
  const floats = keepsFloats(config);
  const need = valuedNeed(plan, floats);
  // With `auto` a run that has no room for its values beside its timing is simulated.
  const isTimed = config.engine === 'timing' || (config.engine === 'auto' && need <= memoryLimit());
  if (isTimed) checkValuedMemory(plan, floats);
  else checkMemory(plan, floats);
  const needs = isTimed ? need : memoryNeed(plan, floats).total;
  return { ...(await built(models, config, { kernel, plan }, needs, pause)), isTimed };
}

/** The program with its numbers; they are read or drawn. */
async function built(
  models: Models,
  config: RunConfig,
  { kernel, plan }: Pick<PlacedRun, 'kernel' | 'plan'>,
  needs: number,
  pause: Pause,
): Promise<Omit<PlacedRun, 'isTimed'>> {
  // Plan and estimate are a piece each.
  await pause({ phase: 'loading', cycle: 0, expected: 0, needs });
  const estimate = kernel.estimate(plan);
  const expected = estimate.closedForm.cycles;
  const loading = (): Promise<void> => pause({ phase: 'loading', cycle: 0, expected, needs });
  await loading();
  const workload = await models.workload(config, kernel.takes, loading);
  const placing = (): Promise<void> => pause({ phase: 'placing', cycle: 0, expected });
  await placing();
  const { n } = plan.shape;
  const title = `${workload.name}, ${n === 1 ? '1 token' : `${n} tokens`}`;
  const attribution = models.attribution(config);
  const program = await inSlices(kernel.building(plan, workload), placing);
  return { config, title, attribution, kernel, plan, estimate, workload, rows: kernel.rowMap(plan), program };
}

/** All that is computed of a run when it is over. */
function* checkedResult({ kernel, workload, isTimed: _, ...placed }: PlacedRun, ran: Ran, trace: Trace, isShown: boolean): Generator<void, RunResult> {
  const { plan } = placed;
  const { weightBytes, usedPes, macRate } = plan;
  const program = withoutLoads(placed.program);
  const traceHash = yield* traceHashing(trace);
  const reader = yield* reading(program, trace);
  yield;
  const work: Work = { weightBytes, usedPes, macRate, macs: kernel.macs(plan, placed.program) };
  const words = program.sinks.map((_, i) => ran.sinkWords(i));
  const y = yield* kernel.gathering(plan, words);
  return {
    ...placed,
    engine: ran.engine,
    modelVersion: MODEL_VERSION,
    prices: yield* pricing(kernel, plan),
    program,
    trace,
    traceHash,
    stateHash: ran.stateHash,
    metrics: yield* computingMetrics(reader, work),
    conservation: yield* checkingConservation(reader, work),
    y,
    ...(yield* checkNumbers(kernel, plan, workload, y)),
    simulationMs: ran.ms,
    ...(isShown && { ahead: yield* lookingAhead(reader) }),
  };
}

/** The references C is held against; see analysis/errors.ts. */
function* checkNumbers(kernel: Kernel, plan: Plan, workload: Workload, y: Float32Array): Generator<void, Pick<RunResult, 'errors' | 'yF64'>> {
  const { m, k, n, x, original, weights, format } = workload;
  const exact = kernel.exact && (yield* kernel.exact(plan, workload));
  const reference = exact ?? (yield* float64Reference(rowsOf(workload), x, m, k, n));
  const integer = exact === undefined && format === 'q4_k' ? yield* integerDots(weights, x, m, k, n) : null;
  const unquantised = original ? yield* float64Product((r) => original.subarray(r * k, (r + 1) * k), x, m, k, n) : null;
  const plain = yield* kernel.adding(plan, workload);
  return { errors: yield* measuringErrors(y, plain, reference, unquantised, integer), yF64: reference.y };
}

/** Rows of A, dequantised one at a time into the same array. */
export function rowsOf({ m, k, weights, format }: Workload): (row: number) => Float32Array {
  const bytes = weights.length / m;
  const row = new Float32Array(k);
  return (r) => {
    FORMATS[format as FormatId].dequantise(weights.subarray(r * bytes, (r + 1) * bytes), row);
    return row;
  };
}
