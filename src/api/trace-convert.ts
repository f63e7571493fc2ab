/** Trace files as other formats, a chunk of rows at a time: for the command line from a file, for the page from a run. */
import { WeftError } from '../base/error.ts';
import { ChromeConverter } from '../report/trace/chrome.ts';
import { CsvConverter, NdjsonConverter } from '../report/trace/lines.ts';
import type { Notes } from '../report/trace/notes.ts';
import { PerfettoConverter } from '../report/trace/perfetto.ts';
import type { Piece, TraceConverter } from '../report/trace/types.ts';
import { type ScannedTrace, TraceScanner } from '../trace/scan.ts';
import { TABLES, type TableName } from '../trace/tables.ts';

/** By id: what a file of the format is called, and what makes one; `weft` is Weft's own, copied when it is sound. */
const FORMATS = {
  weft: { extensions: ['.weft-trace'], make: null },
  chrome: { extensions: ['.json'], make: (notes?: Notes): TraceConverter => new ChromeConverter(notes) },
  perfetto: { extensions: ['.pftrace', '.perfetto-trace'], make: (notes?: Notes): TraceConverter => new PerfettoConverter(notes) },
  ndjson: { extensions: ['.ndjson', '.jsonl'], make: (): TraceConverter => new NdjsonConverter() },
  csv: { extensions: ['.csv'], make: (): TraceConverter => new CsvConverter() },
} as const;

export type TraceFormat = keyof typeof FORMATS;
const TRACE_FORMATS = Object.keys(FORMATS) as readonly TraceFormat[];

export type { TableName };

/** The format a file's name asks for, or undefined. */
export function formatOfName(path: string): TraceFormat | undefined {
  return TRACE_FORMATS.find((id) => FORMATS[id].extensions.some((extension) => path.toLowerCase().endsWith(extension)));
}

export interface Conversion {
  readonly to: TraceFormat;
  /** Which tables; all if absent. Weft's own format always has all of them. */
  readonly tables?: readonly TableName[];
  /** What somebody noted beside the run; Chrome JSON and Perfetto's format hold it. */
  readonly notes?: Notes;
}

/**
 * Reads a trace file piece by piece and hands the pieces of the other file to `write`. Memory: the lanes, and a chunk of rows.
 * Whether the file is sound is known at its end only: what was written before an error is to be thrown away.
 * Throws WeftError that names field and byte for a damaged file.
 */
export async function convertTrace(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { to, tables = TABLES, notes }: Conversion,
  write: (piece: Piece) => Promise<void> | void,
): Promise<ScannedTrace> {
  if (to === 'weft' && tables.length < TABLES.length) throw new WeftError('tables', "Weft's own format has all tables", ['leave them out']);
  const converter = FORMATS[to].make?.(notes);
  const made: Piece[] = [];
  const scanner = new TraceScanner({
    header: (header) => converter && made.push(converter.begin(header)),
    rows: (table, rows) => converter && tables.includes(table) && made.push(converter.rows(table, rows)),
  });
  for await (const bytes of pieces) {
    if (!converter) await write(bytes as Uint8Array<ArrayBuffer>);
    scanner.push(bytes);
    while (scanner.advance()) for (const piece of made.splice(0)) await write(piece);
  }
  const scanned = scanner.finish();
  if (converter) await write(converter.end(scanned));
  return scanned;
}
