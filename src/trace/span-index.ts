/**
 * What threads do, by PE and thread: the intervals of a trace, found by cycle. As with runs (lane-index.ts) PEs may share
 * shapes, so what is looked up for a shape serves all PEs that have it. The spans of a thread of a shared trace come in
 * parts, one after the other in time; each has its own shapes and offsets.
 */
import { each, toEnd, weighed } from '../base/pieces.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import type { Intervals } from './schema.ts';
import type { SharedSpans } from './shared.ts';
import type { ShapeColumns, SharedColumns } from './shared-columns.ts';

/** Rows that are looked at, or told, from one yield to the next; PEs that are counted. */
const ROWS = 1 << 18;
const TOLD = 1 << 16;
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

/** By thread, the rows of each PE, from[pe] .. to[pe] - 1; absent for a thread without rows. Plain data, like the tables of lane-index.ts. */
export type SpanLists = readonly ({ readonly from: Uint32Array; readonly to: Uint32Array } | undefined)[];

/** Kind of a PE that has no span. */
const NONE = 255;

/** PEs first .. past - 1 whose floating rows begin at `offset`; all of them lie in the cycles [begin, end). */
interface Segment {
  readonly first: number;
  readonly past: number;
  readonly offset: number;
  readonly begin: number;
  readonly end: number;
}

/** What a part of a shared trace computes before it answers, as plain data. */
interface PartTables {
  /** Shapes with rows that do not float, each with the number of PEs that have it and the first of them. */
  readonly fixed: { readonly shape: Int32Array; readonly times: Uint32Array; readonly pe: Int32Array };
  readonly segments: readonly Segment[];
}

/** Of a part whose PEs share no shapes. */
const NO_TABLES: PartTables = { fixed: { shape: new Int32Array(), times: new Uint32Array(), pe: new Int32Array() }, segments: [] };

/** By part, in the order of the trace. */
export type SpanParts = readonly PartTables[];

/** Spans of one thread of all PEs, or of one part of them. */
class Part {
  readonly thread: number;
  private readonly rows: Columns;
  /** Rows of shape s are from[s] .. to[s] - 1. */
  private readonly from: Column;
  private readonly to: Column;
  /** Shape of each PE; null where PE p has shape p. */
  private readonly shape: Uint16Array | Int32Array | null;
  private readonly floats: Uint8Array | null;
  private readonly offsets: Int32Array | null;
  /** Last row that begins at or before the cycle asked for last, by shape. */
  private readonly recent: Column;
  /** By shape, the answer to {@link cyclesIn} last asked for; -1 where it was not. */
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
    this.recent = this.from.slice();
    this.sums = new Int32Array(this.from.length).fill(-1);
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
    const near = this.recent[shape];
    if (near < to && begin[near] <= cycle) {
      if (end[near] > cycle) return near;
      if (near + 1 === to || begin[near + 1] > cycle) return -1;
    } else if (this.from[shape] === to || begin[this.from[shape]] > cycle) return -1;
    const row = this.lastBegun(shape, cycle);
    this.recent[shape] = row;
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
      this.sums.fill(-1);
    }
    if (this.sums[shape] < 0) this.sums[shape] = this.shapeCycles(shape, kinds, from, to);
    return this.sums[shape];
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

export class SpanIndex {
  private readonly pes: number;
  /** Parts of each thread, in order of time; empty for a thread without spans. */
  private readonly threads: readonly (readonly Part[])[];
  /** Whether other threads than main do anything. */
  readonly multithreaded: boolean;

  private constructor(pes: number, threads: readonly (readonly Part[])[]) {
    this.pes = pes;
    this.threads = threads;
    this.multithreaded = threads.some((parts, thread) => thread !== MAIN_THREAD && parts.length > 0);
  }

  static ofIntervals(intervals: Intervals, pes: number, lists: SpanLists): SpanIndex {
    const threads = Array.from(lists, (list, thread) => (list ? [new Part(thread, intervals, list, null)] : []));
    return new SpanIndex(pes, threads);
  }

  static ofShared({ shapes, parts }: SharedColumns['spans'], pes: number, tables: SpanParts): SpanIndex {
    const { what: kind, extra: mark, begin, extent: end, first, floats } = shapes;
    const lists = { from: first.subarray(0, -1), to: first.subarray(1) };
    const rows = { kind, mark, begin, end };
    const partsOf = (t: number): Part[] =>
      parts.flatMap((lanes, i) =>
        (lanes.thread ?? MAIN_THREAD) === t ? [new Part(t, rows, lists, { shape: lanes.shape, begin: lanes.begin, floats }, tables[i])] : [],
      );
    return new SpanIndex(
      pes,
      Array.from({ length: MAIN_THREAD + 1 }, (_, t) => partsOf(t)),
    );
  }

  /** What a thread does in `cycle`; null if nothing. */
  at(pe: number, thread: number, cycle: number): Span | null {
    for (const part of this.threads[thread]) {
      const row = part.row(pe, cycle);
      if (row >= 0) return part.spanOf(pe, row);
    }
    return null;
  }

  /** The kind of what a thread does in `cycle`, or -1. */
  kindAt(pe: number, thread: number, cycle: number): number {
    for (const part of this.threads[thread]) {
      const row = part.row(pe, cycle);
      if (row >= 0) return part.kindOf(row);
    }
    return -1;
  }

