/**
 * One PE on a multicast stream: when the stream leaves its router and when its element takes each word. With the departures
 * of the router before it given (or the host's words), both follow from the PE alone (docs/tick.md 3, 6, 7, 11):
 *
 *     leave(i) = max(before(i) + hop, leave(i - 1) + 1, use(i - R) + 1)      use(i) = max(leave(i) + T_R, free)
 *
 * R is what the input queue holds, free the end of main's issue before. That the next routers had room, too, is checked
 * afterwards (hasRoomFor). The rest of a run is one step
 *
 * - where all of this has advanced by one period for R words and the stream before goes on in that period, as every term of
 *   every maximum advances by it again;
 * - where words are used as they come, at the period in which they come: R > T_R, so use(i - R) + 1 < leave(i) then.
 */
import { KIND, MAX_PERIOD } from '../../trace/schema.ts';
import { RunShape, type Shapes, SpanShape } from '../../trace/shared.ts';
import { type Skeleton, STEP, type Step } from './skeleton.ts';
import { type Ending, tailOf } from './streams.ts';

/**
 * What a PE makes of a stream. Each one adds a shape to the uses of its input queue and one to the spans of main up to the
 * first of `tail`. Shapes are absolute.
 */
export interface Passage extends Ending {
  /** Shape of the departures of its FIFO. */
  readonly leave: number;
  readonly lastLeave: number;
}

export interface StreamShapes {
  readonly moves: Shapes;
  readonly uses: Shapes;
  readonly spans: Shapes;
}

export interface StreamMachine {
  readonly hop: number;
  readonly ramp: number;
  readonly fifoDepth: number;
}

/** The departures of the FIFO before, read in order. */
class Before {
  private row = 0;
  private left = 0;
  private next = 0;
  period = 1;
  private readonly moves: Shapes;

  constructor(moves: Shapes) {
    this.moves = moves;
  }

  open(shape: number): void {
    this.row = this.moves.first(shape);
    this.left = 0;
  }

  take(): number {
    if (this.left === 0) {
      this.next = this.moves.begin(this.row);
      this.left = this.moves.extent(this.row);
      this.period = this.moves.extra(this.row++);
    }
    const tick = this.next;
    this.next += this.period;
    this.left--;
    return tick;
  }

  /** Words that follow in this period without a break. */
  get more(): number {
    return this.left;
  }

  skip(count: number): void {
    this.left -= count;
    this.next += count * this.period;
  }
}

/** Steps of a PE, and words of the host, from one yield to the next. */
const BREATH = 1 << 12;

/** More than the queues of any machine hold together. */
const RING = 256;

export class StreamElement {
  private readonly leaves: RunShape;
  private readonly uses: RunShape;
  private readonly spans: SpanShape;
  private readonly before: Before;
  private readonly shapes: StreamShapes;
  private readonly machine: StreamMachine;
  /** The last uses and departures, by word modulo RING. */
  private readonly usedAt = new Int32Array(RING);
  private readonly leftAt = new Int32Array(RING);
  private capacity = 0;
  private fromHost = false;
  private word = 0;
  private leave = 0;
  private source = 0;
  private free = 0;
  /** Words in a row that came, left and were used at one pace. */
  private steady = 0;
  /** Whether the last word left as soon as it came and was used as soon as it was delivered. */
  private isStarved = false;
  private pace = 0;
  private lastBefore = 0;

  constructor(machine: StreamMachine, shapes: StreamShapes) {
    this.machine = machine;
    this.shapes = shapes;
    this.leaves = new RunShape(shapes.moves);
    this.uses = new RunShape(shapes.uses);
    this.spans = new SpanShape(shapes.spans);
    this.before = new Before(shapes.moves);
  }

  /**
   * The PE's passage for a stream, all of which it takes, whose FIFO before leaves by shape `before`, or -1 for the host.
   * `capacity` is R. In pieces, between which no other passage may be made.
   */
  *pass(skeleton: Skeleton, capacity: number, before: number): Generator<void, Passage> {
    Object.assign(this, { capacity, word: 0, leave: -1, source: -1, free: 0, steady: 0, pace: 0, lastBefore: -1, fromHost: before < 0 });
    if (before >= 0) this.before.open(before);
    const tail = tailOf(skeleton);
    const sent: number[] = [];
    for (let i = 0; i < tail; i++) {
      const step = skeleton.steps[i];
      if (step.is === STEP.COMPUTE) this.compute(step);
      else if (step.is === STEP.TAKE) this.take(step);
      else this.send(step, sent);
      if (i % BREATH === BREATH - 1) yield;
    }
    const { leave, free } = this;
    this.uses.close();
    this.spans.close();
    return { leave: this.leaves.close(), lastLeave: leave, sent, tail, end: free };
  }

  private compute({ spans, cycles }: Step): void {
    for (let i = 0; i < spans.length; i += 4) this.spans.add(spans[i], spans[i + 1], this.free + spans[i + 2], this.free + spans[i + 3]);
    this.free += cycles;
  }

