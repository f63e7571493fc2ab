/**
 * A session: opens models, plans, runs and revisits runs. It joins kernel and engine, the only place that knows both.
 * The same code serves the page's worker and the command line, so both give the same numbers.
 */

import { lookAhead } from '../analysis/ahead.ts';
import { checkConservation } from '../analysis/conservation.ts';
import { float64Reference, measureErrors } from '../analysis/errors.ts';
import { computeMetrics, type Work } from '../analysis/metrics.ts';
import { WeftError } from '../base/error.ts';
import { type Engine, ProgramError } from '../engine/engine.ts';
import { createReferenceEngine } from '../engine/reference.ts';
import { createWaveletEngine } from '../engine/wavelet.ts';
import { KERNELS, kernelById } from '../kernels/registry.ts';
import type { Kernel, Plan } from '../kernels/types.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { MACHINES, type MachineSpec } from '../machine/spec.ts';
import { validateProgram } from '../machine/validate.ts';
import type { Workload } from '../model/workload.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { integerDots } from '../quant/q8_k.ts';
import { scenarioById } from '../scenarios/registry.ts';
import type { RowSizes } from '../scenarios/types.ts';
import { traceHash } from '../trace/hash.ts';
import { TraceReader } from '../trace/reader.ts';
import type { Trace } from '../trace/schema.ts';
import { type Placed, peDetail } from './detail.ts';
import { windowOf } from './measured.ts';
import { checkMemory, memoryLimit, memoryNeed, timedNeed } from './memory-need.ts';
import { Models } from './models.ts';
import { Cancelled, outcome, toWire } from './outcome.ts';
import {
  type Failure,
  type KernelSummary,
  MODEL_VERSION,
  type Outcome,
  type PeDetail,
  type PlanSummary,
  type Prices,
  type ProgramRun,
  type Progress,
  type RunConfig,
  type RunResult,
  type Session,
  type TimedRun,
  type TraceFile,
  type WireError,
} from './protocol.ts';
import { type Recording, startRecording } from './recording.ts';
import { Replay, Snapshots } from './replay.ts';
import { sensitivityOf } from './sensitivity.ts';
import { advanceInSlices, breathe, freshPace, type Pace } from './slices.ts';
import { studyOf } from './study.ts';
import { autoEngine, timedRun } from './timed-run.ts';
import { timedValues, timingOf, wantsTiming } from './timing.ts';
import { openedTrace } from './trace-file.ts';

/** Cycles between snapshots when the length of a run is not known: short runs are simply run again. */
const SPACING = 256;

const KERNEL_SUMMARIES: readonly KernelSummary[] = Object.values(KERNELS).map(({ id, name, idea, takes, options }) => ({ id, name, idea, takes, options }));

const ENGINES = { wavelet: createWaveletEngine, reference: createReferenceEngine };

/** A run whose program failed: what the page is told, and the run itself, which can be visited up to there. */
class Failed extends Error {
  readonly error: ProgramError;
  readonly failure: Failure;
  readonly run: Finished;

  constructor(error: ProgramError, failure: Failure, run: Finished) {
    super(error.message);
    this.error = error;
    this.failure = failure;
    this.run = run;
  }
}

/** A run that has ended, kept for visits. */
interface Finished {
  readonly program: Program;
  /** Null for a scenario. */
  readonly work: Placed | null;
  readonly replay: Replay;
  /** Cycles the engine did per slice, for visits. */
  readonly slice: number;
}

