/**
 * The queues between agents: of each entry only what time needs. A queue remembers as many departures as it holds words, which
 * is as far back as its feeders ask. Rules: docs/tick.md 1, 3 and 6.
 */
import { Declined } from '../declined.ts';

/** A tick that is not known yet, or never comes; later than any other. */
export const UNKNOWN = 2 ** 31 - 1;

/** Runs that come near it are declined at their end; ticks that follow from one by hops and ramps are below UNKNOWN. */
const LATEST = 2 ** 30;

/** Who may go on when a queue has changed. */
export abstract class Agent {
  /** Who acts for it: itself, or the router whose colors decide together. */
  owner: Agent = this;
  /** Whether nothing that is not known yet can come before, as of the last next(). */
  isCertain = true;
  /** Whether it is about to be looked at; the tick of its next act if that is not certain; its place among those that wait for it, or -1. All belong to the graph. */
  isAwake = false;
  waitsAt = UNKNOWN;
  waitsPlace = -1;
  /** It is looked at when nobody of a lower level is left (alike.ts). */
  level = 0;

  /** The next tick at which it acts by what is known, UNKNOWN if nothing known makes it act. */
  abstract next(): number;
  /** Acts at the tick that next() gave. */
  abstract act(tick: number): void;

  /**
   * Lets plain words pass that come to `queue`, which is empty, and are taken one every `step` ticks from `free` on: as many of `most`
   * as are known; their uses are written down. None where it cannot tell. @throws Unlike
   */
  passTo(_queue: Queue, _uses: Int32Array, _free: number, _step: number, _most: number): number {
    return 0;
  }

  /** Goes on with what is certain; whether it came to where it waits for words or room, and need not be looked at before there are. */
  follow(): boolean {
    return false;
  }

  /** Acts as far as it is certain; the tick of the next act, which is not, or UNKNOWN. */
  advance(): number {
    for (let tick = this.next(); ; tick = this.next()) {
      if (tick === UNKNOWN || !this.isCertain) return tick;
      this.act(tick);
    }
  }
}

/** Bits of an entry. */
export const TAG = { ADVANCE: 1, CONTROL: 2 } as const;

/** Entries of a piece of {@link Rings}. */
const PIECE = 1 << 16;

/** Words that are looked at together at most. */
export const MOST = 256;

/** The memory of many queues, in pieces. */
export class Rings {
  readyAt = new Int32Array();
  leftAt = new Int32Array();
  tags = new Uint8Array();
  private used = 0;

  /** Makes room for `size` entries; where in the arrays, which are those of the piece. */
  take(size: number): number {
    if (this.used + size > this.tags.length) {
      const length = Math.max(PIECE, size);
      this.readyAt = new Int32Array(length);
      this.leftAt = new Int32Array(length);
      this.tags = new Uint8Array(length);
      this.used = 0;
    }
    this.used += size;
    return this.used - size;
  }
}

/** Thrown where a word left before there was room for it: feeders were let ahead too far. */
export class Overtaken extends Error {
  constructor() {
    super('a word left before there was room');
    this.name = 'Overtaken';
  }
}

/** Thrown where one of those that should be alike waits for room that others do not need. */
export class Unlike extends Error {
  constructor() {
    super('agents that should be alike are not');
    this.name = 'Unlike';
  }
}

/** The tick of a word that leaves alone. */
const ONE = new Int32Array(1);

/** How far the feeder of a queue may go ahead: words beyond its capacity, and how long before they are ready they leave. */
export interface Ahead {
  readonly words: number;
  readonly hop: number;
}

export const EXACT: Ahead = { words: 0, hop: 0 };

export class Queue {
  readonly capacity: number;
  /** Number of the channel or input queue in the trace. */
  readonly lane: number;
  pushed = 0;
  left = 0;
  feeder: Agent | undefined;
  taker: Agent | undefined;
  /** Whether who feeds it wants to hear of room, who takes from it of words. */
  feederWaits = true;
  takerWaits = true;
  /** Entry i lies at base + (i & mask): when it is ready, when it left. */
  private readonly base: number;
  /** Entries that it may hold before it is shown that there was room; their hop. */
  private readonly limit: number;
  private readonly hop: number;
  private readonly mask: number;
  private readonly readyAt: Int32Array;
  private readonly leftAt: Int32Array;
  private readonly tags: Uint8Array;
  /** Words of control wavelets; undefined where data decides. */
  private words: Array<number | undefined> | undefined;

  /** @throws Overtaken from pop() where its feeder has gone ahead, and should not have */
  constructor(capacity: number, lane: number, rings: Rings, ahead: Ahead) {
    this.limit = capacity + ahead.words;
    this.hop = ahead.hop;
    const size = 2 ** Math.ceil(Math.log2(this.limit));
    this.capacity = capacity;
    this.lane = lane;
    this.mask = size - 1;
    this.base = rings.take(size);
    this.readyAt = rings.readyAt;
    this.leftAt = rings.leftAt;
    this.tags = rings.tags;
  }

  get isEmpty(): boolean {
    return this.left === this.pushed;
  }

  /** The first tick at which one more word finds room; 0 also where its feeder may go ahead. */
  get room(): number {
    const before = this.pushed - this.capacity;
    if (before < 0) return 0;
    if (before < this.left) return this.leftAt[this.base + (before & this.mask)] + 1;
    return this.pushed - this.left < this.limit ? 0 : UNKNOWN;
  }

