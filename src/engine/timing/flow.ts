/**
 * The words of a multicast stream at one PE: when each leaves its router and is there for its element. With the departures of
 * the router before given (or the host's words), both follow from when the PE used the words before (docs/tick.md 3, 6, 7, 11):
 *
 *     leave(i) = max(before(i) + hop, leave(i - 1) + 1, use(i - R) + 1, after(i - Q) + 1)      use(i) >= leave(i) + T_R
 *
 * R is what the input queue holds, Q a link's FIFO, after the departures of each next router. Where those are not given it is
 * checked afterwards that there was room (hasRoomFor).
 */
import type { HostSource, Rate } from '../../machine/program.ts';
import { MAX_PERIOD } from '../../trace/schema.ts';
import { RunShape, type Shapes } from '../../trace/shapes.ts';
import { Before } from './before.ts';
import { LanePace, rateOf } from './lane-pace.ts';

export interface StreamMachine {
  readonly hop: number;
  readonly ramp: number;
  readonly fifoDepth: number;
}

/** What a PE's words hang on: the shape of the departures before, -1 for the host, which has a rate; those of the next routers that hold it up. */
export interface Beside {
  readonly before: number;
  readonly rate: Rate | undefined;
  readonly afters: readonly number[];
}

/** Where departures are: those that are made, those before and those of the next routers. */
export interface Moves {
  readonly made: Shapes;
  readonly before: Shapes;
  readonly after: Shapes;
}

/** Where a stream is: words that came, rows of departures and of uses, what its lane hangs on. */
export interface FlowMark {
  readonly came: number;
  readonly leaves: number;
  readonly uses: number;
  readonly due: number;
}

/** Words of the host from one yield to the next. */
const BREATH = 1 << 16;

/** More than the queues of any machine hold together. */
const RING = 256;

export class Flow {
  private readonly leaves: RunShape;
  private readonly uses: RunShape;
  private readonly before: Before;
  /** Of the next routers that are given, Q words behind; how many are. */
  private readonly afters: Before[] = [];
  private holders = 0;
  private readonly moves: Moves;
  private readonly machine: StreamMachine;
  /** The last uses and departures, by word modulo RING. */
  private readonly usedAt = new Int32Array(RING);
  private readonly leftAt = new Int32Array(RING);
  private capacity = 0;
  private fromHost = false;
  private word = 0;
  private leave = 0;
  private source = 0;
  private lane = new LanePace(undefined);
  /** Words that came, used or not. */
  private came = 0;
  /** Words in a row that came, left and were used at one pace. */
  private steady = 0;
  private pace = 0;
  private lastBefore = 0;
  /** Of the last word: whether it came and left at the pace of the one before, whether it left as soon as it came, and both with its use. */
  private isPaced = false;
  private isPrompt = false;
  private isStarved = false;

  constructor(machine: StreamMachine, moves: Moves, uses: Shapes) {
    this.machine = machine;
    this.moves = moves;
    this.leaves = new RunShape(moves.made);
    this.uses = new RunShape(uses);
    this.before = new Before(moves.before);
  }

  /** A stream begins. `capacity` is R. */
  open(capacity: number, { before, rate, afters }: Beside): void {
    this.lane = new LanePace(rate);
    Object.assign(this, { capacity, word: 0, came: 0, leave: -1, source: -1, steady: 0, pace: 0, lastBefore: -1, fromHost: before < 0 });
    if (before >= 0) this.before.open(before);
    this.holders = afters.length;
    for (let k = 0; k < afters.length; k++) {
      this.afters[k] ??= new Before(this.moves.after);
      this.afters[k].open(afters[k]);
    }
  }

  /** The next word leaves the router; when it is there. */
  come(): number {
    const { hop, ramp, fifoDepth } = this.machine;
    const { word, capacity, usedAt, leftAt } = this;
    let before: number;
    if (this.fromHost) {
      before = Math.max(this.source + 1, this.lane.ready);
      if (word >= fifoDepth) before = Math.max(before, leftAt[(word - fifoDepth) & (RING - 1)] + 1);
      this.lane.pass(before);
      this.source = before;
    } else before = this.before.take();
    let leave = Math.max(before + hop, this.leave + 1);
    if (word >= capacity) leave = Math.max(leave, usedAt[(word - capacity) & (RING - 1)] + 1);
    if (word >= fifoDepth) for (let k = 0; k < this.holders; k++) leave = Math.max(leave, this.afters[k].take() + 1);
    const pace = leave - this.leave;
    this.isPaced = pace === this.pace && pace === before - this.lastBefore && word > 0;
    this.isPrompt = !this.fromHost && leave === before + hop;
    this.pace = pace;
    this.lastBefore = before;
    this.leave = leave;
    leftAt[word & (RING - 1)] = leave;
    this.came++;
    this.leaves.event(leave);
    return leave + ramp;
  }

  /** The word that came last is used. */
  use(tick: number): void {
    const { word, usedAt } = this;
    this.steady = this.isPaced && this.pace === tick - usedAt[(word - 1) & (RING - 1)] ? this.steady + 1 : 0;
    this.isStarved = this.isPrompt && tick === this.leave + this.machine.ramp;
    usedAt[word & (RING - 1)] = tick;
    this.uses.event(tick);
    this.word++;
  }

