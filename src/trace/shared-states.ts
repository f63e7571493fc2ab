/** What PEs do in a shared trace as the timing engine gives it: what spans share is counted once, and nothing is put in columns. */
import { weighed } from '../base/pieces.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { KINDS } from './schema.ts';
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
  const add = (group: number): number => {
    overlay.clear();
    for (const [i, { shape, begin, thread = MAIN_THREAD }] of parts.entries()) {
      if (isApart[i] === 1) continue;
      const s = shape[pe[group]];
      const offset = shapes.floats(s) ? begin[pe[group]] : 0;
      for (let row = shapes.first(s); row < shapes.first(s + 1); row++)
        overlay.add(shapes.what(row), shapes.extra(row), shapes.begin(row) + offset, shapes.extent(row) + offset, thread);
    }
    overlay.tell(0, Number.POSITIVE_INFINITY, (kind, _, from, to) => {
      sums[kind] += times[group] * (to - from);
    });
    return overlay.size;
  };
  yield* weighed(pe.length, add, ROWS);
}
