/** Where the rows of a sweep go: into columns, or, for fabrics whose rows would not fit, into their hashes alone. */
import { MAIN_THREAD, type Program } from '../../../machine/program.ts';
import { hashHead, LaneHashes, NEXT_TABLE } from '../../../trace/hash.ts';
import { Rows } from '../../../trace/rows.ts';
import { KINDS, TRACE_VERSION, type Trace } from '../../../trace/schema.ts';

/** Run tables in the order of the trace. */
export const RUNS = { MOVES: 0, USES: 1, SENDS: 2, HOST_IN: 3, HOST_OUT: 4 } as const;

/** Lanes hashed from one yield to the next. */
const BREATH = 1 << 16;

/** Takes closed rows (trace/rows.ts), those of a lane in their order. */
export interface RowSink {
  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void;
  /** Of the main thread of a PE. */
  span(pe: number, kind: number, mark: number, begin: number, end: number): void;
}

/** Lanes of each run table. */
export type LaneCounts = readonly [number, number, number, number, number];

/** The rows as a trace in columns. */
export class RowColumns implements RowSink {
  private readonly runs = Object.values(RUNS).map(() => new Rows());
  private readonly spans = new Rows();
  private readonly lanes: LaneCounts;

  constructor(lanes: LaneCounts) {
    this.lanes = lanes;
  }

  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void {
    this.runs[table].push(lane, tx, begin, count, period);
  }

  span(pe: number, kind: number, mark: number, begin: number, end: number): void {
    this.spans.push(pe * 9 + MAIN_THREAD, kind, begin, end, mark);
  }

  trace({ width, height }: Program, cycles: number): Trace {
    const [moves, uses, sends, hostIn, hostOut] = this.runs.map((rows, table) => rows.toRuns(this.lanes[table]));
    const hostSteps = new Rows().toSteps();
    return {
      version: TRACE_VERSION,
      width,
      height,
      cycles,
      intervals: this.spans.toIntervals(9 * width * height),
      moves,
      uses,
      sends,
      hostIn,
      hostOut,
      hostSteps,
    };
  }
}

/** The hash of the trace, and what else is asked of a trace that nobody keeps. */
export class RowHashes implements RowSink {
  /** PE-cycles of main threads by kind. */
  readonly kindCycles = new Float64Array(KINDS.length);
  private readonly runs: readonly LaneHashes[];
  private readonly spans: LaneHashes;
  private count = 0;

  constructor(lanes: LaneCounts, pes: number) {
    this.runs = lanes.map((count) => new LaneHashes(count, true));
    this.spans = new LaneHashes(pes, false, 1);
  }

  /** Rows so far. */
  get rows(): number {
    return this.count;
  }

  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void {
    this.count++;
    this.runs[table].add(lane, tx, begin, count, period);
  }

  span(pe: number, kind: number, mark: number, begin: number, end: number): void {
    this.count++;
    this.kindCycles[kind] += end - begin;
    this.spans.add(pe, kind, begin, end, mark);
  }

  /** Lanes that differ by more than a shift in time. */
  get distinct(): number {
    return [this.spans, ...this.runs].reduce((sum, table) => sum + table.distinct, 0);
  }

  /** Yields now and then. */
  *hash({ width, height }: Program, cycles: number): Generator<void, string> {
    const total = hashHead(TRACE_VERSION, width, height, cycles);
    for (const table of [this.spans, ...this.runs]) {
      for (let lane = 0; lane < table.lanes; lane += BREATH) {
        table.into(total, lane, Math.min(table.lanes, lane + BREATH));
        yield;
      }
      total.word(NEXT_TABLE);
    }
    return total.hex();
  }
}

/** Main threads' spans as they come, put together like the recorder does. */
export class OpenSpans {
  private readonly sink: RowSink;
  private readonly kind: Int8Array;
  private readonly mark: Int32Array;
  private readonly begin: Int32Array;
  private readonly end: Int32Array;

  constructor(pes: number, sink: RowSink) {
    this.sink = sink;
    this.kind = new Int8Array(pes).fill(-1);
    this.mark = new Int32Array(pes);
    this.begin = new Int32Array(pes);
    this.end = new Int32Array(pes);
  }

  add(pe: number, kind: number, mark: number, begin: number, end: number): void {
    if (end <= begin) return;
    if (this.kind[pe] === kind && this.mark[pe] === mark && this.end[pe] === begin) {
      this.end[pe] = end;
      return;
    }
    this.close(pe);
    this.kind[pe] = kind;
    this.mark[pe] = mark;
    this.begin[pe] = begin;
    this.end[pe] = end;
  }

  close(pe: number): void {
    if (this.kind[pe] >= 0) this.sink.span(pe, this.kind[pe], this.mark[pe], this.begin[pe], this.end[pe]);
    this.kind[pe] = -1;
  }
}
