/** Runs a program, whatever made it, to its end or to its error, and keeps what is needed to visit the run afterwards. */
import { WeftError } from '../base/error.ts';
import { type Engine, ProgramError } from '../engine/engine.ts';
import { creatingReferenceEngine } from '../engine/reference.ts';
import { creatingWaveletEngine } from '../engine/wavelet.ts';
import type { Plan } from '../kernels/types.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { validating } from '../machine/validate.ts';
import { traceHashing } from '../trace/hash.ts';
import type { Trace } from '../trace/schema.ts';
import type { Placed } from './detail.ts';
import { checkMemory } from './memory-need.ts';
import { Cancelled } from './outcome.ts';
import { keepsFloats } from './planning.ts';
import { type Failure, MODEL_VERSION, type Progress, type RunConfig, type RunResult, type TraceFile } from './protocol.ts';
import { type Recording, startingRecording } from './recording.ts';
import { Replay, Snapshots } from './replay.ts';
import { advanceInSlices, breathe, freshPace, inSlices, type Pace, sinceBreath } from './slices.ts';
import { costing, type TimedValues, timedValues, wantsTiming } from './timing.ts';

/** Cycles between snapshots at least when the length of a run is not known. */
const SPACING = 256;

/** Milliseconds of simulation from one snapshot to the next at least: what takes less is simply run again. */
const WORTH_KEEPING = 10;

const ENGINES = { wavelet: creatingWaveletEngine, reference: creatingReferenceEngine };

