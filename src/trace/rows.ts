/**
 * Rows of one table while they are recorded or read: five columns that grow. A row of a run table is (lane, port mask,
 * begin, count, period), one of an interval table (lane = pe * 9 + thread, kind, begin, end, mark); a host step is an
 * interval on a lane of its own. What is common to both is here; what differs is {@link pastOf}.
 */
import { each, filling } from '../base/pieces.ts';
import type { HostSteps, Intervals, Runs } from './schema.ts';

/** Rows from one yield to the next. */
const BREATH = 1 << 16;

/** Values of a block of a column: 2^SHIFT. */
const SHIFT = 16;
const BLOCK = 1 << SHIFT;

/** Values of a column that has any, at first. */
const FIRST = 1024;
const NONE = new Int32Array(0);

/** A column that grows block by block, so that it never has to be copied, which would take long of a long one. One without values takes nothing, for a table may stay empty. */
export class Column {
  private blocks: Int32Array[] = [NONE];
  private tail: Int32Array = NONE;
  /** Values in the tail, and before it. */
  private end = 0;
  private before = 0;

  get length(): number {
    return this.before + this.end;
  }

  push(value: number): void {
    if (this.end === this.tail.length) this.grow();
    this.tail[this.end++] = value;
  }

  /** The first block doubles up to its size. */
  private grow(): void {
    if (this.end < BLOCK) {
      const grown = new Int32Array(Math.max(FIRST, 2 * this.end));
      grown.set(this.tail);
      this.blocks[0] = grown;
      this.tail = grown;
      return;
    }
    this.tail = new Int32Array(BLOCK);
    this.blocks.push(this.tail);
    this.before += BLOCK;
    this.end = 0;
  }

  at(i: number): number {
    return this.blocks[i >> SHIFT][i & (BLOCK - 1)];
  }

  private set(i: number, value: number): void {
    this.blocks[i >> SHIFT][i & (BLOCK - 1)] = value;
  }

  /** No values; the first block stays. */
  clear(): void {
    this.blocks.length = 1;
    this.tail = this.blocks[0];
    this.before = 0;
    this.end = 0;
  }

  /** Makes a value at most `most`. */
  cap(i: number, most: number): void {
    if (this.at(i) > most) this.set(i, most);
  }

  /** `out` filled with the values at `order`, in pieces. A loop: `from` with a function took a tenth of a short run. */
  *gather<T extends Uint32Array | Int32Array | Uint8Array>(order: Uint32Array, out: T): Generator<void, T> {
    const { blocks } = this;
    for (let from = 0; from < order.length; from += BREATH) {
      const to = Math.min(order.length, from + BREATH);
      for (let i = from; i < to; i++) out[i] = blocks[order[i] >> SHIFT][order[i] & (BLOCK - 1)];
      yield;
    }
    return out;
  }

  /** Keeps the rows at `kept`, which rise. */
  keep(kept: readonly number[]): void {
    for (let i = 0; i < kept.length; i++) this.set(i, this.at(kept[i]));
    this.blocks.length = Math.max(1, Math.ceil(kept.length / BLOCK));
    this.tail = this.blocks[this.blocks.length - 1];
    this.before = (this.blocks.length - 1) * BLOCK;
    this.end = kept.length - this.before;
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

  /** No rows; the first block of storage stays. */
  clear(): void {
    for (const column of [this.lane, this.what, this.begin, this.extent, this.extra]) column.clear();
  }

  keep(kept: readonly number[]): void {
    for (const column of [this.lane, this.what, this.begin, this.extent, this.extra]) column.keep(kept);
  }

  /** Stable counting sort by lane: within a lane rows are already in time order. In pieces. */
  private *order(lanes: number): Generator<void, Uint32Array> {
    const { lane } = this;
    const start = new Uint32Array(lanes + 1);
    yield* filling(start, 0);
    const count = (i: number): void => void start[lane.at(i) + 1]++;
    yield* each(lane.length, count, BREATH);
    const add = (l: number): void => {
      start[l + 1] += start[l];
    };
    yield* each(lanes, add, BREATH);
    const order = new Uint32Array(lane.length);
    yield* filling(order, 0);
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
