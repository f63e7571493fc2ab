/**
 * Runs of one table of the trace, found by lane, with running totals. Every question is a binary search; the row found last
 * is remembered, so that playing forward or asking about one cycle again costs a comparison.
 *
 * A lane has a shape, a list of rows, begun at an offset. In a trace in columns every lane has a shape of its own and the
 * offset 0; in a shared trace (shared.ts) lanes share shapes, and what is found for a shape serves all of them.
 */
import { each, weighed } from '../base/pieces.ts';
import { eventsBefore, type Runs } from './schema.ts';
import type { RunColumns } from './shared-columns.ts';

type Column = Uint32Array | Int32Array;

/** What tells the two kinds of traces apart; a null means "as in columns". */
interface Sharing {
  /** Shape of each lane. */
  readonly shape: Uint16Array | Int32Array | null;
  /** By owner, where its floating lanes begin, and the owner of each lane. */
  readonly offsets: Int32Array | null;
  readonly owner: Uint32Array | null;
  /** By shape, whether it floats. */
  readonly floats: Uint8Array | null;
  /** By row, ports of the lane through which it does not go. */
  readonly without: Uint8Array | null;
}

const UNSHARED: Sharing = { shape: null, offsets: null, owner: null, floats: null, without: null };

/** What an index computes from the rows before it answers, as plain data: whoever has it makes the same index at once. */
export interface LaneTables {
  /** Rows of shape s are first[s] .. first[s + 1] - 1. */
  readonly first: Column;
  /** Events of the shape before each row. */
  readonly before: Uint32Array;
  /** 1 where the rows of a lane do not all have the same port mask; null where all have. */
  readonly mixed: Uint8Array | null;
  /** Where lanes share shapes. */
  readonly left: LeftPorts | null;
}

/** By shape, the ports that any of its rows leaves to the lane, and those of them that others do not. */
interface LeftPorts {
  readonly any: Uint8Array;
  readonly mixed: Uint8Array;
}

/** Lanes one after the other, those of which float do so from one offset. */
export interface LaneRange {
  readonly first: number;
  readonly past: number;
  readonly offset: number;
}

/** Lanes that are counted, and rows, from one yield to the next. */
const LANES = 1 << 15;
const ROWS = 1 << 18;
/** Port masks. */
const MASKS = 32;

export class LaneIndex {
  readonly lanes: number;
  /** By row; ticks count from {@link offset} of the lane. */
  readonly begin: Column;
  readonly count: Column;
  readonly period: Column;
  readonly tables: LaneTables;
  private readonly first: Column;
  /** Port masks: by row, or by lane if it is shared; absent means 0. */
  private readonly tx: Uint8Array | undefined;
  private readonly sharing: Sharing;
  private readonly before: Uint32Array;
  private readonly mixed: Uint8Array | null;
  private readonly left: LeftPorts | null;
  /** Row found last, by shape, counted from the shape's first. Nothing is filled in before: of a whole wafer few shapes may be asked for. */
  private readonly recent: Column;
  /** By shape, events in the stretch of time that {@link countIn} was asked about last, and one more; 0 where it was not. */
  private readonly counted: Int32Array;
  private counts: Uint32Array | null = null;
  private countedFrom = -1;
  private countedTo = -1;

  private constructor(
    lanes: number,
    rows: Pick<Runs, 'tx'> | { tx: Uint8Array | undefined },
    columns: Record<'begin' | 'count' | 'period', Column>,
    tables: LaneTables,
    sharing: Sharing,
  ) {
    this.lanes = lanes;
    this.begin = columns.begin;
    this.count = columns.count;
    this.period = columns.period;
    this.tables = tables;
    this.first = tables.first;
    this.before = tables.before;
    this.mixed = tables.mixed;
    this.tx = rows.tx;
    this.sharing = sharing;
    const shapes = this.first.length - 1;
    this.recent = new Uint32Array(shapes);
    this.counted = new Int32Array(shapes);
    this.left = tables.left;
  }

  /** Over a table in columns. */
  static ofRuns(runs: Runs, lanes: number, tables: LaneTables): LaneIndex {
    return new LaneIndex(lanes, runs, runs, tables, UNSHARED);
  }

