/**
 * Reads a trace file (docs/trace-format.md) piece by piece and hands on its rows a chunk at a time, so that a reader which
 * needs them once keeps none. Every section is checked before it is believed, and what it says is checked again before it is
 * used; what is wrong is one WeftError that names the field and the byte. That all is well is only known at the end.
 */
import { asciiText, ByteReader, bytesHex, CHECK_BYTES, COPY_AGAIN, checkOf, malformed, unzigzag } from './bytes.ts';
import { hashHead, LaneHashes, NEXT_TABLE } from './hash.ts';
import { decodeHeader, type Header } from './header.ts';
import { pastOf } from './rows.ts';
import { KINDS, TRACE_VERSION } from './schema.ts';
import { CHUNK_ROWS, isRunTable, lanesOf, MAGIC, PROLOGUE_BYTES, SECTION_BYTES, TABLES, type TableName } from './tables.ts';

/** Rows of one chunk; the columns are those of rows.ts. */
export interface ChunkRows {
  readonly length: number;
  readonly lane: Int32Array;
  /** Port mask, or kind. */
  readonly what: Int32Array;
  readonly begin: Int32Array;
  /** Count, or end. */
  readonly extent: Int32Array;
  /** Period, or mark. */
  readonly extra: Int32Array;
}

/** Who takes what the file holds, in the order of the file. */
export interface TraceVisitor {
  header(header: Header): void;
  rows(table: TableName, rows: ChunkRows): void;
}

/** What is known of a file that was read to its end. */
export interface ScannedTrace extends Header {
  readonly cycles: number;
  readonly rows: Readonly<Record<TableName, number>>;
  readonly traceHash: string;
  /** Of the file. */
  readonly bytes: number;
  readonly chunks: number;
}

/** Bounds of what a length may make the reader wait for or allocate. */
const MOST_HEADER_BYTES = 2 ** 30;
const MOST_PAYLOAD_BYTES = CHUNK_ROWS * 5 * 10;
/** Ticks and ends are below this. */
const MOST_TICK = 2 ** 31 - 2;
const COLUMNS = ['lane', 'what', 'gap', 'extent', 'extra'] as const;

/** What must be remembered of one table: where each lane stands, and the hashes of its lanes. */
class TableScanner {
  length = 0;
  last = 0;
  readonly hashes: LaneHashes;
  private readonly name: TableName;
  private readonly lanes: number;
  private readonly past: Int32Array;
  private readonly mark: Int32Array;

  constructor(name: TableName, lanes: number) {
    this.name = name;
    this.lanes = lanes;
    this.past = new Int32Array(lanes);
    this.mark = new Int32Array(lanes).fill(-1);
    this.hashes = new LaneHashes(lanes, isRunTable(name));
  }

  /** The rows of a chunk; the inverse of TableWriter.add. */
  read(payload: ByteReader, count: number, field: string): ChunkRows {
    const columns = COLUMNS.map((column) => {
      const values = new Float64Array(count);
      payload.sized(`${field}.${column}`).column(count, values, `${field}.${column}`);
      return values;
    });
    payload.end(field);
    const rows = emptyRows(count);
    const isRuns = isRunTable(this.name);
    const whats = isRuns ? 32 : this.name === 'intervals' ? KINDS.length : 1;
    let lane = 0;
    for (let i = 0; i < count; i++) {
      lane += unzigzag(columns[0][i]);
      if (lane < 0 || lane >= this.lanes) throw payload.wrong(`${field}.lane`, `row ${i} is of lane ${lane}, there are ${this.lanes}`, 0);
      const what = columns[1][i];
      const begin = this.past[lane] + columns[2][i];
      const extent = isRuns ? columns[3][i] + 1 : begin + columns[3][i];
      const extra = isRuns ? columns[4][i] : this.mark[lane] + unzigzag(columns[4][i]);
      const past = pastOf(isRuns, begin, extent, extra);
      const isOdd = what >= whats || past > MOST_TICK || extra !== (extra | 0) || extent !== (extent | 0);
      if (isOdd) throw payload.wrong(field, `row ${i} cannot be: ${[lane, what, begin, extent, extra].join(', ')}`, 0);
      setRow(rows, i, lane, what, begin, extent, extra);
      this.hashes.add(lane, what, begin, extent, extra);
      this.past[lane] = past;
      if (!isRuns) this.mark[lane] = extra;
      if (past > this.last) this.last = past;
    }
    this.length += count;
    return rows;
  }
}

