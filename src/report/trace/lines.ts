/** A trace as lines: NDJSON (a header, a record a row, an end with the totals) and CSV (one table of all rows). */
import type { Header } from '../../trace/header.ts';
import type { ChunkRows, ScannedTrace } from '../../trace/scan.ts';
import type { TableName } from '../../trace/tables.ts';
import { csvCell } from '../escape.ts';
import { COLUMNS, recordOf, type TraceRecord } from './records.ts';
import { Tracks } from './tracks.ts';
import { about, type Piece, type TraceConverter } from './types.ts';

abstract class LineConverter implements TraceConverter {
  private tracks!: Tracks;

  begin(header: Header): Piece {
    this.tracks = new Tracks(header.program, header.channels);
    return this.head(header);
  }

  rows(table: TableName, rows: ChunkRows): Piece {
    const lines: string[] = [];
    for (let i = 0; i < rows.length; i++) lines.push(this.line(recordOf(this.tracks, table, rows, i)));
    return lines.join('');
  }

  protected abstract head(header: Header): string;
  protected abstract line(record: TraceRecord): string;
  abstract end(scanned: ScannedTrace): Piece;
}

export class NdjsonConverter extends LineConverter {
  protected head(header: Header): string {
    return `${JSON.stringify({ table: 'header', ...about(header), streams: header.program.streams, marks: header.program.marks })}\n`;
  }

  protected line(record: TraceRecord): string {
    return `${JSON.stringify(record)}\n`;
  }

  end({ cycles, rows, traceHash }: ScannedTrace): Piece {
    return `${JSON.stringify({ table: 'end', cycles, rows, traceHash })}\n`;
  }
}

/** CSV as in RFC 4180, lines ending in CR LF. */
export class CsvConverter extends LineConverter {
  protected head(): string {
    return `${COLUMNS.join(',')}\r\n`;
  }

  protected line(record: TraceRecord): string {
    return `${COLUMNS.map((column) => csvCell(record[column])).join(',')}\r\n`;
  }

  end(): Piece {
    return '';
  }
}
