/**
 * Runs the launches of a whole model on the wavelet engine. Each run is recorded, checked (physics, bits of the plain loop) and
 * forgotten: what is held at any time is one program and one trace, however many layers the model has.
 */
import { checkingConservation } from '../analysis/conservation.ts';
import { countingUnequal } from '../analysis/errors.ts';
import { computingMetrics } from '../analysis/metrics.ts';
import { creatingWaveletEngine } from '../engine/wavelet.ts';
import type { Job, Launch, Launched, LaunchRecord } from '../inference/launch.ts';
import { enumerating } from '../machine/channels.ts';
import { withoutLoads } from '../machine/loads.ts';
import type { Program } from '../machine/program.ts';
import { validating } from '../machine/validate.ts';
import { reading } from '../trace/reader.ts';
import { Recorder } from '../trace/recorder.ts';
import type { Trace } from '../trace/schema.ts';
import { Cancelled } from './outcome.ts';
import { advanceInSlices, breathe, freshPace, inSlices } from './slices.ts';

export interface LaunchProgress {
  /** Number of the launch, from 0, and its job's name. */
  readonly launch: number;
  readonly name: string;
  readonly phase: 'placing' | 'simulating' | 'checking';
  /** Cycle of this launch, and what its closed form expects. */
  readonly cycle: number;
  readonly expected: number;
}

/** Who hears of launches, and can stop them. */
export interface Listener {
  report(progress: LaunchProgress): void;
  /** Asked between slices; true makes the launch reject with {@link Cancelled}. */
  stopped(): boolean;
}

/** A {@link Launch} on the wavelet engine that tells `listener` of its progress. */
export function createLaunch(listener: Listener): Launch {
  let count = 0;
  return (job) => launch(job, count++, listener);
}

async function launch(job: Job, number: number, { report, stopped }: Listener): Promise<Launched> {
  const expected = job.estimate.closedForm.cycles;
  const pause = async (phase: LaunchProgress['phase'], cycle: number): Promise<void> => {
    report({ launch: number, name: job.name, phase, cycle, expected });
    await breathe();
    if (stopped()) throw new Cancelled();
  };
  const placing = (): Promise<void> => pause('placing', 0);
  await placing();
  const program = await inSlices(job.building(), placing);
  await inSlices(validating(program), placing);
  const { width, height, sources, sinks } = program;
  const recorder = new Recorder(width * height, await inSlices(enumerating(program), placing), sources.length, sinks.length);
  const engine = await inSlices(creatingWaveletEngine(program, recorder), placing);
  await advanceInSlices(engine, freshPace(), { pause: (cycle) => pause('simulating', cycle) });
  const checking = (): Promise<void> => pause('checking', engine.cycle);
  await checking();
  const words = sinks.map((_, i) => engine.sinkWords(i));
  const y = await inSlices(job.gathering(words), checking);
  const trace = await inSlices(recorder.finishing(width, height, engine.cycle), checking);
  return { y, record: await inSlices(recordOf(job, program, trace, y), checking) };
}

function* recordOf(job: Job, program: Program, trace: Trace, y: Float32Array): Generator<void, LaunchRecord> {
  const reader = yield* reading(withoutLoads(program), trace);
  const work = { ...job.work, macs: job.macs(program) };
  const { cycles, utilisation } = yield* computingMetrics(reader, work);
  const { closedForm, lowerBound } = job.estimate;
  const words = (counts: readonly number[]): number => 4 * counts.reduce((sum, n) => sum + n, 0);
  return {
    name: job.name,
    kernel: job.kernel,
    shape: job.shape,
    rectangle: job.rectangle,
    cycles,
    closedForm: closedForm.cycles,
    residual: closedForm.cycles / cycles - 1,
    lowerBound: lowerBound.cycles,
    utilisation,
    macs: work.macs.expected,
    hostBytes: {
      weights: work.weightBytes,
      in: words(program.sources.map((source) => source.words.length)),
      out: words(program.sinks.map((sink) => sink.expect)),
    },
    bitsOff: yield* countingUnequal(y, yield* job.adding()),
    checks: yield* checkingConservation(reader, work),
  };
}