  /** Kinds of the main threads in `cycle`, one byte a PE; those that do nothing are not written. */
  fillMain(cycle: number, out: Uint8Array): void {
    for (const part of this.threads[MAIN_THREAD]) part.fill(cycle, out);
  }

  /** Cycles of [from, to) in which the main thread of a PE is in one of `kinds`, a mask of kinds. */
  cyclesIn(pe: number, kinds: number, from: number, to: number): number {
    let sum = 0;
    for (const part of this.threads[MAIN_THREAD]) sum += part.cyclesIn(pe, kinds, from, to);
    return sum;
  }

  /** The same of every PE, into `out`. */
  fillCycles(kinds: number, from: number, to: number, out: Float32Array): void {
    out.fill(0);
    for (const part of this.threads[MAIN_THREAD]) part.addCycles(kinds, from, to, out);
  }

  /** The last span of a thread that begins before `cycle`; null if there is none. */
  lastBefore(pe: number, thread: number, cycle: number): Span | null {
    for (const part of this.threads[thread].toReversed()) {
      const row = part.lastBefore(pe, cycle);
      if (row >= 0) return part.spanOf(pe, row);
    }
    return null;
  }

  /** End of the last span of any thread of a PE; 0 if it has none. */
  lastEnd(pe: number): number {
    let latest = 0;
    for (const parts of this.threads) for (const part of parts) latest = Math.max(latest, part.lastEnd(pe));
    return latest;
  }

  /** Begin of the first span of a kind of a PE's main thread that ends after `since`, or -1. */
  firstOf(pe: number, kind: number, since: number): number {
    for (const part of this.threads[MAIN_THREAD]) {
      const begin = part.firstOf(pe, kind, since);
      if (begin >= 0) return begin;
    }
    return -1;
  }

  /** The spans of one thread of a PE in order of time, those that touch the cycles [from, to). */
  forThread(pe: number, thread: number, visit: SpanVisitor, from = 0, to = Number.POSITIVE_INFINITY): void {
    for (const part of this.threads[thread]) part.forPe(pe, from, to, visit);
  }

  /** The spans of all threads of a PE, thread by thread. */
  forPe(pe: number, visit: SpanVisitor): void {
    for (let thread = 0; thread <= MAIN_THREAD; thread++) this.forThread(pe, thread, visit);
  }

  /** Those of one thread as a list. */
  listOf(pe: number, thread: number): Span[] {
    const list: Span[] = [];
    this.forThread(pe, thread, (kind, mark, begin, end) => list.push({ thread, kind, mark, begin, end }));
    return list;
  }

  /** Every span that touches the cycles [from, to), once for all PEs that have it. In pieces. */
  *telling(visit: SpanVisitor, from = 0, to = Number.POSITIVE_INFINITY): Generator<void, void> {
    for (const parts of this.threads) for (const part of parts) yield* part.telling(this.pes, from, to, visit);
  }

  /** What main threads do in `cycle`, once for all PEs that do it. */
  forMainAt(cycle: number, visit: SpanVisitor): void {
    for (const part of this.threads[MAIN_THREAD]) part.forAt(cycle, this.pes, visit);
  }
}

/** Gives every PE the kind of its shape, where it has one. A loop of its own: over a whole wafer it is soon compiled, and nothing else spoils it. */
function spread(ofShape: Uint8Array, shape: Uint16Array | Int32Array, out: Uint8Array): void {
  for (let pe = 0; pe < out.length; pe++) {
    const kind = ofShape[shape[pe]];
    if (kind !== NONE) out[pe] = kind;
  }
}

/** Where the spans of each PE lie in the columns, in pieces. */
export function* listing({ pe, thread }: Intervals, pes: number): Generator<void, SpanLists> {
  const lists: ({ from: Uint32Array; to: Uint32Array } | undefined)[] = Array.from({ length: MAIN_THREAD + 1 }, () => undefined);
  const put = (row: number): void => {
    lists[thread[row]] ??= { from: new Uint32Array(pes), to: new Uint32Array(pes) };
    const list = lists[thread[row]] as { from: Uint32Array; to: Uint32Array };
    if (row === 0 || pe[row - 1] !== pe[row] || thread[row - 1] !== thread[row]) list.from[pe[row]] = row;
    list.to[pe[row]] = row + 1;
  };
  yield* each(pe.length, put, ROWS);
  return lists;
}

/** The tables of every part of a shared trace, in pieces. */
export function* partitioning({ shapes, parts }: SharedColumns['spans']): Generator<void, SpanParts> {
  const tables: PartTables[] = [];
  for (const part of parts) tables.push(yield* tabulatingPart(shapes, part));
  return tables;
}

function* tabulatingPart({ first, floats, begin, extent: end }: ShapeColumns, { shape, begin: offsets }: SharedSpans): Generator<void, PartTables> {
  const [times, firstPe] = [new Uint32Array(floats.length), new Int32Array(floats.length)];
  const segments: { first: number; past: number; offset: number; begin: number; end: number }[] = [];
  const add = (pe: number): void => {
    const s = shape[pe];
    const [from, to] = [first[s], first[s + 1]];
    if (from === to) return;
    if (floats[s] === 0) {
      if (times[s]++ === 0) firstPe[s] = pe;
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
  const used = Int32Array.from(times.keys()).filter((s) => times[s] > 0);
  return { fixed: { shape: used, times: Uint32Array.from(used, (s) => times[s]), pe: Int32Array.from(used, (s) => firstPe[s]) }, segments };
}
