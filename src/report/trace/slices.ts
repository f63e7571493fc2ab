/**
 * Rows of a trace as slices of a timeline. An interval is one slice; so is a run of wavelets, from its first word to the end
 * of its last. Slices of a track nest: one that begins inside another and ends after it, as runs of two words in one cycle
 * can, is drawn from the end of the other on and says its true begin.
 */
import { markDigits } from '../../analysis/phases.ts';
import { maskName, PORTS } from '../../machine/fabric.ts';
import type { ChunkRows } from '../../trace/scan.ts';
import { KINDS } from '../../trace/schema.ts';
import { isRunTable, TABLES, type TableName } from '../../trace/tables.ts';
import { printable } from '../escape.ts';
import type { Tracks } from './tracks.ts';

/** One slice, in cycles. */
export interface Slice {
  readonly table: TableName;
  /** Lane of the track it is drawn on. */
  readonly lane: number;
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly details: readonly Detail[];
}
export type Detail = readonly [name: string, value: number | string];

const MASK_NAMES = Array.from({ length: 2 ** PORTS }, (_, mask) => maskName(mask));

export class Slices {
  private readonly tracks: Tracks;
  /** Where the slices of each track end so far. */
  private readonly ends: Readonly<Record<TableName, Int32Array>>;
  private readonly markNames: readonly string[];

  constructor(tracks: Tracks) {
    this.tracks = tracks;
    this.markNames = tracks.program.marks.map(({ name }) => printable(name));
    this.ends = Object.fromEntries(TABLES.map((table) => [table, new Int32Array(tracks.lanes[table])])) as Record<TableName, Int32Array>;
  }

  /** Slice of row `i` of a chunk; rows must come in the order of the file. */
  slice(table: TableName, rows: ChunkRows, i: number): Slice {
    const isRun = isRunTable(table);
    const begin = rows.begin[i];
    const end = isRun ? begin + (rows.extent[i] - 1) * rows.extra[i] + 1 : rows.extent[i];
    const lane = this.tracks.laneOf(table, rows.lane[i]);
    const before = this.ends[table][lane];
    const shown = begin < before && end > before ? before : begin;
    this.ends[table][lane] = Math.max(before, end);
    const details = isRun ? runDetails(rows, i) : this.intervalDetails(table, rows, i);
    return {
      table,
      lane,
      name: this.name(table, rows.lane[i], rows.what[i]),
      begin: shown,
      end,
      details: shown === begin ? details : [...details, ['begin', begin]],
    };
  }

  private name(table: TableName, lane: number, what: number): string {
    const { tracks } = this;
    if (table === 'intervals') return KINDS[what];
    if (table === 'hostSteps') return printable(tracks.program.host?.[lane].name ?? '');
    return table === 'moves' ? `${tracks.stream(table, lane)} to ${MASK_NAMES[what]}` : tracks.stream(table, lane);
  }

  private intervalDetails(table: TableName, rows: ChunkRows, i: number): readonly Detail[] {
    const { program } = this.tracks;
    if (table === 'hostSteps') return [['kind', program.host?.[rows.lane[i]].kind ?? '']];
    const digits = markDigits(program.marks, rows.extra[i]) ?? [];
    return digits.map((digit, d) => [this.markNames[d], digit]);
  }
}

const runDetails = (rows: ChunkRows, i: number): readonly Detail[] => [
  ['wavelets', rows.extent[i]],
  ['period', rows.extra[i]],
];
