/** Rows of a trace as flat records with names instead of numbers, for NDJSON and CSV. Nothing is drawn, so nothing is clipped. */
import { maskName } from '../../machine/fabric.ts';
import type { ChunkRows } from '../../trace/scan.ts';
import { KINDS } from '../../trace/schema.ts';
import { isRunTable, type TableName } from '../../trace/tables.ts';
import { printable } from '../escape.ts';
import type { Tracks } from './tracks.ts';

/** What does not apply to a row is absent. */
export interface TraceRecord {
  readonly table: TableName;
  /** Place of the PE; absent for the host. */
  readonly x?: number;
  readonly y?: number;
  /** Thread, FIFO, queue, stream or step. */
  readonly track: string;
  /** Kind of an interval or step; where wavelets went. */
  readonly event: string;
  /** First cycle, and for intervals and steps the first after. */
  readonly begin: number;
  readonly end?: number;
  /** Of a run: words, and cycles from one to the next (0: all in one cycle). */
  readonly count?: number;
  readonly period?: number;
  /** The program's mark, where there is one. */
  readonly mark?: number;
}

/** Columns of a table of records, in their order. */
export const COLUMNS = ['table', 'x', 'y', 'track', 'event', 'begin', 'end', 'count', 'period', 'mark'] as const satisfies readonly (keyof TraceRecord)[];

export function recordOf(tracks: Tracks, table: TableName, rows: ChunkRows, i: number): TraceRecord {
  const [lane, what, begin, extent, extra] = [rows.lane[i], rows.what[i], rows.begin[i], rows.extent[i], rows.extra[i]];
  const { width, host } = tracks.program;
  const pe = tracks.pe(table, lane);
  const place = pe < 0 ? {} : { x: pe % width, y: Math.floor(pe / width) };
  if (isRunTable(table)) {
    const event = table === 'moves' ? maskName(what) : tracks.stream(table, lane);
    return { table, ...place, track: tracks.name(table, lane), event, begin, count: extent, period: extra };
  }
  if (table === 'hostSteps') return { table, track: printable(host?.[lane].name ?? ''), event: host?.[lane].kind ?? '', begin, end: extent };
  return { table, ...place, track: tracks.name(table, lane), event: KINDS[what], begin, end: extent, ...(extra < 0 ? {} : { mark: extra }) };
}