  /** Over a table whose lanes share shapes; `owner` gives the owner of each lane, where that is not the lane itself. */
  static ofShared({ shapes, lanes }: RunColumns, owner: Uint32Array | null, tables: LaneTables): LaneIndex {
    const { begin, extent: count, extra: period, floats, what: without } = shapes;
    const sharing = { shape: lanes.shape, offsets: lanes.begin, owner, floats, without };
    return new LaneIndex(lanes.shape.length, { tx: lanes.tx }, { begin, count, period }, tables, sharing);
  }

  /** Number of the shape of a lane. */
  shapeOf(lane: number): number {
    const { shape } = this.sharing;
    return shape === null ? lane : shape[lane];
  }

  /** Whether lanes share shapes. */
  get isShared(): boolean {
    return this.sharing.shape !== null;
  }

  /** Whether the rows of a lane count from an offset of its owner. */
  floats(lane: number): boolean {
    const { shape, floats } = this.sharing;
    return shape !== null && floats !== null && floats[shape[lane]] === 1;
  }

  /** What is added to the begins of a lane's rows. */
  offset(lane: number): number {
    const { shape, floats, offsets, owner } = this.sharing;
    if (shape === null || floats === null || offsets === null || floats[shape[lane]] === 0) return 0;
    return offsets[owner === null ? lane : owner[lane]];
  }

  /** Rows of a lane: from(lane) .. to(lane) - 1. */
  from(lane: number): number {
    return this.first[this.shapeOf(lane)];
  }

  to(lane: number): number {
    return this.first[this.shapeOf(lane) + 1];
  }

  /** Port mask of a row of a lane. */
  txOf(lane: number, row: number): number {
    const { without } = this.sharing;
    return without === null ? (this.tx?.[row] ?? 0) : (this.tx?.[lane] ?? 0) & ~without[row];
  }

  /** Tick of the first event of a lane, or -1. */
  firstTick(lane: number): number {
    const from = this.from(lane);
    return from < this.to(lane) ? this.begin[from] + this.offset(lane) : -1;
  }

  /** Tick of the last event of a lane, or -1. */
  lastTick(lane: number): number {
    const row = this.to(lane) - 1;
    return row < this.from(lane) ? -1 : this.lastOf(row) + this.offset(lane);
  }

  /** Tick of a row's last event, in its own time. */
  private lastOf(row: number): number {
    return this.begin[row] + (this.count[row] - 1) * this.period[row];
  }

  /** Lanes that have rows, of those with the same rows, up to a shift, and the same ports only the first, with their number. */
  *groups(visit: (lane: number, times: number) => void): Generator<void, void> {
    const { shape } = this.sharing;
    if (shape === null) {
      yield* weighed(this.lanes, (lane) => this.told(lane, 1, visit), LANES);
      return;
    }
    const groups = MASKS * (this.first.length - 1);
    const [times, firstLane] = [new Uint32Array(groups), new Uint32Array(groups)];
    const count = (lane: number): void => {
      const key = shape[lane] * MASKS + (this.tx === undefined ? 0 : this.tx[lane]);
      if (times[key]++ === 0) firstLane[key] = lane;
    };
    yield* each(this.lanes, count, LANES);
    yield* weighed(groups, (key) => (times[key] > 0 ? this.told(firstLane[key], times[key], visit) : 0), LANES);
  }

  /** Visits a lane if it has rows; gives how many. */
  private told(lane: number, times: number, visit: (lane: number, times: number) => void): number {
    const rows = this.to(lane) - this.from(lane);
    if (rows > 0) visit(lane, times);
    return rows;
  }

