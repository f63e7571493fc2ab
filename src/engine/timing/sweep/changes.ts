/** What becomes of the places that a word does not pass as the word before it did: their rows end, and others begin. */
import { KIND, MAX_PERIOD } from '../../../trace/schema.ts';
import type { Codes } from './codes.ts';
import type { Endings } from './endings.ts';
import type { Passage } from './passage.ts';
import type { Places } from './places.ts';
import { RUNS } from './rows.ts';
import type { Silences } from './silences.ts';
import { SPANS_AT, STRETCH } from './stretches.ts';
import type { Tape } from './tape.ts';

/** Runs of departures, or of uses: their table, by place the bits of a row, begins and periods, and the events of all places. */
interface OpenRuns {
  readonly table: number;
  readonly tx: Uint8Array;
  readonly begin: Int32Array;
  readonly period: Uint8Array;
  readonly events: Int32Array;
  /** Asks for gaps between departures. */
  readonly silences?: Silences;
}

export class Changes {
  private readonly passage: Passage;
  private readonly places: Places;
  private readonly codes: Codes;
  private readonly tape: Tape;
  private readonly endings: Endings;
  private readonly leaves: OpenRuns;
  private readonly uses: OpenRuns;

  /** `tx`: by place, the ports by which words leave; `silences`: where results share links with the stream. */
  constructor(places: Places, codes: Codes, tape: Tape, endings: Endings, tx: Uint8Array, silences?: Silences) {
    const { passage, leaveBegin, useBegin } = places;
    this.passage = passage;
    this.places = places;
    this.codes = codes;
    this.tape = tape;
    this.endings = endings;
    this.leaves = { table: RUNS.MOVES, tx, begin: leaveBegin, period: passage.leavePeriod, events: passage.leaves, silences };
    this.uses = { table: RUNS.USES, tx: new Uint8Array(tx.length), begin: useBegin, period: passage.usePeriod, events: passage.uses };
  }

  /** At the first `count` noted places. Table by table, so that few arrays are gone through at a time. Whether all PEs with code went on taking words. */
  note(count: number, isFirst: boolean): boolean {
    const { passage } = this;
    this.runs(this.leaves, count, passage.leaveSlot(0), passage.leaveSlot(1), isFirst);
    this.runs(this.uses, count, passage.useSlot(0), passage.useSlot(1), isFirst);
    return this.spans(count);
  }

  private runs(runs: OpenRuns, count: number, slot: number, lastSlot: number, isFirst: boolean): void {
    const { begin, period, events, silences } = runs;
    const { noted } = this.passage;
    for (let k = 0; k < count; k++) {
      const p = noted[k];
      const tick = events[slot + p];
      const gap = tick - events[lastSlot + p];
      if (gap === period[p]) continue;
      silences?.leave(p, tick - gap, tick);
      if (!isFirst) {
        if (period[p] === 0 && gap <= MAX_PERIOD) {
          period[p] = gap;
          continue;
        }
        this.close(runs, p, tick - gap);
      }
      begin[p] = tick;
      period[p] = 0;
    }
  }

  /** Closes the open run of place p, whose last event is at `last`. */
  private close({ table, tx, begin, period }: OpenRuns, p: number, last: number): void {
    const every = period[p];
    if (every === 0) this.tape.run(table, p, tx[p], begin[p], 1, 1);
    else this.tape.run(table, p, tx[p], begin[p], (((last - begin[p]) / every) | 0) + 1, every);
  }

  private spans(count: number): boolean {
    const { passage, codes } = this;
    const { noted, classAt, uses } = passage;
    const { cost, isCode } = codes;
    const [slot, lastSlot] = [passage.useSlot(0), passage.useSlot(1)];
    let goOn = true;
    for (let k = 0; k < count; k++) {
      const p = noted[k];
      const cls = classAt[p];
      const use = uses[slot + p];
      const last = uses[lastSlot + p];
      const free = last + (cost[cls] >> 1);
      if ((use === free && (cost[cls] & 1) === 0) || isCode[cls] === 0) continue;
      goOn = false;
      this.pause(p, cls, last, free, use);
    }
    return goOn;
  }

  /** Main does something else than taking word after word: what comes before a stretch, and waiting. */
  private pause(p: number, cls: number, last: number, free: number, use: number): void {
    const { data, at, before, cost } = this.codes;
    const { taking, open } = this.places;
    const begins = cost[cls] & 1;
    const now = at[cls];
    const then = begins === 1 ? before[cls] : now;
    if (then >= 0) open.add(p, data[then + STRETCH.activity], data[then + STRETCH.mark], taking[p], last + data[then + STRETCH.cycles]);
    if (begins === 1) {
      const from = free - data[now + STRETCH.gap];
      const sends = now + SPANS_AT + data[now + STRETCH.spans];
      open.addAll(p, data, now + SPANS_AT, sends, from);
      for (let k = 0; k < data[now + STRETCH.sends]; k++) this.send(p, from + data[sends + k]);
    }
    if (use > free) open.add(p, KIND.wait, data[now + STRETCH.mark], free, use);
    taking[p] = use;
  }

  private send(p: number, tick: number): void {
    const { passage, endings, leaves } = this;
    endings.send(p, tick);
    leaves.silences?.send(p, tick, passage.leaves[passage.leaveSlot(1) + p], passage.leaves[passage.leaveSlot(0) + p]);
  }

  /** After all words: closes what is open at place p, and goes through the code up to the tail, whose tick it tells. */
  finish(p: number): number {
    const { passage, codes } = this;
    const cls = passage.classAt[p];
    const use = passage.uses[passage.useSlot(0) + p];
    const lastLeave = passage.leaves[passage.leaveSlot(0) + p];
    this.close(this.leaves, p, lastLeave);
    this.leaves.silences?.end(p, lastLeave);
    this.close(this.uses, p, use);
    if (codes.isCode[cls] === 0) return 0;
    const end = use + (codes.cost[cls] >> 1);
    this.pause(p, cls, use, end, end);
    return end;
  }
}
