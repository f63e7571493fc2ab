/**
 * Opens a trace file (docs/trace-format.md), whole or piece by piece: gives back the program and the same Trace that a
 * recorder without a writer gives. The bytes are read and checked by scan.ts; here the rows are kept.
 */
import { toEnd } from '../base/pieces.ts';
import type { Program } from '../machine/program.ts';
import type { Header } from './header.ts';
import { Rows } from './rows.ts';
import { type ChunkRows, TraceScanner } from './scan.ts';
import { TRACE_VERSION, type Trace } from './schema.ts';
import { lanesOf, TABLES, type TableName } from './tables.ts';

export interface OpenedTrace {
  /** Without its load table. */
  readonly program: Program;
  readonly modelVersion: string;
  readonly trace: Trace;
  readonly traceHash: string;
  /** Of the file. */
  readonly bytes: number;
  readonly chunks: number;
}

export class TraceOpener {
  private readonly tables = Object.fromEntries(TABLES.map((name) => [name, new Rows()])) as Record<TableName, Rows>;
  private readonly scanner = new TraceScanner({ header: () => undefined, rows: (table, rows) => this.keep(table, rows) });

  /** The next bytes of the file; the caller must not change them. */
  push(bytes: Uint8Array): void {
    this.scanner.push(bytes);
    while (this.scanner.advance());
  }

  /** The trace, when all bytes have come. */
  finish(): OpenedTrace {
    return toEnd(this.finishing());
  }

  /** The same in pieces. */
  *finishing(): Generator<void, OpenedTrace> {
    const { cycles, traceHash, bytes, chunks, ...header } = this.scanner.finish();
    return { program: header.program, modelVersion: header.modelVersion, trace: yield* this.trace(header, cycles), traceHash, bytes, chunks };
  }

  private keep(table: TableName, { length, lane, what, begin, extent, extra }: ChunkRows): void {
    const rows = this.tables[table];
    for (let i = 0; i < length; i++) rows.push(lane[i], what[i], begin[i], extent[i], extra[i]);
  }

  private *trace({ program, channels }: Header, cycles: number): Generator<void, Trace> {
    const lanes = lanesOf(program, channels);
    const runs = (name: TableName) => this.tables[name].toRuns(lanes[name]);
    return {
      version: TRACE_VERSION,
      width: program.width,
      height: program.height,
      cycles,
      intervals: yield* this.tables.intervals.toIntervals(lanes.intervals),
      moves: yield* runs('moves'),
      uses: yield* runs('uses'),
      sends: yield* runs('sends'),
      hostIn: yield* runs('hostIn'),
      hostOut: yield* runs('hostOut'),
      hostSteps: this.tables.hostSteps.toSteps(),
    };
  }
}

/** A file that is in memory. */
export function openTrace(bytes: Uint8Array): OpenedTrace {
  const opener = new TraceOpener();
  opener.push(bytes);
  return opener.finish();
}
