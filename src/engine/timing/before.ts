/** Departures of a FIFO as they are read: word by word, run by run, or period by period where they do again what they did. */
import type { Again, Shapes } from '../../trace/shapes.ts';

/** Word i + words leaves `shift` ticks after word i for all words i >= from with i + words < to; it is in the row `rows` rows later. */
export interface Period {
  readonly words: number;
  readonly shift: number;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/** Periods that were looked for. */
const known = new WeakMap<Again, Period>();

/** The period of a shape's departures, as far as they keep to it. */
function periodOf(moves: Shapes, shape: number): Period | undefined {
  const again = moves.again(shape);
  if (!again) return undefined;
  const made = known.get(again) ?? findPeriod(moves, shape, again);
  known.set(again, made);
  return made;
}

function findPeriod(moves: Shapes, shape: number, again: Again): Period {
  const { first, rows, times, shift } = again;
  let before = 0;
  for (let row = moves.first(shape); row < first; row++) before += moves.extent(row);
  const round = Array.from({ length: rows }, (_, k): Run => runAt(moves, first + k, 0));
  const words = round.reduce((sum, { count }) => sum + count, 0);
  let from = before;
  // The last rows before, and the first ones after, may be those of a round, too.
  for (let k = rows - 1; k >= 0 && first + k - rows >= moves.first(shape); k--) {
    const run = runAt(moves, first + k - rows, shift);
    const common = commonEnd(round[k], run);
    from -= common;
    if (common < Math.max(round[k].count, run.count)) break;
  }
  let to = before + words * (times + 1);
  const past = first + rows * (times + 1);
  for (let k = 0; k < rows && past + k < moves.first(shape + 1); k++) {
    const run = runAt(moves, past + k, -(times + 1) * shift);
    const common = commonBegin(round[k], run);
    to += common;
    if (common < Math.max(round[k].count, run.count)) break;
  }
  return { words, shift, rows, from, to };
}

/** Words of a row. */
interface Run {
  readonly begin: number;
  readonly count: number;
  readonly pace: number;
}

const runAt = (moves: Shapes, row: number, later: number): Run => ({ begin: moves.begin(row) + later, count: moves.extent(row), pace: moves.extra(row) });

/** The words that two runs have in common at their begins. */
function commonBegin(a: Run, b: Run): number {
  if (a.begin !== b.begin) return 0;
  return a.pace === b.pace ? Math.min(a.count, b.count) : 1;
}

/** The same at their ends. */
function commonEnd(a: Run, b: Run): number {
  if (a.begin + (a.count - 1) * a.pace !== b.begin + (b.count - 1) * b.pace) return 0;
  return a.pace === b.pace ? Math.min(a.count, b.count) : 1;
}

/** Words of a shape. */
function wordsOf(moves: Shapes, shape: number): number {
  const again = moves.again(shape);
  let words = 0;
  moves.eachKept(shape, (row) => {
    const isAgain = again !== undefined && row >= again.first && row < again.first + again.rows;
    words += moves.extent(row) * (isAgain ? again.times + 1 : 1);
  });
  return words;
}

/** The departures of a FIFO, read in order. */
export class Before {
  private row = 0;
  private left = 0;
  private next = 0;
  private shape = 0;
  /** Ticks between the words of the row. */
  pace = 1;
  /** Words read. */
  taken = 0;
  private readonly moves: Shapes;

  constructor(moves: Shapes) {
    this.moves = moves;
  }

  open(shape: number): void {
    this.shape = shape;
    this.row = this.moves.first(shape);
    this.left = 0;
    this.taken = 0;
  }

  take(): number {
    if (this.left === 0) {
      this.next = this.moves.begin(this.row);
      this.left = this.moves.extent(this.row);
      this.pace = this.moves.extra(this.row++);
    }
    const tick = this.next;
    this.next += this.pace;
    this.left--;
    this.taken++;
    return tick;
  }

  /** Words that follow in this period without a break. */
  get more(): number {
    return this.left;
  }

  skip(count: number): void {
    this.left -= count;
    this.taken += count;
    this.next += count * this.pace;
  }

  /** What the departures do again and again. */
  get period(): Period | undefined {
    return periodOf(this.moves, this.shape);
  }

  /** How often the last `words` words, which took `shift` ticks, come again from here on, as far as that is known. */
  timesAgain(words: number, shift: number): number {
    const { taken, period } = this;
    if (period?.words !== words || period.shift !== shift || taken - words < period.from) return 0;
    return Math.floor((period.to - taken) / words);
  }

  /** Leaps over so many words, which are words that were read, `times` periods later. */
  leap(times: number): void {
    const { moves, period } = this;
    if (!period) throw new Error('departures without a period');
    const last = this.next - this.pace + times * period.shift;
    this.taken += times * period.words;
    this.row += times * period.rows;
    const row = this.row - 1;
    this.pace = moves.extra(row);
    this.next = last + this.pace;
    this.left = moves.extent(row) - 1 - (last - moves.begin(row)) / this.pace;
  }
}

/** Whether every departure of shape `before` finds room in the FIFO of `depth` words that leaves by shape `after`: leave(i) > after(i - depth). */
export function hasRoomFor(moves: Shapes, before: number, after: number, depth: number): boolean {
  const a = new Before(moves);
  const b = new Before(moves);
  a.open(before);
  b.open(after);
  const words = wordsOf(moves, before);
  for (let i = 0; i < Math.min(depth, words); i++) a.take();
  // Where both do again what was compared they need not be compared again.
  const [mine, others] = [a.period, b.period];
  const isAlike = mine !== undefined && mine.words === others?.words && mine.shift === others.shift;
  const compared = isAlike ? Math.max(mine.from + mine.words, others.from + others.words + depth) : Number.POSITIVE_INFINITY;
  let hasLeapt = false;
  for (let left = words - depth; left > 0; ) {
    if (isAlike && !hasLeapt && a.taken >= compared) {
      const times = Math.max(0, Math.min(a.timesAgain(mine.words, mine.shift), b.timesAgain(mine.words, mine.shift)));
      a.leap(times);
      b.leap(times);
      left -= times * mine.words;
      hasLeapt = true;
      continue;
    }
    if (a.take() <= b.take()) return false;
    // Both are straight from here to the end of the shorter run: it is enough to look at its last word.
    const straight = Math.min(a.more, b.more, --left);
    if (straight <= 1) continue;
    a.skip(straight - 1);
    b.skip(straight - 1);
    left -= straight - 1;
  }
  return true;
}
