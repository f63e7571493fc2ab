/** Spans of one thread of all PEs, or of one part of them in time: what span-index.ts is made of. */
import { each, toEnd, weighed } from '../base/pieces.ts';
import type { SharedSpans } from './shared.ts';
import type { ShapeColumns } from './shared-columns.ts';

/** Rows that are told from one yield to the next; PEs that are counted. */
export const TOLD = 1 << 16;
const PES = 1 << 17;

/** A thread interval. */
export interface Span {
  readonly thread: number;
  readonly kind: number;
  readonly mark: number;
  readonly begin: number;
  readonly end: number;
}

/** Told of spans one by one; `times` PEs have this one, the first of them is `pe`. */
export type SpanVisitor = (kind: number, mark: number, begin: number, end: number, pe: number, thread: number, times: number) => void;

type Column = Uint32Array | Int32Array;

interface Columns {
  readonly kind: Uint8Array;
  readonly mark: Int32Array;
  readonly begin: Column;
  readonly end: Column;
}

/** Kind of a PE that has no span. */
export const NONE = 255;

/** PEs first .. past - 1 whose floating rows begin at `offset`; all of them lie in the cycles [begin, end). */
interface Segment {
  readonly first: number;
  readonly past: number;
  readonly offset: number;
  readonly begin: number;
  readonly end: number;
}

/** What a part of a shared trace computes before it answers, as plain data. */
export interface PartTables {
  /** Shapes with rows that do not float, each with the number of PEs that have it and the first of them. */
  readonly fixed: { readonly shape: Int32Array; readonly times: Uint32Array; readonly pe: Int32Array };
  readonly segments: readonly Segment[];
}

/** Of a part whose PEs share no shapes. */
const NO_TABLES: PartTables = { fixed: { shape: new Int32Array(), times: new Uint32Array(), pe: new Int32Array() }, segments: [] };

export class Part {
  readonly thread: number;
  private readonly rows: Columns;
  /** Rows of shape s are from[s] .. to[s] - 1. */
  private readonly from: Column;
  private readonly to: Column;
  /** Shape of each PE; null where PE p has shape p. */
  private readonly shape: Uint16Array | Int32Array | null;
  private readonly floats: Uint8Array | null;
  private readonly offsets: Int32Array | null;
  /** By shape, the last row that begins at or before the cycle asked for last, counted from the shape's first; not filled in before, as in a lane index. */
  private readonly recent: Column;
  /** By shape, one more than the answer to {@link cyclesIn} last asked for; 0 where it was not. */
  private readonly sums: Int32Array;
  private sumsOf = { kinds: 0, from: -1, to: -1 };
  /** Of PEs that share shapes. */
  private readonly tables: PartTables;

  constructor(
    thread: number,
    rows: Columns,
    lists: { from: Column; to: Column },
    lanes: { shape: Uint16Array | Int32Array; begin: Int32Array; floats: Uint8Array } | null,
    tables: PartTables = NO_TABLES,
  ) {
    this.tables = tables;
    this.thread = thread;
    this.rows = rows;
    this.from = lists.from;
    this.to = lists.to;
    this.shape = lanes?.shape ?? null;
    this.floats = lanes?.floats ?? null;
    this.offsets = lanes?.begin ?? null;
    this.recent = new Uint32Array(this.from.length);
    this.sums = new Int32Array(this.from.length);
  }

  private shapeOf(pe: number): number {
    return this.shape === null ? pe : this.shape[pe];
  }

  /** What is added to the begins and ends of a PE's rows. */
  offset(pe: number): number {
    const { shape, floats, offsets } = this;
    return shape === null || floats === null || offsets === null || floats[shape[pe]] === 0 ? 0 : offsets[pe];
  }

  /** Row of a shape that covers `cycle` of its own time, or -1. */
  private rowAt(shape: number, cycle: number): number {
    const { begin, end } = this.rows;
    const to = this.to[shape];
    const near = this.from[shape] + this.recent[shape];
    if (near < to && begin[near] <= cycle) {
      if (end[near] > cycle) return near;
      if (near + 1 === to || begin[near + 1] > cycle) return -1;
    } else if (this.from[shape] === to || begin[this.from[shape]] > cycle) return -1;
    const row = this.lastBegun(shape, cycle);
    this.recent[shape] = row - this.from[shape];
    return end[row] > cycle ? row : -1;
  }

