/**
 * What a session hands over for good: the arrays of a trace that it does not keep are moved to the page instead of copied. On a
 * whole wafer a copy would stop the page for longer than a frame.
 */
import { transfer } from 'comlink';
import { isVisitable, type Outcome, type Session, type TimedRun } from './protocol.ts';

/** The session as its worker exposes it. */
export function transferring(session: Session): Session {
  return {
    ...session,
    run: async (...asked) => moved(await session.run(...asked)),
    runOrTime: async (...asked) => moved(await session.runOrTime(...asked)),
    results: async (...asked) => {
      const outcome = await session.results(...asked);
      return transfer(outcome, [...buffersOf(outcome)]);
    },
  };
}

function moved<T extends TimedRun>(outcome: Outcome<T>): Outcome<T> {
  if (!outcome.ok) return outcome;
  const { trace, ahead, rows, program } = outcome.value;
  // A run with values keeps its program and its rows: it can be visited.
  const own = isVisitable(outcome.value) ? [] : [rows, program.classOf, program.routeOf];
  return transfer(outcome, [...buffersOf([trace, ahead?.tables, ahead?.latency, own])]);
}

/** Elements copied at a time. */
const PORTION = 1 << 18;

type Numbers = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

const isNumbers = (value: object): value is Numbers => ArrayBuffer.isView(value) && 'subarray' in value;

/**
 * A copy of plain data to be moved to a worker, made in pieces: the copy that postMessage makes of a large trace holds the page for
 * longer than a frame. What is in it twice is copied once.
 */
export function* copying<T>(value: T, made = new Map<unknown, unknown>()): Generator<void, T> {
  if (typeof value !== 'object' || value === null) return value;
  const known = made.get(value);
  if (known !== undefined) return known as T;
  if (isNumbers(value)) {
    const copy: Numbers = new (value.constructor as new (length: number) => Numbers)(value.length);
    made.set(value, copy);
    for (let at = 0; at < value.length; at += PORTION) {
      copy.set(value.subarray(at, at + PORTION), at);
      yield;
    }
    return copy as T;
  }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  made.set(value, copy);
  for (const [name, part] of Object.entries(value)) (copy as Record<string, unknown>)[name] = yield* copying(part, made);
  return copy as T;
}

/** The buffers of all typed arrays in plain data, each once. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}
