/**
 * A trace in which lanes share their rows: a lane is a shape, a list of rows, begun at an offset. Lanes that are equal up to a
 * shift need one shape, so a whole wafer's trace is small. {@link expandTrace} gives the columns of schema.ts,
 * {@link sharedHash} the same hash as traceHash without making them. Made by the timing engine.
 */

import { Hash } from '../base/hash.ts';
import { toEnd, weighed } from '../base/pieces.ts';
import { MAIN_THREAD } from '../machine/program.ts';
import { hashHead, hashSteps, NEXT_TABLE } from './hash.ts';
import { Column } from './rows.ts';
import type { HostSteps, Intervals, Runs, Trace } from './schema.ts';
import { markAfter } from './sequences.ts';
import { Shapes } from './shapes.ts';

/** Numbers of shapes by lane, in the narrower type if there are few. */
export type ShapeNumbers = Uint16Array | Int32Array;

/** Numbers of the shapes of `lanes` lanes, in the narrower type if there are few shapes. */
export const shapeNumbers = ({ count }: Shapes, lanes: number): ShapeNumbers => (count <= 1 << 16 ? new Uint16Array(lanes) : new Int32Array(lanes));

/** The shapes of lanes that belong to owners (PEs, host lanes). A floating one begins at its owner's `begin`. */
export interface SharedLanes {
  /** By lane. */
  readonly shape: ShapeNumbers;
  /** Lanes of owner o are first[o] .. first[o + 1] - 1; absent where every owner has one. */
  readonly first?: Uint32Array;
  /** By owner. */
  readonly begin: Int32Array;
  /** Of run tables: the port mask of a lane's rows; 0 if absent. */
  readonly tx?: Uint8Array;
}

/** Spans of a thread of every PE, of main if none is named. */
export interface SharedSpans extends SharedLanes {
  readonly thread?: number;
}

/** A run table whose lanes share shapes; `what` of a row are those of the lane's ports through which it does not go. */
export interface SharedRuns {
  readonly shapes: Shapes;
  readonly lanes: SharedLanes;
  /** Of shapes whose rows were let go. */
  readonly hashed?: HashedShapes;
}

/** What takes the rows of a shape, and ends it; its number. */
export type RowTaker = Pick<Shapes, 'row' | 'close'>;

/** Shapes of which the first row is kept, and the hash of all under the one mask that their lanes have: enough for {@link sharedHash}. */
export class HashedShapes implements RowTaker {
  private readonly shapes: Shapes;
  private readonly draft = new Shapes();
  /** The first of them: all shapes after it are, too. */
  private readonly first: number;
  private readonly ends = new Column();
  private mask = 0;

  /** From now on all shapes are added here. */
  constructor(shapes: Shapes) {
    this.shapes = shapes;
    this.first = shapes.count;
  }

  /** For the next shape, whose lanes have this mask. */
  under(mask: number): this {
    this.mask = mask;
    return this;
  }

  row(what: number, begin: number, extent: number, extra: number): void {
    if (this.draft.rows === 0) this.shapes.row(what, begin, extent, extra);
    this.draft.row(what, begin, extent, extra);
  }

  close(floats: boolean): number {
    const { draft, ends, shapes, mask } = this;
    for (const word of hashOfRuns(draft, draft.close(floats), mask).end) ends.push(word);
    draft.clear();
    return shapes.close(floats);
  }

  /** The end of a shape's hash; undefined where all rows are kept. */
  endOf(shape: number): readonly [number, number] | undefined {
    const at = 2 * (shape - this.first);
    return at < 0 ? undefined : [this.ends.at(at), this.ends.at(at + 1)];
  }
}

export interface SharedTrace {
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly cycles: number;
  /** Lane p is PE p. Parts of lower threads come first, those of one thread one after the other in time. */
  readonly intervals: { readonly shapes: Shapes; readonly parts: readonly SharedSpans[] };
  readonly moves: SharedRuns;
  readonly uses: SharedRuns;
  readonly sends: SharedRuns;
  readonly hostIn: SharedRuns;
  readonly hostOut: SharedRuns;
  readonly hostSteps: HostSteps;
}

const offsetOf = (shapes: Shapes, shape: number, begin: number): number => (shapes.floats(shape) ? begin : 0);

/** Rows that are put in columns or hashed, and owners, from one yield to the next. */
const BREATH = 1 << 15;

