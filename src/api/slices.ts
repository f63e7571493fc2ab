/** Long work in slices of wall time, so that whoever waits hears of it and can stop it between two. */
import type { Engine } from '../engine/engine.ts';

/** Milliseconds of work between looks at the message queue: cancel answers within this and the piece that is under way. */
const SLICE_MS = 20;

/** What is kept from stretch to stretch: milliseconds in the engine, and cycles a stretch. */
export interface Pace {
  ms: number;
  stretch: number;
}

export const freshPace = (): Pace => ({ ms: 0, stretch: 16 });

/** What a run does around its stretches. */
export interface Around {
  /** Before a stretch; gives the cycle that it must not pass. */
  before?(): Promise<number>;
  /** After a stretch; true when it was too much of a mouthful. */
  after?(): Promise<boolean>;
  /** When enough time has passed to tell somebody; throws to stop the run. */
  pause(cycle: number): Promise<void>;
}

/** When this thread last let messages in. One for all: short works that follow each other are one long work to who waits. */
let breathed = performance.now();

/** Milliseconds since messages were let in. */
export const sinceBreath = (): number => performance.now() - breathed;

/** Node has it and browsers have not; the library's types know neither. */
const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };

/** Lets waiting messages in. Not by a timer, which takes 1 ms in Node and 4 in a browser. */
export async function breathe(): Promise<void> {
  await new Promise<void>(setImmediate ?? throughChannel);
  breathed = performance.now();
}

/** Who waits for messages of the channel, in turn, and the end of it that sends them; made when it is first needed. */
const waiting: Array<() => void> = [];
let channel: MessagePort | undefined;

/** Calls back behind the messages that are there, in a browser. */
function throughChannel(go: () => void): void {
  if (channel === undefined) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => waiting.shift()?.();
    channel = port2;
  }
  waiting.push(go);
  channel.postMessage(null);
}

/** Drives work to its end in slices of about SLICE_MS; `pause` is awaited between them, breathes, and throws to stop it. Adds what the work itself took to `pace`. */
export async function inSlices<Result>(work: Generator<unknown, Result>, pause: () => Promise<void>, pace?: Pick<Pace, 'ms'>): Promise<Result> {
  for (;;) {
    const begin = performance.now();
    let step = work.next();
    while (!step.done && sinceBreath() < SLICE_MS) step = work.next();
    if (pace) pace.ms += performance.now() - begin;
    if (step.done) return step.value;
    await pause();
  }
}

/**
 * Advances an engine to its end, in stretches at whose ends its state may be looked at: those cost it speed, for nothing goes ahead of
 * its time beyond one. They grow as long as they are no mouthful. Throws what the engine and `around` throw.
 */
export async function advanceInSlices(engine: Engine, pace: Pace, { before, after, pause }: Around): Promise<void> {
  while (!engine.finished) {
    const limit = (await before?.()) ?? Number.POSITIVE_INFINITY;
    const since = pace.ms;
    const until = Math.min(engine.cycle + pace.stretch, Math.max(engine.cycle + 1, limit));
    await inSlices(engine.advancing(until), () => pause(engine.cycle), pace);
    const isMuch = (await after?.()) ?? false;
    if (isMuch) pace.stretch = Math.ceil(pace.stretch / 2);
    else if (pace.stretch < 2 ** 24) pace.stretch *= 2;
    if (pace.ms - since > SLICE_MS / 4 || engine.finished) await pause(engine.cycle);
  }
}
