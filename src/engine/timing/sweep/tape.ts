/** Passes rows on, and keeps those of a period: lanes that are alike share what is kept. */
import type { Program } from '../../../machine/program.ts';
import { EMPTY, Sequences } from '../../../trace/sequences.ts';
import { type RepeatSink, type RowSink, SPANS } from './rows.ts';

/** Lists of rows that may differ, numbered in 16 bits. A whole wafer of three timing classes has 61; where there are too many nothing is gained. */
const MOST_LISTS = 1 << 16;

/** Lanes repeated from one yield to the next. */
const BREATH = 1 << 14;

/** By lane of a table, the list of its rows since the tape runs and the tick they count from. */
interface Track {
  readonly list: Uint16Array;
  readonly base: Int32Array;
}

export class Tape implements RowSink {
  private readonly sink: RepeatSink;
  private readonly classOf: Uint16Array;
  private readonly counts: readonly number[];
  private readonly most: number;
  private sequences: Sequences | undefined;
  private readonly tracks: Array<Track | undefined> = [];

  /** `most`: how many lists of rows are kept. */
  constructor(sink: RepeatSink, { classOf }: Program, most = MOST_LISTS) {
    this.sink = sink;
    this.most = most;
    this.classOf = classOf;
    this.counts = [...sink.lanes, classOf.length];
  }

  run(table: number, lane: number, tx: number, begin: number, count: number, period: number): void {
    this.sink.run(table, lane, tx, begin, count, period);
    if (this.sequences) this.keep(this.sequences, table, lane, tx, begin, count, period);
  }

  span(pe: number, kind: number, mark: number, begin: number, end: number): void {
    this.sink.span(pe, kind, mark, begin, end);
    if (this.sequences) this.keep(this.sequences, SPANS, pe, kind, begin, end, mark);
  }

  /** Rows are kept from here on, and none from before. */
  start(): void {
    for (const track of this.tracks) track?.list.fill(EMPTY);
    this.sequences = new Sequences(this.most);
  }

  /** Whether rows are kept: no more once too many lists differ. */
  get isRunning(): boolean {
    return this.sequences !== undefined;
  }

  /** Stops, and tells the rows kept `times` times more, each time `shift` ticks later and marks of class c `steps[c]` further on. */
  *repeat(times: number, shift: number, steps: Int32Array): Generator<void, void> {
    const { sequences, classOf } = this;
    if (!sequences) return;
    for (const [table, track] of this.tracks.entries()) {
      if (!track) continue;
      const { list, base } = track;
      const again = this.sink.again(table, { sequences, times, shift });
      for (let lane = 0; lane < list.length; lane++) {
        if (lane % BREATH === 0) yield;
        if (list[lane] !== EMPTY) again(lane, list[lane], base[lane], table === SPANS ? steps[classOf[lane]] : 0);
      }
    }
    this.sequences = undefined;
  }

  private keep(sequences: Sequences, table: number, lane: number, what: number, begin: number, extent: number, extra: number): void {
    const track = this.tracks[table] ?? { list: new Uint16Array(this.counts[table]), base: new Int32Array(this.counts[table]) };
    this.tracks[table] = track;
    const { list, base } = track;
    if (list[lane] === EMPTY) base[lane] = begin;
    const longer = sequences.append(list[lane], what, begin - base[lane], table === SPANS ? extent - base[lane] : extent, extra);
    if (longer < 0) this.sequences = undefined;
    else list[lane] = longer;
  }
}
