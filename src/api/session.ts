/**
 * A session: opens models, plans, runs and revisits runs. It joins kernel and engine, the only place that knows both.
 * The same code serves the page's worker and the command line, so both give the same numbers.
 */

import { WeftError } from '../base/error.ts';
import type { Engine } from '../engine/engine.ts';
import { KERNELS, kernelById } from '../kernels/registry.ts';
import { peDetail } from './detail.ts';
import { resultsOf, simulate } from './matrix-run.ts';
import { resultsNeed } from './memory-need.ts';
import { Models } from './models.ts';
import { Cancelled, outcome, toWire } from './outcome.ts';
import { PeStates } from './pe-state.ts';
import { peValues } from './pe-values.ts';
import { isTimedOnly, keepsFloats, kernelAndPlan, machineOf, planOf, pricing } from './planning.ts';
import { type Caller, Failed, type Finished, pausing } from './program-run.ts';
import type { KernelSummary, Outcome, PeDetail, RunConfig, RunResult, Session, TimedRun, WireError } from './protocol.ts';
import { simulateScenario } from './scenario-run.ts';
import { sensitivityOf } from './sensitivity.ts';
import { breathe, inSlices } from './slices.ts';
import { studyOf } from './study.ts';
import { timedRun } from './timed-run.ts';
import { timingOf } from './timing.ts';
import { openedTrace } from './trace-file.ts';

const KERNEL_SUMMARIES: readonly KernelSummary[] = Object.values(KERNELS).map(({ id, name, idea, takes, options }) => ({ id, name, idea, takes, options }));

export function createSession(): Session {
  const models = new Models();
  let generation = 0;
  /** Begins what ends the run before it; the answer tells whether it has been ended itself. */
  const begin = (): (() => boolean) => {
    const mine = ++generation;
    return () => mine !== generation;
  };
  let visit = 0;
  let asked = 0;
  let finished: Finished | null = null;
  const alone = new PeStates(models);

  /** Visits of the last run are made one after the other; only the latest asked for is answered. */
  let visits: Promise<unknown> = Promise.resolve();
  const visiting = <T>(read: (pause: () => Promise<void>) => Promise<T>): Promise<Outcome<T>> => {
    const mine = ++visit;
    const check = (): void => {
      if (mine !== visit) throw new Cancelled();
    };
    const job = visits.then(() =>
      outcome(async () => {
        check();
        return read(async () => {
          await breathe();
          check();
        });
      }),
    );
    visits = job;
    return job;
  };
  const visitingRun = <T>(cycle: number, read: (run: Finished, engine: Engine) => T): Promise<Outcome<T>> =>
    visiting(async (pause) => {
      const run = finished;
      // The page has a run on screen where the worker that made it was ended: by a cancel it did not hear, or by a crash.
      if (!run)
        throw new WeftError('run', 'The worker was started again since this run and no longer holds it. Run again to see a PE at a cycle', ['run again']);
      return read(run, await run.replay.at(cycle, pause));
    });

  /** Keeps a run, ended well or not, for visits. */
  const visitable = async <T>(running: Promise<{ result: T; run: Finished }>): Promise<T> => {
    try {
      const { result, run } = await running;
      finished = run;
      return result;
    } catch (error) {
      if (error instanceof Failed) finished = error.run;
      throw error;
    }
  };

  const simulated = (config: RunConfig, caller: Caller): Promise<RunResult> => visitable(simulate(models, config, caller));

  /** A run without values, which cannot. */
  const timed = async (config: RunConfig, caller: Caller): Promise<TimedRun> => {
    const { kernel, plan } = kernelAndPlan(models, config);
    await looked(caller.stopped);
    const given = {
      config,
      kernel,
      plan,
      prices: await inSlices(pricing(kernel, plan), () => looked(caller.stopped)),
      attribution: models.attribution(config),
      resultsMemory: resultsNeed(plan, keepsFloats(config)),
    };
    const result = await timedRun(given, pausing(caller));
    finished = null;
    return result;
  };

  return {
    kernels: () => outcome(async () => KERNEL_SUMMARIES),
    openModel: (source) => outcome(() => models.add(source)),
    openTrace: (file, name) => outcome(() => openedTrace(file, name)),
    plan: (config) => outcome(() => planOf(models, config)),
    study: (config, question) =>
      outcome(async () =>
        question.about === 'constants'
          ? { kind: 'constants', sensitivity: sensitivityOf(kernelAndPlan(models, config).plan) }
          : studyOf(models.shape(config, kernelById(config.kernel).takes), machineOf(config), config, question),
      ),
    originalFormat: (config) => outcome(() => models.originalFormat(config)),
    sensitivity: (config) => outcome(async () => sensitivityOf(kernelAndPlan(models, config).plan)),
    timing: (config, report) => {
      const stopped = begin();
      return outcome(async () => {
        const { kernel, plan } = kernelAndPlan(models, config);
        await looked(stopped);
        const untimed = { kernel, plan, problem: (paused: () => Promise<void>) => models.workload(config, kernel.takes, paused) };
        const result = await timingOf(untimed, config, pausing({ report, stopped }));
        // It may have been done before it looked.
        if (stopped()) throw new Cancelled();
        return result;
      });
    },
    cancel: async () => {
      generation++;
    },
    run: (config, report, file) => {
      const stopped = begin();
      return outcome(() => simulated(config, { report, stopped, file, isShown: false }), wireOf);
    },
    runOrTime: (config, report) => {
      const caller: Caller = { report, stopped: begin(), file: undefined, isShown: true };
      return outcome(async () => {
        const isTimed = await isTimedOnly(models, config, () => looked(caller.stopped));
        await looked(caller.stopped);
        if (!isTimed) return simulated(config, caller);
        try {
          return await timed(config, caller);
        } catch (error) {
          // Nobody chose the engine that declines it: the other one says whether it fits.
          if (config.engine === 'timing' || !(error instanceof WeftError && error.field === 'engine')) throw error;
          return simulated(config, caller);
        }
      }, wireOf);
    },
    results: (config, report) => {
      const caller: Caller = { report, stopped: begin(), file: undefined, isShown: false };
      return outcome(() => resultsOf(models, config, caller));
    },
    program: (config, report) => {
      const stopped = begin();
      return outcome(() => visitable(simulateScenario(config, pausing({ report, stopped }))), wireOf);
    },
    stateHash: (cycle) => visitingRun(cycle, (_, engine) => engine.stateHash()),
    values: (config, pe) => {
      const [mine, during] = [++asked, generation];
      const stopped = (): boolean => mine !== asked || during !== generation;
      const pause = pausing({ report: () => {}, stopped });
      return outcome(async () => {
        await breathe();
        const found = await peValues(models, config, pe, () => pause({ phase: 'simulating', cycle: 0, expected: 0 }));
        if (stopped()) throw new Cancelled();
        return found;
      });
    },
    inspect: (pe, cycle): Promise<Outcome<PeDetail>> => visitingRun(cycle, (run, engine) => peDetail(run.program, run.work, engine, pe)),
    inspectAlone: (config, site) => visiting((pause) => alone.at(config, site, pause)),
  };
}

/** Lets messages in between two plans. @throws Cancelled */
async function looked(stopped: () => boolean): Promise<void> {
  await breathe();
  if (stopped()) throw new Cancelled();
}

const wireOf = (error: unknown): WireError => (error instanceof Failed ? { ...toWire(error.error), failure: error.failure } : toWire(error));
