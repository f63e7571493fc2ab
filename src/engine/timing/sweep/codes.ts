/** Where each class of a tree stands in its code. */
import { markAfter } from '../../../trace/sequences.ts';
import type { StreamFacts } from '../streams.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

export class Codes {
  /** By class: twice the cycles from the last use to the next, and one more if the next word begins a stretch. */
  readonly cost: Int32Array;
  /** By class, the stretch of the last word. */
  readonly at: Int32Array;
  readonly stretches: ReadonlyArray<readonly Stretch[]>;
  /** By class, 1 where it has code. */
  readonly isCode: Uint8Array;
  /** Classes with code of the tree. */
  private classes: readonly number[] = [];
  /** The next word that begins a stretch of any class, and whether the last one did. */
  private next = 0;
  private began = true;

  constructor({ skeletons }: StreamFacts) {
    this.isCode = Uint8Array.from(skeletons, (skeleton) => (skeleton ? 1 : 0));
    this.stretches = skeletons.map((skeleton) => (skeleton ? stretchesOf(skeleton) : []));
    this.cost = new Int32Array(skeletons.length);
    this.at = new Int32Array(skeletons.length);
  }

  /** Begins the code of the classes of a tree: those of its places. */
  start(classAt: Uint16Array): void {
    const isThere = new Uint8Array(this.isCode.length);
    for (let p = 0; p < classAt.length; p++) isThere[classAt[p]] = 1;
    this.classes = [...isThere.keys()].filter((c) => isThere[c] === 1 && this.isCode[c] === 1);
    this.at.fill(-1);
    this.cost.fill(0);
    this.next = 0;
  }

  /** Goes on to word `i`; the first word after it that begins a stretch of any class. */
  goTo(i: number): number {
    if (i < this.next && !this.began) return this.next;
    const { at, cost } = this;
    this.next = Number.POSITIVE_INFINITY;
    this.began = false;
    for (const c of this.classes) {
      const stretches = this.stretches[c];
      const cycles = at[c] < 0 ? 0 : stretches[at[c]].cycles;
      const begins = stretches[at[c] + 1]?.word === i;
      if (begins) {
        at[c]++;
        this.began = true;
      }
      cost[c] = begins ? 2 * (cycles + stretches[at[c]].gap) + 1 : 2 * cycles;
      this.next = Math.min(this.next, stretches[at[c] + 1]?.word ?? this.next);
    }
    return this.next;
  }

  /** Whether word `i`, the next one, begins a stretch of any class. */
  begins(i: number): boolean {
    return i === this.next;
  }

  /** Goes on to where word `i` is the next one. */
  leapTo(i: number): void {
    for (const c of this.classes) while (this.stretches[c][this.at[c] + 1]?.word < i) this.at[c]++;
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
    const stretches = this.stretches[c];
    let [a, b] = [then, this.at[c]];
    const [before, now] = [stretches[a], stretches[b]];
    const step = before.mark < 0 ? 0 : now.mark - before.mark;
    steps[c] = step;
    if (step < 0 || before.cycles !== now.cycles || before.activity !== now.activity || markAfter(before.mark, step) !== now.mark) return i;
    for (;;) {
      const [first, second] = [stretches[++a], stretches[++b]];
      const [ahead, left] = [first.word - since, second.word - i];
      // What stands at the end of the code is like no stretch.
      if (ahead !== left || !isAgain(first, second, step)) return i + Math.min(ahead, left);
    }
  }
}

/** Whether stretch b is what stretch a is, with marks `step` further on; what sends is never so. */
function isAgain(a: Stretch, b: Stretch, step: number): boolean {
  if (a.cycles !== b.cycles || a.activity !== b.activity || markAfter(a.mark, step) !== b.mark) return false;
  if (a.gap !== b.gap || a.spans.length !== b.spans.length || a.sends.length + b.sends.length > 0) return false;
  return a.spans.every((value, k) => (k % 4 === 1 ? markAfter(value, step) : value) === b.spans[k]);
}
