/** What PEs do in a shared trace as the timing engine gives it: what spans share is counted once, and nothing is put in columns. */
import { weighed } from '../base/pieces.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { KINDS } from './schema.ts';
import type { Again, Shapes } from './shapes.ts';
import type { SharedTrace } from './shared.ts';
import { grouping, Overlay, type StateGroups } from './states.ts';

/** Rows that are counted from one yield to the next. */
const ROWS = 1 << 15;

/** PE-cycles by what the PEs did in them (states.ts), idle ones left out; in pieces. */
export function* sharedKindCycles({ intervals }: SharedTrace): Generator<void, Float64Array> {
  const sums = new Float64Array(KINDS.length);
  const isMain = intervals.parts.every(({ thread = MAIN_THREAD }) => thread === MAIN_THREAD);
  const groups = isMain ? null : yield* grouping(intervals.shapes, intervals.parts);
  yield* addingSpans(intervals, groups, sums);
  if (groups) yield* addingGroups(intervals, groups, sums);
  return sums;
}

/** Adds the spans of the parts that are apart, those of a shape once for all PEs that have it. */
function* addingSpans({ shapes, parts }: SharedTrace['intervals'], groups: StateGroups | null, sums: Float64Array): Generator<void, void> {
  const uses = new Float64Array(shapes.count);
  for (const [i, { shape }] of parts.entries()) if (groups === null || groups.isApart[i] === 1) for (const s of shape) uses[s]++;
  const add = (s: number): number => {
    if (uses[s] === 0) return 0;
    for (let row = shapes.first(s); row < shapes.first(s + 1); row++) sums[shapes.what(row)] += uses[s] * (shapes.extent(row) - shapes.begin(row));
    return shapes.length(s);
  };
  yield* weighed(shapes.count, add, ROWS);
}

/** Adds the states that the other parts make, of one PE for all of its group. */
function* addingGroups({ shapes, parts }: SharedTrace['intervals'], { isApart, pe, times }: StateGroups, sums: Float64Array): Generator<void, void> {
  const overlay = new Overlay();
  const mixed = parts.filter((_, i) => isApart[i] === 0);
  const add = (group: number): number => {
    const spans = mixed.map(({ shape, begin, thread = MAIN_THREAD }) => {
      const s = shape[pe[group]];
      return { shape: s, offset: shapes.floats(s) ? begin[pe[group]] : 0, thread };
    });
    const { from, shift, again } = roundsOf(shapes, spans);
    overlay.clear();
    for (const own of spans) addSpans(overlay, shapes, own, from + shift, from + (1 + again) * shift);
    const tell = (begin: number, end: number, pes: number): void =>
      overlay.tell(begin, end, (kind, _, first, past) => {
        sums[kind] += pes * (past - first);
      });
    tell(0, from + shift, times[group]);
    if (again > 0) tell(from, from + shift, again * times[group]);
    tell(from + (1 + again) * shift, Number.POSITIVE_INFINITY, times[group]);
    return overlay.size;
  };
  yield* weighed(pe.length, add, ROWS);
}

/** Spans of a thread of one PE: those of a shape, which begins at an offset. */
interface ThreadSpans {
  readonly shape: number;
  readonly offset: number;
  readonly thread: number;
}

/** What all threads of a PE do in the `shift` cycles from `from` on comes `again` times more. */
interface Rounds {
  readonly from: number;
  readonly shift: number;
  readonly again: number;
}

const NO_ROUNDS: Rounds = { from: 0, shift: 0, again: 0 };

/** The rounds that a PE's threads have in common. */
function roundsOf(shapes: Shapes, spans: readonly ThreadSpans[]): Rounds {
  let [from, to, shift] = [0, Number.POSITIVE_INFINITY, 0];
  for (const { shape, offset } of spans) {
    const again = shapes.again(shape);
    if (shapes.length(shape) === 0) continue;
    const begin = shapes.begin(again?.first ?? shapes.first(shape)) + offset;
    if (again) {
      if (shift > 0 && again.shift !== shift) return NO_ROUNDS;
      shift = again.shift;
      from = Math.max(from, begin);
    }
    to = Math.min(to, again ? begin + (again.times + 1) * shift : begin);
  }
  const again = shift > 0 ? Math.floor((to - from) / shift) - 1 : 0;
  return again > 0 ? { from, shift, again } : NO_ROUNDS;
}

/** Adds the spans of a thread but those that lie in the cycles [from, to), in which they come again. */
function addSpans(overlay: Overlay, shapes: Shapes, { shape, offset, thread }: ThreadSpans, from: number, to: number): void {
  const again = shapes.again(shape);
  const past = shapes.first(shape + 1);
  for (let row = shapes.first(shape); row < past; row++) {
    const begin = shapes.begin(row) + offset;
    if (again && row >= again.first && from <= begin && begin < to) row = Math.max(row, leapTo(shapes, again, to - offset));
    overlay.add(shapes.what(row), shapes.extra(row), shapes.begin(row) + offset, shapes.extent(row) + offset, thread);
  }
}

/** The first row of the last round of what comes again that begins at a tick or before. */
function leapTo(shapes: Shapes, { first, rows, times, shift }: Again, tick: number): number {
  return first + rows * Math.min(times, Math.floor((tick - shapes.begin(first)) / shift));
}
