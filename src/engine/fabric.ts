/**
 * The routers of the wavelet engine: FIFOs as rings in flat arrays, routes per (PE, color) slot, departures, sleep and
 * wake. One event = one departure attempt of a FIFO's head; a FIFO that cannot leave sleeps until the place it waits for
 * gives room or its router's switch turns. Rules: docs/tick.md 1-7.
 *
 * Why reading the state directly is safe inside a tick: room in a FIFO is read only by its single feeder, frees are
 * applied at the end of the tick (commit), and whatever is pushed at t is ready at t + 1 or later.
 */
import { PORTS, Port } from '../machine/fabric.ts';
import type { Program } from '../machine/program.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledProgram } from './compile.ts';
import { collision } from './faults.ts';
import { ActorList, type EventWheel } from './wheel.ts';

/** Who waits for room in a FIFO: a FIFO upstream (its id), the own compute element, or a host source (-3 - index). */
const NOBODY = -1;
const OWN_ELEMENT = -2;

export class Fabric {
  // FIFOs: ring of capacity entries at ringAt[c]
  readonly word: Int32Array;
  readonly ready: Int32Array;
  readonly advance: Uint8Array;
  readonly ringAt: Uint32Array;
  readonly head: Uint16Array;
  readonly length: Uint16Array;
  /** Entries plus those freed in this tick: what feeders compare with the capacity. */
  readonly occupied: Uint16Array;
  readonly waiter: Int32Array;
  // input queues
  readonly inWord: Int32Array;
  readonly inFloat: Float32Array;
  readonly inReady: Int32Array;
  readonly inAt: Uint32Array;
  readonly inHead: Uint16Array;
  readonly inLength: Uint16Array;
  readonly inOccupied: Uint16Array;
  /** FIFO that waits for room in the input queue, or -1. */
  readonly inWaiter: Int32Array;
  /** 1 when the compute element sleeps until a word comes. */
  readonly inWanted: Uint8Array;
  readonly inPe: Uint32Array;
  // routes
  readonly position: Uint8Array;
  readonly rx: Uint8Array;
  readonly tx: Uint8Array;
  readonly lastDeparture: Int32Array;
  // host
  readonly sourceNext: Int32Array;
  readonly sinkCount: Int32Array;
  readonly sinkWords: readonly Uint32Array[];
  /** Wavelets in FIFOs and input queues. */
  readonly inFlight = new Int32Array(1);
  /** Tick of the last departure. */
  readonly last = new Int32Array(1).fill(-1);

  private readonly freed = new ActorList();
  private readonly inFreed = new ActorList();
  private readonly switching = new ActorList();
  private readonly contested = new ActorList();
  private readonly contestedAt: Int32Array;
  /** The first collision of this tick in slot order, so that the message does not depend on the visiting order. */
  private collided: { slot: number; ports: number } | null = null;
  private readonly elementActor: number;
  private readonly sourceActor: number;

  private readonly program: Program;
  private readonly c: CompiledProgram;
  private readonly wheel: EventWheel;
  private readonly recorder: Recorder | undefined;

