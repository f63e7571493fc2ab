/**
 * Words on their way without time: what lies in a line was sent before what lies behind it, and nobody asks when. Lines have
 * no end of room; the words of an op or of a host source go through the fabric in one piece, by reference.
 */
import { isFiltered } from '../../machine/control.ts';

/** Somebody who may go on when words have come. */
export abstract class Actor {
  isAwake = false;
  readonly isSwitch: boolean = false;
  /** Goes on as far as it can. */
  abstract advance(): void;
}

/** Who is to be looked at: elements, the latest first, then switches, in turn, so that words meet them in long trains. */
export class Awake {
  private readonly elements: Actor[] = [];
  private switches: Actor[] = [];
  private next = 0;

  wake(actor: Actor): void {
    if (actor.isAwake) return;
    actor.isAwake = true;
    (actor.isSwitch ? this.switches : this.elements).push(actor);
  }

  /** The next one to advance. */
  pop(): Actor | undefined {
    const actor = this.elements.pop() ?? this.popSwitch();
    if (actor) actor.isAwake = false;
    return actor;
  }

  private popSwitch(): Actor | undefined {
    if (this.next < this.switches.length) return this.switches[this.next++];
    this.switches = [];
    this.next = 0;
    return undefined;
  }
}

/** What words travel with: control wavelets alone, `advance` turns the switch of the sender's own router behind the last word. */
export interface Tags {
  readonly control: boolean;
  readonly advance: boolean;
}
export const DATA: Tags = { control: false, advance: false };
export const LAST: Tags = { control: false, advance: true };
const CONTROL: Tags = { control: true, advance: false };
const LAST_CONTROL: Tags = { control: true, advance: true };
export const controlTags = (advance: boolean): Tags => (advance ? LAST_CONTROL : CONTROL);

/** words[from] .. words[to - 1] in a line; one word if it is a control wavelet. */
export interface Piece {
  readonly words: Int32Array;
  from: number;
  to: number;
  readonly tags: Tags;
  next: Piece | undefined;
}

/** As many words are copied one by one; of more a line keeps a reference. */
export const FEW = 16;
/** Words of a line's own array. */
const [LEAST_OWN, MOST_OWN] = [16, 1024];
const NOTHING = new Int32Array(0);

/** Words that wait for the one who takes them: an element's input queue, a FIFO before a switch, a host sink. */
export class Line {
  head: Piece | undefined;
  private tail: Piece | undefined;
  /** Words of data, and pieces with a tag. */
  private words = 0;
  private tagged = 0;
  /** Words that were copied, of pieces that still wait or are gone; the first free place. */
  private own: Int32Array = NOTHING;
  private filled = 0;
  /** Where all that comes goes on to, once no switch can turn any more. */
  onward: Outlet | undefined;
  /** Who goes on when words come. */
  taker: Actor | undefined;
  private readonly awake: Awake;
  /** Whether it is an input queue, from which filtered control wavelets are kept. */
  readonly isInput: boolean;

  constructor(awake: Awake, isInput = false) {
    this.awake = awake;
    this.isInput = isInput;
  }

  append(words: Int32Array, from: number, to: number, tags: Tags): void {
    if (this.onward) {
      this.onward.send(words, from, to, tags);
      return;
    }
    if (to - from <= FEW) this.copyIn(words, from, to, tags);
    else this.add(words, from, to, tags);
  }

  private add(words: Int32Array, from: number, to: number, tags: Tags): void {
    const piece = { words, from, to, tags, next: undefined };
    if (tags !== DATA) this.tagged++;
    this.link(piece, piece, tags.control ? 0 : to - from);
  }