function emptyRows(length: number): ChunkRows {
  const column = (): Int32Array => new Int32Array(length);
  return { length, lane: column(), what: column(), begin: column(), extent: column(), extra: column() };
}

function setRow(rows: ChunkRows, i: number, lane: number, what: number, begin: number, extent: number, extra: number): void {
  rows.lane[i] = lane;
  rows.what[i] = what;
  rows.begin[i] = begin;
  rows.extent[i] = extent;
  rows.extra[i] = extra;
}

export class TraceScanner {
  /** Bytes that came and are not used yet, and where in the file they begin. */
  private pieces: Uint8Array[] = [];
  private waiting = 0;
  private at = 0;
  /** Bytes the next section needs as far as is known. */
  private need = 12;
  private header: Header | null = null;
  private tables: ReadonlyMap<TableName, TableScanner> = new Map();
  /** Step, begin, end of the host's steps, for the hash. */
  private readonly steps: number[] = [];
  private chunks = 0;
  private end: ScannedTrace | null = null;
  private readonly visitor: TraceVisitor;

  constructor(visitor: TraceVisitor) {
    this.visitor = visitor;
  }

  /** The next bytes of the file; they are looked at by {@link advance}. The caller must not change them. */
  push(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.waiting += bytes.length;
  }

  /** Reads one section; false where more bytes are needed. One at a time, so that a caller can write what it made of the rows. */
  advance(): boolean {
    if (this.waiting < this.need) return false;
    const rest = this.pieces.length === 1 ? this.pieces[0] : joined(this.pieces, this.waiting);
    const used = this.section(rest);
    this.pieces = [rest.subarray(used)];
    this.waiting -= used;
    this.at += used;
    return used > 0;
  }

  /** What the file was, when all bytes have come. */
  finish(): ScannedTrace {
    if (this.end && this.waiting === 0) return this.end;
    const size = this.at + this.waiting;
    const problem = this.waiting === 0 ? `the file ends here, at byte ${size}` : `${this.need} bytes are needed but the file ends at byte ${size}`;
    throw malformed(this.place, this.at, problem, [COPY_AGAIN]);
  }

  /** What comes next. */
  private get place(): string {
    if (!this.header) return this.at + this.waiting < 8 ? 'magic' : 'header';
    return `chunk[${this.chunks}] or trailer`;
  }

  /** Reads one section from the beginning of `bytes`; how long it is, 0 while it is not whole. */
  private section(bytes: Uint8Array): number {
    if (this.end) {
      if (bytes.length > 0) throw malformed('file.size', this.at, 'the file goes on after its trailer', [COPY_AGAIN]);
      return 0;
    }
    return this.header ? this.chunkOrTrailer(bytes, this.header) : this.prologue(bytes);
  }

  private prologue(bytes: Uint8Array): number {
    if (bytes.length < 12) return 0;
    const reader = new ByteReader(bytes, 0);
    const magic = asciiText(reader.take(MAGIC.length, 'magic'));
    if (magic !== MAGIC) throw malformed('magic', 0, `the file does not begin with '${MAGIC}'`, ['choose a file written by weft run --trace']);
    const version = reader.u32('version');
    if (version > TRACE_VERSION)
      throw malformed('version', 8, `the file is of version ${version}, this Weft reads version ${TRACE_VERSION}`, ['open it with a newer Weft']);
    if (version !== TRACE_VERSION)
      throw malformed('version', 8, `the file is of version ${version}, this Weft reads version ${TRACE_VERSION}`, ['run again with --trace']);
    this.need = PROLOGUE_BYTES;
    if (bytes.length < PROLOGUE_BYTES) return 0;
    const json = reader.u32('header.json');
    const size = PROLOGUE_BYTES + json + reader.u32('header.arrays');
    if (size > MOST_HEADER_BYTES) throw malformed('header', 12, `the header is ${size} bytes long, the limit is ${MOST_HEADER_BYTES}`, [COPY_AGAIN]);
    this.need = size + CHECK_BYTES;
    if (bytes.length < this.need) return 0;
    this.check(bytes, size, 'header');
    this.header = decodeHeader(bytes.subarray(0, size), json);
    const lanes = lanesOf(this.header.program, this.header.channels);
    this.tables = new Map(TABLES.map((name) => [name, new TableScanner(name, lanes[name])]));
    this.visitor.header(this.header);
    return this.next(size);
  }

