/** What a source sends, as runs. */
import type { Rate } from '../../../machine/program.ts';
import { MAX_PERIOD } from '../../../trace/schema.ts';
import { LanePace } from '../lane-pace.ts';
import { RUNS } from './rows.ts';
import type { Tape } from './tape.ts';

/** The open run: its first and last event, its period if it has two, and their number; and what its rate lets pass next. */
export interface HostRun {
  readonly begin: number;
  readonly last: number;
  readonly period: number;
  readonly count: number;
  readonly due: number;
}

export class HostLane {
  private begin = 0;
  private end = -1;
  private period = 0;
  private count = 0;
  private readonly tape: Tape;
  private readonly source: number;
  private readonly pace: LanePace;

  constructor(tape: Tape, source: number, rate: Rate | undefined) {
    this.pace = new LanePace(rate);
    this.tape = tape;
    this.source = source;
  }

  /** Tick of the last event, -1 before the first. */
  get last(): number {
    return this.end;
  }

  get run(): HostRun {
    const { begin, end, period, count, pace } = this;
    return { begin, last: end, period, count, due: pace.due };
  }

  /** The first tick at which the next word may be sent. */
  get ready(): number {
    return Math.max(this.end + 1, this.pace.ready);
  }

  event(tick: number): void {
    const gap = tick - this.end;
    if (this.count === 1 && gap <= MAX_PERIOD) this.period = gap;
    else if (this.count === 0 || gap !== this.period) {
      this.close();
      this.begin = tick;
      this.period = 1;
    }
    this.count++;
    this.end = tick;
    this.pace.pass(tick);
  }

  /** Up to `most` more events in the period of the last two, at which all else lets them be sent; how many. */
  more(most: number, period: number): number {
    const count = this.pace.goOn(this.end, period, most);
    this.count += count;
    this.end += count * period;
    return count;
  }

  /** Whether the open run is what run `then` was, `shift` ticks later or just longer. */
  recurs(then: HostRun, shift: number): boolean {
    const { begin, end, period, count } = this;
    const isLonger = begin === then.begin && then.count > 1;
    const isDueLater = this.pace.due - then.due === shift * this.pace.words;
    return isDueLater && end - then.last === shift && period === then.period && (isLonger || (begin - then.begin === shift && count === then.count));
  }

  /** Goes on for `times` times what it went on since `then`. */
  repeat(then: HostRun, times: number): void {
    const { begin, end, count } = this;
    this.begin += times * (begin - then.begin);
    this.end += times * (end - then.last);
    this.count += times * (count - then.count);
    this.pace.repeat(then.due, times);
  }

  close(): void {
    if (this.count > 0) this.tape.run(RUNS.HOST_IN, this.source, 0, this.begin, this.count, this.period);
    this.count = 0;
  }
}