  /** The last row of a shape that begins at or before `tick` of its own time, or -1. */
  private rowOf(shape: number, tick: number): number {
    const { begin } = this;
    const [from, to] = [this.first[shape], this.first[shape + 1]];
    const near = from + this.recent[shape];
    if (near < to && begin[near] <= tick && (near + 1 === to || begin[near + 1] > tick)) return near;
    if (from === to || begin[from] > tick) return -1;
    let [low, high] = [from + 1, to];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (begin[mid] <= tick) low = mid + 1;
      else high = mid;
    }
    this.recent[shape] = low - 1 - from;
    return low - 1;
  }

  /** Events of the lane at ticks < `tick`. */
  countBefore(lane: number, tick: number): number {
    return this.shapeCount(this.shapeOf(lane), tick - this.offset(lane));
  }

  private shapeCount(shape: number, tick: number): number {
    const row = tick > 0 ? this.rowOf(shape, tick - 1) : -1;
    return row < 0 ? 0 : this.before[row] + this.inRow(row, tick);
  }

  /** Events of the lane at ticks in [from, to); for lanes without offset one look at each shape serves all of them. */
  countIn(lane: number, from: number, to: number): number {
    const offset = this.offset(lane);
    const shape = this.shapeOf(lane);
    if (offset !== 0) return this.shapeCountIn(shape, from - offset, to - offset);
    if (from !== this.countedFrom || to !== this.countedTo) {
      this.counted.fill(0);
      [this.countedFrom, this.countedTo] = [from, to];
    }
    if (this.counted[shape] === 0) this.counted[shape] = this.shapeCountIn(shape, from, to) + 1;
    return this.counted[shape] - 1;
  }

  /** Events of a shape at ticks in [from, to) of its own time. */
  private shapeCountIn(shape: number, from: number, to: number): number {
    const row = to > 0 ? this.rowOf(shape, to - 1) : -1;
    if (row < 0) return 0;
    if (this.begin[row] >= from) return this.before[row] + this.inRow(row, to) - this.shapeCount(shape, from);
    // Nearly always one row has all of them, or has ended before.
    return this.lastOf(row) < from ? 0 : this.inRow(row, to) - this.inRow(row, from);
  }

  /** Tells which of the lanes first .. past - 1, those that float from `offset`, have events at ticks in [from, to), and how many. */
  eachFloating({ first, past, offset }: LaneRange, from: number, to: number, visit: (lane: number, events: number) => void): void {
    const { shape, floats } = this.sharing;
    if (shape === null || floats === null) return;
    for (let lane = first; lane < past; lane++) {
      const s = shape[lane];
      const events = floats[s] === 1 ? this.shapeCountIn(s, from - offset, to - offset) : 0;
      if (events > 0) visit(lane, events);
    }
  }

  /** {@link countIn} of every lane; the array is filled anew by the next call. */
  countAll(from: number, to: number): Uint32Array {
    this.counts ??= new Uint32Array(this.lanes);
    const { counts } = this;
    const { shape, floats } = this.sharing;
    if (shape === null || floats === null) {
      for (let lane = 0; lane < counts.length; lane++) counts[lane] = this.countIn(lane, from, to);
      return counts;
    }
    const ofShape = Uint32Array.from(floats, (isFloating, s) => (isFloating === 1 ? 0 : this.shapeCountIn(s, from, to)));
    for (let lane = 0; lane < counts.length; lane++) {
      const s = shape[lane];
      counts[lane] = floats[s] === 0 ? ofShape[s] : this.countIn(lane, from, to);
    }
    return counts;
  }

  /** Whether the rows of the lane have several port masks. */
  private isMixed(lane: number): boolean {
    if (this.left === null) return this.mixed !== null && this.mixed[lane] === 1;
    return (this.left.mixed[this.shapeOf(lane)] & (this.tx?.[lane] ?? 0)) !== 0;
  }

  /** The port mask of all rows of a lane, or -1 where they differ. */
  mask(lane: number): number {
    return this.isMixed(lane) ? -1 : this.txOf(lane, this.from(lane));
  }

  /** The ports through which anything of a lane goes; of one in columns whose rows differ, all. */
  ports(lane: number): number {
    if (this.left === null) return this.mask(lane);
    return this.left.any[this.shapeOf(lane)] & (this.tx?.[lane] ?? 0);
  }

  /** Events of the lane at ticks < `tick` whose port mask meets `mask`. */
  countThrough(lane: number, mask: number, tick: number): number {
    const [from, to] = [this.from(lane), this.to(lane)];
    if (from === to) return 0;
    if (!this.isMixed(lane)) return this.txOf(lane, from) & mask ? this.countBefore(lane, tick) : 0;
    let sum = 0;
    for (let row = from; row < to && this.begin[row] < tick; row++) if (this.txOf(lane, row) & mask) sum += this.inRow(row, tick);
    return sum;
  }

  /** Events of a row at ticks < `tick` of its own time. */
  private inRow(row: number, tick: number): number {
    return eventsBefore(tick, this.begin[row], this.count[row], this.period[row]);
  }

  /** Ordinal (from 0) of the event at exactly `tick`, of several the first, or -1. */
  ordinalAt(lane: number, tick: number): number {
    const own = tick - this.offset(lane);
    const row = this.rowOf(this.shapeOf(lane), own);
    if (row < 0) return -1;
    const { begin, count, period } = this;
    const since = own - begin[row];
    if (period[row] === 0) return since === 0 ? this.before[row] : -1;
    const i = since / period[row];
    return since % period[row] === 0 && i < count[row] ? this.before[row] + i : -1;
  }

  /** Port mask of the event at exactly `tick`, or 0. */
  txAt(lane: number, tick: number): number {
    if (this.ordinalAt(lane, tick) < 0) return 0;
    return this.txOf(lane, this.rowOf(this.shapeOf(lane), tick - this.offset(lane)));
  }

  /** Tick of the lane's event with this ordinal, or -1. */
  tickOf(lane: number, ordinal: number): number {
    const from = this.from(lane);
    let [low, high] = [from, this.to(lane)];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.before[mid] <= ordinal) low = mid + 1;
      else high = mid;
    }
    const row = low - 1;
    if (row < from) return -1;
    const i = ordinal - this.before[row];
    return i < this.count[row] ? this.begin[row] + i * this.period[row] + this.offset(lane) : -1;
  }

  total(lane: number): number {
    const last = this.to(lane) - 1;
    return last < this.from(lane) ? 0 : this.before[last] + this.count[last];
  }
}