  private chunkOrTrailer(bytes: Uint8Array, header: Header): number {
    if (bytes.length < SECTION_BYTES) return 0;
    const reader = new ByteReader(bytes, this.at);
    const table = reader.u8('table');
    const isTrailer = table === 0;
    const field = isTrailer ? 'trailer' : `chunk[${this.chunks}]`;
    const rows = reader.u32(`${field}.rows`);
    const length = reader.u32(`${field}.length`);
    if (table > TABLES.length) throw malformed(`${field}.table`, this.at, `there is no table ${table}`, [COPY_AGAIN]);
    if (rows > CHUNK_ROWS || rows > 0 === isTrailer)
      throw malformed(`${field}.rows`, this.at + 1, `${rows} rows, 1 to ${CHUNK_ROWS} are allowed`, [COPY_AGAIN]);
    if (length > MOST_PAYLOAD_BYTES) throw malformed(`${field}.length`, this.at + 5, `${length} bytes, the limit is ${MOST_PAYLOAD_BYTES}`, [COPY_AGAIN]);
    const size = SECTION_BYTES + length;
    this.need = size + CHECK_BYTES;
    if (bytes.length < this.need) return 0;
    this.check(bytes, size, field);
    const payload = new ByteReader(bytes.subarray(SECTION_BYTES, size), this.at + SECTION_BYTES);
    if (isTrailer) this.end = this.trailer(payload, header, this.at + this.need);
    else this.chunk(TABLES[table - 1], payload, rows, field);
    if (!isTrailer) this.chunks++;
    return this.next(size);
  }

  /** A section of `size` bytes before its check is done. After the trailer any byte is one too many. */
  private next(size: number): number {
    this.need = this.end ? 1 : SECTION_BYTES;
    return size + CHECK_BYTES;
  }

  private check(bytes: Uint8Array, size: number, field: string): void {
    const [said, is] = [bytes.subarray(size, size + CHECK_BYTES), checkOf(bytes.subarray(0, size))].map(bytesHex);
    if (said !== is) {
      const where = `bytes ${this.at} to ${this.at + size - 1}`;
      throw malformed(`${field}.check`, this.at + size, `${where} have the check ${is}, the file says ${said}`, [COPY_AGAIN]);
    }
  }

  private chunk(table: TableName, payload: ByteReader, count: number, field: string): void {
    const rows = this.tables.get(table)!.read(payload, count, `${field}.${table}`);
    if (table === 'hostSteps') for (let i = 0; i < count; i++) this.steps.push(rows.lane[i], rows.begin[i], rows.extent[i]);
    this.visitor.rows(table, rows);
  }

  private trailer(payload: ByteReader, header: Header, bytes: number): ScannedTrace {
    const cycles = payload.varint('trailer.cycles');
    for (const [name, { length, last }] of this.tables) {
      const said = payload.varint(`trailer.${name}`);
      if (said !== length) throw payload.wrong(`trailer.${name}`, `it says ${said} rows, the file has ${length}`);
      if (last > cycles + 1) throw payload.wrong(`trailer.cycles`, `it says ${cycles} cycles, ${name} go on to ${last}`, 0);
    }
    const said = bytesHex(payload.take(CHECK_BYTES, 'trailer.hash'));
    payload.end('trailer');
    const is = this.hash(header, cycles);
    if (said !== is) throw payload.wrong('trailer.hash', `it says ${said}, the rows have the hash ${is}`, payload.at - CHECK_BYTES);
    const rows = Object.fromEntries([...this.tables].map(([name, { length }]) => [name, length])) as Record<TableName, number>;
    return { ...header, cycles, rows, traceHash: is, bytes, chunks: this.chunks };
  }

  /** The same as traceHash (hash.ts) of the whole trace. */
  private hash({ program }: Header, cycles: number): string {
    const total = hashHead(TRACE_VERSION, program.width, program.height, cycles);
    for (const [name, { hashes }] of this.tables) {
      if (name !== 'intervals') total.word(NEXT_TABLE);
      if (name !== 'hostSteps') hashes.into(total);
    }
    for (const word of this.steps) total.word(word);
    return total.hex();
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
