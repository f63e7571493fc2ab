/** What every converter of a trace is: header, rows a chunk at a time, end; each gives the next piece of the file. */
import type { Header } from '../../trace/header.ts';
import type { ChunkRows, ScannedTrace } from '../../trace/scan.ts';
import { TRACE_VERSION } from '../../trace/schema.ts';
import type { TableName } from '../../trace/tables.ts';

export type Piece = string | Uint8Array<ArrayBuffer>;

export interface TraceConverter {
  begin(header: Header): Piece;
  rows(table: TableName, rows: ChunkRows): Piece;
  end(scanned: ScannedTrace): Piece;
}

/** What a trace says of itself, in every format. */
export const about = ({ program, modelVersion }: Header) => ({
  format: 'weft-trace',
  traceVersion: TRACE_VERSION,
  modelVersion,
  machine: program.machine.id,
  clockHz: program.machine.clockHz,
  width: program.width,
  height: program.height,
});