function* findingLeft(first: Column, without: Uint8Array): Generator<void, LeftPorts> {
  const shapes = first.length - 1;
  const [any, mixed] = [new Uint8Array(shapes), new Uint8Array(shapes)];
  const find = (shape: number): number => {
    for (let row = first[shape]; row < first[shape + 1]; row++) {
      any[shape] |= ~without[row];
      mixed[shape] |= without[row] ^ without[first[shape]];
    }
    return first[shape + 1] - first[shape];
  };
  yield* weighed(shapes, find, ROWS);
  return { any, mixed };
}

/** The tables of runs in columns, in pieces. */
export function* tabulatingRuns(runs: Runs, lanes: number): Generator<void, LaneTables> {
  const { lane, tx } = runs;
  const first = new Uint32Array(lanes + 1);
  yield* each(lane.length, (row) => void first[lane[row] + 1]++, ROWS);
  const add = (l: number): void => {
    first[l + 1] += first[l];
  };
  yield* each(lanes, add, LANES);
  const before = yield* totalling(first, runs.count);
  const mixed = new Uint8Array(lanes);
  if (tx) {
    const look = (row: number): void => {
      if (row > 0 && lane[row] === lane[row - 1] && tx[row] !== tx[row - 1]) mixed[lane[row]] = 1;
    };
    yield* each(lane.length, look, ROWS);
  }
  return { first, before, mixed, left: null };
}

/** The same of runs whose lanes share shapes. */
export function* tabulatingShapes({ shapes: { first, extent, what } }: RunColumns): Generator<void, LaneTables> {
  return { first, before: yield* totalling(first, extent), mixed: null, left: what && (yield* findingLeft(first, what)) };
}

/** By row, the events of the rows before it that belong to the same shape. */
function* totalling(first: Column, count: Column): Generator<void, Uint32Array> {
  const before = new Uint32Array(count.length);
  const sum = (shape: number): number => {
    for (let row = first[shape] + 1; row < first[shape + 1]; row++) before[row] = before[row - 1] + count[row - 1];
    return first[shape + 1] - first[shape];
  };
  yield* weighed(first.length - 1, sum, ROWS);
  return before;
}
