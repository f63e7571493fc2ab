/**
 * Lists of rows (rows.ts: what, begin, extent, extra) that lanes of a shared trace (shared.ts) have in common. What a list does again
 * and again, each time as many ticks later, is kept once; its rows are numbered as if all were there.
 */
import { Column } from './rows.ts';
import { MAX_PERIOD } from './schema.ts';
import { markAfter } from './sequences.ts';

/** Rows of a piece of {@link Shapes}, four words each. */
const PIECE_BITS = 14;
const PIECE = 1 << PIECE_BITS;

/** Rows are numbered in 31 bits. */
const MOST_ROWS = 2 ** 31 - 1;

/** Rows of a shape that come again. */
export interface Again {
  /** Their first one, and how many they are. */
  readonly first: number;
  readonly rows: number;
  /** How often they come again, and by how many ticks later each time. */
  readonly times: number;
  readonly shift: number;
  /** Of spans, by how much their marks are further on each time; undefined of runs. */
  readonly step: number | undefined;
  /** What is kept of them begins here. */
  readonly kept: number;
}

/** The first row after all that come again. */
const pastOf = ({ first, rows, times }: Again): number => first + rows * (times + 1);

/** A shape floats if its begins count from the offset of its lane. Shape 0 is empty. */
export class Shapes {
  /** In pieces, so that what grows is never copied. */
  private readonly pieces: Int32Array[] = [];
  private last: Int32Array = new Int32Array();
  private words = 0;
  private readonly starts = new Column();
  private readonly floating = new Column();
  /** In their order. */
  private readonly agains: Again[] = [];
  /** Rows that are not kept, for they come again. */
  private unkept = 0;
  /** The rows [low, high) are kept `back` rows before; they begin, end and have marks so much later. */
  private low = 0;
  private high = MOST_ROWS;
  private back = 0;
  private later = 0;
  private endsLater = 0;
  private further = 0;

  constructor() {
    this.starts.push(0);
    this.close(false);
  }

  row(what: number, begin: number, extent: number, extra: number): void {
    if (this.words === this.last.length) this.grow();
    const { last, words } = this;
    last[words] = what;
    last[words + 1] = begin;
    last[words + 2] = extent;
    last[words + 3] = extra;
    this.words = words + 4;
  }

  private grow(): void {
    this.last = new Int32Array(4 * PIECE);
    this.words = 0;
    this.pieces.push(this.last);
  }

  /**
   * The rows from `first` on, to which none comes again yet, come `times` times more, each time `shift` ticks later; of spans with marks `step` further on.
   * Once a shape.
   * @throws RangeError if they are too many
   */
  repeat(first: number, times: number, shift: number, step?: number): void {
    const rows = this.rows - first;
    if (rows === 0 || times === 0) return;
    if (first + rows * (times + 1) > MOST_ROWS) throw new RangeError(`more than ${MOST_ROWS} rows`);
    this.agains.push({ first, rows, times, shift, step, kept: first - this.unkept });
    this.unkept += rows * times;
    this.high = 0;
  }

  /** What comes again in a shape. */
  again(shape: number): Again | undefined {
    const last = this.agains[this.lastFrom(this.first(shape + 1) - 1)];
    return last && last.first >= this.first(shape) ? last : undefined;
  }

