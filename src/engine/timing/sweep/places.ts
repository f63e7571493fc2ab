/** What a sweep knows of every place of its trees after a word. */
import { filling } from '../../../base/pieces.ts';
import { OpenSpans, type SpanSink } from './rows.ts';

export class Places {
  readonly count: number;
  /** The last departures and uses: those of a word for all places side by side, in slots that come round. */
  readonly leaves: Int32Array;
  readonly uses: Int32Array;
  /** Open runs of departures and uses, whose last event is the last one: begin and period, 0 after one event. */
  readonly leaveBegin: Int32Array;
  readonly leavePeriod: Uint8Array;
  readonly useBegin: Int32Array;
  readonly usePeriod: Uint8Array;
  /** Begin of the words that are being taken without a pause. */
  readonly taking: Int32Array;
  readonly open: OpenSpans;
  private readonly leaveSlots: number;
  private readonly useSlots: number;
  /** Words that passed, more or less: which slot is the last word's. */
  private turn: number;

  /** `queue` and `depth` are R and Q. Two slots at least, for the word before is asked for after the next one. */
  constructor(count: number, queue: number, depth: number, sink: SpanSink) {
    this.count = count;
    [this.useSlots, this.leaveSlots] = [Math.max(2, queue), Math.max(2, depth)];
    this.turn = this.useSlots + this.leaveSlots;
    this.leaves = new Int32Array(count * this.leaveSlots);
    this.uses = new Int32Array(count * this.useSlots);
    [this.leaveBegin, this.leavePeriod] = [new Int32Array(count), new Uint8Array(count)];
    [this.useBegin, this.usePeriod] = [new Int32Array(count), new Uint8Array(count)];
    this.taking = new Int32Array(count);
    this.open = new OpenSpans(count, sink);
  }

  /** To be done before the first word: nothing leaves before tick 1, so neither departures nor uses hold anything up. In pieces. */
  clearing(): Generator<void, void> {
    return filling(this.leaves, -1);
  }

  /** The next word takes the slots of the oldest one. */
  advance(): void {
    this.turn++;
  }

  /** Where the departures of the word begin that passed `ago` words before the last one. */
  leaveSlot(ago: number): number {
    return ((this.turn - ago) % this.leaveSlots) * this.count;
  }

  useSlot(ago: number): number {
    return ((this.turn - ago) % this.useSlots) * this.count;
  }

  /** The ticks of places [from, to) that every word moves: uses, then departures, each the last word's first. */
  lasts(from: number, to: number): Int32Array[] {
    const { leaves, uses } = this;
    const slots = (ring: Int32Array, count: number, slot: (ago: number) => number): Int32Array[] =>
      Array.from({ length: count }, (_, ago) => ring.subarray(slot(ago) + from, slot(ago) + to));
    return [...slots(uses, this.useSlots, (ago) => this.useSlot(ago)), ...slots(leaves, this.leaveSlots, (ago) => this.leaveSlot(ago))];
  }

  /** Their ticks that stay where they are as long as something goes on; the ends of open spans first. */
  begins(from: number, to: number): Int32Array[] {
    const { leaveBegin, useBegin, taking, open } = this;
    return [open.end, open.begin, leaveBegin, useBegin, taking].map((ticks) => ticks.subarray(from, to));
  }

  /** What tells, beside marks and ticks, how their rows go on. */
  kinds(from: number, to: number): Array<Uint8Array | Int8Array> {
    const { leavePeriod, usePeriod, open } = this;
    return [leavePeriod, usePeriod, open.kind].map((kinds) => kinds.subarray(from, to));
  }

  /** Words pass the places [from, to) as before for `ticks` more: of all ticks only those move that every word moves. */
  *goOn(from: number, to: number, ticks: number): Generator<void, void> {
    for (const last of this.lasts(from, to)) {
      for (let p = 0; p < last.length; p++) last[p] += ticks;
      yield;
    }
  }
}
