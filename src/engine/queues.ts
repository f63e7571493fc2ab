/**
 * Many small FIFO queues in two flat arrays: the routers' FIFOs, and the input queues of the compute elements. All fields
 * of a queue lie side by side (32 bytes), because an event touches most of them; a column per field made an event about
 * twice as dear. A freed place counts as occupied until the end of the tick (docs/tick.md 1).
 */

/** Fields: `table[queue * FIELDS + field]`. */
export const FIELDS = 8;
export const HEAD = 0;
export const LENGTH = 1;
/** Entries plus those freed in this tick: what the feeder compares with the capacity. */
export const OCCUPIED = 2;
/** Who waits for room; the meaning is the owner's. */
export const WAITER = 3;
export const CAPACITY = 4;
/** Index of the ring's first entry. */
const RING = 5;
/** Two fields of the owner's. */
export const OWN_A = 6;
export const OWN_B = 7;

export const NOBODY = -1;

export class Queues {
  readonly table: Int32Array;
  /** Entries: word, then tag (whatever the owner notes, the ready tick among it). */
  readonly ring: Int32Array;
  /** The words as f32. */
  readonly floats: Float32Array;

  constructor(capacity: Uint16Array, ownA: ArrayLike<number>, ownB: ArrayLike<number>) {
    this.table = new Int32Array(capacity.length * FIELDS);
    let entries = 0;
    for (let q = 0; q < capacity.length; q++) {
      this.table.set([0, 0, 0, NOBODY, capacity[q], entries, ownA[q], ownB[q]], q * FIELDS);
      entries += capacity[q];
    }
    this.ring = new Int32Array(entries * 2);
    this.floats = new Float32Array(this.ring.buffer);
  }

  hasRoom(queue: number): boolean {
    return this.table[queue * FIELDS + OCCUPIED] < this.table[queue * FIELDS + CAPACITY];
  }

  /** Adds an entry at the end; the caller has seen room. Returns how many were there before. */
  add(queue: number, word: number, tag: number): number {
    const q = queue * FIELDS;
    const length = this.table[q + LENGTH];
    const at = this.place(q, length);
    this.ring[at] = word;
    this.ring[at + 1] = tag;
    this.table[q + OCCUPIED]++;
    this.table[q + LENGTH] = length + 1;
    return length;
  }

  /** Index in the ring of the head; meaningless for an empty queue. */
  head(queue: number): number {
    const q = queue * FIELDS;
    return (this.table[q + RING] + this.table[q + HEAD]) * 2;
  }

  /** Takes the head away; its place stays occupied until free(). Returns how many are left. */
  remove(queue: number): number {
    const q = queue * FIELDS;
    const next = this.table[q + HEAD] + 1;
    this.table[q + HEAD] = next === this.table[q + CAPACITY] ? 0 : next;
    return --this.table[q + LENGTH];
  }

  /** End of the tick: a removed entry's place is free. Returns who waited for it and forgets them. */
  free(queue: number): number {
    const q = queue * FIELDS;
    this.table[q + OCCUPIED]--;
    const waiter = this.table[q + WAITER];
    if (waiter !== NOBODY) this.table[q + WAITER] = NOBODY;
    return waiter;
  }

  length(queue: number): number {
    return this.table[queue * FIELDS + LENGTH];
  }

  /** Index in the ring of the n-th entry (0 is the head). */
  nth(queue: number, n: number): number {
    return this.place(queue * FIELDS, n);
  }

  private place(q: number, n: number): number {
    let at = this.table[q + HEAD] + n;
    if (at >= this.table[q + CAPACITY]) at -= this.table[q + CAPACITY];
    return (this.table[q + RING] + at) * 2;
  }
}