/** Calls `visit` for every lane that has rows, in order; it gives of how many rows it did something. Yields now and then. */
function* forLanes(
  shapes: Shapes,
  { shape, first, begin }: SharedLanes,
  visit: (lane: number, shape: number, offset: number) => number,
): Generator<void, void> {
  const ofOwner = (owner: number): number => {
    const end = first ? first[owner + 1] : owner + 1;
    let rows = 0;
    for (let lane = first ? first[owner] : owner; lane < end; lane++) {
      const s = shape[lane];
      if (shapes.first(s) < shapes.first(s + 1)) rows += visit(lane, s, offsetOf(shapes, s, begin[owner]));
    }
    return rows;
  };
  yield* weighed(begin.length, ofOwner, BREATH);
}

/** Rows of all lanes. */
function rowsOf(shapes: Shapes, { shape }: SharedLanes): number {
  let rows = 0;
  for (const s of shape) rows += shapes.first(s + 1) - shapes.first(s);
  return rows;
}

function* expandRuns({ shapes, lanes }: SharedRuns): Generator<void, Runs> {
  const rows = rowsOf(shapes, lanes);
  const runs = {
    lane: new Uint32Array(rows),
    tx: new Uint8Array(rows),
    begin: new Uint32Array(rows),
    count: new Uint32Array(rows),
    period: new Uint32Array(rows),
  };
  let at = 0;
  const put = (lane: number, shape: number, offset: number): number => {
    const [from, to] = [shapes.first(shape), shapes.first(shape + 1)];
    for (let row = from; row < to; row++, at++) {
      runs.lane[at] = lane;
      runs.tx[at] = (lanes.tx?.[lane] ?? 0) & ~shapes.what(row);
      runs.begin[at] = shapes.begin(row) + offset;
      runs.count[at] = shapes.extent(row);
      runs.period[at] = shapes.extra(row);
    }
    return to - from;
  };
  yield* forLanes(shapes, lanes, put);
  return runs;
}

function* expandIntervals({ shapes, parts }: SharedTrace['intervals']): Generator<void, Intervals> {
  const rows = parts.reduce((sum, lanes) => sum + rowsOf(shapes, lanes), 0);
  const out = {
    pe: new Uint32Array(rows),
    thread: new Uint8Array(rows),
    kind: new Uint8Array(rows),
    mark: new Int32Array(rows),
    begin: new Uint32Array(rows),
    end: new Uint32Array(rows),
  };
  let at = 0;
  const expand = (pe: number): number => {
    const before = at;
    for (const { shape, begin, thread = MAIN_THREAD } of parts) {
      const offset = offsetOf(shapes, shape[pe], begin[pe]);
      for (let row = shapes.first(shape[pe]); row < shapes.first(shape[pe] + 1); row++, at++) {
        out.pe[at] = pe;
        out.thread[at] = thread;
        out.kind[at] = shapes.what(row);
        out.mark[at] = shapes.extra(row);
        out.begin[at] = shapes.begin(row) + offset;
        out.end[at] = shapes.extent(row) + offset;
      }
    }
    return at - before;
  };
  yield* weighed(parts[0].shape.length, expand, BREATH);
  return out;
}

/** The same trace in columns: 17 to 21 B for every row of every lane. */
export const expandTrace = (trace: SharedTrace): Trace => toEnd(expanding(trace));

/** The same in pieces. */
export function* expanding(trace: SharedTrace): Generator<void, Trace> {
  const { version, width, height, cycles, intervals, moves, uses, sends, hostIn, hostOut, hostSteps } = trace;
  return {
    ...{ version, width, height, cycles },
    intervals: yield* expandIntervals(intervals),
    moves: yield* expandRuns(moves),
    uses: yield* expandRuns(uses),
    sends: yield* expandRuns(sends),
    hostIn: yield* expandRuns(hostIn),
    hostOut: yield* expandRuns(hostOut),
    hostSteps,
  };
}

/** traceHash of the expanded trace. Yields now and then. */
export function* sharedHash(trace: SharedTrace): Generator<void, string> {
  const total = hashHead(trace.version, trace.width, trace.height, trace.cycles);
  yield* hashIntervals(total, trace.intervals);
  for (const runs of [trace.moves, trace.uses, trace.sends, trace.hostIn, trace.hostOut]) yield* hashRuns(total.word(NEXT_TABLE), runs);
  hashSteps(total.word(NEXT_TABLE), trace.hostSteps);
  return total.hex();
}

function* hashRuns(total: Hash, { shapes, lanes, hashed }: SharedRuns): Generator<void, void> {
  const byMask: Ends[] = [];
  const add = (lane: number, shape: number, offset: number): number => {
    const tx = lanes.tx?.[lane] ?? 0;
    byMask[tx] ??= new Ends();
    const ends = byMask[tx];
    const isNew = !ends.has(shape);
    if (isNew) ends.set(shape, hashed?.endOf(shape) ?? hashOfRuns(shapes, shape, tx).end);
    total.word(lane).word(shapes.begin(shapes.first(shape)) + offset);
    ends.into(total, shape);
    return isNew ? shapes.length(shape) : 1;
  };
  yield* forLanes(shapes, lanes, add);
}