export function createSession(): Session {
  const models = new Models();
  let generation = 0;
  let visit = 0;
  let finished: Finished | null = null;

  /** Visits of the last run are made one after the other; only the latest asked for is answered. */
  let visits: Promise<unknown> = Promise.resolve();
  const visiting = <T>(cycle: number, read: (run: Finished, engine: Engine) => T): Promise<Outcome<T>> => {
    const mine = ++visit;
    const job = visits.then(() =>
      outcome(async () => {
        const run = finished;
        if (!run) throw new WeftError('run', 'nothing has been run yet', ['run first']);
        if (mine !== visit) throw new Cancelled();
        const engine = await run.replay.at(cycle, run.slice, async () => {
          await breathe();
          return mine === visit;
        });
        if (!engine) throw new Cancelled();
        return read(run, engine);
      }),
    );
    visits = job;
    return job;
  };

  /** A run with values, which can be visited. */
  const simulated = async (config: RunConfig, caller: Caller): Promise<RunResult> => {
    try {
      const { result, run } = await simulate(models, config, caller);
      finished = run;
      return result;
    } catch (error) {
      if (error instanceof Failed) finished = error.run;
      throw error;
    }
  };

  /** A run without values, which cannot. */
  const timed = async (config: RunConfig, caller: Caller): Promise<TimedRun> => {
    const { kernel, plan } = kernelAndPlan(models, config);
    const problem = (): Promise<Workload> => models.workload(config, kernel.takes);
    const given = { config, kernel, plan, prices: pricesOf(kernel, plan), attribution: models.attribution(config), problem };
    const result = await timedRun(given, pausing(caller));
    finished = null;
    return result;
  };

  return {
    kernels: () => outcome(async () => KERNEL_SUMMARIES),
    openModel: (source) => outcome(() => models.add(source)),
    openTrace: (file, name) => outcome(() => openedTrace(file, name)),
    plan: (config) => outcome(async () => planOf(models, config)),
    study: (config, question) => outcome(async () => studyOf(models.shape(config, kernelById(config.kernel).takes), machineOf(config), config, question)),
    originalFormat: (config) => outcome(() => models.originalFormat(config)),
    sensitivity: (config) => outcome(async () => sensitivityOf(kernelAndPlan(models, config).plan)),
    timing: (config) => {
      const mine = ++generation;
      return outcome(() => {
        const { kernel, plan } = kernelAndPlan(models, config);
        const pause = async (): Promise<void> => {
          await breathe();
          if (mine !== generation) throw new Cancelled();
        };
        return timingOf({ kernel, plan, problem: () => models.workload(config, kernel.takes) }, config, pause);
      });
    },
    cancel: async () => {
      generation++;
    },
    run: (config, onProgress, file) => {
      const mine = ++generation;
      return outcome(() => simulated(config, { report: onProgress, stopped: () => mine !== generation, file, isShown: false }), wireOf);
    },
    runOrTime: (config, onProgress) => {
      const mine = ++generation;
      const caller: Caller = { report: onProgress, stopped: () => mine !== generation, file: undefined, isShown: true };
      return outcome(async () => {
        if (!isTimedOnly(models, config)) return simulated(config, caller);
        try {
          return await timed(config, caller);
        } catch (error) {
          // Nobody chose the engine that declines it: the other one says whether it fits.
          if (config.engine === 'timing' || !(error instanceof WeftError && error.field === 'engine')) throw error;
          return simulated(config, caller);
        }
      }, wireOf);
    },
    program: (config, onProgress) => {
      const mine = ++generation;
      return outcome(async () => {
        try {
          const { result, run } = await simulateScenario(config, pausing({ report: onProgress, stopped: () => mine !== generation }));
          finished = run;
          return result;
        } catch (error) {
          if (error instanceof Failed) finished = error.run;
          throw error;
        }
      }, wireOf);
    },
    stateHash: (cycle) => visiting(cycle, (_, engine) => engine.stateHash()),
    inspect: (pe, cycle): Promise<Outcome<PeDetail>> => visiting(cycle, (run, engine) => peDetail(run.program, run.work, engine, pe)),
  };
}

const wireOf = (error: unknown): WireError => (error instanceof Failed ? { ...toWire(error.error), failure: error.failure } : toWire(error));

