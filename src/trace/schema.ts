/**
 * The trace: the contract between engines and everything that looks at a run. Intervals and runs in columns, not frames:
 * the state at any cycle is a query (reader.ts), so scrubbing stores nothing.
 *
 * A run is `count` events at begin, begin + period, ...: maximal in event order with gaps of at most {@link MAX_PERIOD}. The
 * period is 0 where several words are taken in one tick, and 1 for a single event.
 * Rows are sorted by lane, then begin; the lane order is that of machine/channels.ts. As a file: docs/trace-format.md.
 */
import { ACTIVITIES } from '../machine/program.ts';

/** Version of what a trace means and of its bytes. 2: host steps, files. */
export const TRACE_VERSION = 2;

/** Gaps above this start a new run. */
export const MAX_PERIOD = 16;

/** Kinds of intervals of a thread: what it did, or why it did nothing. A thread without an interval is idle. */
export const KINDS = [...ACTIVITIES, 'wait', 'blocked', 'slot'] as const;
export type Kind = (typeof KINDS)[number];
export const KIND = Object.fromEntries(KINDS.map((name, i) => [name, i])) as Readonly<Record<Kind, number>>;

/** `wait`: no wavelet in the input queue. `blocked`: no room in the output queue. `slot`: another thread held the issue slot. */
export const isStall = (kind: number): boolean => kind >= KIND.wait;

/** Thread intervals [begin, end) in cycles. `thread` 8 is main; `mark` is the program's label or -1. */
export interface Intervals {
  readonly pe: Uint32Array;
  readonly thread: Uint8Array;
  readonly kind: Uint8Array;
  readonly mark: Int32Array;
  readonly begin: Uint32Array;
  readonly end: Uint32Array;
}

/** Runs of events on a lane. For departures the lane is the FIFO they leave and `tx` the port mask they take. */
export interface Runs {
  readonly lane: Uint32Array;
  readonly tx: Uint8Array;
  readonly begin: Uint32Array;
  readonly count: Uint32Array;
  readonly period: Uint32Array;
}

/** The host's steps: entry `step` of the program's list took the cycles [begin, end). In the order of the list. */
export interface HostSteps {
  readonly step: Uint32Array;
  readonly begin: Uint32Array;
  readonly end: Uint32Array;
}

/** Events of a run at ticks < `tick`, which must be after its begin. */
export const eventsBefore = (tick: number, begin: number, count: number, period: number): number =>
  period === 0 ? count : Math.min(count, Math.floor((tick - 1 - begin) / period) + 1);

/** What every trace says, however its rows are kept. */
export interface TraceHead {
  readonly version: number;
  readonly width: number;
  readonly height: number;
  /** Cycles from 0 to the last event, inclusive of its duration. */
  readonly cycles: number;
  readonly hostSteps: HostSteps;
}

export interface Trace extends TraceHead {
  readonly intervals: Intervals;
  /** Departures from router FIFOs; lane = FIFO (channels.pe, port, color). */
  readonly moves: Runs;
  /** Words consumed from input queues; lane = input queue. */
  readonly uses: Runs;
  /** Words pushed into output queues; lane = output queue. */
  readonly sends: Runs;
  /** Departures of host sources; lane = index of the source. */
  readonly hostIn: Runs;
  /** Arrivals at host sinks, at the tick they leave the fabric; lane = index of the sink. */
  readonly hostOut: Runs;
}
