/**
 * A shared trace (shared.ts) as plain columns: what crosses from a worker to the page, its buffers transferred, and what the
 * reader's indexes look things up in. Nothing is expanded: a row stands once for all lanes that have it.
 */
import { each, toEnd } from '../base/pieces.ts';
import type { Trace, TraceHead } from './schema.ts';
import { Shapes } from './shapes.ts';
import type { SharedLanes, SharedRuns, SharedSpans, SharedTrace } from './shared.ts';

/** The rows of all shapes. */
export interface ShapeColumns {
  /** Kind of a span; of a run, the lane's ports through which it does not go. */
  readonly what: Uint8Array;
  readonly begin: Int32Array;
  /** Count, or end. */
  readonly extent: Int32Array;
  /** Period, or mark. */
  readonly extra: Int32Array;
  /** Rows of shape s are first[s] .. first[s + 1] - 1. */
  readonly first: Int32Array;
  /** 1 where begins count from the offset of the lane. */
  readonly floats: Uint8Array;
}

export interface RunColumns {
  readonly shapes: ShapeColumns;
  readonly lanes: SharedLanes;
}

/** A {@link SharedTrace} as plain data. */
export interface SharedColumns extends TraceHead {
  readonly spans: { readonly shapes: ShapeColumns; readonly parts: readonly SharedSpans[] };
  readonly moves: RunColumns;
  readonly uses: RunColumns;
  readonly sends: RunColumns;
  readonly hostIn: RunColumns;
  readonly hostOut: RunColumns;
}

/** A trace in either form. */
export type AnyTrace = Trace | SharedColumns;

export const isShared = (trace: AnyTrace): trace is SharedColumns => 'spans' in trace;

export const columnsOf = (trace: SharedTrace): SharedColumns => toEnd(columning(trace));

/** The same in pieces. */
export function* columning(trace: SharedTrace): Generator<void, SharedColumns> {
  const { version, width, height, cycles, hostSteps, intervals, moves, uses, sends, hostIn, hostOut } = trace;
  const known = new Map<Shapes, ShapeColumns>();
  function* shapesOf(shapes: Shapes): Generator<void, ShapeColumns> {
    const made = known.get(shapes) ?? (yield* shapeColumns(shapes));
    known.set(shapes, made);
    return made;
  }
  function* runs({ shapes, lanes }: SharedRuns): Generator<void, RunColumns> {
    return { shapes: yield* shapesOf(shapes), lanes };
  }
  return {
    ...{ version, width, height, cycles, hostSteps },
    spans: { shapes: yield* shapesOf(intervals.shapes), parts: intervals.parts },
    ...{ moves: yield* runs(moves), uses: yield* runs(uses), sends: yield* runs(sends), hostIn: yield* runs(hostIn), hostOut: yield* runs(hostOut) },
  };
}

function* shapeColumns(shapes: Shapes): Generator<void, ShapeColumns> {
  const { rows, count } = shapes;
  const columns = { what: new Uint8Array(rows), begin: new Int32Array(rows), extent: new Int32Array(rows), extra: new Int32Array(rows) };
  yield* each(rows, (row) => {
    columns.what[row] = shapes.what(row);
    columns.begin[row] = shapes.begin(row);
    columns.extent[row] = shapes.extent(row);
    columns.extra[row] = shapes.extra(row);
  });
  const first = new Int32Array(count + 1);
  const floats = new Uint8Array(count);
  for (let s = 0; s < count; s++) {
    first[s + 1] = shapes.first(s + 1);
    floats[s] = shapes.floats(s) ? 1 : 0;
  }
  return { ...columns, first, floats };
}

/** The inverse of {@link columnsOf}. */
export function sharedOf({ spans, moves, uses, sends, hostIn, hostOut, ...head }: SharedColumns): SharedTrace {
  const runs = ({ shapes, lanes }: RunColumns): SharedRuns => ({ shapes: shapesFrom(shapes), lanes });
  return {
    ...head,
    intervals: { shapes: shapesFrom(spans.shapes), parts: spans.parts },
    ...{ moves: runs(moves), uses: runs(uses), sends: runs(sends), hostIn: runs(hostIn), hostOut: runs(hostOut) },
  };
}

function shapesFrom({ what, begin, extent, extra, first, floats }: ShapeColumns): Shapes {
  const shapes = new Shapes();
  // Shape 0, the empty one, is there from the beginning.
  for (let s = 1; s < floats.length; s++) {
    for (let row = first[s]; row < first[s + 1]; row++) shapes.row(what[row], begin[row], extent[row], extra[row]);
    shapes.close(floats[s] === 1);
  }
  return shapes;
}

/** Rows of all lanes of all tables, as many as the trace in columns would have. */
export function expandedRows({ spans, moves, uses, sends, hostIn, hostOut }: SharedColumns): number {
  const rowsOf = ({ first }: ShapeColumns, { shape }: SharedLanes): number => {
    let rows = 0;
    for (const s of shape) rows += first[s + 1] - first[s];
    return rows;
  };
  const ofSpans = spans.parts.reduce((sum, part) => sum + rowsOf(spans.shapes, part), 0);
  return [moves, uses, sends, hostIn, hostOut].reduce((sum, { shapes, lanes }) => sum + rowsOf(shapes, lanes), ofSpans);
}
