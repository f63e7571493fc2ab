/**
 * Pipes: FIFOs one behind the other down to a sink, of which each passes words at one distance, a hop after the FIFO before. The next
 * word that comes to the mouth at that distance finds the whole way as its forerunner did, so it is poured into the sink in one step,
 * however long the way; a drain's words would visit every FIFO on it otherwise (fabric-flights.ts).
 *
 * The FIFOs do not hear of such a word: while one is in a pipe, its LAST is no tick but a code above every tick, from which the pipe tells
 * the tick. Whoever is to change such a FIFO takes the pipe apart before.
 *
 * Exact for the reasons of a flight. Room: a word is pushed into a FIFO a hop before it leaves; at most hop / distance others are in there.
 */
import { distanceOf, FIFO, MAX_TICK, NOBODY } from './fabric-fields.ts';
import { ActorList } from './wheel.ts';

const { QUEUE, WAITER, LAST, RUN, LINK, FIELDS: W } = FIFO;

/** A pipe: the FIFO at its mouth, FIFOs, tick of the last departure into the sink, distance of departures, sink. */
const PIPE = { MOUTH: 0, LENGTH: 1, OUT: 2, DISTANCE: 3, SINK: 4, FIELDS: 5 } as const;
const P = PIPE.FIELDS;

/** A code is MAX_TICK + pipe * PLACES + place; the FIFO before the sink has place 0. */
const PLACES = 1 << 14;
const MOST = (2 ** 31 - MAX_TICK) / PLACES - 1;

export class Pipes {
  private readonly table = new ActorList();
  /** Pipes that were taken apart, whose numbers are used again. */
  private readonly spare = new ActorList();
  private readonly fifo: Int32Array;
  private readonly hop: number;

  constructor(fifo: Int32Array, hop: number) {
    this.fifo = fifo;
    this.hop = hop;
  }

  /** Tick of the last departure of the FIFO whose fields begin at f. */
  lastOf(f: number): number {
    const last = this.fifo[f + LAST];
    if (last < MAX_TICK) return last;
    return this.table.data[tableAt(last) + PIPE.OUT] - placeOf(last) * this.hop;
  }

  /** The sink of the pipe of the FIFO whose fields begin at f. */
  sinkOf(f: number): number {
    return this.table.data[tableAt(this.fifo[f + LAST]) + PIPE.SINK];
  }

  /**
   * A word comes to the FIFO whose fields begin at f, which is in a pipe, and may leave it from `ready` on: goes to the sink if this is the mouth,
   * its turn has come, and the last departure is before the horizon. Returns the tick of that, or -1.
   */
  pour(f: number, ready: number, horizon: number): number {
    const code = this.fifo[f + LAST];
    const at = tableAt(code);
    const { data } = this.table;
    const distance = data[at + PIPE.DISTANCE];
    const last = this.lastOf(f);
    const out = data[at + PIPE.OUT] + distance;
    if (placeOf(code) !== data[at + PIPE.LENGTH] - 1 || Math.max(ready, last + 1) !== last + distance || out >= horizon) return -1;
    data[at + PIPE.OUT] = out;
    return out;
  }

  /** A word has gone from FIFO `start` over `count` FIFOs, the last of which is `end`, into a sink at `out`: they become a pipe, if they can. */
  lay(start: number, count: number, end: number, sink: number, out: number): void {
    const { spare, table, fifo } = this;
    const run = fifo[end * W + RUN];
    const distance = distanceOf(run);
    if (run >> 2 === out || !this.isEven(start, count, distance, out) || count > PLACES) return;
    if (spare.length === 0 && table.length === MOST * P) return;
    const pipe = spare.length > 0 ? spare.data[--spare.length] : table.length / P;
    if (pipe * P === table.length) for (let i = 0; i < P; i++) table.push(0);
    const { data } = table;
    data[pipe * P + PIPE.MOUTH] = start;
    data[pipe * P + PIPE.LENGTH] = count;
    data[pipe * P + PIPE.OUT] = out;
    data[pipe * P + PIPE.DISTANCE] = distance;
    data[pipe * P + PIPE.SINK] = sink;
    this.mark(start, count, pipe, count - 1);
  }

  /** A word has gone from FIFO `start` over `count` FIFOs and was poured into the pipe of the one after them: they become a part of it, if they can. */
  lengthen(start: number, count: number, mouth: number): void {
    const code = this.fifo[mouth * W + LAST];
    const at = tableAt(code);
    const { data } = this.table;
    const length = data[at + PIPE.LENGTH] + count;
    if (length > PLACES || !this.isEven(start, count, data[at + PIPE.DISTANCE], this.lastOf(mouth * W) - this.hop)) return;
    data[at + PIPE.MOUTH] = start;
    data[at + PIPE.LENGTH] = length;
    this.mark(start, count, at / P, length - 1);
  }

  /** Whether `count` FIFOs from `start` on can pass words at one distance, after a word that left the last of them at `end`. */
  private isEven(start: number, count: number, distance: number, end: number): boolean {
    const { fifo, hop } = this;
    for (let id = start, t = end - (count - 1) * hop; t <= end; id = fifo[id * W + LINK], t += hop) {
      const f = id * W;
      const run = fifo[f + RUN];
      if (fifo[f + LAST] !== t || (run >> 2 !== t && distanceOf(run) !== distance)) return false;
      if ((fifo[f + QUEUE] >> 16) * distance <= hop || fifo[f + WAITER] !== NOBODY) return false;
    }
    return true;
  }

  private mark(start: number, count: number, pipe: number, place: number): void {
    const { fifo } = this;
    const distance = this.table.data[pipe * P + PIPE.DISTANCE];
    for (let i = 0, id = start; i < count; i++, id = fifo[id * W + LINK]) {
      fifo[id * W + LAST] = MAX_TICK + pipe * PLACES + place - i;
      fifo[id * W + RUN] = (fifo[id * W + RUN] & ~3) + distance - 1;
    }
  }

  /** Takes the pipe of the FIFO whose fields begin at f apart: its FIFOs hear what they have passed. */
  takeApart(f: number): void {
    const { fifo, hop } = this;
    const at = tableAt(fifo[f + LAST]);
    const { data } = this.table;
    let id = data[at + PIPE.MOUTH];
    for (let place = data[at + PIPE.LENGTH] - 1; place >= 0; place--, id = fifo[id * W + LINK]) {
      const last = data[at + PIPE.OUT] - place * hop;
      fifo[id * W + LAST] = last;
      if (fifo[id * W + RUN] >> 2 === last) fifo[id * W + RUN] = last * 4;
    }
    data[at + PIPE.LENGTH] = 0;
    this.spare.push(at / P);
  }

  /** Takes all pipes apart; those of which the FIFOs know nothing any more are forgotten. */
  clear(): void {
    const { table, fifo } = this;
    for (let at = 0; at < table.length; at += P) {
      const f = table.data[at + PIPE.MOUTH] * W;
      if (table.data[at + PIPE.LENGTH] > 0 && fifo[f + LAST] >= MAX_TICK) this.takeApart(f);
    }
    table.length = 0;
    this.spare.length = 0;
  }
}

/** Where the pipe of a code is in the table, and the FIFO's place in it. */
const tableAt = (code: number): number => (((code - MAX_TICK) / PLACES) | 0) * P;
const placeOf = (code: number): number => (code - MAX_TICK) & (PLACES - 1);
