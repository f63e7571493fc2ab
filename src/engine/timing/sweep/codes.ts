/** Where each class of a tree stands in its code. */
import { markAfter } from '../../../trace/sequences.ts';
import type { StreamFacts } from '../streams.ts';
import { addStretches, after, NEVER, SPANS_AT, STRETCH } from './stretches.ts';

export class Codes {
  /** By class: twice the cycles from the last use to the next, and one more if the next word begins a stretch. */
  readonly cost: Int32Array;
  /** By class, where the stretch of the last word stands in {@link data} and that of the word before it, -1 for none. */
  readonly at: Int32Array;
  readonly before: Int32Array;
  /** The stretches of all classes ({@link STRETCH}), and where those of each begin. */
  readonly data: Int32Array;
  private readonly first: Int32Array;
  /** By class, 1 where it has code. */
  readonly isCode: Uint8Array;
  /** Classes with code of the tree. */
  private classes: readonly number[] = [];
  /** The next word that begins a stretch of any class, and whether the last one did. */
  private next = 0;
  private began = true;

  /** `cost` is an array for it. */
  constructor({ skeletons }: StreamFacts, cost: Int32Array) {
    this.isCode = Uint8Array.from(skeletons, (skeleton) => (skeleton ? 1 : 0));
    const data: number[] = [];
    this.first = new Int32Array(skeletons.length);
    for (const [c, skeleton] of skeletons.entries()) {
      this.first[c] = data.length;
      if (skeleton) addStretches(skeleton, data);
    }
    this.data = Int32Array.from(data);
    this.cost = cost;
    [this.at, this.before] = [new Int32Array(skeletons.length), new Int32Array(skeletons.length)];
  }

  /** Begins the code of the classes of a tree: those of its places. */
  start(classAt: Uint16Array): void {
    const isThere = new Uint8Array(this.isCode.length);
    for (let p = 0; p < classAt.length; p++) isThere[classAt[p]] = 1;
    this.classes = [...isThere.keys()].filter((c) => isThere[c] === 1 && this.isCode[c] === 1);
    this.at.fill(-1);
    this.before.fill(-1);
    this.cost.fill(0);
    this.next = 0;
  }

  /** Goes on to word `i`; the first word after it that begins a stretch of any class. */
  goTo(i: number): number {
    if (i < this.next && !this.began) return this.next;
    const { at, before, cost, data } = this;
    this.next = NEVER;
    this.began = false;
    for (const c of this.classes) {
      const [last, coming] = [at[c], this.nextOf(c)];
      const cycles = last < 0 ? 0 : data[last + STRETCH.cycles];
      const begins = data[coming + STRETCH.word] === i;
      before[c] = last;
      cost[c] = begins ? 2 * (cycles + data[coming + STRETCH.gap]) + 1 : 2 * cycles;
      if (begins) {
        at[c] = coming;
        this.began = true;
      }
      this.next = Math.min(this.next, data[this.nextOf(c) + STRETCH.word]);
    }
    return this.next;
  }

  /** Where the next stretch of class c stands. */
  private nextOf(c: number): number {
    return this.at[c] < 0 ? this.first[c] : after(this.data, this.at[c]);
  }

  /** Whether word `i`, the next one, begins a stretch of any class. */
  begins(i: number): boolean {
    return i === this.next;
  }

  /** Goes on to where word `i` is the next one. */
  leapTo(i: number): void {
    for (const c of this.classes) while (this.data[this.nextOf(c) + STRETCH.word] < i) this.at[c] = this.nextOf(c);
    this.next = i;
  }

  /**
   * For how many words from `i`, the next one, all code goes on as it did from word `since`, before which the classes stood at
   * stretches `then`; `steps` gets by class how much further on its marks are.
   */
  recur(then: Int32Array, since: number, i: number, steps: Int32Array): number {
    let end = Number.POSITIVE_INFINITY;
    for (const c of this.classes) end = Math.min(end, this.recurring(c, then[c], since, i, steps));
    return end - i;
  }

  /** The first word from `i` on with which class c does not go on as it did from `since`. */
  private recurring(c: number, then: number, since: number, i: number, steps: Int32Array): number {
    const { data } = this;
    let [a, b] = [then, this.at[c]];
    const step = data[a + STRETCH.mark] < 0 ? 0 : data[b + STRETCH.mark] - data[a + STRETCH.mark];
    steps[c] = step;
    if (step < 0 || !areTakenAlike(data, a, b, step)) return i;
    for (;;) {
      [a, b] = [after(data, a), after(data, b)];
      const [ahead, left] = [data[a + STRETCH.word] - since, data[b + STRETCH.word] - i];
      // What stands at the end of the code is like no stretch.
      if (ahead !== left || !isAgain(data, a, b, step)) return i + Math.min(ahead, left);
    }
  }
}

/** Whether the words of stretch b are used as those of stretch a, with marks `step` further on. */
const areTakenAlike = (data: Int32Array, a: number, b: number, step: number): boolean =>
  data[a + STRETCH.cycles] === data[b + STRETCH.cycles] &&
  data[a + STRETCH.activity] === data[b + STRETCH.activity] &&
  markAfter(data[a + STRETCH.mark], step) === data[b + STRETCH.mark];

/** Whether stretch b is what stretch a is, with marks `step` further on; what sends is never so. */
function isAgain(data: Int32Array, a: number, b: number, step: number): boolean {
  if (!areTakenAlike(data, a, b, step) || data[a + STRETCH.gap] !== data[b + STRETCH.gap]) return false;
  const words = data[a + STRETCH.spans];
  if (words !== data[b + STRETCH.spans] || data[a + STRETCH.sends] + data[b + STRETCH.sends] > 0) return false;
  for (let k = 0; k < words; k++) {
    const value = data[a + SPANS_AT + k];
    if ((k % 4 === 1 ? markAfter(value, step) : value) !== data[b + SPANS_AT + k]) return false;
  }
  return true;
}
