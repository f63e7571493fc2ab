/**
 * A session: opens models, plans, runs and revisits runs. It joins kernel and engine, the only place that knows both.
 * The same code serves the page's worker and the command line, so both give the same numbers.
 */

import { checkConservation } from '../analysis/conservation.ts';
import { float64Reference, measureErrors } from '../analysis/errors.ts';
import { computeMetrics, type Work } from '../analysis/metrics.ts';
import { WeftError } from '../base/error.ts';
import type { Engine, EngineFactory } from '../engine/engine.ts';
import { createReferenceEngine } from '../engine/reference.ts';
import { createWaveletEngine } from '../engine/wavelet.ts';
import { kernelById } from '../kernels/registry.ts';
import type { Kernel, Plan } from '../kernels/types.ts';
import { enumerateChannels } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';
import { MACHINES } from '../machine/spec.ts';
import { validateProgram } from '../machine/validate.ts';
import type { Workload } from '../model/workload.ts';
import { FORMATS, type FormatId } from '../quant/formats.ts';
import { traceHash } from '../trace/hash.ts';
import { TraceReader } from '../trace/reader.ts';
import { Recorder } from '../trace/recorder.ts';
import { peDetail } from './detail.ts';
import { Models } from './models.ts';
import {
  MODEL_VERSION,
  type Outcome,
  type PeDetail,
  type PlanSummary,
  type Progress,
  type RunConfig,
  type RunResult,
  type Session,
  type WireError,
} from './protocol.ts';
import { Replay, Snapshots } from './replay.ts';

/** Milliseconds of simulation between looks at the message queue: cancel answers within this. */
const SLICE_MS = 40;

const ENGINES: Readonly<Record<RunResult['engine'], EngineFactory>> = { wavelet: createWaveletEngine, reference: createReferenceEngine };

class Cancelled extends Error {}

/** A finished run, kept for visits. */
interface Finished {
  readonly plan: Plan;
  readonly program: Program;
  readonly workload: Workload;
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

  return {
    openModel: (source) => outcome(() => models.add(source)),
    plan: (config) => outcome(async () => planOf(models, config)),
    cancel: async () => {
      generation++;
    },
    run: (config, onProgress) => {
      const mine = ++generation;
      return outcome(async () => {
        const { result, run } = await simulate(models, config, onProgress, () => mine !== generation);
        finished = run;
        return result;
      });
    },
    stateHash: (cycle) => visiting(cycle, (_, engine) => engine.stateHash()),
    inspect: (pe, cycle): Promise<Outcome<PeDetail>> => visiting(cycle, (run, engine) => peDetail(run.program, run.plan, run.workload, engine, pe)),
  };
}

