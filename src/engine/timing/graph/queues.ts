/**
 * The queues between agents: of each entry only what time needs. A queue remembers as many departures as it holds words, which
 * is as far back as its feeder asks. Rules: docs/tick.md 1, 3 and 6.
 */

/** A tick that is not known yet, or never comes. */
export const UNKNOWN = Number.POSITIVE_INFINITY;

/** Who may go on when a queue has changed. */
export abstract class Agent {
  /** Who acts for it: itself, or the router whose colors decide together. */
  owner: Agent = this;
  /** Whether nothing that is not known yet can come before, as of the last next(). */
  isCertain = true;
  /** Whether it is about to be looked at; the tick of its next act if that is not certain. Both belong to the graph. */
  isAwake = false;
  waitsAt = UNKNOWN;

  /** The next tick at which it acts by what is known, UNKNOWN if nothing known makes it act. */
  abstract next(): number;
  /** Acts at the tick that next() gave. */
  abstract act(tick: number): void;
}

/** Bits of an entry. */
export const TAG = { ADVANCE: 1, CONTROL: 2 } as const;

export class Queue {
  readonly capacity: number;
  /** Number of the channel or input queue in the trace. */
  readonly lane: number;
  pushed = 0;
  left = 0;
  feeder: Agent | undefined;
  taker: Agent | undefined;
  private readonly readyAt: Float64Array;
  private readonly leftAt: Float64Array;
  private readonly tags: Uint8Array;
  /** Words of control wavelets; undefined where data decides. */
  private readonly words: Array<number | undefined>;

  constructor(capacity: number, lane: number) {
    this.capacity = capacity;
    this.lane = lane;
    this.readyAt = new Float64Array(capacity);
    this.leftAt = new Float64Array(capacity);
    this.tags = new Uint8Array(capacity);
    this.words = new Array<number | undefined>(capacity);
  }

  /** The first tick at which one more word finds room. */
  get room(): number {
    if (this.pushed < this.capacity) return 0;
    return this.pushed - this.capacity < this.left ? this.leftAt[this.pushed % this.capacity] + 1 : UNKNOWN;
  }

  /** When entry `i` from the head on is ready. */
  ready(i: number): number {
    return this.left + i < this.pushed ? this.readyAt[(this.left + i) % this.capacity] : UNKNOWN;
  }

  /** Bits of entry `i` from the head on, which must be known. */
  tag(i: number): number {
    return this.tags[(this.left + i) % this.capacity];
  }

  /** The word of the head, if it is a control wavelet and known. */
  get word(): number | undefined {
    return this.words[this.left % this.capacity];
  }

  push(ready: number, tag: number, word: number | undefined): void {
    const at = this.pushed++ % this.capacity;
    this.readyAt[at] = ready;
    this.tags[at] = tag;
    this.words[at] = word;
  }

  pop(tick: number): void {
    this.leftAt[this.left++ % this.capacity] = tick;
  }
}

/** What all agents share. */
export interface Clock {
  /** An agent may go on. */
  wake(agent: Agent | undefined): void;
  /** Something happened that is over at `tick`. */
  over(tick: number): void;
}
