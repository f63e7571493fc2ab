/**
 * What a page asks first of a run, computed beside the run and handed over with it: on a whole wafer each of these takes longer
 * than a frame. Whoever shows the run keeps it for its reader; a run without it is asked when something is shown.
 */
import type { ReaderTables, TraceReader } from '../trace/reader.ts';
import { findingPath, type PathPiece } from './critical-path.ts';
import { findingEvents, type RunEvent } from './events.ts';
import { findingLatency, keepLatency, type LatencyMap } from './latency.ts';
import { findingLinkGroups, keepLinkGroups, type LinkGroups } from './links-now.ts';
import { findingPhases, type Phase } from './phases.ts';
import { findingShares, type StateShares } from './timeline.ts';

export interface Ahead {
  readonly tables: ReaderTables;
  readonly latency: LatencyMap;
  readonly shares: StateShares;
  readonly phases: readonly Phase[];
  readonly events: readonly RunEvent[];
  readonly path: readonly PathPiece[];
  /** Of a run whose lanes share shapes. */
  readonly links: LinkGroups | null;
}

/** Parts of a run that a curve is made of: more than any screen has pixels for. */
export const SHARE_BUCKETS = 1200;

/** In pieces. */
export function* lookingAhead(reader: TraceReader): Generator<void, Ahead> {
  const { cycles } = reader.trace;
  return {
    tables: reader.tables,
    latency: yield* findingLatency(reader),
    shares: yield* findingShares(reader, cycles, SHARE_BUCKETS),
    phases: yield* findingPhases(reader, cycles),
    events: yield* findingEvents(reader),
    path: yield* findingPath(reader),
    links: reader.moves.isShared ? yield* findingLinkGroups(reader) : null,
  };
}

const kept = new WeakMap<TraceReader, Ahead>();

/** Keeps for a reader what was computed ahead of it; gives the reader. */
export function withAhead(reader: TraceReader, ahead: Ahead): TraceReader {
  kept.set(reader, ahead);
  keepLatency(reader, ahead.latency);
  if (ahead.links) keepLinkGroups(reader, ahead.links);
  return reader;
}

export const aheadOf = (reader: TraceReader): Ahead | undefined => kept.get(reader);
