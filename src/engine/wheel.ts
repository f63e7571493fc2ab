/**
 * The event wheel: which actor (a FIFO, a compute element, a host source) acts at which tick. An actor is in at most one
 * place: `due[id]` is the truth, bucket entries that disagree are stale and skipped. Ticks further ahead than the wheel
 * wait in the last bucket and move on from there, so any delay is allowed. Nothing is allocated per event once buckets have grown.
 */
const SIZE = 4096;
const NEVER = -1;

export class EventWheel {
  /** Tick at which each actor acts next, or -1. */
  readonly due: Int32Array;
  /** Actors with a due tick. */
  live = 0;
  private readonly buckets: Int32Array[];
  private readonly fill: Int32Array;
  private now = 0;

  constructor(actors: number) {
    this.due = new Int32Array(actors).fill(NEVER);
    this.buckets = Array.from({ length: SIZE }, () => new Int32Array(0));
    this.fill = new Int32Array(SIZE);
  }

  /** Makes `id` act at `tick`, or earlier if it already was to. */
  schedule(id: number, tick: number): void {
    const due = this.due[id];
    if (due !== NEVER) {
      if (due <= tick) return;
    } else this.live++;
    this.due[id] = tick;
    this.insert(id, tick);
  }

  cancel(id: number): void {
    if (this.due[id] === NEVER) return;
    this.due[id] = NEVER;
    this.live--;
  }

  private insert(id: number, tick: number): void {
    const slot = Math.min(tick, this.now + SIZE - 1) % SIZE;
    const n = this.fill[slot];
    let bucket = this.buckets[slot];
    if (n === bucket.length) {
      bucket = new Int32Array(Math.max(16, n * 2));
      bucket.set(this.buckets[slot]);
      this.buckets[slot] = bucket;
    }
    bucket[n] = id;
    this.fill[slot] = n + 1;
  }

  /** The next tick from `from` on that has an event, or `limit` if there is none below it. */
  next(from: number, limit: number): number {
    if (this.live === 0) return limit;
    for (let tick = Math.max(from, this.now); tick < limit; tick++) {
      this.now = tick;
      if (this.fill[tick % SIZE] > 0) return tick;
    }
    return limit;
  }

  /** Takes all actors due at `tick` out of the wheel into `out` (grown as needed); stale entries are dropped or moved on. */
  take(tick: number, out: ActorList): void {
    this.now = tick;
    const slot = tick % SIZE;
    const n = this.fill[slot];
    const bucket = this.buckets[slot];
    this.fill[slot] = 0;
    out.length = 0;
    for (let i = 0; i < n; i++) {
      const id = bucket[i];
      const due = this.due[id];
      if (due === tick) {
        this.due[id] = NEVER;
        this.live--;
        out.push(id);
      } else if (due > tick) this.insert(id, due);
    }
  }

  /** Actors due at exactly `tick`, without taking them. */
  peek(tick: number, out: ActorList): void {
    out.length = 0;
    const slot = tick % SIZE;
    const bucket = this.buckets[slot];
    for (let i = 0; i < this.fill[slot]; i++) if (this.due[bucket[i]] === tick) out.push(bucket[i]);
  }

  /** Rebuilds the buckets from a copy of `due`, as of `tick`. */
  restore(due: Int32Array, tick: number): void {
    this.due.set(due);
    this.fill.fill(0);
    this.now = tick;
    this.live = 0;
    for (let id = 0; id < due.length; id++) {
      if (due[id] === NEVER) continue;
      this.live++;
      this.insert(id, due[id]);
    }
  }
}

/** A list of actor ids that keeps its storage. */
export class ActorList {
  data = new Int32Array(1024);
  length = 0;

  push(id: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = id;
  }
}
