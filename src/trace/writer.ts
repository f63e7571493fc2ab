/**
 * Writes a trace file while the run goes on (docs/trace-format.md). Rows come when they are surely closed, in an order that
 * follows from the rows alone, so the bytes do not depend on the engine, on its pace or on when the recorder is drained.
 * Kept: where each lane's last row ended and its hash, and one chunk a table. Columns are differences; see add().
 */
import { enumerateChannels } from '../machine/channels.ts';
import type { Program } from '../machine/program.ts';
import { ByteWriter, ColumnWriter, hexBytes, zigzag } from './bytes.ts';
import { hashHead, LaneHashes, NEXT_TABLE } from './hash.ts';
import { encodeHeader } from './header.ts';
import { Column, pastOf, Rows } from './rows.ts';
import { eventsBefore, type Intervals, isStall, type Runs, TRACE_VERSION, type Trace } from './schema.ts';
import { CHUNK_ROWS, isRunTable, lanesOf, TABLES, type TableName } from './tables.ts';

/** Takes the next bytes of the file; they are the sink's to keep. */
export type TraceSink = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Closing tick of rows that only the end of the run has closed. */
const AT_END = 2 ** 31 - 1;

/** A chunk and the closing tick of its last row. */
interface Chunk {
  readonly closes: number;
  readonly table: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The chunks of one table. */
class TableWriter {
  rows = 0;
  readonly hashes: LaneHashes;
  private readonly table: number;
  private readonly isRuns: boolean;
  private readonly chunkRows: number;
  /** Where each lane's row before ended (rows.ts), and its mark. */
  private readonly past: Int32Array;
  private readonly mark: Int32Array;
  private readonly columns = Array.from({ length: 5 }, () => new ColumnWriter());
  private inChunk = 0;
  private laneBefore = 0;

  constructor(name: TableName, lanes: number, chunkRows: number) {
    this.table = TABLES.indexOf(name) + 1;
    this.isRuns = isRunTable(name);
    this.chunkRows = chunkRows;
    this.past = new Int32Array(lanes);
    this.mark = new Int32Array(this.isRuns ? 0 : lanes).fill(-1);
    this.hashes = new LaneHashes(lanes, this.isRuns);
  }

  add(lane: number, what: number, begin: number, extent: number, extra: number): void {
    const [lanes, whats, gaps, extents, extras] = this.columns;
    lanes.put(zigzag(lane - this.laneBefore));
    whats.put(what);
    gaps.put(begin - this.past[lane]);
    if (this.isRuns) {
      extents.put(extent - 1);
      extras.put(extra);
    } else {
      extents.put(extent - begin);
      extras.put(zigzag(extra - this.mark[lane]));
      this.mark[lane] = extra;
    }
    this.laneBefore = lane;
    this.past[lane] = pastOf(this.isRuns, begin, extent, extra);
    this.hashes.add(lane, what, begin, extent, extra);
    this.rows++;
    this.inChunk++;
  }

  get isFull(): boolean {
    return this.inChunk === this.chunkRows;
  }

  get isEmpty(): boolean {
    return this.inChunk === 0;
  }

  chunk(closes: number): Chunk {
    const payload = new ByteWriter();
    for (const column of this.columns) payload.sized(column.take());
    const bytes = section(this.table, this.inChunk, payload.bytes());
    this.inChunk = 0;
    this.laneBefore = 0;
    return { closes, table: this.table, bytes };
  }
}

/** Table, rows, payload with its length, check. */
function section(table: number, rows: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.u8(table);
  out.u32(rows);
  out.u32(payload.length);
  out.raw(payload);
  out.check();
  return out.bytes().slice();
}

export class TraceWriter {
  /** The least rows of a chunk for which it is worth to drain the recorder. */
  readonly chunkRows: number;
  private readonly tables: Readonly<Record<TableName, TableWriter>>;
  private readonly sink: TraceSink;
  private readonly size: readonly [number, number];
  private chunks: Chunk[] = [];
  /** Step, begin, end of the host's steps, for the hash. */
  private readonly steps: number[] = [];

  /** Writes the header at once. */
  constructor(program: Program, modelVersion: string, sink: TraceSink, chunkRows = CHUNK_ROWS) {
    this.sink = sink;
    this.chunkRows = chunkRows;
    this.size = [program.width, program.height];
    const lanes = lanesOf(program, enumerateChannels(program));
    const writers = TABLES.map((name) => [name, new TableWriter(name, lanes[name], chunkRows)] as const);
    this.tables = Object.fromEntries(writers) as Record<TableName, TableWriter>;
    sink(encodeHeader(program, modelVersion));
  }

