/**
 * Which FIFOs try to depart at which of the next ticks: a set of ids for each, as bits with a summary level, so that a tick
 * visits its ids in rising order. Neighbours in a row then find each other's fields in the cache, which a list in order of
 * arrival does not. An id may be in several sets: an attempt that finds nothing to do is harmless. Nothing here is state: a
 * set may hold more ids than necessary, never fewer.
 */
const SLOTS = 16;

export class TickBits {
  private readonly bits: Int32Array;
  private readonly summary: Int32Array;
  private readonly filled = new Uint8Array(SLOTS);
  private readonly words: number;
  private readonly summaryWords: number;
  private now = 0;

  constructor(ids: number) {
    this.words = (ids + 31) >> 5;
    this.summaryWords = (this.words + 31) >> 5;
    this.bits = new Int32Array(this.words * SLOTS);
    this.summary = new Int32Array(this.summaryWords * SLOTS);
  }

  /** `id` tries at `tick`, or earlier where that is further ahead than the sets reach. */
  schedule(id: number, tick: number): void {
    const slot = Math.min(tick, this.now + SLOTS - 1) & (SLOTS - 1);
    const word = id >> 5;
    this.bits[slot * this.words + word] |= 1 << (id & 31);
    this.summary[slot * this.summaryWords + (word >> 5)] |= 1 << (word & 31);
    this.filled[slot] = 1;
  }

  /** The next tick from `from` on with a set that is not empty, or `limit`. */
  next(from: number, limit: number): number {
    const end = Math.min(limit, this.now + SLOTS);
    for (let tick = Math.max(from, this.now); tick < end; tick++) if (this.filled[tick & (SLOTS - 1)] === 1) return tick;
    return limit;
  }

  get isEmpty(): boolean {
    return !this.filled.includes(1);
  }

  /** Writes the ids of `tick`, which becomes now, into `out` in rising order and empties their set. Returns how many. */
  take(tick: number, out: Int32Array): number {
    const { bits, summary } = this;
    this.now = tick;
    const slot = tick & (SLOTS - 1);
    if (this.filled[slot] === 0) return 0;
    this.filled[slot] = 0;
    const first = slot * this.words;
    let count = 0;
    for (let s = slot * this.summaryWords, base = 0; base < this.words; s++, base += 32) {
      for (let marked = summary[s]; marked !== 0; marked &= marked - 1) {
        const word = base + (31 - Math.clz32(marked & -marked));
        for (let rest = bits[first + word]; rest !== 0; rest &= rest - 1) out[count++] = word * 32 + (31 - Math.clz32(rest & -rest));
        bits[first + word] = 0;
      }
      summary[s] = 0;
    }
    return count;
  }

  /** Empties all sets, as of `tick`. */
  clear(tick: number): void {
    this.bits.fill(0);
    this.summary.fill(0);
    this.filled.fill(0);
    this.now = tick;
  }
}
