/** What panels share of a finished run, computed once per trace by src/analysis and kept as long as the trace is. */
import { aheadOf, SHARE_BUCKETS } from '../analysis/ahead.ts';
import { criticalPath, type PathPiece } from '../analysis/critical-path.ts';
import { peEvents, type RunEvent, runEvents } from '../analysis/events.ts';
import { type Insight, insights } from '../analysis/insights.ts';
import { type RowError, rowErrors } from '../analysis/numerics.ts';
import { type Phase, phases } from '../analysis/phases.ts';
import { type StateShares, stateShares } from '../analysis/timeline.ts';
import { once } from '../base/once.ts';
import type { TimeSpan } from '../store/span.ts';
import type { TimedRun, ValuedRun } from '../store/types.ts';
import type { TraceReader } from '../trace/reader.ts';

/** Weights of one block of Q4_K. */
const BLOCK = 256;

export { latencyOf } from '../analysis/latency.ts';

/** Shares of the whole run. */
export const sharesOf: (reader: TraceReader) => StateShares = once(
  (reader) => aheadOf(reader)?.shares ?? stateShares(reader, reader.trace.cycles, SHARE_BUCKETS),
);

const lastShares = new WeakMap<TraceReader, StateShares>();
/** Shares of a part of it, in parts of their own; the last one asked for is kept. */
export function sharesIn(reader: TraceReader, { from, to }: TimeSpan): StateShares {
  if (from === 0 && to === reader.trace.cycles) return sharesOf(reader);
  const known = lastShares.get(reader);
  if (known?.from === from && known.to === to) return known;
  const shares = stateShares(reader, to, SHARE_BUCKETS, from);
  lastShares.set(reader, shares);
  return shares;
}
export const phasesOf: (reader: TraceReader) => readonly Phase[] = once((reader) => aheadOf(reader)?.phases ?? phases(reader, reader.trace.cycles));
const runEventsOf: (reader: TraceReader) => readonly RunEvent[] = once((reader) => aheadOf(reader)?.events ?? runEvents(reader));

let lastEvents: { readonly reader: TraceReader; readonly pe: number | null; readonly list: readonly RunEvent[] } | null = null;
/** The run's events and those of one PE, in order of time, each once. */
export function eventsOf(reader: TraceReader, pe: number | null): readonly RunEvent[] {
  if (lastEvents?.reader === reader && lastEvents.pe === pe) return lastEvents.list;
  const all = [...runEventsOf(reader), ...(pe === null ? [] : peEvents(reader, pe))];
  const once = new Map(all.map((e) => [`${e.cycle} ${e.pe} ${e.kind} ${e.what}`, e]));
  const list = [...once.values()].sort((a, b) => a.cycle - b.cycle);
  lastEvents = { reader, pe, list };
  return list;
}

/** The critical path, in pieces. */
export const pathOf: (reader: TraceReader) => readonly PathPiece[] = once((reader) => aheadOf(reader)?.path ?? criticalPath(reader));
/** The rows that differ most from float64, `most` of them or all. */
export const rowErrorsOf = ({ y, yF64, plan: { shape } }: ValuedRun, most?: number): readonly RowError[] => rowErrors(y, yF64, shape.m, shape.n, most);

/** How a mapping unpacks: that of its inner kernel, if it has one; weights that stream in are unpacked as they come. */
function unpacksOf({ kernel, options }: TimedRun['plan']): 'perColumn' | 'once' | 'asItComes' {
  if (kernel === 'weight-streaming') return 'asItComes';
  return (options.inner ?? kernel) === 'stationary' ? 'once' : 'perColumn';
}

/** Insights of a run; `reader` is that of its trace. */
const insightsByReader = new WeakMap<TraceReader, readonly Insight[]>();
export function insightsOf(result: TimedRun, reader: TraceReader): readonly Insight[] {
  const known = insightsByReader.get(reader);
  if (known) return known;
  const { shape, usedPes } = result.plan;
  const list = insights(reader, result.metrics, { n: shape.n, usedPes, blocks: Math.ceil(shape.k / BLOCK), unpacks: unpacksOf(result.plan) });
  insightsByReader.set(reader, list);
  return list;
}