  /** The last of {@link agains} that begins at a row or before; -1 if none does. */
  private lastFrom(row: number): number {
    let [low, high] = [0, this.agains.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.agains[middle].first <= row) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Calls `visit` with the rows of a shape, of those that come again the first ones only. */
  eachKept(shape: number, visit: (row: number) => void): void {
    const again = this.again(shape);
    const to = this.first(shape + 1);
    const end = again ? again.first + again.rows : to;
    for (let row = this.first(shape); row < end; row++) visit(row);
    for (let row = again ? pastOf(again) : to; row < to; row++) visit(row);
  }

  /** Adds the rows that a shape of others has, `later` ticks later where they are runs. */
  copy(others: Shapes, shape: number, later = 0): void {
    const again = others.again(shape);
    const to = others.keptOf(others.first(shape + 1) - 1) + 1;
    const end = again ? again.kept + again.rows : to;
    this.copyKept(others, others.keptOf(others.first(shape)), end, later);
    if (again) this.repeat(this.rows - again.rows, again.times, again.shift, again.step);
    this.copyKept(others, end, to, later);
  }

  /** The same of what is kept at [from, to). */
  private copyKept({ pieces }: Shapes, from: number, to: number, later: number): void {
    for (let at = from; at < to; ) {
      if (this.words === this.last.length) this.grow();
      const own = at & (PIECE - 1);
      const rows = Math.min(PIECE - own, to - at, (this.last.length - this.words) / 4);
      this.last.set(pieces[at >> PIECE_BITS].subarray(4 * own, 4 * (own + rows)), this.words);
      for (let w = this.words + 1; later !== 0 && w < this.words + 4 * rows; w += 4) this.last[w] += later;
      this.words += 4 * rows;
      at += rows;
    }
  }

  /** Rows of all shapes. */
  get rows(): number {
    return this.pieces.length === 0 ? 0 : (this.pieces.length - 1) * PIECE + this.words / 4 + this.unkept;
  }

  /** Those that are kept. */
  get kept(): number {
    return this.rows - this.unkept;
  }

  /**
   * Calls `visit` with all rows of a shape in their order, piece by piece: they are kept in words [from, to) of `data`, four each (what, begin,
   * extent, extra); `later` is to be added to their ticks and `further` to their marks.
   */
  eachPiece(shape: number, visit: (data: Int32Array, from: number, to: number, later: number, further: number) => void): void {
    const past = this.first(shape + 1);
    for (let row = this.first(shape); row < past; ) {
      const at = this.keptOf(row);
      const from = at & (PIECE - 1);
      const rows = Math.min(PIECE - from, Math.min(past, this.high) - row);
      visit(this.pieces[at >> PIECE_BITS], 4 * from, 4 * (from + rows), this.later, this.further);
      row += rows;
    }
  }

  what(row: number): number {
    const at = this.keptOf(row);
    return this.pieces[at >> PIECE_BITS][4 * (at & (PIECE - 1))];
  }

  begin(row: number): number {
    const at = this.keptOf(row);
    return this.pieces[at >> PIECE_BITS][4 * (at & (PIECE - 1)) + 1] + this.later;
  }

  extent(row: number): number {
    const at = this.keptOf(row);
    return this.pieces[at >> PIECE_BITS][4 * (at & (PIECE - 1)) + 2] + this.endsLater;
  }

  extra(row: number): number {
    const at = this.keptOf(row);
    return markAfter(this.pieces[at >> PIECE_BITS][4 * (at & (PIECE - 1)) + 3], this.further);
  }

  /** Where a row is kept. */
  private keptOf(row: number): number {
    if (row < this.low || row >= this.high) this.look(row);
    return row - this.back;
  }

  /** Finds the rows around one that are kept side by side, none of them or all of them as rows that come again. */
  private look(row: number): void {
    const i = this.lastFrom(row);
    const again = this.agains[i];
    const next = this.agains[i + 1];
    // What comes again is kept behind what is before it.
    this.high = next ? next.first + next.rows : MOST_ROWS;
    [this.low, this.back, this.later, this.endsLater, this.further] = [0, 0, 0, 0, 0];
    if (!again) return;
    const { first, rows, kept, shift, step } = again;
    const past = pastOf(again);
    this.low = past;
    this.back = past - kept - rows;
    if (row >= past) return;
    const time = Math.floor((row - first) / rows);
    this.low = first + time * rows;
    this.high = this.low + rows;
    this.back = this.low - kept;
    this.later = time * shift;
    this.endsLater = step === undefined ? 0 : this.later;
    this.further = time * (step ?? 0);
  }

  /** Forgets all shapes, and keeps some of their storage. */
  clear(): void {
    this.pieces.length = Math.min(1, this.pieces.length);
    this.last = this.pieces[0] ?? this.last;
    this.words = 0;
    this.agains.length = 0;
    this.unkept = 0;
    this.high = 0;
    this.starts.clear();
    this.floating.clear();
    this.starts.push(0);
    this.close(false);
  }

  /** Ends the shape whose rows were added last; its number. */
  close(floats: boolean): number {
    this.starts.push(this.rows);
    this.floating.push(floats ? 1 : 0);
    return this.floating.length - 1;
  }

  /** Shapes, the empty one included. */
  get count(): number {
    return this.floating.length;
  }

  floats(shape: number): boolean {
    return this.floating.at(shape) === 1;
  }

  /** Rows of shape s are first(s) .. first(s + 1) - 1. */
  first(shape: number): number {
    return this.starts.at(shape);
  }

  /** How many rows a shape has. */
  length(shape: number): number {
    return this.first(shape + 1) - this.first(shape);
  }
}

/** Shapes of whose rows nothing is kept. */
export class RowlessShapes extends Shapes {
  override row(): void {}
  override repeat(): void {}
}

/** Puts events together to the runs of a shape that does not float, as the recorder does (recorder.ts). */
export class RunShape {
  private begin = 0;
  private last = 0;
  private count = 0;
  private period = 1;
  private readonly shapes: Shapes;