  constructor(program: Program, c: CompiledProgram, wheel: EventWheel, recorder: Recorder | undefined) {
    this.program = program;
    this.c = c;
    this.wheel = wheel;
    this.recorder = recorder;
    const { channels } = c;
    const slots = c.slotPe.length;
    this.ringAt = offsets(channels.capacity);
    const ring = this.ringAt[channels.count];
    this.word = new Int32Array(ring);
    this.ready = new Int32Array(ring);
    this.advance = new Uint8Array(ring);
    this.head = new Uint16Array(channels.count);
    this.length = new Uint16Array(channels.count);
    this.occupied = new Uint16Array(channels.count);
    this.waiter = new Int32Array(channels.count).fill(NOBODY);
    this.inAt = offsets(channels.inputCapacity);
    this.inWord = new Int32Array(this.inAt[channels.inputCount]);
    this.inFloat = new Float32Array(this.inWord.buffer);
    this.inReady = new Int32Array(this.inWord.length);
    this.inHead = new Uint16Array(channels.inputCount);
    this.inLength = new Uint16Array(channels.inputCount);
    this.inOccupied = new Uint16Array(channels.inputCount);
    this.inWaiter = new Int32Array(channels.inputCount).fill(NOBODY);
    this.inWanted = new Uint8Array(channels.inputCount);
    this.inPe = new Uint32Array(channels.inputCount);
    for (let pe = 0; pe < channels.inputFirst.length - 1; pe++) this.inPe.fill(pe, channels.inputFirst[pe], channels.inputFirst[pe + 1]);
    this.position = new Uint8Array(slots);
    this.rx = Uint8Array.from({ length: slots }, (_, s) => c.rx[s * 4]);
    this.tx = Uint8Array.from({ length: slots }, (_, s) => c.tx[s * 4]);
    this.lastDeparture = new Int32Array(slots).fill(-1);
    this.sourceNext = new Int32Array(program.sources.length);
    this.sinkCount = new Int32Array(program.sinks.length);
    this.sinkWords = program.sinks.map((s) => new Uint32Array(s.expect));
    this.contestedAt = new Int32Array(program.width * program.height).fill(-1);
    this.elementActor = channels.count;
    this.sourceActor = channels.count + program.width * program.height;
    program.sources.forEach((s, i) => {
      if (s.words.length > 0) wheel.schedule(this.sourceActor + i, 0);
    });
  }

  /** The arrays that make up the fabric's state, in a fixed order. */
  stateArrays(): ReadonlyArray<Int32Array | Uint32Array | Uint16Array | Uint8Array> {
    return [
      this.word, this.ready, this.advance, this.head, this.length, this.occupied, this.waiter,
      this.inWord, this.inReady, this.inHead, this.inLength, this.inOccupied, this.inWaiter, this.inWanted,
      this.position, this.rx, this.tx, this.lastDeparture, this.sourceNext, this.sinkCount, ...this.sinkWords, this.inFlight, this.last,
    ]; // biome-ignore format: a list of fields reads better in rows
  }

  /** A FIFO's turn at tick t. */
  fifoEvent(channel: number, t: number): void {
    const slot = this.c.slotOf[channel];
    if (this.c.shared[this.c.slotPe[slot]]) {
      const pe = this.c.slotPe[slot];
      if (this.contestedAt[pe] !== t) {
        this.contestedAt[pe] = t;
        this.contested.push(pe);
      }
      return;
    }
    if (this.isCandidate(channel, slot, t)) this.depart(channel, slot, t);
  }

  /** Host source `index` at tick t: one word if there is room. */
  sourceEvent(index: number, t: number): void {
    const channel = this.c.sourceChannel[index];
    if (this.occupied[channel] >= this.c.channels.capacity[channel]) {
      this.waiter[channel] = -3 - index;
      return;
    }
    const words = this.program.sources[index].words;
    this.push(channel, words[this.sourceNext[index]++] | 0, t + this.program.machine.hop, 0);
    this.recorder?.sourceWord(index, t);
    this.last[0] = Math.max(this.last[0], t);
    if (this.sourceNext[index] < words.length) this.wheel.schedule(this.sourceActor + index, t + 1);
  }

  /** Routers whose colors share a port decide together, after all single ones were heard. */
  arbitrate(t: number): void {
    for (let i = 0; i < this.contested.length; i++) this.arbitrateRouter(this.contested.data[i], t);
    this.contested.length = 0;
    if (this.collided) throw collision(this.program, t, this.c.slotPe[this.collided.slot], this.c.slotColor[this.collided.slot], this.collided.ports);
  }

