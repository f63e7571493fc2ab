/** Where the rows of a sweep go: into columns, or, for fabrics whose rows would not fit, into their hashes alone. */
import { each } from '../../../base/pieces.ts';
import { MAIN_THREAD, type Program } from '../../../machine/program.ts';
import { hashHead, LaneHashes, NEXT_TABLE } from '../../../trace/hash.ts';
import { Rows } from '../../../trace/rows.ts';
import { KINDS, type Runs, TRACE_VERSION, type Trace } from '../../../trace/schema.ts';
import { markAfter, type Repeats, ROW_WORDS } from '../../../trace/sequences.ts';

/** Run tables in the order of the trace. */
export const RUNS = { MOVES: 0, USES: 1, SENDS: 2, HOST_IN: 3, HOST_OUT: 4 } as const;
/** The table of main threads' spans, beside them. */
export const SPANS = 5;

/** Lanes hashed, or words of lists counted, from one yield to the next. */
const BREATH = 1 << 16;

/** Takes closed spans of main threads, those of a PE or a place in their order. */
export interface SpanSink {
  span(of: number, kind: number, mark: number, begin: number, end: number): void;
}

/** Takes closed rows (trace/rows.ts), those of a lane in their order; spans by PE. */
export interface RowSink extends SpanSink {
  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void;
}

/** Takes lists of rows. */
interface Again {
  /** The list of a lane, which counts from tick `base`, its marks `step` further on each time. */
  lane(lane: number, list: number, base: number, step: number): void;
  /** After all lanes. Yields now and then. */
  end(): Generator<void, void>;
}

export interface RepeatSink extends RowSink {
  /** Of a table of {@link RUNS}, or of {@link SPANS}, whose lanes are PEs. */
  again(table: number, repeats: Repeats): Again;
}

/** Tells the rows of a lane ({@link Sequences.data}), which count from tick `base`, with marks `step` further on. */
export function tellRows(sink: RowSink, table: number, lane: number, data: Int32Array, words: number, base: number, step: number): void {
  for (let w = 0; w < words; w += ROW_WORDS) {
    const [what, begin, extent, extra] = [data[w], base + data[w + 1], data[w + 2], data[w + 3]];
    if (table === SPANS) sink.span(lane, what, markAfter(extra, step), begin, base + extent);
    else sink.run(table, lane, what, begin, extent, extra);
  }
}

/** Lanes of each run table. */
export type LaneCounts = readonly [number, number, number, number, number];

/** The rows as a trace in columns. */
export class RowColumns implements RepeatSink {
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

  again(table: number, { sequences, times, shift }: Repeats): Again {
    const lane = (lane: number, list: number, base: number, step: number): void => {
      const words = sequences.unroll(list);
      for (let time = 0; time < times; time++) tellRows(this, table, lane, sequences.data, words, base + time * shift, time * step);
    };
    return { lane, *end() {} };
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

  again(table: number, repeats: Repeats): Again {
    const hash = (table === SPANS ? this.spans : this.runs[table]).again(repeats);
    const lanes = new Uint32Array(repeats.sequences.count);
    const lane = (lane: number, list: number, base: number, step: number): void => {
      hash(lane, list, base, step);
      lanes[list]++;
    };
    return { lane, end: () => this.tally(table, repeats, lanes) };
  }

  /** Counts the rows and cycles of lists, of which `lanes[list]` lanes have each. */
  private *tally(table: number, { sequences, times }: Repeats, lanes: Uint32Array): Generator<void, void> {
    let done = 0;
    for (let list = 0; list < lanes.length; list++) {
      if (lanes[list] === 0) continue;
      const words = sequences.unroll(list);
      const { data } = sequences;
      this.count += (times * lanes[list] * words) / ROW_WORDS;
      for (let w = 0; w < words && table === SPANS; w += ROW_WORDS) this.kindCycles[data[w]] += times * lanes[list] * (data[w + 2] - data[w + 1]);
      done += words;
      if (done < BREATH) continue;
      done = 0;
      yield;
    }
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
  private readonly sink: SpanSink;

  constructor(places: number, sink: SpanSink) {
    this.sink = sink;
    this.kind = new Int8Array(places).fill(-1);
    this.mark = new Int32Array(places);
    this.begin = new Int32Array(places);
    this.end = new Int32Array(places);
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

  /** The spans (kind, mark, begin, end) at [at, to) of `spans`, which count from tick `from`. */
  addAll(p: number, spans: Int32Array, at: number, to: number, from: number): void {
    for (let i = at; i < to; i += 4) this.add(p, spans[i], spans[i + 1], from + spans[i + 2], from + spans[i + 3]);
  }

  close(p: number): void {
    if (this.kind[p] >= 0) this.sink.span(p, this.kind[p], this.mark[p], this.begin[p], this.end[p]);
    this.kind[p] = -1;
  }

  /** In pieces. */
  closing(): Generator<void, void> {
    return each(this.kind.length, (p) => this.close(p));
  }
}
