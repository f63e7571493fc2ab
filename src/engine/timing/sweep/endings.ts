/** How PEs stand when their streams are over: what is asked of a sweep whose words have passed, so that the rest of it can be let go. */
import { type Ending, NOTHING_SENT, type StreamFacts, tailOf } from '../streams.ts';

export class Endings {
  private readonly placeOf: Int32Array;
  private readonly classOf: Uint16Array;
  /** By class, where the tail of its code begins. */
  private readonly tails: readonly number[];
  /** By number of the word before the tail, then place: when it is sent. */
  private readonly sentAt: Int32Array[] = [];
  private readonly sentCount: Uint16Array;
  private readonly endAt: Int32Array;

  constructor({ skeletons, program }: StreamFacts, placeOf: Int32Array, places: number) {
    this.placeOf = placeOf;
    this.classOf = program.classOf;
    this.tails = skeletons.map((skeleton) => (skeleton ? tailOf(skeleton) : 0));
    this.sentCount = new Uint16Array(places);
    this.endAt = new Int32Array(places);
  }

  /** The PE at place p sends its next word at `tick`. */
  send(p: number, tick: number): void {
    const k = this.sentCount[p]++;
    this.sentAt[k] ??= new Int32Array(this.endAt.length);
    this.sentAt[k][p] = tick;
  }

  /** The tail of the PE at place p begins at `tick`. */
  end(p: number, tick: number): void {
    this.endAt[p] = tick;
  }

  /** Undefined where no stream passes. */
  of(pe: number): Ending | undefined {
    const p = this.placeOf[pe];
    if (p < 0) return undefined;
    const sent = this.sentCount[p] === 0 ? NOTHING_SENT : Array.from({ length: this.sentCount[p] }, (_, k) => this.sentAt[k][p]);
    return { sent, tail: this.tails[this.classOf[pe]], end: this.endAt[p] };
  }
}
