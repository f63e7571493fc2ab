/**
 * Lists of rows (rows.ts) that share their beginnings: a list is one row more than another one. Lanes whose rows come one by
 * one, all lanes in turn, need a number each, and no more lists than there are different ones. Begins, and the ends of
 * intervals, count from a tick of the lane's own, so lanes that are equal up to a shift in time have one list.
 */
import { Tuples } from '../base/tuples.ts';

/** The list without rows. */
export const EMPTY = 0;

/** Words of a row: what, begin, extent, extra. */
export const ROW_WORDS = 4;

export class Sequences {
  /** The list before, and the words of the row more. */
  private readonly tuples: Tuples;
  /** What was unrolled last. */
  data = new Int32Array(64);

  /** `most`: how many lists there may be. */
  constructor(most: number) {
    this.tuples = new Tuples(most);
    this.tuples.of(-1, 0, 0, 0, 0);
  }

  /** The list with a row more; -1 if there are too many. */
  append(list: number, what: number, begin: number, extent: number, extra: number): number {
    return this.tuples.of(list, what, begin, extent, extra);
  }

  /** How many lists there are. */
  get count(): number {
    return this.tuples.count;
  }

  /** Begin of the first row of a list. */
  begin(list: number): number {
    const { tuples } = this;
    let first = list;
    for (let at = list; at !== EMPTY; at = tuples.word(at, 0)) first = at;
    return tuples.word(first, 2);
  }

  /** Puts the rows of a list in their order into {@link data}, {@link ROW_WORDS} each; the words there. */
  unroll(list: number): number {
    const { tuples } = this;
    let words = 0;
    for (let at = list; at !== EMPTY; at = tuples.word(at, 0)) words += ROW_WORDS;
    if (this.data.length < words) this.data = new Int32Array(2 * words);
    for (let at = list, w = words; at !== EMPTY; at = tuples.word(at, 0)) {
      for (let k = ROW_WORDS; k > 0; k--) this.data[--w] = tuples.word(at, k);
    }
    return words;
  }
}

/** Rows that come `times` times: the list of a lane, each time `shift` ticks after the time before. */
export interface Repeats {
  readonly sequences: Sequences;
  readonly times: number;
  readonly shift: number;
}

/** The mark of a row `step` further on; what has no mark keeps none. */
export const markAfter = (mark: number, step: number): number => (mark < 0 ? mark : mark + step);
