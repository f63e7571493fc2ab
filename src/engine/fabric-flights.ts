/**
 * Flights: one word moved in one visit as far as its way is free, for words that follow one another at a distance. A drain is made
 * of them: each PE adds its word two ticks behind its neighbour's, so no train (fabric-trains.ts) has more than one.
 *
 * Exact for the reasons of a train: a FIFO is fed by one other alone, so what is behind the word cannot overtake it and nothing
 * is ahead of it where it finds FIFOs empty; no switch turns, because only words of the one open port could turn it.
 * A FIFO tells its departures to come as one run (LAST and RUN). That is all its feeder must know of them if each goes on with the run
 * or comes a hop later: of two that are so far apart only one can be to come when the next word is pushed.
 */
import { FIFO, GENERAL, LINKS, linksOf, MAX_TICK, NOBODY, NOWHERE, SPECIAL, withoutHead } from './fabric-fields.ts';
import { FabricFlow } from './fabric-flow.ts';
import { ActorList } from './wheel.ts';

const { RING, WAITER, LAST, LINK, INTO } = FIFO;
const W = FIFO.FIELDS;

/** Hops of flights from one look up to the next. */
const HOPS = 1 << 14;

export class FabricFlights extends FabricFlow {
  /** FIFOs whose only word was pushed in this tick and may fly on. */
  protected readonly launches = new ActorList();
  /** FIFOs asked, and departures of flights and trains, since somebody set it to 0: what goes on beside the turns of elements. */
  ahead = 0;

  /** How many of them have flown. */
  private flown = 0;

  /** The words pushed in this tick fly as far as they can. False if some are left: to be called again before anything else. */
  protected sendFlights(): boolean {
    const { launches } = this;
    const most = this.ahead + HOPS;
    while (this.flown < launches.length) {
      if (this.ahead >= most) return false;
      this.fly(launches.data[this.flown++]);
    }
    this.forgetFlights();
    return true;
  }

  private forgetFlights(): void {
    this.launches.length = 0;
    this.flown = 0;
  }

  override rebuild(tick: number): void {
    super.rebuild(tick);
    this.pipes.clear();
    this.forgetFlights();
  }

  /** The word that lies alone in a FIFO. */
  private fly(start: number): void {
    const { fifo, ring, hop, horizon } = this;
    const queue = fifo[start * W];
    const head = (fifo[start * W + RING] + (queue & 255)) * 2;
    if ((queue & 0xff00) !== 256 || (ring[head + 1] & 3) !== 0) return;
    const word = ring[head];
    let id = start;
    let ready = ring[head + 1] >> 2;
    let hops = 0;
    for (let isFree = true; isFree; hops++) {
      const f = id * W;
      if (fifo[f + LAST] >= MAX_TICK && this.pour(start, hops, id, word, ready)) return;
      const last = fifo[f + LAST];
      const leaves = ready > last ? ready : last + 1;
      if (leaves >= horizon || fifo[f + INTO] >= 0) break;
      const link = fifo[f + LINK];
      const next = link <= GENERAL ? this.sinkOf(id) : link;
      if (next >= 0) {
        const g = next * W;
        isFree = (fifo[g] & 0xff00) === 0;
        if ((fifo[g + LAST] >= leaves || !isFree) && !this.hasRoom(next, leaves)) break;
      } else if (next === NOWHERE) break;
      if (leaves < last + hop && !this.isRunOn(f, leaves)) break;
      this.ahead++;
      if (id === start) fifo[f] = withoutHead(queue);
      this.noteDeparture(id, leaves);
      if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, leaves + 1);
      if (next < 0) {
        this.toSink(-2 - next, word, leaves);
        this.pipes.lay(start, hops + 1, id, -2 - next, leaves);
        return;
      }
      id = next;
      ready = leaves + hop;
    }
    if (id !== start) this.push(id, word, ready, 0);
  }

  /** The word has flown from FIFO `start` over `hops` FIFOs to `id`, which is in a pipe. False if it cannot go on through it; then there is none any more. */
  private pour(start: number, hops: number, id: number, word: number, ready: number): boolean {
    const { fifo, pipes } = this;
    const f = id * W;
    const out = pipes.pour(f, ready, this.horizon);
    if (out < 0) {
      pipes.takeApart(f);
      return false;
    }
    this.ahead++;
    if (id === start) fifo[f] = withoutHead(fifo[f]);
    else pipes.lengthen(start, hops, id);
    if (fifo[f + WAITER] !== NOBODY) this.wakeWaiter(id, pipes.lastOf(f) + 1);
    this.toSink(pipes.sinkOf(f), word, out);
    return true;
  }

  /** -2 - s if a FIFO's words go to sink s alone, which takes them at any rate; else NOWHERE. */
  private sinkOf(id: number): number {
    const place = this.place[id];
    const masks = this.slots[place >> 3];
    const isOpen = ((masks >> (place & 7)) & 1) === 1;
    return isOpen && (masks & SPECIAL) === 0 && linksOf(masks) === 1 ? this.slots[(place >> 3) + LINKS] : NOWHERE;
  }
}
