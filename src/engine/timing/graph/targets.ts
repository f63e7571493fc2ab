/** Where an agent's words go: one queue, or one for every kind of neighbour that agents of its kind have. */
import { type Agent, type Clock, type Queue, UNKNOWN, Unlike } from './queues.ts';

export class Targets {
  static readonly NONE = new Targets([], 0);
  /** Those that all agents of the kind have come first. */
  private readonly queues: readonly Queue[];
  private readonly common: number;

  constructor(queues: readonly Queue[], common: number) {
    this.queues = queues;
    this.common = common;
  }

  /** `tick`, or when those that all have come to have room if that is later; UNKNOWN if that is not known. */
  roomAt(tick: number): number {
    const { queues, common } = this;
    let then = tick;
    for (let i = 0; i < common; i++) {
      const { room } = queues[i];
      if (room > then) then = room;
    }
    return then;
  }

  /** `tick` if the others have room by then; UNKNOWN if that is not known. @throws Unlike if they have not */
  agreed(tick: number): number {
    const { queues, common } = this;
    for (let i = common; i < queues.length; i++) {
      const { room } = queues[i];
      if (room <= tick) continue;
      if (room === UNKNOWN) return UNKNOWN;
      throw new Unlike();
    }
    return tick;
  }

  /** When all have room, as somebody sees it who has looked for it since `tick`; UNKNOWN if that is not known. @throws Unlike */
  roomSince(tick: number): number {
    const room = this.roomAt(0);
    return this.common === this.queues.length || this.agreed(tick) === tick ? room : UNKNOWN;
  }

  /** Whether it is known when there is room. */
  get isKnown(): boolean {
    return this.queues.every(({ room }) => room !== UNKNOWN);
  }

  /** Words of which it is known when they find room at all, at most `most`. */
  open(most: number): number {
    let open = most;
    for (const queue of this.queues) open = Math.min(open, queue.open);
    return open;
  }

  /** Whether there is only this one. */
  isOnly(queue: Queue): boolean {
    return this.queues.length === 1 && this.queues[0] === queue;
  }

  /** The first of which it is not known when it has room. */
  get full(): Queue | undefined {
    return this.queues.find(({ room }) => room === UNKNOWN);
  }

  /** Who feeds them wants to hear of no room. */
  ignore(): void {
    for (const queue of this.queues) queue.feederWaits = false;
  }

  feedFrom(agent: Agent): void {
    for (const queue of this.queues) queue.feeder = agent;
  }

  push(ready: number, tag: number, word: number | undefined, clock: Clock): void {
    const { queues } = this;
    for (let i = 0; i < queues.length; i++) queues[i].push(ready, tag, word);
    this.wake(clock);
  }

  /** Delays plain words until those that all have come to have room; how many of `count` that is known of. */
  delay(ticks: Int32Array, count: number): number {
    const { queues, common } = this;
    let known = count;
    for (let i = 0; i < common; i++) known = queues[i].delay(ticks, known);
    return known;
  }

  /** How many of `count` plain words are known to find room at the others, too. @throws Unlike if one does not */
  agree(ticks: Int32Array, count: number): number {
    const { queues, common } = this;
    let known = count;
    for (let i = common; i < queues.length; i++) known = queues[i].agree(ticks, known);
    return known;
  }

  /** Plain words that leave at `ticks`; who takes them is woken later. */
  pushAll(ticks: Int32Array, count: number, later: number): void {
    const { queues } = this;
    for (let i = 0; i < queues.length; i++) queues[i].pushAll(ticks, count, later);
  }

  hand(clock: Clock): void {
    const { queues } = this;
    for (let i = 0; i < queues.length; i++) queues[i].hand(clock);
  }

  wake(clock: Clock): void {
    const { queues } = this;
    for (let i = 0; i < queues.length; i++) queues[i].wakeTaker(clock);
  }
}
