/**
 * What a PE does, of all that its threads do: one state a cycle. A PE has one issue slot, so at most one of its threads issues, and
 * that is what the PE does. Where none issues it is what main waits for; where main has nothing to do, what the microthread of the
 * lowest number waits for ({@link rankOf}). So states of a PE never overlap, and with idle cycles they sum to the run.
 */
import { each } from '../base/pieces.ts';
import { Tuples } from '../base/tuples.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { isStall } from './schema.ts';
import type { SharedSpans } from './shared.ts';

/** PEs that are grouped from one yield to the next. */
const PES = 1 << 16;

/** Of the threads of a PE in a cycle the one of the lowest rank says what the PE does. */
export function rankOf(thread: number, kind: number): number {
  if (!isStall(kind)) return 0;
  return thread === MAIN_THREAD ? 1 : 2 + thread;
}

/** Told of a state of a PE, or of a part of one: what its thread does in the cycles [begin, end). */
export type StateVisitor = (kind: number, mark: number, begin: number, end: number, thread: number) => void;

/** Numbers of a span in a list: kind, mark, begin, end. */
const SPAN = 4;

/** The spans of all threads of one PE, laid over each other. Made once for many PEs, so nothing is allocated for one. */
export class Overlay {
  private readonly spans: readonly number[][] = Array.from({ length: MAIN_THREAD + 1 }, () => []);
  private readonly next = new Int32Array(MAIN_THREAD + 1);
  /** Numbers in each list: what a list is longer is left from PEs before, for to grow anew would take longer than all else. */
  private readonly lengths = new Int32Array(MAIN_THREAD + 1);

  clear(): void {
    this.lengths.fill(0);
  }

  /** Adds a span; those of a thread come in order of time. */
  add(kind: number, mark: number, begin: number, end: number, thread: number): void {
    const list = this.spans[thread];
    const at = this.lengths[thread];
    list[at] = kind;
    list[at + 1] = mark;
    list[at + 2] = begin;
    list[at + 3] = end;
    this.lengths[thread] = at + SPAN;
  }

  /** Spans that were added. */
  get size(): number {
    return this.lengths.reduce((sum, length) => sum + length, 0) / SPAN;
  }

  /** Tells the states of the cycles [from, to) in order of time; a state that outlasts the beginning or end of another thread's span in pieces. */
  tell(from: number, to: number, visit: StateVisitor): void {
    const { spans, next, lengths } = this;
    const threads = [...spans.keys()].filter((thread) => lengths[thread] > 0);
    next.fill(0);
    for (let cycle = from; cycle < to; ) {
      let [best, rank, until] = [-1, Number.POSITIVE_INFINITY, to];
      for (const thread of threads) {
        const list = spans[thread];
        let at = next[thread];
        while (at < lengths[thread] && list[at + 3] <= cycle) at += SPAN;
        next[thread] = at;
        if (at === lengths[thread]) continue;
        const begun = list[at + 2] <= cycle;
        until = Math.min(until, list[begun ? at + 3 : at + 2]);
        if (!begun || rankOf(thread, list[at]) >= rank) continue;
        [best, rank] = [thread, rankOf(thread, list[at])];
      }
      if (best >= 0) visit(spans[best][next[best]], spans[best][next[best] + 1], cycle, until, best);
      else if (until === to) return;
      cycle = until;
    }
  }
}

/** PEs of a shared trace by what all their threads do, as plain data. */
export interface StateGroups {
  /** Whether a part of the trace shares no cycle with what another thread does, at any PE: its spans are states as they are. */
  readonly isApart: Uint8Array;
  /** Groups of PEs whose other parts are equal: the first PE of each, and how many it has. */
  readonly pe: Int32Array;
  readonly times: Uint32Array;
  /** By PE, one more than the number of its group; 0 where the PE has nothing in those parts. */
  readonly of: Int32Array;
}

/** The rows of shapes, in either form that a shared trace has. */
export interface ShapeRows {
  readonly count: number;
  /** Rows of shape s are first(s) .. first(s + 1) - 1. */
  first(shape: number): number;
  floats(shape: number): boolean;
  begin(row: number): number;
  extent(row: number): number;
}

/** By shape, the begin of its first row and the end of its last one; one that is empty begins after all others and ends before them. */
interface ShapeTimes {
  readonly begin: Float64Array;
  readonly end: Float64Array;
  readonly floats: Uint8Array;
}

/** In pieces. */
function* findingTimes(shapes: ShapeRows): Generator<void, ShapeTimes> {
  const begin = new Float64Array(shapes.count);
  yield;
  const end = new Float64Array(shapes.count);
  yield;
  const floats = new Uint8Array(shapes.count);
  const find = (s: number): void => {
    const [from, to] = [shapes.first(s), shapes.first(s + 1)];
    begin[s] = from < to ? shapes.begin(from) : Number.POSITIVE_INFINITY;
    end[s] = from < to ? shapes.extent(to - 1) : Number.NEGATIVE_INFINITY;
    floats[s] = shapes.floats(s) ? 1 : 0;
  };
  yield* each(shapes.count, find, PES);
  return { begin, end, floats };
}

/** Groups the PEs of a shared trace, in pieces. */
export function* grouping(shapes: ShapeRows, parts: readonly SharedSpans[]): Generator<void, StateGroups> {
  const times = yield* findingTimes(shapes);
  const isApart = yield* findingApart(times, parts);
  const mixed = [...parts.keys()].filter((i) => isApart[i] === 0);
  const tuples = new Tuples(Number.POSITIVE_INFINITY);
  const groups = new Map<number, { readonly number: number; readonly pe: number; times: number }>();
  const of = new Int32Array(parts[0].shape.length);
  const add = (pe: number): void => {
    let tuple = -1;
    for (const i of mixed) {
      const s = parts[i].shape[pe];
      if (times.begin[s] < times.end[s]) tuple = tuples.of(tuple, i, s, times.floats[s] === 1 ? parts[i].begin[pe] : 0, 0);
    }
    if (tuple < 0) return;
    const group = groups.get(tuple) ?? { number: groups.size, pe, times: 0 };
    if (group.times++ === 0) groups.set(tuple, group);
    of[pe] = group.number + 1;
  };
  yield* each(of.length, add, PES);
  const all = [...groups.values()];
  return { isApart, pe: Int32Array.from(all, ({ pe }) => pe), times: Uint32Array.from(all, (group) => group.times), of };
}

/** Part by part, 1 if it is apart. */
function* findingApart({ begin, end, floats }: ShapeTimes, parts: readonly SharedSpans[]): Generator<void, Uint8Array> {
  const isApart = new Uint8Array(parts.length).fill(1);
  const threads = parts.map(({ thread = MAIN_THREAD }) => thread);
  const [begins, ends] = [new Float64Array(parts.length), new Float64Array(parts.length)];
  const look = (pe: number): void => {
    for (let i = 0; i < parts.length; i++) {
      const s = parts[i].shape[pe];
      const offset = floats[s] === 1 ? parts[i].begin[pe] : 0;
      begins[i] = begin[s] + offset;
      ends[i] = end[s] + offset;
    }
    for (let a = 0; a < parts.length; a++)
      for (let b = 0; b < parts.length; b++) if (threads[a] !== threads[b] && begins[a] < ends[b] && begins[b] < ends[a]) isApart[a] = 0;
  };
  yield* each(parts[0].shape.length, look, PES);
  return isApart;
}
