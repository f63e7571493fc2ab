/** Advances an engine to its end in slices of wall time, so that whoever waits hears of it and can stop it between two. */
import type { Engine } from '../engine/engine.ts';

/** Milliseconds of simulation between looks at the message queue: cancel answers within this. */
const SLICE_MS = 40;

/** What is kept from slice to slice: milliseconds in the engine, and cycles a slice. */
export interface Pace {
  ms: number;
  slice: number;
}

export const freshPace = (): Pace => ({ ms: 0, slice: 16 });

/** What a run does around its slices. */
export interface Around {
  /** Before a slice; gives the cycle that the slice must not pass. */
  before?(): number;
  /** After a slice; true when it was too much of a mouthful. */
  after?(): Promise<boolean>;
  /** When enough time has passed to tell somebody; throws to stop the run. */
  pause(cycle: number): Promise<void>;
}

/** Lets waiting messages in. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Drives work to its end in slices of about SLICE_MS; `pause` is awaited between them and throws to stop it. */
export async function inSlices<Result>(work: Generator<unknown, Result>, pause: () => Promise<void>): Promise<Result> {
  for (let begin = performance.now(); ; ) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - begin < SLICE_MS) continue;
    await pause();
    begin = performance.now();
  }
}

/** Slices of about SLICE_MS until the engine has finished; fits the slice in `pace`. Throws what the engine and `around` throw. */
export async function advanceInSlices(engine: Engine, pace: Pace, { before, after, pause }: Around): Promise<void> {
  while (!engine.finished) {
    const limit = before?.() ?? Number.POSITIVE_INFINITY;
    const begin = performance.now();
    engine.advance(Math.min(engine.cycle + pace.slice, Math.max(engine.cycle + 1, limit)));
    const took = performance.now() - begin;
    pace.ms += took;
    const isMuch = (await after?.()) ?? false;
    if (took < SLICE_MS / 2 && !isMuch && pace.slice < 2 ** 24) pace.slice *= 2;
    else if ((took > SLICE_MS || isMuch) && pace.slice > 1) pace.slice = Math.ceil(pace.slice / 2);
    if (took > SLICE_MS / 4 || engine.finished) await pause(engine.cycle);
  }
}
