/**
 * Rows of one table while they are recorded or read: five columns that double. A row of a run table is (lane, port mask,
 * begin, count, period), one of an interval table (lane = pe * 9 + thread, kind, begin, end, mark); a host step is an
 * interval on a lane of its own. What is common to both is here; what differs is {@link pastOf}.
 */
import { each } from '../base/pieces.ts';
import type { HostSteps, Intervals, Runs } from './schema.ts';

/** Rows from one yield to the next. */
const BREATH = 1 << 18;

/** Values of a column that has any, at first. */
const FIRST = 1024;
const NONE = new Int32Array(0);

/** A column that doubles; one without values takes nothing, for a table may stay empty. */
export class Column {
  private data = NONE;
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(Math.max(FIRST, this.data.length * 2));
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  at(i: number): number {
    return this.data[i];
  }

  /** Makes a value at most `most`. */
  cap(i: number, most: number): void {
    if (this.data[i] > most) this.data[i] = most;
  }

  /** `out` filled with the values at `order`, in pieces. A loop: `from` with a function took a tenth of a short run. */
  *gather<T extends Uint32Array | Int32Array | Uint8Array>(order: Uint32Array, out: T): Generator<void, T> {
    const { data } = this;
    for (let from = 0; from < order.length; from += BREATH) {
      const to = Math.min(order.length, from + BREATH);
      for (let i = from; i < to; i++) out[i] = data[order[i]];
      yield;
    }
    return out;
  }

  /** Keeps the rows at `kept`, which rise. */
  keep(kept: readonly number[]): void {
    for (let i = 0; i < kept.length; i++) this.data[i] = this.data[kept[i]];
    this.length = kept.length;
  }
}

export class Rows {
  readonly lane = new Column();
  /** Port mask, or kind. */
  readonly what = new Column();
  readonly begin = new Column();
  /** Count, or end. */
  readonly extent = new Column();
  /** Period, or mark. */
  readonly extra = new Column();

  get length(): number {
    return this.lane.length;
  }

  push(lane: number, what: number, begin: number, extent: number, extra: number): void {
    this.lane.push(lane);
    this.what.push(what);
    this.begin.push(begin);
    this.extent.push(extent);
    this.extra.push(extra);
  }

  /** No rows; the storage stays. */
  clear(): void {
    for (const column of [this.lane, this.what, this.begin, this.extent, this.extra]) column.length = 0;
  }

  keep(kept: readonly number[]): void {
    for (const column of [this.lane, this.what, this.begin, this.extent, this.extra]) column.keep(kept);
  }

  /** Stable counting sort by lane: within a lane rows are already in time order. In pieces. */
  private *order(lanes: number): Generator<void, Uint32Array> {
    const { lane } = this;
    const start = new Uint32Array(lanes + 1);
    const count = (i: number): void => void start[lane.at(i) + 1]++;
    yield* each(lane.length, count, BREATH);
    for (let l = 0; l < lanes; l++) start[l + 1] += start[l];
    const order = new Uint32Array(lane.length);
    const put = (i: number): void => {
      order[start[lane.at(i)]++] = i;
    };
    yield* each(lane.length, put, BREATH);
    return order;
  }

  /** In pieces. */
  *toRuns(lanes: number): Generator<void, Runs> {
    const order = yield* this.order(lanes);
    const take = (column: Column): Generator<void, Uint32Array> => column.gather(order, new Uint32Array(order.length));
    return {
      lane: yield* take(this.lane),
      tx: yield* this.what.gather(order, new Uint8Array(order.length)),
      begin: yield* take(this.begin),
      count: yield* take(this.extent),
      period: yield* take(this.extra),
    };
  }

  /** In pieces. */
  *toIntervals(lanes: number): Generator<void, Intervals> {
    const order = yield* this.order(lanes);
    const pe = yield* this.lane.gather(order, new Uint32Array(order.length));
    const thread = new Uint8Array(order.length);
    const split = (i: number): void => {
      thread[i] = pe[i] % 9;
      pe[i] = (pe[i] - thread[i]) / 9;
    };
    yield* each(pe.length, split, BREATH);
    return {
      pe,
      thread,
      kind: yield* this.what.gather(order, new Uint8Array(order.length)),
      mark: yield* this.extra.gather(order, new Int32Array(order.length)),
      begin: yield* this.begin.gather(order, new Uint32Array(order.length)),
      end: yield* this.extent.gather(order, new Uint32Array(order.length)),
    };
  }

  /** Steps come in their order. */
  toSteps(): HostSteps {
    const take = (column: Column): Uint32Array => Uint32Array.from({ length: this.length }, (_, i) => column.at(i));
    return { step: take(this.lane), begin: take(this.begin), end: take(this.extent) };
  }
}

/** Where the next row of a lane may begin: the end of an interval, the tick of a run's last event (two words may go in one tick). */
export const pastOf = (isRun: boolean, begin: number, extent: number, extra: number): number => (isRun ? begin + (extent - 1) * extra : extent);
