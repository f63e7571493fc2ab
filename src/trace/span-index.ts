/**
 * What threads do, by PE and thread: the intervals of a trace, found by cycle; and what PEs do of all that (states.ts). As with
 * runs (lane-index.ts) PEs may share shapes, so what is looked up for a shape serves all PEs that have it. The spans of a thread
 * of a shared trace come in parts, one after the other in time; each has its own shapes and offsets (span-part.ts).
 */
import { each, weighed } from '../base/pieces.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { type Intervals, KINDS } from './schema.ts';
import type { ShapeColumns, SharedColumns } from './shared-columns.ts';
import { NONE, Part, type PartTables, type Span, type SpanVisitor, spread, TOLD, tabulatingPart } from './span-part.ts';
import { grouping, Overlay, rankOf, type ShapeRows, type StateGroups } from './states.ts';

/** Rows that are looked at from one yield to the next. */
const ROWS = 1 << 18;

/** By thread, the rows of each PE, from[pe] .. to[pe] - 1; absent for a thread without rows. Plain data, like the tables of lane-index.ts. */
export type SpanLists = readonly ({ readonly from: Uint32Array; readonly to: Uint32Array } | undefined)[];

/** Of a trace whose PEs share shapes. */
export interface SpanTables {
  /** By part, in the order of the trace. */
  readonly parts: readonly PartTables[];
  /** Of several threads. */
  readonly groups: StateGroups | null;
}

export class SpanIndex {
  private readonly pes: number;
  /** Parts of each thread, in order of time; empty for a thread without spans. */
  private readonly threads: readonly (readonly Part[])[];
  /** Whether other threads than main do anything. */
  readonly multithreaded: boolean;
  private readonly groups: StateGroups | null;
  /** Parts whose spans are states (states.ts) as they are, and those that are laid over each other. */
  private readonly apart: readonly Part[];
  private readonly mixed: readonly Part[];
  private readonly overlay = new Overlay();

  private constructor(pes: number, parts: readonly Part[], groups: StateGroups | null) {
    this.pes = pes;
    this.threads = Array.from({ length: MAIN_THREAD + 1 }, (_, thread) => parts.filter((part) => part.thread === thread));
    this.multithreaded = parts.some(({ thread }) => thread !== MAIN_THREAD);
    this.groups = groups;
    const isApart = (i: number): boolean => !this.multithreaded || groups?.isApart[i] === 1;
    this.apart = parts.filter((_, i) => isApart(i));
    this.mixed = parts.filter((_, i) => !isApart(i));
  }

  static ofIntervals(intervals: Intervals, pes: number, lists: SpanLists): SpanIndex {
    const parts = Array.from(lists).flatMap((list, thread) => (list ? [new Part(thread, intervals, list, null)] : []));
    return new SpanIndex(pes, parts, null);
  }

  static ofShared({ shapes, parts }: SharedColumns['spans'], pes: number, tables: SpanTables): SpanIndex {
    const { what: kind, extra: mark, begin, extent: end, first, floats } = shapes;
    const lists = { from: first.subarray(0, -1), to: first.subarray(1) };
    const rows = { kind, mark, begin, end };
    const made = parts.map(({ thread = MAIN_THREAD, shape, begin }, i) => new Part(thread, rows, lists, { shape, begin, floats }, tables.parts[i]));
    return new SpanIndex(pes, made, tables.groups);
  }

  /** What a thread does in `cycle`; null if nothing. */
  at(pe: number, thread: number, cycle: number): Span | null {
    for (const part of this.threads[thread]) {
      const row = part.row(pe, cycle);
      if (row >= 0) return part.spanOf(pe, row);
    }
    return null;
  }

  /** The kind of the state of a PE in `cycle` (states.ts), or {@link NONE}. */
  stateAt(pe: number, cycle: number): number {
    for (const part of this.apart) {
      const row = part.row(pe, cycle);
      if (row >= 0) return part.kindOf(row);
    }
    return this.mixedAt(pe, cycle);
  }

  /** The same of the mixed parts alone. */
  private mixedAt(pe: number, cycle: number): number {
    let [best, rank] = [NONE, Number.POSITIVE_INFINITY];
    for (const part of this.mixed) {
      const row = part.row(pe, cycle);
      if (row >= 0 && rankOf(part.thread, part.kindOf(row)) < rank) [best, rank] = [part.kindOf(row), rankOf(part.thread, part.kindOf(row))];
    }
    return best;
  }