  /** Few words are copied behind those before them. */
  private copyIn(words: Int32Array, from: number, to: number, tags: Tags): void {
    const count = to - from;
    if (this.filled + count > this.own.length) {
      this.own = new Int32Array(Math.min(MOST_OWN, Math.max(count, LEAST_OWN, 2 * this.own.length)));
      this.filled = 0;
    }
    const { own, filled, tail } = this;
    for (let i = 0; i < count; i++) own[filled + i] = words[from + i];
    this.filled += count;
    if (!this.head || tail?.words !== own || tail.tags !== DATA || tags !== DATA) {
      this.add(own, filled, this.filled, tags);
      return;
    }
    tail.to = this.filled;
    this.words += count;
    if (this.taker) this.awake.wake(this.taker);
  }

  private link(first: Piece, last: Piece, words: number): void {
    if (this.tail) this.tail.next = first;
    else this.head = first;
    this.tail = last;
    this.words += words;
    if (this.taker) this.awake.wake(this.taker);
  }

  /** Takes the first piece. */
  shift(): Piece | undefined {
    const { head } = this;
    if (!head) return undefined;
    this.head = head.next;
    if (!this.head) this.tail = undefined;
    if (head.tags !== DATA) this.tagged--;
    if (!head.tags.control) this.words -= head.to - head.from;
    return head;
  }

  /** Data words up to `most` before the first control wavelet. */
  count(most: number): number {
    if (this.tagged === 0) return Math.min(this.words, most);
    let count = 0;
    for (let piece = this.head; piece && !piece.tags.control && count < most; piece = piece.next) count += piece.to - piece.from;
    return Math.min(count, most);
  }

  /** Takes `count` data words to `into` from `at` on. */
  take(into: Int32Array, at: number, count: number): void {
    for (let done = 0; done < count; ) {
      const piece = this.head as Piece;
      const some = Math.min(count - done, piece.to - piece.from);
      copy(piece.words, piece.from, into, at + done, some);
      piece.from += some;
      done += some;
      this.words -= some;
      if (piece.from === piece.to) this.shift();
    }
  }

  /** All that comes and has come goes on through `outlet`. */
  passOn(outlet: Outlet): void {
    this.onward = outlet;
    if (!this.moveTo(outlet)) for (let piece = this.shift(); piece; piece = this.shift()) outlet.send(piece.words, piece.from, piece.to, piece.tags);
  }

  /** Moves all there is in one piece, if it is data and one line takes it. */
  moveTo(outlet: Outlet): boolean {
    const { head, tail, words } = this;
    const only = this.tagged === 0 && head !== tail ? outlet.only : undefined;
    if (!only || !head || !tail) return false;
    this.head = undefined;
    this.tail = undefined;
    this.words = 0;
    only.link(head, tail, words);
    return true;
  }

  /** All words, which are taken. */
  drain(): Uint32Array {
    let total = 0;
    for (let piece = this.head; piece; piece = piece.next) total += piece.to - piece.from;
    const all = new Uint32Array(total);
    let at = 0;
    for (let piece = this.shift(); piece; piece = this.shift()) {
      all.set(piece.words.subarray(piece.from, piece.to), at);
      at += piece.to - piece.from;
    }
    return all;
  }
}

function copy(words: Int32Array, from: number, into: Int32Array, at: number, count: number): void {
  if (count > FEW) into.set(words.subarray(from, from + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = words[from + i];
}

/** What lies behind a port: the lines that its words come to by routers that never turn. */
export class Outlet {
  private ends: readonly Line[];

  constructor(ends: readonly Line[]) {
    this.ends = ends;
  }

  /** The only line it leads to, if there is one that keeps what comes. */
  get only(): Line | undefined {
    const ends = this.follow();
    return ends.length === 1 && !ends[0].onward ? ends[0] : undefined;
  }

  /** `filtered`: kept from elements. */
  send(words: Int32Array, from: number, to: number, tags: Tags, filtered = tags.control && isFiltered(words[from])): void {
    for (const end of this.follow()) if (!(filtered && end.isInput)) end.append(words, from, to, tags);
  }

  /** The ends, the only one as far as it passes everything on. */
  private follow(): readonly Line[] {
    while (this.ends.length === 1 && this.ends[0].onward) this.ends = this.ends[0].onward.ends;
    return this.ends;
  }
}