  /** Last row of a shape that begins at or before `cycle` of its own time, or one before its first. */
  private lastBegun(shape: number, cycle: number): number {
    const { begin } = this.rows;
    let [low, high] = [this.from[shape], this.to[shape]];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (begin[mid] <= cycle) low = mid + 1;
      else high = mid;
    }
    return low - 1;
  }

  /** Last row of a PE that begins before `cycle`, or -1. */
  lastBefore(pe: number, cycle: number): number {
    const shape = this.shapeOf(pe);
    const row = this.lastBegun(shape, cycle - 1 - this.offset(pe));
    return row < this.from[shape] ? -1 : row;
  }

  /** End of a PE's last row; 0 if it has none. */
  lastEnd(pe: number): number {
    const shape = this.shapeOf(pe);
    return this.from[shape] === this.to[shape] ? 0 : this.rows.end[this.to[shape] - 1] + this.offset(pe);
  }

  /** Row that covers `cycle`, or -1. */
  row(pe: number, cycle: number): number {
    return this.rowAt(this.shapeOf(pe), cycle - this.offset(pe));
  }

  kindOf(row: number): number {
    return this.rows.kind[row];
  }

  spanOf(pe: number, row: number): Span {
    const { kind, mark, begin, end } = this.rows;
    const offset = this.offset(pe);
    return { thread: this.thread, kind: kind[row], mark: mark[row], begin: begin[row] + offset, end: end[row] + offset };
  }

  /** Writes the kind of every PE that has a span in `cycle`. */
  fill(cycle: number, out: Uint8Array): void {
    const { shape, floats, from } = this;
    const { kind } = this.rows;
    if (shape === null || floats === null) {
      for (let pe = 0; pe < out.length; pe++) {
        const row = this.rowAt(pe, cycle);
        if (row >= 0) out[pe] = kind[row];
      }
      return;
    }
    const ofShape = new Uint8Array(from.length).fill(NONE);
    for (const s of this.tables.fixed.shape) {
      const row = this.rowAt(s, cycle);
      if (row >= 0) ofShape[s] = kind[row];
    }
    if (ofShape.some((k) => k !== NONE)) spread(ofShape, shape, out);
    for (const { first, past, offset } of this.segmentsIn(cycle, cycle + 1)) {
      for (let pe = first; pe < past; pe++) {
        const s = shape[pe];
        const row = floats[s] === 1 ? this.rowAt(s, cycle - offset) : -1;
        if (row >= 0) out[pe] = kind[row];
      }
    }
  }

  /** PEs one after the other whose rows float from one offset, as far as any of them has a span in the cycles [from, to). */
  private segmentsIn(from: number, to: number): readonly Segment[] {
    return this.tables.segments.filter(({ begin, end }) => begin < to && from < end);
  }

  /** Cycles of [from, to) that a PE spends in `kinds` (a mask); one look at each shape serves all PEs without offset. */
  cyclesIn(pe: number, kinds: number, from: number, to: number): number {
    const offset = this.offset(pe);
    const shape = this.shapeOf(pe);
    if (offset !== 0) return this.shapeCycles(shape, kinds, from - offset, to - offset);
    const asked = this.sumsOf;
    if (asked.kinds !== kinds || asked.from !== from || asked.to !== to) {
      this.sumsOf = { kinds, from, to };
      this.sums.fill(0);
    }
    if (this.sums[shape] === 0) this.sums[shape] = this.shapeCycles(shape, kinds, from, to) + 1;
    return this.sums[shape] - 1;
  }

  /** Adds to every PE what {@link cyclesIn} gives: a shape that does not float is looked at once, a floating one where it does anything. */
  addCycles(kinds: number, from: number, to: number, out: Float32Array): void {
    const { shape, floats } = this;
    if (shape === null || floats === null) {
      for (let pe = 0; pe < out.length; pe++) out[pe] += this.shapeCycles(pe, kinds, from, to);
      return;
    }
    const ofShape = new Int32Array(this.from.length);
    for (const s of this.tables.fixed.shape) ofShape[s] = this.shapeCycles(s, kinds, from, to);
    for (let pe = 0; pe < out.length; pe++) out[pe] += ofShape[shape[pe]];
    for (const { first, past, offset } of this.segmentsIn(from, to))
      for (let pe = first; pe < past; pe++) if (floats[shape[pe]] === 1) out[pe] += this.shapeCycles(shape[pe], kinds, from - offset, to - offset);
  }

  private shapeCycles(shape: number, kinds: number, from: number, to: number): number {
    const { kind, begin, end } = this.rows;
    const past = this.to[shape];
    let sum = 0;
    for (let row = this.firstAfter(shape, from); row < past && begin[row] < to; row++)
      if ((kinds >> kind[row]) & 1) sum += Math.min(end[row], to) - Math.max(begin[row], from);
    return sum;
  }

  /** First row of a shape that ends after `cycle` of its own time. */
  private firstAfter(shape: number, cycle: number): number {
    const { end } = this.rows;
    let [low, high] = [this.from[shape], this.to[shape]];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (end[mid] <= cycle) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** Begin of a PE's first span of a kind that ends after `since`, or -1. */
  firstOf(pe: number, kind: number, since: number): number {
    const { rows, to } = this;
    const [shape, offset] = [this.shapeOf(pe), this.offset(pe)];
    for (let row = this.from[shape]; row < to[shape]; row++) if (rows.kind[row] === kind && rows.end[row] + offset > since) return rows.begin[row] + offset;
    return -1;
  }

  /** The spans of a PE that touch the cycles [from, to), in order of time. */
  forPe(pe: number, from: number, to: number, visit: SpanVisitor): void {
    this.tell(pe, 1, from, to, visit);
  }

  /** Gives the number of spans it told. */
  private tell(pe: number, times: number, from: number, to: number, visit: SpanVisitor): number {
    const { kind, mark, begin, end } = this.rows;
    const [shape, offset] = [this.shapeOf(pe), this.offset(pe)];
    const past = this.to[shape];
    const first = this.firstAfter(shape, from - offset);
    let row = first;
    for (; row < past && begin[row] < to - offset; row++) visit(kind[row], mark[row], begin[row] + offset, end[row] + offset, pe, this.thread, times);
    return row - first;
  }

  /**
   * A PE for all that have the same rows at the same cycles, with their number, in pieces; floating ones that do nothing in the cycles
   * [from, to) are left out. `visit` gives how many rows it looked at.
   */
  private *groups(pes: number, from: number, to: number, visit: (pe: number, times: number) => number): Generator<void, void> {
    const { shape, floats } = this;
    if (shape === null || floats === null) {
      yield* weighed(pes, (pe) => visit(pe, 1), TOLD);
      return;
    }
    const { fixed } = this.tables;
    yield;
    yield* weighed(fixed.pe.length, (i) => visit(fixed.pe[i], fixed.times[i]), TOLD);
    for (const { first, past } of this.segmentsIn(from, to)) {
      yield* weighed(past - first, (i) => (floats[shape[first + i]] === 1 ? visit(first + i, 1) : 0), TOLD);
      yield;
    }
  }

  /** Every span that touches the cycles [from, to), once for all PEs that have it; in pieces. */
  telling(pes: number, from: number, to: number, visit: SpanVisitor): Generator<void, void> {
    return this.groups(pes, from, to, (pe, times) => this.tell(pe, times, from, to, visit));
  }

  /** The span of `cycle` of every PE, once for all PEs that have it. */
  forAt(cycle: number, pes: number, visit: SpanVisitor): void {
    const { kind, mark, begin, end } = this.rows;
    const visitPe = (pe: number, times: number): number => {
      const offset = this.offset(pe);
      const row = this.rowAt(this.shapeOf(pe), cycle - offset);
      if (row >= 0) visit(kind[row], mark[row], begin[row] + offset, end[row] + offset, pe, this.thread, times);
      return 1;
    };
    toEnd(this.groups(pes, cycle, cycle + 1, visitPe));
  }
}