  /** The kinds of the states of all PEs in `cycle`, one byte a PE; {@link NONE} of those that have none. */
  fillStates(cycle: number, out: Uint8Array): void {
    const { groups } = this;
    out.fill(NONE);
    if (groups) {
      const ofGroup = new Uint8Array(groups.pe.length + 1).fill(NONE);
      for (let group = 0; group < groups.pe.length; group++) ofGroup[group + 1] = this.mixedAt(groups.pe[group], cycle);
      spread(ofGroup, groups.of, out);
    } else if (this.mixed.length > 0) {
      for (let pe = 0; pe < out.length; pe++) out[pe] = this.mixedAt(pe, cycle);
    }
    for (const part of this.apart) part.fill(cycle, out);
  }

  /** Cycles of [from, to) in which a PE issues one of `kinds`, a mask of kinds that are no stalls. */
  cyclesIn(pe: number, kinds: number, from: number, to: number): number {
    let sum = 0;
    for (const parts of this.threads) for (const part of parts) sum += part.cyclesIn(pe, kinds, from, to);
    return sum;
  }

  /** The same of every PE, into `out`. */
  fillCycles(kinds: number, from: number, to: number, out: Float32Array): void {
    out.fill(0);
    for (const parts of this.threads) for (const part of parts) part.addCycles(kinds, from, to, out);
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

  /**
   * Every state (states.ts) of the cycles [from, to), once for all PEs that have it; in pieces. Where PEs have one thread these are
   * its spans. What is outside of the cycles may be told, too, and a state in more than one piece.
   */
  *states(visit: SpanVisitor, from = 0, to = Number.POSITIVE_INFINITY): Generator<void, void> {
    for (const part of this.apart) yield* part.telling(this.pes, from, to, visit);
    if (this.mixed.length === 0) return;
    const { groups } = this;
    if (groups) yield* weighed(groups.pe.length, (group) => this.laid(groups.pe[group], groups.times[group], from, to, visit), TOLD);
    else yield* weighed(this.pes, (pe) => this.laid(pe, 1, from, to, visit), TOLD);
  }

  /** The states of one PE, told as {@link states} does. */
  statesOf(pe: number, visit: SpanVisitor, from = 0, to = Number.POSITIVE_INFINITY): void {
    for (const part of this.apart) part.forPe(pe, from, to, visit);
    if (this.mixed.length > 0) this.laid(pe, 1, from, to, visit);
  }

  /** Tells the states that the mixed parts of a PE make; how many spans they have. */
  private laid(pe: number, times: number, from: number, to: number, visit: SpanVisitor): number {
    const { overlay } = this;
    overlay.clear();
    const add: SpanVisitor = (kind, mark, begin, end, _, thread) => overlay.add(kind, mark, begin, end, thread);
    for (const part of this.mixed) part.forPe(pe, from, to, add);
    overlay.tell(from, to, (kind, mark, begin, end, thread) => visit(kind, mark, begin, end, pe, thread, times));
    return overlay.size;
  }

  /** PE-cycles by kind that PEs spend in states, of those before `past`; idle ones are what is left. In pieces. */
  *stateCycles(past = Number.POSITIVE_INFINITY): Generator<void, Float64Array> {
    const sums = new Float64Array(KINDS.length);
    yield* this.states(
      (kind, _, begin, end, _pe, _thread, times) => {
        sums[kind] += times * (Math.min(end, past) - begin);
      },
      0,
      past,
    );
    return sums;
  }

  /** What main threads do in `cycle`, once for all PEs that do it. */
  forMainAt(cycle: number, visit: SpanVisitor): void {
    for (const part of this.threads[MAIN_THREAD]) part.forAt(cycle, this.pes, visit);
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

/** The tables of a shared trace, in pieces. */
export function* partitioning({ shapes, parts }: SharedColumns['spans']): Generator<void, SpanTables> {
  const tables: PartTables[] = [];
  for (const part of parts) tables.push(yield* tabulatingPart(shapes, part));
  const isMain = parts.every(({ thread = MAIN_THREAD }) => thread === MAIN_THREAD);
  return { parts: tables, groups: isMain ? null : yield* grouping(rowsOf(shapes), parts) };
}

const rowsOf = ({ first, floats, begin, extent }: ShapeColumns): ShapeRows => ({
  count: floats.length,
  first: (shape) => first[shape],
  floats: (shape) => floats[shape] === 1,
  begin: (row) => begin[row],
  extent: (row) => extent[row],
});
