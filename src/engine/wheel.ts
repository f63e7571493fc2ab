/**
 * Event time: which actors act at which tick. Each actor is due at one tick at most; making it due earlier moves it, and
 * the entry left behind is skipped when its time comes. The due ticks live in the owner's array (`due[id * stride + at]`),
 * because an event touches the actor's other fields anyway. Near ticks have a bucket each in a small ring whose few lists
 * are reused every SIZE ticks and so stay in the cache; the others wait in a binary heap.
 */
const SIZE = 16;

/** Actors that come from the heap in one go: each takes its way down a tree that may be out of the cache. */
const POPPED = 1 << 12;
export const NEVER = -1;

export class EventWheel {
  /** The list of a tick t less than SIZE ahead is buckets[t & (SIZE - 1)]. */
  readonly buckets = Array.from({ length: SIZE }, () => new ActorList());
  private readonly far = new TickHeap();
  private now = 0;
  private readonly due: Int32Array;
  private readonly stride: number;
  private readonly at: number;

  /** `due` must hold NEVER for every actor. */
  constructor(due: Int32Array, stride: number, at: number) {
    this.due = due;
    this.stride = stride;
    this.at = at;
  }

  /** Makes `id` act at `tick`, or earlier if it already was to. */
  schedule(id: number, tick: number): void {
    const at = id * this.stride + this.at;
    const due = this.due[at];
    if (due !== NEVER && due <= tick) return;
    this.due[at] = tick;
    if (tick - this.now < SIZE) this.buckets[tick & (SIZE - 1)].push(id);
    else this.far.push(tick, id);
  }

  /** The bucket of a tick less than SIZE ahead, for owners that push by themselves. */
  bucket(tick: number): ActorList {
    return this.buckets[tick & (SIZE - 1)];
  }

  cancel(id: number): void {
    this.due[id * this.stride + this.at] = NEVER;
  }

  /** The next tick from `from` on that may have an event, or `limit` if there is none below it. */
  next(from: number, limit: number): number {
    const near = Math.min(limit, this.now + SIZE);
    for (let tick = Math.max(from, this.now); tick < near; tick++) {
      if (this.buckets[tick & (SIZE - 1)].length > 0 || this.far.first === tick) return tick;
    }
    return Math.max(from, Math.min(limit, this.far.first));
  }

  /** Whether anybody is due at all; stale entries do not count. */
  get live(): boolean {
    const { due, stride, at } = this;
    const isLive = (id: number): boolean => due[id * stride + at] !== NEVER;
    return this.buckets.some((b) => b.some(isLive)) || this.far.some(isLive);
  }

  /**
   * Turns to `tick`, which may not be earlier than before: its bucket then holds its actors, stale entries (`due` is another) among them.
   * Of very many that come from far it holds some, and more after every call, until {@link isTurned}.
   */
  turn(tick: number): ActorList {
    this.now = tick;
    const bucket = this.buckets[tick & (SIZE - 1)];
    for (let i = 0; i < POPPED && this.far.first <= tick; i++) bucket.push(this.far.pop());
    return bucket;
  }

  /** Whether the bucket of `tick`, to which the wheel has turned, holds all its actors. */
  isTurned(tick: number): boolean {
    return this.far.first > tick;
  }

  /** Rebuilds the wheel from the due ticks, as of `tick`. */
  rebuild(tick: number): void {
    for (const bucket of this.buckets) bucket.length = 0;
    this.far.clear();
    this.now = tick;
    for (let id = 0, at = this.at; at < this.due.length; id++, at += this.stride) {
      const due = this.due[at];
      if (due === NEVER) continue;
      if (due - tick < SIZE) this.buckets[due & (SIZE - 1)].push(id);
      else this.far.push(due, id);
    }
  }
}

/** A list of actor ids that keeps its storage. */
export class ActorList {
  data = new Int32Array(256);
  length = 0;

  push(id: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = id;
  }

  some(test: (id: number) => boolean): boolean {
    for (let i = 0; i < this.length; i++) if (test(this.data[i])) return true;
    return false;
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

  some(test: (id: number) => boolean): boolean {
    for (let i = 0; i < this.size; i++) if (test(this.ids[i])) return true;
    return false;
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