  /**
   * Takes the rows that were closed before tick `until`; `closes` holds the tick at which the next row of the same lane
   * begins. Every row that closes before it must be there. They are written by that tick, then by lane.
   */
  take(name: TableName, rows: Rows, closes: Column, until: number): void {
    const [ready, kept]: [number[], number[]] = [[], []];
    for (let i = 0; i < rows.length; i++) (closes.at(i) < until ? ready : kept).push(i);
    ready.sort((a, b) => closes.at(a) - closes.at(b) || rows.lane.at(a) - rows.lane.at(b));
    for (const i of ready) this.put(name, closes.at(i), rows.lane.at(i), rows.what.at(i), rows.begin.at(i), rows.extent.at(i), rows.extra.at(i));
    rows.keep(kept);
    closes.keep(kept);
  }

  private put(name: TableName, closes: number, lane: number, what: number, begin: number, extent: number, extra: number): void {
    const table = this.tables[name];
    table.add(lane, what, begin, extent, extra);
    if (name === 'hostSteps') this.steps.push(lane, begin, extent);
    if (table.isFull) this.chunks.push(table.chunk(closes));
  }

  /** Hands over the chunks that are full. Chunks of different tables are in the order in which their last rows closed. */
  flush(): void {
    for (const { bytes } of this.chunks.sort((a, b) => a.closes - b.closes || a.table - b.table)) this.sink(bytes);
    this.chunks = [];
  }

  /** Takes all the rest of a table: what a run of `cycles` cycles closes at its end, and nothing that is later (as in cut.ts). */
  takeLast(name: TableName, rows: Rows, closes: Column, cycles: number): void {
    const at = (i: number): number => (closes.at(i) < cycles ? closes.at(i) : AT_END);
    const order = Array.from({ length: rows.length }, (_, i) => i).sort((a, b) => at(a) - at(b) || rows.lane.at(a) - rows.lane.at(b));
    for (const i of order) {
      const [begin, extent, what, extra] = [rows.begin.at(i), rows.extent.at(i), rows.what.at(i), rows.extra.at(i)];
      const last = name === 'intervals' && isStall(what) ? cycles + 1 : cycles;
      if (begin >= last) continue;
      const kept = isRunTable(name) ? eventsBefore(last, begin, extent, extra) : Math.min(extent, last);
      this.put(name, at(i), rows.lane.at(i), what, begin, kept, isRunTable(name) && kept === 1 ? 1 : extra);
    }
  }

  /** Writes what is left and the trailer. */
  finish(cycles: number): void {
    for (const name of TABLES) if (!this.tables[name].isEmpty) this.chunks.push(this.tables[name].chunk(AT_END));
    this.flush();
    const payload = new ByteWriter();
    payload.varint(cycles);
    for (const name of TABLES) payload.varint(this.tables[name].rows);
    payload.raw(hexBytes(this.hash(cycles)));
    this.sink(section(0, 0, payload.bytes()));
  }

  /** The same as traceHash (hash.ts) of the trace read back. */
  private hash(cycles: number): string {
    const total = hashHead(TRACE_VERSION, ...this.size, cycles);
    for (const name of TABLES) {
      if (name !== 'intervals') total.word(NEXT_TABLE);
      if (name !== 'hostSteps') this.tables[name].hashes.into(total);
    }
    for (const word of this.steps) total.word(word);
    return total.hex();
  }
}

/** The file of a finished trace, in pieces: the same bytes that a writer makes while the run goes on. */
export function encodeTrace(program: Program, trace: Trace, modelVersion: string): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const writer = new TraceWriter(program, modelVersion, (bytes) => pieces.push(bytes));
  const { intervals, moves, uses, sends, hostIn, hostOut, hostSteps } = trace;
  const tables = { intervals: fromIntervals(intervals), ...mapRuns({ moves, uses, sends, hostIn, hostOut }) };
  for (const [name, rows] of Object.entries(tables)) writer.takeLast(name as TableName, rows, closingTicks(rows), trace.cycles);
  const steps = new Rows();
  hostSteps.step.forEach((step, i) => {
    steps.push(step, 0, hostSteps.begin[i], hostSteps.end[i], -1);
  });
  writer.takeLast('hostSteps', steps, closingTicks(steps), trace.cycles);
  writer.finish(trace.cycles);
  return pieces;
}

function fromIntervals({ pe, thread, kind, mark, begin, end }: Intervals): Rows {
  const rows = new Rows();
  for (let i = 0; i < pe.length; i++) rows.push(pe[i] * 9 + thread[i], kind[i], begin[i], end[i], mark[i]);
  return rows;
}

const mapRuns = (tables: Readonly<Record<string, Runs>>): Record<string, Rows> =>
  Object.fromEntries(Object.entries(tables).map(([name, runs]) => [name, fromRuns(runs)]));

function fromRuns({ lane, tx, begin, count, period }: Runs): Rows {
  const rows = new Rows();
  for (let i = 0; i < lane.length; i++) rows.push(lane[i], tx[i], begin[i], count[i], period[i]);
  return rows;
}

/** A row is closed by the next one of its lane, else by the end. */
function closingTicks({ lane, begin }: Rows): Column {
  const closes = new Column();
  for (let i = 0; i < lane.length; i++) closes.push(i + 1 < lane.length && lane.at(i + 1) === lane.at(i) ? begin.at(i + 1) : AT_END);
  return closes;
}