/** Lets waiting messages in. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}

function toWire(error: unknown): WireError {
  if (error instanceof Cancelled) return { field: 'run', message: 'cancelled', fixes: [], cancelled: true };
  if (error instanceof WeftError) return { field: error.field, message: error.message, fixes: error.fixes, cancelled: false };
  if (error instanceof RangeError) {
    return {
      field: 'memory',
      message: `the run does not fit into memory here: ${error.message}`,
      fixes: ['simulate a smaller tensor or fewer columns'],
      cancelled: false,
    };
  }
  return { field: 'internal', message: error instanceof Error ? error.message : String(error), fixes: ['report this as a bug of Weft'], cancelled: false };
}

function kernelAndPlan(models: Models, config: RunConfig): { kernel: Kernel; plan: Plan } {
  const kernel = kernelById(config.kernel);
  const machine = MACHINES[config.machine];
  if (!machine) throw new WeftError('machine', `unknown machine ${config.machine}`, [`use one of ${Object.keys(MACHINES).join(', ')}`]);
  return { kernel, plan: kernel.plan(models.shape(config), machine, config.pes, config.options) };
}

function planOf(models: Models, config: RunConfig): PlanSummary {
  const { kernel, plan } = kernelAndPlan(models, config);
  return { plan, estimate: kernel.estimate(plan) };
}

type Report = (progress: Progress) => void;

async function simulate(models: Models, config: RunConfig, report: Report, stopped: () => boolean): Promise<{ result: RunResult; run: Finished }> {
  const { kernel, plan } = kernelAndPlan(models, config);
  const estimate = kernel.estimate(plan);
  const say = async (phase: Progress['phase'], cycle = 0): Promise<void> => {
    report({ phase, cycle, expected: estimate.closedForm.cycles });
    await breathe();
    if (stopped()) throw new Cancelled();
  };
  await say('loading');
  const workload = await models.workload(config);
  await say('placing');
  const program = kernel.build(plan, workload);
  validateProgram(program);
  const engineName = config.engine ?? 'wavelet';
  const recorder = new Recorder(program.width * program.height, enumerateChannels(program), program.sources.length, program.sinks.length);
  const engine = ENGINES[engineName](program, recorder);
  const snapshots = new Snapshots(Math.ceil(estimate.closedForm.cycles / 16));
  const timing = await runToEnd(engine, snapshots, (cycle) => say('simulating', cycle));
  await say('checking', engine.cycle);
  const trace = recorder.finish(program.width, program.height, engine.cycle);
  const stripped = withoutLoads(program);
  const reader = new TraceReader(stripped, trace);
  const work: Work = { m: plan.shape.m, k: plan.shape.k, n: plan.shape.n, weightBytes: workload.weights.length, usedPes: plan.usedPes, macRate: plan.macRate };
  const y = kernel.gather(
    plan,
    program.sinks.map((_, i) => engine.sinkWords(i)),
  );
  const numbers = checkNumbers(kernel, workload, y);
  const result: RunResult = {
    config,
    title: `${workload.name}, ${plan.shape.n === 1 ? '1 token' : `${plan.shape.n} tokens`}`,
    attribution: models.attribution(config),
    engine: engineName,
    modelVersion: MODEL_VERSION,
    plan,
    estimate,
    program: stripped,
    trace,
    traceHash: traceHash(trace),
    stateHash: engine.stateHash(),
    metrics: computeMetrics(reader, work),
    conservation: checkConservation(reader, work),
    y,
    ...numbers,
    simulationMs: timing.ms,
  };
  return { result, run: { plan, program, workload, replay: new Replay(program, ENGINES[engineName], snapshots), slice: timing.slice } };
}

/** Advances in slices of about SLICE_MS, taking snapshots where they are wanted. */
async function runToEnd(engine: Engine, snapshots: Snapshots, pause: (cycle: number) => Promise<void>): Promise<{ ms: number; slice: number }> {
  let [ms, slice] = [0, 16];
  while (!engine.finished) {
    if (engine.cycle >= snapshots.next) snapshots.add(engine.snapshot());
    const begin = performance.now();
    engine.advance(Math.min(engine.cycle + slice, Math.max(engine.cycle + 1, snapshots.next)));
    const took = performance.now() - begin;
    ms += took;
    if (took < SLICE_MS / 2 && slice < 2 ** 24) slice *= 2;
    else if (took > SLICE_MS && slice > 1) slice = Math.ceil(slice / 2);
    if (took > SLICE_MS / 4 || engine.finished) await pause(engine.cycle);
  }
  return { ms, slice };
}

/** The program as readers need it: the load table stays behind, it holds the weights. */
function withoutLoads(program: Program): Program {
  const empty = {
    data: [],
    source: new Uint16Array(),
    pe: new Uint32Array(),
    address: new Uint32Array(),
    offset: new Float64Array(),
    length: new Uint32Array(),
  };
  return { ...program, loads: empty };
}

/** The references C is held against; see analysis/errors.ts. */
function checkNumbers(kernel: Kernel, workload: Workload, y: Float32Array): Pick<RunResult, 'errors' | 'yF64'> {
  const { m, k, n, x, weights } = workload;
  const bytes = weights.length / m;
  const row = new Float32Array(k);
  const dequantised = (r: number): Float32Array => {
    FORMATS[workload.format as FormatId].dequantise?.(weights.subarray(r * bytes, (r + 1) * bytes), row);
    return row;
  };
  const reference = float64Reference(dequantised, x, m, k, n);
  const { original } = workload;
  const unquantised = original ? float64Reference((r) => original.subarray(r * k, (r + 1) * k), x, m, k, n).y : null;
  return { errors: measureErrors(y, kernel.plainLoop(workload), reference, unquantised), yF64: reference.y };
}
