/** Where the rows of a sweep go: into columns, or, for fabrics whose rows would not fit, into their hashes alone. */
import { MAIN_THREAD, type Program } from '../../../machine/program.ts';
import { hashHead, LaneHashes, NEXT_TABLE } from '../../../trace/hash.ts';
import { Rows } from '../../../trace/rows.ts';
import { KINDS, type Runs, TRACE_VERSION, type Trace } from '../../../trace/schema.ts';
import { markAfter, type Repeats, ROW_WORDS } from '../../../trace/sequences.ts';

/** Run tables in the order of the trace. */
export const RUNS = { MOVES: 0, USES: 1, SENDS: 2, HOST_IN: 3, HOST_OUT: 4 } as const;
/** The table of main threads' spans, beside them. */
export const SPANS = 5;

/** Lanes hashed from one yield to the next. */
const BREATH = 1 << 16;

/** Takes closed rows (trace/rows.ts), those of a lane in their order. */
export interface RowSink {
  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void;
  /** Of the main thread of a PE. */
  span(pe: number, kind: number, mark: number, begin: number, end: number): void;
}

/** Takes rows again: the list of a lane, which counts from tick `base`, its marks `step` further on each time. */
type Again = (lane: number, list: number, base: number, step: number) => void;

export interface RepeatSink extends RowSink {
  readonly lanes: LaneCounts;
  /** Of a table of {@link RUNS}, or of {@link SPANS}, whose lanes are PEs. */
  again(table: number, repeats: Repeats): Again;
}

/** Lanes of each run table. */
export type LaneCounts = readonly [number, number, number, number, number];

/** The rows as a trace in columns. */
export class RowColumns implements RepeatSink {
  private readonly runs = Object.values(RUNS).map(() => new Rows());
  private readonly spans = new Rows();
  readonly lanes: LaneCounts;

  constructor(lanes: LaneCounts) {
    this.lanes = lanes;
  }

  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void {
    this.runs[table].push(lane, tx, begin, count, period);
  }

  span(pe: number, kind: number, mark: number, begin: number, end: number): void {
    this.spans.push(pe * 9 + MAIN_THREAD, kind, begin, end, mark);
  }

  again(table: number, { sequences, times, shift }: Repeats): Again {
    return (lane, list, base, step) => {
      const words = sequences.unroll(list);
      const { data } = sequences;
      for (let time = 1; time <= times; time++) {
        const from = base + time * shift;
        for (let w = 0; w < words; w += ROW_WORDS) {
          const [what, begin, extent, extra] = [data[w], from + data[w + 1], data[w + 2], data[w + 3]];
          if (table === SPANS) this.span(lane, what, markAfter(extra, time * step), begin, from + extent);
          else this.run(table, lane, what, begin, extent, extra);
        }
      }
    };
  }

  /** In pieces. */
  *trace({ width, height }: Program, cycles: number): Generator<void, Trace> {
    const tables: Runs[] = [];
    for (const [table, rows] of this.runs.entries()) tables.push(yield* rows.toRuns(this.lanes[table]));
    const [moves, uses, sends, hostIn, hostOut] = tables;
    const hostSteps = new Rows().toSteps();
    return {
      version: TRACE_VERSION,
      width,
      height,
      cycles,
      intervals: yield* this.spans.toIntervals(9 * width * height),
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
export class RowHashes implements RepeatSink {
  /** PE-cycles of main threads by kind. */
  readonly kindCycles = new Float64Array(KINDS.length);
  readonly lanes: LaneCounts;
  private readonly runs: readonly LaneHashes[];
  private readonly spans: LaneHashes;
  private count = 0;

  constructor(lanes: LaneCounts, pes: number) {
    this.lanes = lanes;
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

  again(table: number, repeats: Repeats): Again {
    const { sequences, times } = repeats;
    const hash = (table === SPANS ? this.spans : this.runs[table]).again(repeats);
    return (lane, list, base, step) => {
      hash(lane, list, base, step);
      const words = sequences.unroll(list);
      this.count += (times * words) / ROW_WORDS;
      if (table !== SPANS) return;
      const { data } = sequences;
      for (let w = 0; w < words; w += ROW_WORDS) this.kindCycles[data[w]] += times * (data[w + 2] - data[w + 1]);
    };
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

/** Main threads' spans as they come, by place, put together like the recorder does. */
export class OpenSpans {
  /** Of the open span of a place, -1 for none. */
  readonly kind: Int8Array;
  readonly mark: Int32Array;
  readonly begin: Int32Array;
  readonly end: Int32Array;
  private readonly pes: Int32Array;
  private readonly sink: RowSink;

  /** `pes` are those of the places. */
  constructor(pes: Int32Array, sink: RowSink) {
    this.pes = pes;
    this.sink = sink;
    this.kind = new Int8Array(pes.length).fill(-1);
    this.mark = new Int32Array(pes.length);
    this.begin = new Int32Array(pes.length);
    this.end = new Int32Array(pes.length);
  }

  add(p: number, kind: number, mark: number, begin: number, end: number): void {
    if (end <= begin) return;
    if (this.kind[p] === kind && this.mark[p] === mark && this.end[p] === begin) {
      this.end[p] = end;
      return;
    }
    this.close(p);
    this.kind[p] = kind;
    this.mark[p] = mark;
    this.begin[p] = begin;
    this.end[p] = end;
  }

  close(p: number): void {
    if (this.kind[p] >= 0) this.sink.span(this.pes[p], this.kind[p], this.mark[p], this.begin[p], this.end[p]);
    this.kind[p] = -1;
  }

  closeAll(): void {
    for (let p = 0; p < this.pes.length; p++) this.close(p);
  }
}