/** Shapes of a block of {@link Ends}: 2^ENDS. */
const ENDS = 14;

/** Ends of hashes by shape. Block by block: memory for a million of them is not written at once. */
class Ends {
  /** Of each shape whether its end is known, and the end. */
  private readonly blocks: Int32Array[] = [];

  has(shape: number): boolean {
    return this.blocks[shape >> ENDS]?.[place(shape)] === 1;
  }

  set(shape: number, end: readonly [number, number]): void {
    this.blocks[shape >> ENDS] ??= new Int32Array(3 << ENDS);
    const block = this.blocks[shape >> ENDS];
    block[place(shape)] = 1;
    block.set(end, place(shape) + 1);
  }

  into(total: Hash, shape: number): void {
    const block = this.blocks[shape >> ENDS];
    total.ended(block[place(shape) + 1], block[place(shape) + 2]);
  }
}

const place = (shape: number): number => 3 * (shape & ((1 << ENDS) - 1));

function hashOfRuns(shapes: Shapes, shape: number, tx: number): Hash {
  const hash = new Hash();
  const begin = shapes.begin(shapes.first(shape));
  shapes.eachPiece(shape, (data, from, to, later) => {
    for (let w = from; w < to; w += 4) hash.four(tx & ~data[w], data[w + 1] + later - begin, data[w + 2], data[w + 3]);
  });
  return hash;
}

function* hashIntervals(total: Hash, { shapes, parts }: SharedTrace['intervals']): Generator<void, void> {
  const pes = parts[0].shape.length;
  const threads = [...new Set(parts.map(({ thread = MAIN_THREAD }) => thread))];
  const hashes = threads.map(
    (t) =>
      new ThreadHash(
        shapes,
        t,
        parts.filter(({ thread = MAIN_THREAD }) => thread === t),
      ),
  );
  const ofPe = (pe: number): number => {
    let rows = 0;
    for (const hash of hashes) rows += hash.into(total, pe);
    return rows;
  };
  yield* weighed(pes, ofPe, BREATH);
}

/** Hashes of a thread's spans. Its first part is hashed once a shape; the others follow at their distance in time. */
class ThreadHash {
  private readonly shapes: Shapes;
  private readonly thread: number;
  private readonly parts: readonly SharedSpans[];
  private readonly kept: Int32Array;
  private readonly isKept: Uint8Array;
  private readonly hash = new Hash();

  constructor(shapes: Shapes, thread: number, parts: readonly SharedSpans[]) {
    this.shapes = shapes;
    this.thread = thread;
    this.parts = parts;
    this.kept = new Int32Array(2 * shapes.count);
    this.isKept = new Uint8Array(shapes.count);
  }

  /** Adds what a PE has of the thread, nothing if it has no span; how many rows it hashed. */
  into(total: Hash, pe: number): number {
    const { shapes, parts, hash } = this;
    let [first, rows] = [-1, 0];
    for (let i = 0; i < parts.length; i++) {
      const s = parts[i].shape[pe];
      if (shapes.first(s) === shapes.first(s + 1)) continue;
      const offset = offsetOf(shapes, s, parts[i].begin[pe]);
      if (first >= 0) {
        hashSpans(hash, shapes, s, offset - first);
        rows += shapes.length(s);
      } else {
        first = shapes.begin(shapes.first(s)) + offset;
        rows += this.resume(s, offset - first);
      }
    }
    if (first >= 0) total.word(pe).word(this.thread).word(first).ending(hash);
    return rows;
  }

  /** Takes up the hash of a shape's spans, the first of which begins at 0 with this shift; how many rows had to be hashed. */
  private resume(shape: number, shift: number): number {
    const { kept, isKept, shapes } = this;
    const isNew = isKept[shape] === 0;
    if (isNew) hashSpans(new Hash(), shapes, shape, shift).save(kept, shape);
    isKept[shape] = 1;
    this.hash.resume(kept, shape);
    return isNew ? shapes.length(shape) : 1;
  }
}

function hashSpans(hash: Hash, shapes: Shapes, shape: number, from: number): Hash {
  shapes.eachPiece(shape, (data, first, to, later, further) => {
    const shift = later + from;
    for (let w = first; w < to; w += 4) hash.four(data[w], markAfter(data[w + 3], further), data[w + 1] + shift, data[w + 2] + shift);
  });
  return hash;
}
