/**
 * Runs of one table of the trace, found by lane, with running totals. Every question is a binary search; the row found last
 * is remembered per lane, so that playing forward or asking about one cycle again costs a comparison.
 */
import { eventsBefore, type Runs } from './schema.ts';

export class LaneIndex {
  readonly runs: Runs;
  /** Rows of lane l are first[l] .. first[l + 1] - 1. */
  readonly first: Uint32Array;
  /** Events of the lane before each row. */
  private readonly before: Uint32Array;
  /** 1 where the rows of a lane do not all have the same port mask. */
  private readonly mixed: Uint8Array;
  /** Row found last, per lane. */
  private readonly recent: Uint32Array;

  constructor(runs: Runs, lanes: number) {
    this.runs = runs;
    this.first = new Uint32Array(lanes + 1);
    this.before = new Uint32Array(runs.lane.length);
    this.mixed = new Uint8Array(lanes);
    for (const lane of runs.lane) this.first[lane + 1]++;
    for (let l = 0; l < lanes; l++) this.first[l + 1] += this.first[l];
    this.recent = this.first.slice(0, lanes);
    for (let i = 1; i < runs.lane.length; i++) {
      if (runs.lane[i] !== runs.lane[i - 1]) continue;
      this.before[i] = this.before[i - 1] + runs.count[i - 1];
      if (runs.tx[i] !== runs.tx[i - 1]) this.mixed[runs.lane[i]] = 1;
    }
  }

  /** The last row of the lane that begins at or before `tick`, or -1. */
  row(lane: number, tick: number): number {
    const { begin } = this.runs;
    const [from, to] = [this.first[lane], this.first[lane + 1]];
    const near = this.recent[lane];
    if (near < to && begin[near] <= tick && (near + 1 === to || begin[near + 1] > tick)) return near;
    let [low, high] = [from, to];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (begin[mid] <= tick) low = mid + 1;
      else high = mid;
    }
    if (low === from) return -1;
    this.recent[lane] = low - 1;
    return low - 1;
  }

  /** Events of the lane at ticks < `tick`. */
  countBefore(lane: number, tick: number): number {
    const row = tick > 0 ? this.row(lane, tick - 1) : -1;
    return row < 0 ? 0 : this.before[row] + this.inRow(row, tick);
  }

  /** Events of the lane at ticks < `tick` whose port mask meets `mask`. */
  countThrough(lane: number, mask: number, tick: number): number {
    const { tx, begin } = this.runs;
    const [from, to] = [this.first[lane], this.first[lane + 1]];
    if (from === to) return 0;
    if (this.mixed[lane] === 0) return tx[from] & mask ? this.countBefore(lane, tick) : 0;
    let sum = 0;
    for (let row = from; row < to && begin[row] < tick; row++) if (tx[row] & mask) sum += this.inRow(row, tick);
    return sum;
  }

  /** Events of a row at ticks < `tick`. */
  private inRow(row: number, tick: number): number {
    const { begin, count, period } = this.runs;
    return eventsBefore(tick, begin[row], count[row], period[row]);
  }

  /** Ordinal (from 0) of the event at exactly `tick`, of several the first, or -1. */
  ordinalAt(lane: number, tick: number): number {
    const row = this.row(lane, tick);
    if (row < 0) return -1;
    const { begin, count, period } = this.runs;
    const since = tick - begin[row];
    if (period[row] === 0) return since === 0 ? this.before[row] : -1;
    const i = since / period[row];
    return since % period[row] === 0 && i < count[row] ? this.before[row] + i : -1;
  }

  /** Port mask of the event at exactly `tick`, or 0. */
  txAt(lane: number, tick: number): number {
    return this.ordinalAt(lane, tick) < 0 ? 0 : this.runs.tx[this.row(lane, tick)];
  }

  /** Tick of the lane's event with this ordinal, or -1. */
  tickOf(lane: number, ordinal: number): number {
    let [low, high] = [this.first[lane], this.first[lane + 1]];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.before[mid] <= ordinal) low = mid + 1;
      else high = mid;
    }
    const row = low - 1;
    if (row < this.first[lane]) return -1;
    const i = ordinal - this.before[row];
    return i < this.runs.count[row] ? this.runs.begin[row] + i * this.runs.period[row] : -1;
  }

  total(lane: number): number {
    const last = this.first[lane + 1] - 1;
    return last < this.first[lane] ? 0 : this.before[last] + this.runs.count[last];
  }
}