  private send({ count, cycles, activity, mark }: Step, sent: number[]): void {
    for (let i = 0; i < count; i++) sent.push(this.free + i * cycles);
    this.spans.add(activity, mark, this.free, this.free + count * cycles);
    this.free += count * cycles;
  }

  private take({ count, cycles, activity, mark }: Step): void {
    for (let left = count; left > 0; left--) {
      const use = this.one();
      if (use > this.free) this.spans.add(KIND.wait, mark, this.free, use);
      this.spans.add(activity, mark, use, use + cycles);
      this.free = use + cycles;
      const skipped = this.isEven(cycles) ? this.skip(left - 1, cycles) : 0;
      if (skipped === 0) continue;
      left -= skipped;
      this.spans.add(activity, mark, this.free, this.free + skipped * cycles);
      this.free += skipped * cycles;
    }
  }

  /** Whether more words go on at a pace of one each `cycles` if they come so. */
  private isEven(cycles: number): boolean {
    if (this.isStarved) return true;
    return this.pace === cycles && this.steady >= Math.max(this.capacity, this.machine.fifoDepth);
  }

  /** The next word leaves and is used; the tick of its use. */
  private one(): number {
    const { hop, ramp, fifoDepth } = this.machine;
    const { word, capacity, usedAt, leftAt } = this;
    let before: number;
    if (this.fromHost) {
      before = this.source + 1;
      if (word >= fifoDepth) before = Math.max(before, leftAt[(word - fifoDepth) & (RING - 1)] + 1);
      this.source = before;
    } else before = this.before.take();
    let leave = Math.max(before + hop, this.leave + 1);
    if (word >= capacity) leave = Math.max(leave, usedAt[(word - capacity) & (RING - 1)] + 1);
    const use = Math.max(leave + ramp, this.free);
    const pace = leave - this.leave;
    const isSteady = pace === this.pace && pace === before - this.lastBefore && word > 0 && pace === use - usedAt[(word - 1) & (RING - 1)];
    this.steady = isSteady ? this.steady + 1 : 0;
    this.isStarved = !this.fromHost && leave === before + hop && use === leave + ramp;
    this.pace = pace;
    this.lastBefore = before;
    this.leave = leave;
    leftAt[word & (RING - 1)] = leave;
    usedAt[word & (RING - 1)] = use;
    this.leaves.event(leave);
    this.uses.event(use);
    this.word++;
    return use;
  }

  /** Up to `most` more words at the pace of the last ones; how many. */
  private skip(most: number, pace: number): number {
    if (pace > MAX_PERIOD || (!this.fromHost && this.before.period !== pace)) return 0;
    const count = this.fromHost ? most : Math.min(most, this.before.more);
    if (count <= 0) return 0;
    const shift = count * pace;
    const use = this.usedAt[(this.word - 1) & (RING - 1)] + shift;
    this.leave += shift;
    this.source += shift;
    this.lastBefore += shift;
    this.word += count;
    this.steady = count + (this.pace === pace ? this.steady : 0);
    this.pace = pace;
    for (let k = 1; k <= Math.min(count, this.capacity + this.machine.fifoDepth); k++) {
      this.usedAt[(this.word - k) & (RING - 1)] = use - (k - 1) * pace;
      this.leftAt[(this.word - k) & (RING - 1)] = this.leave - (k - 1) * pace;
    }
    if (!this.fromHost) this.before.skip(count);
    this.leaves.more(count, pace);
    this.uses.more(count, pace);
    return count;
  }

  /** Departures of a host source whose first FIFO leaves by shape `after`: one a tick while there is room. In pieces. */
  *sourceShape(after: number, total: number): Generator<void, number> {
    const { fifoDepth } = this.machine;
    this.before.open(after);
    let tick = -1;
    for (let i = 0; i < total; i++) {
      tick = i < fifoDepth ? tick + 1 : Math.max(tick + 1, this.before.take() + 1);
      this.leaves.event(tick);
      if (i % (BREATH << 4) === 0) yield;
    }
    return this.leaves.close();
  }

  /** A router without a way to an element: the stream comes and goes. */
  through(before: number): Passage {
    const { moves, uses, spans } = this.shapes;
    const [from, to] = [moves.first(before), moves.first(before + 1)];
    for (let row = from; row < to; row++) moves.row(0, moves.begin(row) + this.machine.hop, moves.extent(row), moves.extra(row));
    const lastLeave = moves.begin(to - 1) + this.machine.hop + (moves.extent(to - 1) - 1) * moves.extra(to - 1);
    uses.close(false);
    spans.close(false);
    return { leave: moves.close(false), lastLeave, sent: [], tail: 0, end: 0 };
  }
}

/** Whether every departure of shape `before` finds room in the FIFO of `depth` words that leaves by shape `after`: leave(i) > after(i - depth). */
export function hasRoomFor(moves: Shapes, before: number, after: number, depth: number): boolean {
  const a = new Before(moves);
  const b = new Before(moves);
  a.open(before);
  b.open(after);
  let words = 0;
  for (let row = moves.first(before); row < moves.first(before + 1); row++) words += moves.extent(row);
  for (let i = 0; i < Math.min(depth, words); i++) a.take();
  for (let left = words - depth; left > 0; ) {
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
