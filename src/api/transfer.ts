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

/** The buffers of all typed arrays in plain data, each once. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}