  /** When entry `i` from the head on is ready. */
  ready(i: number): number {
    return this.left + i < this.pushed ? this.readyAt[this.base + ((this.left + i) & this.mask)] : UNKNOWN;
  }

  /** Bits of entry `i` from the head on, which must be known. */
  tag(i: number): number {
    return this.tags[this.base + ((this.left + i) & this.mask)];
  }

  /** The word of the head, if it is a control wavelet and known. */
  get word(): number | undefined {
    return this.words?.[this.left & this.mask];
  }

  /** @throws Declined when the run takes longer than any that is counted */
  push(ready: number, tag: number, word: number | undefined): void {
    if (ready > LATEST) throw new Declined('error', 'the run takes too long');
    const at = this.pushed++ & this.mask;
    this.readyAt[this.base + at] = ready;
    this.tags[this.base + at] = tag;
    if (word !== undefined) this.words ??= [];
    if (this.words) this.words[at] = word;
  }

  /** Words of which it is known when they find room. */
  get open(): number {
    return this.limit - this.pushed + this.left;
  }

  /** Writes the ticks at which plain words (without bits) could leave: from `from` on, `step` apart, each once it is ready; how many of `most` there are. */
  readyTimes(ticks: Int32Array, from: number, step: number, most: number): number {
    const { base, mask, left, readyAt, tags } = this;
    const count = Math.min(this.pushed - left, most);
    let tick = from;
    for (let i = 0; i < count; i++) {
      const at = base + ((left + i) & mask);
      if (tags[at] !== 0) return i;
      if (readyAt[at] > tick) tick = readyAt[at];
      ticks[i] = tick;
      tick += step;
    }
    return count;
  }

  /**
   * Moves the ticks at which words leave to where there is room for each, and keeps them apart; how many of `count` that is known of.
   * Done for one queue after the other it gives the first ticks at which all have room.
   */
  delay(ticks: Int32Array, count: number): number {
    const { base, mask, leftAt } = this;
    const known = Math.min(count, this.open);
    // What left `capacity` words ago made the room, if it is known to have left.
    const before = this.pushed - this.capacity;
    const to = Math.min(known, this.left - before);
    let tick = 0;
    for (let i = Math.max(0, -before); i < to; i++) {
      tick = Math.max(tick, leftAt[base + ((before + i) & mask)] + 1, ticks[i]);
      ticks[i] = tick++;
    }
    for (let i = Math.max(0, to); i < known && ticks[i] < tick; i++) ticks[i] = tick++;
    return known;
  }

  /** Words that leave at `ticks` must find room without being delayed; how many of `count` that is known of. @throws Unlike */
  agree(ticks: Int32Array, count: number): number {
    const { base, mask, leftAt } = this;
    const known = Math.min(count, this.open);
    const before = this.pushed - this.capacity;
    const to = Math.min(known, this.left - before);
    for (let i = Math.max(0, -before); i < to; i++) if (leftAt[base + ((before + i) & mask)] >= ticks[i]) throw new Unlike();
    return known;
  }

  /** Plain words that come to the empty queue, at `ticks` or when there is room, ready `later`, each taken at once or `step` after the one before. */
  passAll(ticks: Int32Array, count: number, later: number, uses: Int32Array, free: number, step: number): void {
    const { base, mask, leftAt, capacity } = this;
    let [tick, use] = [0, free];
    for (let i = 0; i < count; i++) {
      const before = this.pushed - capacity;
      tick = Math.max(tick, ticks[i], before < 0 ? 0 : leftAt[base + (before & mask)] + 1);
      use = Math.max(use, tick + later);
      leftAt[base + (this.pushed++ & mask)] = use;
      ticks[i] = tick++;
      uses[i] = use;
      use += step;
    }
    this.left = this.pushed;
  }

  /** Plain words that come at `ticks`, ready `later`. */
  pushAll(ticks: Int32Array, count: number, later: number): void {
    const { base, mask, pushed, readyAt, tags } = this;
    for (let i = 0; i < count; i++) {
      const at = base + ((pushed + i) & mask);
      readyAt[at] = ticks[i] + later;
      tags[at] = 0;
    }
    this.pushed = pushed + count;
  }

  popAll(ticks: Int32Array, count: number): void {
    const { base, mask, left, leftAt } = this;
    if (this.pushed - left > this.capacity) this.check(ticks, count);
    for (let i = 0; i < count; i++) leftAt[base + ((left + i) & mask)] = ticks[i];
    this.left = left + count;
  }

  /** Whether words that were let ahead found room when they came. @throws Overtaken */
  private check(ticks: Int32Array, count: number): void {
    const { base, mask, readyAt, hop } = this;
    const first = this.left + this.capacity;
    for (let i = 0; i < count && first + i < this.pushed; i++) if (readyAt[base + ((first + i) & mask)] - hop <= ticks[i]) throw new Overtaken();
  }

  /** Who takes from it goes on at once, or is woken. */
  hand(clock: Clock): void {
    if (!this.taker?.follow()) this.wakeTaker(clock);
  }

  wakeTaker(clock: Clock): void {
    if (this.takerWaits && this.taker) clock.wake(this.taker);
  }

  wakeFeeder(clock: Clock): void {
    if (this.feederWaits && this.feeder) clock.wake(this.feeder);
  }

  pop(tick: number): void {
    ONE[0] = tick;
    this.popAll(ONE, 1);
  }
}

/** What all agents share. */
export interface Clock {
  /** An agent may go on. */
  wake(agent: Agent): void;
  /** Something happened that is over at `tick`. */
  over(tick: number): void;
}
