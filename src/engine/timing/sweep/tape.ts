/**
 * The way of rows to a sink. While the tape runs it keeps them, for a period may come again: lanes that are alike share what is kept, and
 * when it stops the rows are told once for all of them, as often as they happened.
 */
import { EMPTY, Sequences } from '../../../trace/sequences.ts';
import { type RepeatSink, RUNS, SPANS, type SpanSink, tellRows } from './rows.ts';

/** Lists of rows that may differ, numbered in 16 bits. A whole wafer of three timing classes has 61; where there are too many nothing is gained. */
const MOST_LISTS = 1 << 16;

/** Places from one yield to the next. */
const BREATH = 1 << 14;

/** What a tape must know of the places of all trees: PE, the lanes of their rows (-1 for none); the classes of PEs, the number of host lanes. */
export interface PlaceLanes {
  readonly pes: Int32Array;
  readonly classOf: Uint16Array;
  readonly moveLane: Int32Array;
  readonly useLane: Int32Array;
  readonly sources: number;
}

/** Of a table, by place (by source for what the host sends) the lane, the list of its rows since the tape runs, and the tick they count from. */
interface Track {
  readonly table: number;
  readonly lane: Int32Array;
  readonly list: Uint16Array;
  readonly base: Int32Array;
}

export class Tape implements SpanSink {
  private readonly sink: RepeatSink;
  private readonly classOf: Uint16Array;
  /** By table. */
  private readonly tracks: readonly Track[];
  /** By place. */
  private readonly base: Int32Array;
  private readonly most: number;
  /** The lists of what is kept. */
  private sequences: Sequences | undefined;
  private keepsAll = false;

  /** `most`: how many lists of rows are kept. */
  constructor(sink: RepeatSink, { pes, classOf, moveLane, useLane, sources }: PlaceLanes, most = MOST_LISTS) {
    this.sink = sink;
    this.classOf = classOf;
    this.most = most;
    this.base = new Int32Array(pes.length);
    const track = (table: number, lane: Int32Array, base = this.base): Track => ({ table, lane, list: new Uint16Array(lane.length), base });
    const tracks: Track[] = [];
    tracks[RUNS.MOVES] = track(RUNS.MOVES, moveLane);
    tracks[RUNS.USES] = track(RUNS.USES, useLane);
    tracks[RUNS.HOST_IN] = track(
      RUNS.HOST_IN,
      Int32Array.from({ length: sources }, (_, source) => source),
      new Int32Array(sources),
    );
    tracks[SPANS] = track(SPANS, pes);
    this.tracks = tracks;
  }

  /** A row of a run table at place `at`. */
  run(table: number, at: number, tx: number, begin: number, count: number, period: number): void {
    const track = this.tracks[table];
    const lane = track.lane[at];
    if (lane < 0 || (this.keepsAll && this.keeps(track, at, tx, begin - track.base[at], count, period))) return;
    if (track.list[at] !== EMPTY) this.tellKept(track, at);
    this.sink.run(table, lane, tx, begin, count, period);
  }

  /** A span of the main thread at place `at`. */
  span(at: number, kind: number, mark: number, begin: number, end: number): void {
    const track = this.tracks[SPANS];
    const base = track.base[at];
    if (this.keepsAll && this.keeps(track, at, kind, begin - base, end - base, mark)) return;
    if (track.list[at] !== EMPTY) this.tellKept(track, at);
    this.sink.span(track.lane[at], kind, mark, begin, end);
  }

  /** Rows are kept from here on; those of place `from` + k count from tick `base[k]`. It does not run yet. */
  start(from: number, base: Int32Array): void {
    this.base.set(base, from);
    this.sequences = new Sequences(this.most);
    this.keepsAll = true;
  }

  /** Whether all rows since the start are kept: no more once too many lists differ. */
  get isRunning(): boolean {
    return this.keepsAll;
  }

  /** Stops, and tells the rows kept `times` times, each time `shift` ticks later and marks of class c `steps[c]` further on. Yields now and then. */
  *stop(times = 1, shift = 0, steps?: Int32Array): Generator<void, void> {
    const { sequences, classOf } = this;
    if (!sequences) return;
    this.keepsAll = false;
    for (const { table, lane, list, base } of this.tracks.filter((track) => track)) {
      const again = this.sink.again(table, { sequences, times, shift });
      for (let at = 0; at < list.length; at++) {
        if (at % BREATH === 0) yield;
        if (list[at] === EMPTY) continue;
        again.lane(lane[at], list[at], base[at], table === SPANS && steps ? steps[classOf[lane[at]]] : 0);
        list[at] = EMPTY;
      }
      yield* again.end();
    }
    this.sequences = undefined;
  }

  private keeps({ list }: Track, at: number, what: number, begin: number, extent: number, extra: number): boolean {
    const longer = this.sequences?.append(list[at], what, begin, extent, extra) ?? -1;
    this.keepsAll = longer >= 0;
    if (this.keepsAll) list[at] = longer;
    return this.keepsAll;
  }

  /** Not all can be kept any more: what is kept of a lane is told before its next row. */
  private tellKept({ table, lane, list, base }: Track, at: number): void {
    const { sequences, sink } = this;
    if (sequences) tellRows(sink, table, lane[at], sequences.data, sequences.unroll(list[at]), base[at], 0);
    list[at] = EMPTY;
  }
}
