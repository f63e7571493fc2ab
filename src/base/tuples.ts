/** Numbers for tuples of five 32-bit words: equal tuples have one number, and new ones get the next. */

const WIDTH = 5;

export class Tuples {
  private words = new Int32Array(WIDTH * 1024);
  /** Numbers + 1 by hash, with open addressing; at least half are 0, which is none. */
  private slots = new Int32Array(2048);
  private size = 0;
  private readonly most: number;

  /** `most`: how many there may be. */
  constructor(most: number) {
    this.most = most;
  }

  get count(): number {
    return this.size;
  }

  /** The number of a tuple; -1 if it would be a new one and there are as many as there may be. */
  of(a: number, b: number, c: number, d: number, e: number): number {
    const { slots, words } = this;
    const mask = slots.length - 1;
    let at = hash(a, b, c, d, e) & mask;
    for (; slots[at] > 0; at = (at + 1) & mask) {
      const w = (slots[at] - 1) * WIDTH;
      if (words[w] === a && words[w + 1] === b && words[w + 2] === c && words[w + 3] === d && words[w + 4] === e) return slots[at] - 1;
    }
    return this.size < this.most ? this.add(at, [a, b, c, d, e]) : -1;
  }

  /** Word `k` of a tuple. */
  word(number: number, k: number): number {
    return this.words[number * WIDTH + k];
  }

  private add(at: number, tuple: readonly number[]): number {
    const number = this.size++;
    if (this.words.length < this.size * WIDTH) this.words = grown(this.words);
    this.words.set(tuple, number * WIDTH);
    this.slots[at] = this.size;
    if (2 * this.size > this.slots.length) this.spread();
    return number;
  }

  /** Twice the slots. */
  private spread(): void {
    const { words } = this;
    const slots = new Int32Array(2 * this.slots.length);
    for (let n = 0; n < this.size; n++) {
      const w = n * WIDTH;
      let at = hash(words[w], words[w + 1], words[w + 2], words[w + 3], words[w + 4]) & (slots.length - 1);
      while (slots[at] > 0) at = (at + 1) & (slots.length - 1);
      slots[at] = n + 1;
    }
    this.slots = slots;
  }
}

function grown(words: Int32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(2 * words.length);
  out.set(words);
  return out;
}

/** FNV-1a over words, its high bits brought down. */
function hash(a: number, b: number, c: number, d: number, e: number): number {
  let h = Math.imul(0x811c9dc5 ^ a, 0x01000193);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0x01000193);
  h = Math.imul(h ^ (h >>> 15) ^ c, 0x01000193);
  h = Math.imul(h ^ (h >>> 15) ^ d, 0x01000193);
  h = Math.imul(h ^ (h >>> 15) ^ e, 0x01000193);
  return h ^ (h >>> 15);
}