  constructor(shapes: Shapes) {
    this.shapes = shapes;
  }

  event(tick: number): void {
    if (this.count > 0) {
      const gap = tick - this.last;
      if (this.count === 1 ? gap <= MAX_PERIOD : gap === this.period) {
        this.period = gap;
        this.count++;
        this.last = tick;
        return;
      }
      this.shapes.row(0, this.begin, this.count, this.period);
    }
    this.begin = tick;
    this.last = tick;
    this.count = 1;
    this.period = 1;
  }

  /** `count` more events, each `period` <= MAX_PERIOD after the one before. */
  more(count: number, period: number): void {
    const single = Math.min(count, 2);
    for (let i = 0; i < single; i++) this.event(this.last + period);
    // The open run has that period now: the rest only lengthens it.
    this.count += count - single;
    this.last += (count - single) * period;
  }

  /** Rows so far, without the open one. */
  get rows(): number {
    return this.shapes.rows;
  }

  /** Adds to `state` what comes next hangs on, ticks as how much later than `now` they are. */
  tell(now: number, state: number[]): void {
    state.push(this.begin - now, this.last - now, this.count, this.period);
  }

  /** What came since there were `rows` rows, and the same was told, comes `times` times more, each time `shift` ticks later. */
  repeat(rows: number, times: number, shift: number): void {
    this.shapes.repeat(rows, times, shift);
    this.begin += times * shift;
    this.last += times * shift;
  }

  close(): number {
    if (this.count > 0) this.shapes.row(0, this.begin, this.count, this.period);
    this.count = 0;
    return this.shapes.close(false);
  }
}

/** Stands for no mark where marks count from another one. */
const UNMARKED = Number.MIN_SAFE_INTEGER;

/** Puts spans together to the intervals of a shape that does not float. */
export class SpanShape {
  private kind = -1;
  private mark = -1;
  private begin = 0;
  private end = 0;
  private readonly shapes: Shapes;

  constructor(shapes: Shapes) {
    this.shapes = shapes;
  }

  add(kind: number, mark: number, begin: number, end: number): void {
    if (end <= begin) return;
    if (this.kind === kind && this.mark === mark && this.end === begin) {
      this.end = end;
      return;
    }
    if (this.kind >= 0) this.shapes.row(this.kind, this.begin, this.end, this.mark);
    this.kind = kind;
    this.mark = mark;
    this.begin = begin;
    this.end = end;
  }

  /** Rows so far, without the open one. */
  get rows(): number {
    return this.shapes.rows;
  }

  /** Adds to `state` what comes next hangs on: ticks as how much later than `now` they are, the mark as how much further on than `mark`. */
  tell(now: number, mark: number, state: number[]): void {
    state.push(this.kind, this.mark < 0 ? UNMARKED : this.mark - mark, this.begin - now, this.end - now);
  }

  /** What came since there were `rows` rows, and the same was told, comes `times` times more, each time `shift` ticks later with marks `step` further on. */
  repeat(rows: number, times: number, shift: number, step: number): void {
    this.shapes.repeat(rows, times, shift, step);
    this.mark = markAfter(this.mark, times * step);
    this.begin += times * shift;
    this.end += times * shift;
  }

  close(): number {
    if (this.kind >= 0) this.shapes.row(this.kind, this.begin, this.end, this.mark);
    this.kind = -1;
    return this.shapes.close(false);
  }
}