  /** Candidates by (last departure of the color, color); one is granted if none of its ports is taken (tick rule 5). */
  private arbitrateRouter(pe: number, t: number): void {
    const { channels, slotOf } = this.c;
    const candidates: number[] = [];
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      if (this.length[ch] > 0 && this.ready[this.ringAt[ch] + this.head[ch]] <= t && this.isCandidate(ch, slotOf[ch], t)) candidates.push(ch);
    }
    candidates.sort((x, y) => this.lastDeparture[slotOf[x]] - this.lastDeparture[slotOf[y]] || channels.color[x] - channels.color[y]);
    let taken = 0;
    for (const ch of candidates) {
      const slot = slotOf[ch];
      if (taken & this.tx[slot]) this.wheel.schedule(ch, t + 1);
      else {
        taken |= this.tx[slot];
        this.depart(ch, slot, t);
      }
    }
  }

  /** Whether the ready head of a FIFO may leave at t; if not for want of room, it is noted as a waiter (tick rules 3 and 4). */
  private isCandidate(channel: number, slot: number, t: number): boolean {
    const rx = this.rx[slot];
    if (!((rx >> this.c.channels.port[channel]) & 1)) return false;
    if (rx & (rx - 1)) this.checkCollision(slot, rx, t);
    const tx = this.tx[slot];
    for (let port = 0; port < PORTS; port++) {
      if (!((tx >> port) & 1)) continue;
      const target = this.c.target[slot * PORTS + port];
      if (port === Port.RAMP) {
        if (this.inOccupied[target] >= this.c.channels.inputCapacity[target]) {
          this.inWaiter[target] = channel;
          return false;
        }
      } else if (target >= 0 && this.occupied[target] >= this.c.channels.capacity[target]) {
        this.waiter[target] = channel;
        return false;
      }
    }
    return true;
  }

  private checkCollision(slot: number, rx: number, t: number): void {
    const pe = this.c.slotPe[slot];
    const { channels } = this.c;
    let ports = 0;
    for (let ch = channels.first[pe]; ch < channels.first[pe + 1]; ch++) {
      const open = this.c.slotOf[ch] === slot && (rx >> channels.port[ch]) & 1;
      if (open && this.length[ch] > 0 && this.ready[this.ringAt[ch] + this.head[ch]] <= t) ports |= 1 << channels.port[ch];
    }
    const several = (ports & (ports - 1)) !== 0;
    if (several && (!this.collided || slot < this.collided.slot)) this.collided = { slot, ports };
  }

  private depart(channel: number, slot: number, t: number): void {
    const { machine } = this.program;
    const at = this.ringAt[channel] + this.head[channel];
    const word = this.word[at];
    const tx = this.tx[slot];
    for (let port = 0; port < PORTS; port++) {
      if (!((tx >> port) & 1)) continue;
      const target = this.c.target[slot * PORTS + port];
      if (port === Port.RAMP) this.deliver(target, word, t + machine.ramp);
      else if (target >= 0) this.push(target, word, t + machine.hop, 0);
      else this.toSink(-2 - target, word, t);
    }
    if (this.advance[at]) this.switching.push(slot);
    this.lastDeparture[slot] = t;
    this.last[0] = t > this.last[0] ? t : this.last[0];
    this.recorder?.move(channel, tx, t);
    const capacity = this.c.channels.capacity[channel];
    const next = this.head[channel] + 1 === capacity ? 0 : this.head[channel] + 1;
    this.head[channel] = next;
    this.inFlight[0]--;
    this.freed.push(channel);
    if (--this.length[channel] > 0) {
      const ready = this.ready[this.ringAt[channel] + next];
      this.wheel.schedule(channel, ready > t ? ready : t + 1);
    }
  }

  /** Puts a word into a FIFO; the caller has seen room. */
  push(channel: number, word: number, ready: number, advance: number): void {
    const capacity = this.c.channels.capacity[channel];
    let tail = this.head[channel] + this.length[channel];
    if (tail >= capacity) tail -= capacity;
    const at = this.ringAt[channel] + tail;
    this.word[at] = word;
    this.ready[at] = ready;
    this.advance[at] = advance;
    this.occupied[channel]++;
    this.inFlight[0]++;
    if (++this.length[channel] === 1) this.wheel.schedule(channel, ready);
  }

  private deliver(lane: number, word: number, ready: number): void {
    const capacity = this.c.channels.inputCapacity[lane];
    let tail = this.inHead[lane] + this.inLength[lane];
    if (tail >= capacity) tail -= capacity;
    const at = this.inAt[lane] + tail;
    this.inWord[at] = word;
    this.inReady[at] = ready;
    this.inOccupied[lane]++;
    this.inLength[lane]++;
    this.inFlight[0]++;
    if (this.inWanted[lane]) {
      this.inWanted[lane] = 0;
      this.wheel.schedule(this.elementActor + this.inPe[lane], ready);
    }
  }

  private toSink(sink: number, word: number, t: number): void {
    const words = this.sinkWords[sink];
    const n = this.sinkCount[sink]++;
    if (n < words.length) words[n] = word;
    this.recorder?.sinkWord(sink, t);
  }

  /** Takes the head of an input queue; the caller has seen it ready. */
  pop(lane: number): number {
    const head = this.inHead[lane];
    const word = this.inWord[this.inAt[lane] + head];
    this.inHead[lane] = head + 1 === this.c.channels.inputCapacity[lane] ? 0 : head + 1;
    this.inLength[lane]--;
    this.inFlight[0]--;
    this.inFreed.push(lane);
    return word;
  }

  /** Tick at which the n-th waiting word (n = 1 is the head) of an input queue is ready, or -1 when it has not come. */
  inputReady(lane: number, n: number): number {
    if (this.inLength[lane] < n) return -1;
    let at = this.inHead[lane] + n - 1;
    if (at >= this.c.channels.inputCapacity[lane]) at -= this.c.channels.inputCapacity[lane];
    return this.inReady[this.inAt[lane] + at];
  }

  hasRoom(channel: number): boolean {
    return this.occupied[channel] < this.c.channels.capacity[channel];
  }

  /** The compute element of this FIFO's PE will be woken when it has room. */
  wakeElementOnRoom(channel: number): void {
    this.waiter[channel] = OWN_ELEMENT;
  }

  /** End of tick t: room freed in t becomes visible, switches turn, sleepers wake for t + 1. */
  commit(t: number): void {
    for (let i = 0; i < this.freed.length; i++) this.freeFifo(this.freed.data[i], t + 1);
    for (let i = 0; i < this.inFreed.length; i++) this.freeInput(this.inFreed.data[i], t + 1);
    for (let i = 0; i < this.switching.length; i++) this.turn(this.switching.data[i], t + 1);
    this.freed.length = 0;
    this.inFreed.length = 0;
    this.switching.length = 0;
  }

  private freeFifo(channel: number, next: number): void {
    this.occupied[channel]--;
    const waiter = this.waiter[channel];
    if (waiter === NOBODY) return;
    this.waiter[channel] = NOBODY;
    if (waiter === OWN_ELEMENT) this.wheel.schedule(this.elementActor + this.c.channels.pe[channel], next);
    else if (waiter >= 0) this.wakeFifo(waiter, next);
    else this.wheel.schedule(this.sourceActor - 3 - waiter, next);
  }

  private freeInput(lane: number, next: number): void {
    this.inOccupied[lane]--;
    const waiter = this.inWaiter[lane];
    if (waiter === NOBODY) return;
    this.inWaiter[lane] = NOBODY;
    this.wakeFifo(waiter, next);
  }

  /** Wakes a FIFO whose head may leave from `next` on; a head still in flight keeps its own time. */
  private wakeFifo(channel: number, next: number): void {
    if (this.length[channel] === 0) return;
    const ready = this.ready[this.ringAt[channel] + this.head[channel]];
    this.wheel.schedule(channel, ready > next ? ready : next);
  }

  private turn(slot: number, next: number): void {
    const positions = this.c.slotPositions[slot];
    let to = this.position[slot] + 1;
    if (to === positions) to = this.c.slotRing[slot] ? 0 : positions - 1;
    this.position[slot] = to;
    this.rx[slot] = this.c.rx[slot * 4 + to];
    this.tx[slot] = this.c.tx[slot * 4 + to];
    const { first, color } = this.c.channels;
    const pe = this.c.slotPe[slot];
    for (let ch = first[pe]; ch < first[pe + 1]; ch++) if (color[ch] === this.c.slotColor[slot]) this.wakeFifo(ch, next);
  }

  /** True when no source word, FIFO or queue entry is left. */
  isEmpty(): boolean {
    return this.inFlight[0] === 0 && this.program.sources.every((s, i) => this.sourceNext[i] === s.words.length);
  }
}

/** Running offsets of rings; one more than the number of rings. */
function offsets(capacity: Uint16Array): Uint32Array {
  const at = new Uint32Array(capacity.length + 1);
  for (let i = 0; i < capacity.length; i++) at[i + 1] = at[i] + capacity[i];
  return at;
}