  /**
   * Up to `most` more words go on as the last one, each used `pace` ticks after the one before, as they are where an issue takes that
   * long and nobody else has the slot in between; how many. That is so
   *
   * - where all has advanced by one period for R words and the stream before goes on in it, as every term of every maximum
   *   advances by it again;
   * - where words are used as they come, at the period in which they come: R > T_R, so use(i - R) + 1 < leave(i) then
   *
   * and the next routers go on at that pace or faster, so that they hold up none of them if they did not hold up the last.
   */
  skip(most: number, pace: number): number {
    const isEven = this.isStarved || (this.pace === pace && this.steady >= Math.max(this.capacity, this.machine.fifoDepth));
    if (!isEven || pace > MAX_PERIOD || (!this.fromHost && this.before.pace !== pace)) return 0;
    const free = Math.min(most, this.unheld(pace));
    const count = this.fromHost ? this.lane.goOn(this.source, pace, free) : Math.min(free, this.before.more);
    if (count <= 0) return 0;
    this.advance(count, pace);
    return count;
  }

  /** Words that the next routers let go on at a pace. */
  private unheld(pace: number): number {
    let count = Number.POSITIVE_INFINITY;
    for (let k = 0; k < this.holders; k++) {
      const { pace: own, more } = this.afters[k];
      count = own > pace || this.word < this.machine.fifoDepth ? 0 : Math.min(count, more);
    }
    return count;
  }

  private advance(count: number, pace: number): void {
    const shift = count * pace;
    const use = this.usedAt[(this.word - 1) & (RING - 1)] + shift;
    this.leave += shift;
    this.source += shift;
    this.lastBefore += shift;
    this.word += count;
    this.came += count;
    this.steady = count + (this.pace === pace ? this.steady : 0);
    this.pace = pace;
    for (let k = 1; k <= Math.min(count, this.capacity + this.machine.fifoDepth); k++) {
      this.usedAt[(this.word - k) & (RING - 1)] = use - (k - 1) * pace;
      this.leftAt[(this.word - k) & (RING - 1)] = this.leave - (k - 1) * pace;
    }
    if (!this.fromHost) this.before.skip(count);
    for (let k = 0; k < this.holders; k++) this.afters[k].skip(count);
    this.leaves.more(count, pace);
    this.uses.more(count, pace);
  }

  /** Where the stream is; undefined where words hang on more than the last ones that a queue remembers. */
  mark(): FlowMark | undefined {
    const { word, came, leaves, uses, capacity } = this;
    if (word < Math.max(capacity, this.machine.fifoDepth) + 1) return undefined;
    return { came, leaves: leaves.rows, uses: uses.rows, due: this.lane.due };
  }

  /** Adds to `state` all that comes next hangs on but what the routers beside it do, ticks as how much later than `now` they are. */
  tell(now: number, state: number[]): void {
    const { word, came, capacity, usedAt, leftAt, lane, fromHost } = this;
    state.push(came - word, this.leave - now);
    for (let k = 1; k <= capacity; k++) state.push(usedAt[(word - k) & (RING - 1)] - now);
    if (fromHost) {
      state.push(this.source - now, lane.due - now * lane.words);
      for (let k = 1; k <= this.machine.fifoDepth; k++) state.push(leftAt[(came - k) & (RING - 1)] - now);
    }
    this.leaves.tell(now, state);
    this.uses.tell(now, state);
  }

  /** How often what came since a mark, in `shift` ticks, comes again as far as the routers beside it go. */
  timesAgain({ came }: FlowMark, shift: number): number {
    const words = this.came - came;
    let times = this.fromHost ? Number.POSITIVE_INFINITY : this.before.timesAgain(words, shift);
    for (let k = 0; k < this.holders; k++) times = Math.min(times, this.afters[k].timesAgain(words, shift));
    return times;
  }

  /** What came since a mark comes `times` times more, each time `shift` ticks later. */
  repeat({ came, leaves, uses, due }: FlowMark, times: number, shift: number): void {
    const { word, usedAt, leftAt } = this;
    const [words, later] = [times * (this.came - came), times * shift];
    const [used, left] = [usedAt.slice(), leftAt.slice()];
    for (let k = 0; k < RING; k++) {
      usedAt[(word + words - k) & (RING - 1)] = used[(word - k) & (RING - 1)] + later;
      leftAt[(word + words - k) & (RING - 1)] = left[(word - k) & (RING - 1)] + later;
    }
    this.word += words;
    this.came += words;
    this.leave += later;
    this.source += later;
    this.lastBefore += later;
    this.leaves.repeat(leaves, times, shift);
    this.uses.repeat(uses, times, shift);
    if (this.fromHost) this.lane.repeat(due, times);
    else this.before.leap(times);
    for (let k = 0; k < this.holders; k++) this.afters[k].leap(times);
  }

  /** The stream is over: the shape of its departures. That of its uses has the number of the passage. */
  close(): number {
    this.uses.close();
    return this.leaves.close();
  }

  /** The last departure. */
  get last(): number {
    return this.leave;
  }

  /** Departures of a host source whose first FIFO leaves by shape `after`: one a tick, or at its rate, while there is room. In pieces. */
  *sourceShape(after: number, { words, rate }: HostSource): Generator<void, number> {
    const { fifoDepth } = this.machine;
    const root = new Before(this.moves.made);
    root.open(after);
    const lane = new LanePace(rateOf(rate));
    let tick = -1;
    for (let i = 0; i < words.length; i++) {
      tick = Math.max(tick + 1, lane.ready, i < fifoDepth ? 0 : root.take() + 1);
      lane.pass(tick);
      this.leaves.event(tick);
      if (i % BREATH === 0) yield;
    }
    return this.leaves.close();
  }
}