/** Gives every PE the kind of its shape, where it has one. A loop of its own: over a whole wafer it is soon compiled, and nothing else spoils it. */
export function spread(ofShape: Uint8Array, shape: Uint16Array | Int32Array, out: Uint8Array): void {
  for (let pe = 0; pe < out.length; pe++) {
    const kind = ofShape[shape[pe]];
    if (kind !== NONE) out[pe] = kind;
  }
}

/** The tables of a part, in pieces. */
export function* tabulatingPart({ first, floats, begin, extent: end }: ShapeColumns, { shape, begin: offsets }: SharedSpans): Generator<void, PartTables> {
  const times = new Uint32Array(floats.length);
  yield;
  const firstPe = new Int32Array(floats.length);
  yield;
  let used = 0;
  const segments: { first: number; past: number; offset: number; begin: number; end: number }[] = [];
  const add = (pe: number): void => {
    const s = shape[pe];
    const [from, to] = [first[s], first[s + 1]];
    if (from === to) return;
    if (floats[s] === 0) {
      if (times[s]++ > 0) return;
      firstPe[s] = pe;
      used++;
      return;
    }
    const offset = offsets[pe];
    let last = segments[segments.length - 1];
    if (last === undefined || last.offset !== offset) {
      last = { first: pe, past: pe, offset, begin: Number.POSITIVE_INFINITY, end: -1 };
      segments.push(last);
    }
    last.past = pe + 1;
    last.begin = Math.min(last.begin, begin[from] + offset);
    last.end = Math.max(last.end, end[to - 1] + offset);
  };
  yield* each(shape.length, add, PES);
  const fixed = { shape: new Int32Array(used), times: new Uint32Array(used), pe: new Int32Array(used) };
  let at = 0;
  const put = (s: number): void => {
    if (times[s] === 0) return;
    fixed.shape[at] = s;
    fixed.times[at] = times[s];
    fixed.pe[at++] = firstPe[s];
  };
  yield* each(times.length, put, PES);
  return { fixed, segments };
}