/** A run whose program failed: what the page is told, and the run itself, which can be visited up to there. */
export class Failed extends Error {
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
export interface Finished {
  readonly program: Program;
  /** Null for a scenario. */
  readonly work: Placed | null;
  readonly replay: Replay;
}

/** What the caller of a run sees and says of it, and where its trace goes if not into memory. */
export interface Caller {
  readonly report: (progress: Progress) => void;
  readonly stopped: () => boolean;
  readonly file: TraceFile | undefined;
  /** Whether a page will show the run. */
  readonly isShown: boolean;
}

/** Milliseconds from one look at the message queue to the next at least, and from telling how far a phase is to telling it again: both cost the page something. */
const BETWEEN_LOOKS = 10;
const BETWEEN_REPORTS = 40;

/** Tells the caller how far the run is, lets messages in now and then, and ends the run when nobody wants it any more. */
export function pausing({ report, stopped }: Pick<Caller, 'report' | 'stopped'>): Pause {
  let [phase, told] = ['', 0];
  return async (progress) => {
    const now = performance.now();
    if (progress.phase !== phase || now - told >= BETWEEN_REPORTS) {
      [phase, told] = [progress.phase, now];
      report(progress);
    }
    if (sinceBreath() >= BETWEEN_LOOKS) await breathe();
    if (stopped()) throw new Cancelled();
  };
}

export type Pause = (progress: Progress) => Promise<void>;

/** A program to run, whatever made it. */
export interface Job extends Pick<Finished, 'program' | 'work'> {
  readonly config: RunConfig;
  readonly title: string;
  /** Cycles it is thought to take, 0 when unknown. */
  readonly expected: number;
  readonly file: TraceFile | undefined;
}

export interface Ran {
  readonly engine: RunResult['engine'];
  readonly cycles: number;
  /** The trace, which is put in order; `pause` is awaited between pieces of that. */
  readonly trace: (pause: () => Promise<void>) => Promise<Trace>;
  readonly sinkWords: (sink: number) => Uint32Array;
  readonly stateHash: string;
  readonly run: Finished;
  readonly ms: number;
}

/** The program of a job timed, with its values, if that is wanted; undefined if it is declined or gets stuck and the choice is `auto`. */
async function timedOf({ config, program, file }: Job, pause: () => Promise<void>): Promise<TimedValues | undefined> {
  if (!wantsTiming(config) || file !== undefined) return undefined;
  try {
    return await timedValues(program, pause, costing(config.engine === 'auto'));
  } catch (error) {
    if (config.engine === 'auto' && error instanceof WeftError) return undefined;
    throw error;
  }
}

/** A job by the timing engine, if that is wanted and may be; visits of it go to the wavelet engine. */
export async function timeJob(job: Job, pause: () => Promise<void>): Promise<Ran | undefined> {
  const timed = await timedOf(job, pause);
  if (!timed) return undefined;
  const { program, work } = job;
  const { timing, sinks, ms } = timed;
  const replay = new Replay(program, creatingWaveletEngine, new Snapshots(SPACING));
  const trace = (checking: () => Promise<void>): Promise<Trace> => inSlices(timing.tracing(), checking);
  return {
    engine: 'timing',
    cycles: timing.cycles,
    trace,
    sinkWords: (i) => sinks[i],
    stateHash: '',
    run: { program, work, replay },
    ms,
  };
}

/** Runs a job to its end; an error of its program becomes a {@link Failed}. */
export async function runProgram(job: Job, pause: Pause, plan?: Plan): Promise<Ran & Pick<Engine, 'memory'>> {
  const { config, program, expected, work } = job;
  if (plan) checkMemory(plan, keepsFloats(config));
  // Each of these takes a while on a large machine: between them somebody may cancel.
  const placing = (): Promise<void> => pause({ phase: 'placing', cycle: 0, expected });
  await placing();
  await inSlices(validating(program), placing);
  const name = config.engine === 'reference' ? 'reference' : 'wavelet';
  const creating = ENGINES[name];
  const recording = await inSlices(startingRecording(program, job.file), placing);
  await placing();
  const engine = await inSlices(creating(program, recording.recorder), placing);
  const snapshots = new Snapshots(expected > 0 ? Math.ceil(expected / 16) : SPACING, engine.stateBytes);
  const pace = freshPace();
  const run = (): Finished => ({ program, work, replay: new Replay(program, creating, snapshots) });
  const checking = (): Promise<void> => pause({ phase: 'checking', cycle: engine.cycle, expected });
  try {
    await runToEnd(engine, recording, snapshots, pace, (cycle) => pause({ phase: 'simulating', cycle, expected }));
  } catch (error) {
    if (error instanceof ProgramError) throw new Failed(error, await failureOf(job, recording, error, checking), run());
    throw error;
  }
  return {
    engine: name,
    cycles: engine.cycle,
    trace: (pause) => recording.finish(engine.cycle, false, pause),
    sinkWords: (i) => engine.sinkWords(i),
    stateHash: await inSlices(engine.hashing(), checking),
    run: run(),
    ms: pace.ms,
    memory: (pe, address, bytes) => engine.memory(pe, address, bytes),
  };
}

async function failureOf({ config, title, program }: Job, recording: Recording, error: ProgramError, pause: () => Promise<void>): Promise<Failure> {
  const { cycle, waits, message, fixes } = error;
  const trace = await recording.finish(cycle, true, pause);
  return {
    config,
    title,
    modelVersion: MODEL_VERSION,
    program: withoutLoads(program),
    trace,
    traceHash: await inSlices(traceHashing(trace), pause),
    waits,
    message,
    fixes,
  };
}

/** Advances to the end, taking snapshots where they are wanted and writing what is recorded. */
async function runToEnd(engine: Engine, recording: Recording, snapshots: Snapshots, pace: Pace, pause: (cycle: number) => Promise<void>): Promise<void> {
  let kept = 0;
  const before = async (): Promise<number> => {
    if (engine.cycle >= snapshots.next) {
      if (pace.ms - kept < WORTH_KEEPING) return Number.POSITIVE_INFINITY;
      kept = pace.ms;
      snapshots.add(await inSlices(engine.snapshotting(), () => pause(engine.cycle)));
    }
    return snapshots.next;
  };
  await advanceInSlices(engine, pace, { before, after: () => recording.write(engine), pause });
}
