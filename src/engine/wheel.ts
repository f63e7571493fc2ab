/**
 * The event wheel: which actor (a FIFO, a compute element, a host source) acts at which tick. An actor is in at most one
 * place: `due[id]` is the truth, entries that disagree are stale and dropped.
 *
 * Events of the next ticks (links, ramps: nearly all) lie in a few buckets that are reused every SIZE ticks and so stay in
 * the cache; a bucket for every tick of a long operation would be cold each time. The others wait in a binary heap.
 */
const SIZE = 16;
const NEVER = -1;

export class EventWheel {
  /** Tick at which each actor acts next, or -1. */
  readonly due: Int32Array;
  /** Actors with a due tick. */
  live = 0;
  private readonly buckets = Array.from({ length: SIZE }, () => new ActorList());
  private readonly far = new TickHeap();
  private now = 0;

  constructor(actors: number) {
    this.due = new Int32Array(actors).fill(NEVER);
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
    if (tick - this.now < SIZE) this.buckets[tick % SIZE].push(id);
    else this.far.push(tick, id);
  }

  /** The next tick from `from` on that may have an event, or `limit` if there is none below it. */
  next(from: number, limit: number): number {
    if (this.live === 0) return limit;
    const near = Math.min(limit, this.now + SIZE);
    for (let tick = Math.max(from, this.now); tick < near; tick++) {
      if (this.buckets[tick % SIZE].length > 0 || this.far.first === tick) return tick;
    }
    return Math.max(from, Math.min(limit, this.far.first));
  }

  /** Takes all actors due at `tick` out of the wheel into `out`. Ticks must be taken in rising order. */
  take(tick: number, out: ActorList): void {
    out.length = 0;
    if (tick - this.now < SIZE) this.drain(this.buckets[tick % SIZE], tick, out);
    this.now = tick;
    while (this.far.first <= tick) this.admit(this.far.pop(), tick, out);
  }

  private drain(bucket: ActorList, tick: number, out: ActorList): void {
    for (let i = 0; i < bucket.length; i++) this.admit(bucket.data[i], tick, out);
    bucket.length = 0;
  }

  private admit(id: number, tick: number, out: ActorList): void {
    if (this.due[id] !== tick) return;
    this.due[id] = NEVER;
    this.live--;
    out.push(id);
  }

  /** Actors due at exactly `tick`, without taking them: a look at everybody, for rare use. */
  peek(tick: number, out: ActorList): void {
    out.length = 0;
    for (let id = 0; id < this.due.length; id++) if (this.due[id] === tick) out.push(id);
  }

  /** Rebuilds the wheel from a copy of `due`, as of `tick`. */
  restore(due: Int32Array, tick: number): void {
    this.due.set(due);
    for (const bucket of this.buckets) bucket.length = 0;
    this.far.clear();
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

/** A binary heap of (tick, id), smallest tick first. */
class TickHeap {
  private ticks = new Int32Array(1024);
  private ids = new Int32Array(1024);
  private size = 0;

  /** The smallest tick, or infinity. */
  get first(): number {
    return this.size > 0 ? this.ticks[0] : Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.size = 0;
  }

  push(tick: number, id: number): void {
    if (this.size === this.ticks.length) this.grow();
    let at = this.size++;
    for (let parent = (at - 1) >> 1; at > 0 && this.ticks[parent] > tick; parent = (at - 1) >> 1) {
      this.ticks[at] = this.ticks[parent];
      this.ids[at] = this.ids[parent];
      at = parent;
    }
    this.ticks[at] = tick;
    this.ids[at] = id;
  }

  /** Removes the entry with the smallest tick and returns its id. */
  pop(): number {
    const id = this.ids[0];
    const tick = this.ticks[--this.size];
    const last = this.ids[this.size];
    let at = 0;
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (child + 1 < this.size && this.ticks[child + 1] < this.ticks[child]) child++;
      if (this.ticks[child] >= tick) break;
      this.ticks[at] = this.ticks[child];
      this.ids[at] = this.ids[child];
      at = child;
    }
    this.ticks[at] = tick;
    this.ids[at] = last;
    return id;
  }

  private grow(): void {
    const [ticks, ids] = [new Int32Array(this.size * 2), new Int32Array(this.size * 2)];
    ticks.set(this.ticks);
    ids.set(this.ids);
    this.ticks = ticks;
    this.ids = ids;
  }
}