function machineOf({ machine }: RunConfig): MachineSpec {
  if (!MACHINES[machine]) throw new WeftError('machine', `unknown machine ${machine}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
  return MACHINES[machine];
}

function kernelAndPlan(models: Models, config: RunConfig): { kernel: Kernel; plan: Plan } {
  const kernel = kernelById(config.kernel);
  return { kernel, plan: kernel.plan(models.shape(config, kernel.takes), machineOf(config), config.pes, config.options) };
}

function planOf(models: Models, config: RunConfig): PlanSummary {
  const { kernel, plan } = kernelAndPlan(models, config);
  const [estimate, memory] = [kernel.estimate(plan), memoryNeed(plan, keepsFloats(config))];
  return {
    plan,
    estimate,
    prices: pricesOf(kernel, plan),
    memory,
    timedMemory: timedNeed(plan),
    memoryFree: memoryLimit(),
    auto: autoEngine(plan, estimate, memory),
  };
}

/** Whether somebody who wants to look at a run gets it without values. */
function isTimedOnly(models: Models, config: RunConfig): boolean {
  if (config.scenario !== undefined) return false;
  return (config.engine ?? planOf(models, config).auto) === 'timing';
}

/** Whether the weights before quantisation are held beside the stored ones. */
const keepsFloats = ({ model, as }: RunConfig): boolean => model === 'synthetic' || as !== undefined;

/** What 256 weights cost on every machine, where the problem can be placed there on a rectangle of the kernel's choice. */
function pricesOf(kernel: Kernel, plan: Plan): Prices {
  const { dot: _dot, ...options } = plan.options;
  return Object.values(MACHINES).flatMap((machine) => {
    try {
      const same = machine.id === plan.machine.id;
      const { blockPrice } = same ? plan : kernel.plan(plan.shape, machine, undefined, options);
      return [{ machine: machine.id, name: machine.name, price: blockPrice }];
    } catch (error) {
      if (error instanceof WeftError) return [];
      throw error;
    }
  });
}

/** What the caller of a run sees and says of it, and where its trace goes if not into memory. */
interface Caller {
  readonly report: (progress: Progress) => void;
  readonly stopped: () => boolean;
  readonly file: TraceFile | undefined;
  /** Whether a page will show the run. */
  readonly isShown: boolean;
}

/** Tells the caller how far the run is, lets messages in, and ends it when nobody wants it any more. */
const pausing =
  ({ report, stopped }: Pick<Caller, 'report' | 'stopped'>): Pause =>
  async (progress) => {
    report(progress);
    await breathe();
    if (stopped()) throw new Cancelled();
  };

async function simulate(models: Models, config: RunConfig, caller: Caller): Promise<{ result: RunResult; run: Finished }> {
  const pause = pausing(caller);
  const { file, isShown } = caller;
  if (config.scenario !== undefined) throw await noMatrix(config, pause, file);
  const { kernel, plan } = kernelAndPlan(models, config);
  const estimate = kernel.estimate(plan);
  const expected = estimate.closedForm.cycles;
  if (!wantsTiming(config)) checkMemory(plan, keepsFloats(config));
  await pause({ phase: 'loading', cycle: 0, expected, needs: memoryNeed(plan, keepsFloats(config)).total });
  const workload = await models.workload(config, kernel.takes);
  await pause({ phase: 'placing', cycle: 0, expected });
  const rows = kernel.rowMap(plan);
  const title = `${workload.name}, ${plan.shape.n === 1 ? '1 token' : `${plan.shape.n} tokens`}`;
  const job: Job = { config, title, program: kernel.build(plan, workload), expected, work: { plan, rows, workload }, file };
  const timing = (): Promise<void> => pause({ phase: 'simulating', cycle: 0, expected });
  const ran = (await timeJob(job, timing)) ?? (await runProgram(job, pause, plan));
  const { program } = job;
  await pause({ phase: 'checking', cycle: ran.cycles, expected });
  const trace = await ran.trace();
  const stripped = withoutLoads(program);
  const reader = new TraceReader(stripped, trace);
  const { weightBytes, usedPes, macRate } = plan;
  const work: Work = { weightBytes, usedPes, macRate, macs: kernel.macs(plan, program) };
  const y = kernel.gather(
    plan,
    program.sinks.map((_, i) => ran.sinkWords(i)),
  );
  const numbers = checkNumbers(kernel, plan, workload, y);
  const result: RunResult = {
    config,
    title,
    attribution: models.attribution(config),
    engine: ran.engine,
    modelVersion: MODEL_VERSION,
    plan,
    rows,
    estimate,
    prices: pricesOf(kernel, plan),
    program: stripped,
    trace,
    traceHash: traceHash(trace),
    stateHash: ran.stateHash,
    metrics: computeMetrics(reader, work),
    conservation: checkConservation(reader, work),
    y,
    ...numbers,
    simulationMs: ran.ms,
    ...(isShown && { ahead: lookAhead(reader) }),
  };
  return { result, run: ran.run };
}

/** What a scenario asked for as a matrix product ends with: its own error where it is there to show one. */
async function noMatrix(config: RunConfig, pause: Pause, file: TraceFile | undefined): Promise<WeftError> {
  const { result } = await simulateScenario(config, pause, file);
  return new WeftError('scenario', `${result.title} multiplies no matrix, so it has none of its numbers`, ['open it in the Lab']);
}

/** Runs a hand-written program: one that stops throws {@link Failed}, one that ends is read. */
async function simulateScenario(config: RunConfig, pause: Pause, file?: TraceFile): Promise<{ result: ProgramRun; run: Finished }> {
  const scenario = scenarioById(config.scenario ?? '');
  const machine = machineOf(config);
  if (scenario.kind === 'stops') {
    await runProgram({ config, title: scenario.title, program: scenario.build(machine), expected: 0, work: null, file }, pause);
    throw new Error(`the scenario ${scenario.id} ended without its error`);
  }
  const { pes, words } = sizesOf(config, scenario.sizes);
  const { measured, model } = scenario.build(machine, { pes, words });
  const { program } = measured;
  const title = `${scenario.title}, ${pes} PEs, ${words} word${words === 1 ? '' : 's'}`;
  const ran = await runProgram({ config, title, program, expected: model, work: null, file }, pause);
  const trace = await ran.trace();
  const about = { config, title, modelVersion: MODEL_VERSION, program: withoutLoads(program), trace, traceHash: traceHash(trace), stateHash: ran.stateHash };
  return { result: { ...about, window: { ...windowOf(ran.memory, measured), model } }, run: ran.run };
}

/** The row a configuration asks for: its rectangle must be one. */
function sizesOf({ pes, words }: RunConfig, preset: RowSizes): RowSizes {
  if (pes !== undefined && pes.height !== 1) throw new WeftError('pes', `${pes.width}x${pes.height} PEs are no row`, [`use ${pes.width}x1`]);
  return { pes: pes?.width ?? preset.pes, words: words ?? preset.words };
}

type Pause = (progress: Progress) => Promise<void>;

/** A program to run, whatever made it. */
interface Job extends Pick<Finished, 'program' | 'work'> {
  readonly config: RunConfig;
  readonly title: string;
  /** Cycles it is thought to take, 0 when unknown. */
  readonly expected: number;
  readonly file: TraceFile | undefined;
}

interface Ran {
  readonly engine: RunResult['engine'];
  readonly cycles: number;
  readonly trace: () => Promise<Trace>;
  readonly sinkWords: (sink: number) => Uint32Array;
  readonly stateHash: string;
  readonly run: Finished;
  readonly ms: number;
}

/** A job by the timing engine, if that is wanted and may be; visits of it go to the wavelet engine. */
async function timeJob(job: Job, pause: () => Promise<void>): Promise<Ran | undefined> {
  const timed = wantsTiming(job.config) && job.file === undefined ? await timedValues(job.program, job.config, pause) : undefined;
  if (!timed) return undefined;
  const { program, work } = job;
  const { timing, sinks, ms } = timed;
  const replay = new Replay(program, createWaveletEngine, new Snapshots(SPACING));
  const trace = async (): Promise<Trace> => timing.trace();
  return {
    engine: 'timing',
    cycles: timing.cycles,
    trace,
    sinkWords: (i) => sinks[i],
    stateHash: '',
    run: { program, work, replay, slice: freshPace().slice },
    ms,
  };
}

/** Runs a job to its end; an error of its program becomes a {@link Failed}. */
async function runProgram(job: Job, pause: Pause, plan?: Plan): Promise<Ran & Pick<Engine, 'memory'>> {
  const { config, program, expected, work } = job;
  if (plan) checkMemory(plan, keepsFloats(config));
  // Each of these takes a while on a large machine: between them somebody may cancel.
  const placing = (): Promise<void> => pause({ phase: 'placing', cycle: 0, expected });
  await placing();
  validateProgram(program);
  await placing();
  const name = config.engine === 'reference' ? 'reference' : 'wavelet';
  const createEngine = ENGINES[name];
  const recording = startRecording(program, job.file);
  await placing();
  const engine = createEngine(program, recording.recorder);
  const snapshots = new Snapshots(expected > 0 ? Math.ceil(expected / 16) : SPACING);
  const pace = freshPace();
  const run = (): Finished => ({ program, work, replay: new Replay(program, createEngine, snapshots), slice: pace.slice });
  try {
    await runToEnd(engine, recording, snapshots, pace, (cycle) => pause({ phase: 'simulating', cycle, expected }));
  } catch (error) {
    if (error instanceof ProgramError) throw new Failed(error, await failureOf(job, recording, error), run());
    throw error;
  }
  return {
    engine: name,
    cycles: engine.cycle,
    trace: () => recording.finish(engine.cycle, false),
    sinkWords: (i) => engine.sinkWords(i),
    stateHash: engine.stateHash(),
    run: run(),
    ms: pace.ms,
    memory: (pe, address, bytes) => engine.memory(pe, address, bytes),
  };
}

async function failureOf({ config, title, program }: Job, recording: Recording, { cycle, waits, message, fixes }: ProgramError): Promise<Failure> {
  const trace = await recording.finish(cycle, true);
  return { config, title, modelVersion: MODEL_VERSION, program: withoutLoads(program), trace, traceHash: traceHash(trace), waits, message, fixes };
}

/** Advances to the end, taking snapshots where they are wanted and writing what is recorded. */
async function runToEnd(engine: Engine, recording: Recording, snapshots: Snapshots, pace: Pace, pause: (cycle: number) => Promise<void>): Promise<void> {
  const before = (): number => {
    if (engine.cycle >= snapshots.next) snapshots.add(engine.snapshot());
    return snapshots.next;
  };
  await advanceInSlices(engine, pace, { before, after: () => recording.write(engine), pause });
}

/** The references C is held against; see analysis/errors.ts. */
function checkNumbers(kernel: Kernel, plan: Plan, workload: Workload, y: Float32Array): Pick<RunResult, 'errors' | 'yF64'> {
  const { m, k, n, x, original, weights, format } = workload;
  const exact = kernel.exact?.(plan, workload);
  const reference = exact ?? float64Reference(rowsOf(workload), x, m, k, n);
  const integer = exact === undefined && format === 'q4_k' ? integerDots(weights, x, m, k, n) : null;
  const unquantised = original ? float64Reference((r) => original.subarray(r * k, (r + 1) * k), x, m, k, n).y : null;
  return { errors: measureErrors(y, kernel.plainLoop(plan, workload), reference, unquantised, integer), yF64: reference.y };
}

/** Rows of A, dequantised one at a time into the same array. */
function rowsOf({ m, k, weights, format }: Workload): (row: number) => Float32Array {
  const bytes = weights.length / m;
  const row = new Float32Array(k);
  return (r) => {
    FORMATS[format as FormatId].dequantise(weights.subarray(r * bytes, (r + 1) * bytes), row);
    return row;
  };
}
