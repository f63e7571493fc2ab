/**
 * Results that leave through a chain of routers: each lets its own words pass first, then those from further away, until a
 * control wavelet turns it back (the drain of row-per-PE kernels). Switches alone decide the order, so word by word
 *
 *     leave_p(g) = max(arrival, leave_p(g - 1) + 1, leave_q(g - Q) + 1)        q the next router towards the sink
 *
 * and a PE's next word is issued at max(free, leave(own - C) + 1), C what its ramp holds (docs/tick.md 1, 3, 6, 13). Nothing
 * here knows absolute time: chains whose PEs are done at the same distances in time share the result.
 *
 * A word follows the one before from a router on if it leaves each router from there to the sink as many ticks after that one. Whether
 * it does is known at the router (`follows`), so most words pass a few routers only; at the others they are caught up with, run by run,
 * when a word comes there that does not follow.
 */
import type { Rate } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { Recorder } from '../../trace/recorder.ts';
import { KIND, MAX_PERIOD, type Trace } from '../../trace/schema.ts';
import { Declined } from './declined.ts';
import { LanePace } from './lane-pace.ts';
import type { Skeleton } from './skeleton.ts';
import { STEP } from './step.ts';

/** How a router of the chain stands: passes only; its own words only; its own, then others; the same in a ring. */
export const STANDS = { PASSES: 0, OWN: 1, TURNS: 2, RING: 3 } as const;

/** A PE's part in a chain. Ticks are counted from the chain's own begin. */
export interface Link {
  readonly stands: number;
  /** Null where the PE sends nothing. */
  readonly skeleton: Skeleton | null;
  /** Words the ramp's FIFO holds. */
  readonly capacity: number;
  /** When words before the tail are sent, where the tail begins, and when. */
  readonly sent: readonly number[];
  readonly tail: number;
  readonly end: number;
}

/** Lanes of the trace's moves: LANES p + LANE of PE p, and one more for the sink. */
export interface Drained {
  readonly trace: Trace;
  /** One past the last event. */
  readonly cycles: number;
  readonly received: number;
  /** By word received, the place in the chain of the PE that sent it. */
  readonly order: Uint16Array;
}

/** Run lanes of a PE: departures from the link's FIFO and from the ramp's, words sent. The last lane of all: words at the sink. */
export const LANE = { LINK: 0, RAMP: 1, SEND: 2 } as const;
export const LANES = 3;

/** Flags of a word. */
const ADVANCE = 1;
const CONTROL = 2;

/** Words a PE sends: flags, and the cycles of their issues. */
interface Words {
  readonly flags: readonly number[];
  readonly cycles: readonly number[];
}

function wordsOf(skeleton: Skeleton | null): Words {
  const sends = (skeleton?.steps ?? []).filter((step) => step.is === STEP.SEND);
  return {
    cycles: sends.flatMap(({ count, cycles }) => Array.from({ length: count }, () => cycles)),
    flags: sends.flatMap(({ count, advance, turnsBack }) =>
      Array.from({ length: count }, (_, i) => (turnsBack ? CONTROL : advance && i === count - 1 ? ADVANCE : 0)),
    ),
  };
}

/** Words from one yield to the next. */
const BREATH = 64;

/** A recorder for chains of so many PEs, one after the other. */
export const chainRecorder = (pes: number): Recorder => new Recorder(pes, { count: LANES * pes + 1, inputCount: 0, outputCount: 0 }, 0, 0);

/** Routers of a chain at most: a word keeps places in it in 16 bits. No kernel has as many on a way to a sink. */
const MOST_ROUTERS = 0xffff;

/**
 * `recorder` is for chains as long, `rate` that of the sink. Yields now and then.
 * @throws Declined when a word sent before the tail finds no room, words are left over, or the chain is longer than {@link MOST_ROUTERS}.
 */
export function* drain(machine: MachineSpec, links: readonly Link[], rate: Rate | undefined, recorder: Recorder): Generator<undefined, Drained> {
  if (links.length > MOST_ROUTERS) throw new Declined('routes', `results pass ${links.length} routers`);
  return yield* new Drain(machine, links, new LanePace(rate), recorder).run();
}

class Drain {
  private readonly links: readonly Link[];
  private readonly words: readonly Words[];
  private readonly machine: MachineSpec;
  private readonly recorder: Recorder;
  private readonly depth: number;
  private readonly sink: LanePace;
  private readonly passes: Uint8Array;
  /** Words of the own PE, and the tick at which the last of all words left. */
  private readonly own: Int32Array;
  private readonly last: Int32Array;
  /** The ticks at which the last words left the FIFO of the link, a ring of its depth; the place of the next one. */
  private readonly linkLeft: Int32Array;
  private readonly came: Int32Array;
  /** By PE, the ticks at which the last words left its ramp: a ring as long as the ramp's FIFO, from ownFirst[p] on. */
  private readonly ownLeft: Int32Array;
  private readonly ownFirst: Int32Array;
  /** The tail: main's step, the words left of it, when main is free. */
  private readonly step: Int32Array;
  private readonly left: Int32Array;
  private readonly free: Int32Array;
  /** By PE, words received when its last departure was the last one. */
  private readonly told: Int32Array;
  private received = 0;
  private readonly order: Uint16Array;
  /** Words received before this round, which a control wavelet began. */
  private base = 0;
  /** By word received: when it reached the sink; the router from which on it did not wait, and that from which on it followed. */
  private readonly ends: Int32Array;
  private readonly flat: Uint16Array;
  private readonly even: Uint16Array;
  /** Words after which the next one reached the sink at another pace. */
  private readonly breaks: Int32Array;
  private breakCount = 0;
  /** Words of one PE in a row that were issued and left every router one tick after the word before. */
  private steady = 0;
  private lastIssue = -1;
  /** Whether the last word was issued a tick after the one before. */
  private isPaced = false;

  constructor(machine: MachineSpec, links: readonly Link[], sink: LanePace, recorder: Recorder) {
    const count = links.length;
    const column = (value = 0): Int32Array => new Int32Array(count).fill(value);
    this.links = links;
    this.machine = machine;
    this.sink = sink;
    this.depth = machine.fifoDepth;
    const known = new Map<Skeleton | null, Words>();
    this.words = links.map(({ skeleton }) => known.get(skeleton) ?? known.set(skeleton, wordsOf(skeleton)).get(skeleton)!);
    this.recorder = recorder;
    this.order = new Uint16Array(this.words.reduce((sum, { flags }) => sum + flags.length, 0));
    [this.ends, this.breaks] = [new Int32Array(this.order.length), new Int32Array(this.order.length)];
    [this.flat, this.even] = [new Uint16Array(this.order.length), new Uint16Array(this.order.length)];
    this.passes = new Uint8Array(count);
    [this.own, this.came, this.last, this.left, this.told] = [column(), column(), column(-1), column(), column()];
    this.linkLeft = new Int32Array(count * this.depth).fill(-1);
    [this.step, this.free, this.ownFirst] = [column(), column(), column()];
    let ramps = 0;
    // A loop: iterators over all PEs of a wafer would leave much behind.
    for (let p = 0; p < count; p++) {
      const { stands, tail, end, capacity } = links[p];
      this.passes[p] = stands === STANDS.PASSES ? 1 : 0;
      this.step[p] = tail;
      this.free[p] = end;
      this.ownFirst[p] = ramps;
      ramps += capacity;
    }
    this.ownLeft = new Int32Array(ramps);
  }

  *run(): Generator<undefined, Drained> {
    for (let from = 0, words = 0; ; ) {
      if (++words % BREATH === 0) yield;
      while (from < this.links.length && this.passes[from] === 1) from++;
      if (from === this.links.length || this.own[from] === this.words[from].flags.length) break;
      const flags = this.words[from].flags[this.own[from]];
      this.pass(from, this.issue(from));
      if (flags === 0 && this.isSteady(from)) this.skip(from);
      if (flags & ADVANCE) this.turn(from);
      if ((flags & CONTROL) === 0) continue;
      yield* this.nextRound(from);
      from = 0;
    }
    yield* this.catchUpAll();
    this.moves(LANES * this.links.length, 0, this.received, 0);
    if (this.links.some((_, p) => this.own[p] < this.words[p].flags.length)) throw new Declined('error', 'a chain does not let all words pass');
    let cycles = 0;
    for (let p = 0; p < this.links.length; p++) {
      this.goOn(p);
      cycles = Math.max(cycles, this.free[p], this.last[p] + 1);
    }
    const trace = yield* this.recorder.finishing(this.links.length, 1, cycles) as Generator<undefined, Trace>;
    return { trace, cycles, received: this.received, order: this.order };
  }

  /** The switch of router p advances. */
  private turn(p: number): void {
    const { stands } = this.links[p];
    if (stands === STANDS.RING) this.passes[p] ^= 1;
    else if (stands === STANDS.TURNS) this.passes[p] = 1;
  }

  /** A control wavelet of PE `from` has turned all routers back. Yields now and then. */
  private *nextRound(from: number): Generator<undefined, void> {
    for (let p = from; p >= 0; p--) this.turn(p);
    yield* this.catchUpAll();
    this.base = this.received;
  }

  /** The PE of the last word of this round, -1 before the first: routers up to it let all words pass that it passed. */
  private get furthest(): number {
    return this.received > this.base ? this.order[this.received - 1] : -1;
  }

  private *catchUpAll(): Generator<undefined, void> {
    for (let p = 0; p <= this.furthest; p++) {
      if (p % BREATH === BREATH - 1) yield;
      this.catchUp(p);
    }
  }

  /** Tells the words that router p, which one passed in this round, let pass since its last departure: all came through the link, and followed. */
  private catchUp(p: number): void {
    const { ends, received, last, came, linkLeft, depth, told } = this;
    const first = told[p];
    if (first === received) return;
    const later = last[p] - ends[first - 1];
    this.moves(LANES * p + LANE.LINK, first, received, later);
    last[p] = ends[received - 1] + later;
    for (let word = Math.max(first, received - depth); word < received; word++) {
      linkLeft[p * depth + came[p]] = ends[word] + later;
      came[p] = came[p] + 1 === depth ? 0 : came[p] + 1;
    }
    told[p] = received;
  }

  /** The words [from, to), `later` ticks after they reached the sink. */
  private moves(lane: number, from: number, to: number, later: number): void {
    const { ends, breaks, breakCount, recorder } = this;
    let next = this.breakAfter(from);
    for (let word = from; word < to; ) {
      const period = word + 1 < to ? ends[word + 1] - ends[word] : 1;
      while (next < breakCount && breaks[next] <= word) next++;
      // Words further apart are no run.
      const end = period > MAX_PERIOD ? word + 1 : Math.min(to, next < breakCount ? breaks[next] + 1 : to);
      recorder.moveRun(lane, 0, ends[word] + later, end - word, period);
      word = end;
    }
  }

  /** The first break behind a word. */
  private breakAfter(word: number): number {
    const { breaks } = this;
    let [low, high] = [0, this.breakCount];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (breaks[middle] > word) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private leftRamp(p: number, tick: number): void {
    this.ownLeft[this.ownFirst[p] + ((this.own[p] - 1) % this.links[p].capacity)] = tick;
  }

  /** The next word of PE `from`, which is ready at its router, goes from router to router, as long as it does not follow the one before. */
  private pass(from: number, ready: number): void {
    const { last, linkLeft, came, depth, furthest, received: word } = this;
    let arrives = ready;
    let [flat, even, gap] = [from, Math.max(0, Math.min(from, furthest)), 0];
    let p = from;
    for (; ; p--) {
      if (p > 0 && p <= furthest + 1) this.catchUp(p - 1);
      const leave = Math.max(arrives, last[p] + 1, p > 0 ? linkLeft[(p - 1) * depth + came[p - 1]] + 1 : this.sink.ready);
      if (leave !== arrives && p < from) flat = p;
      if (p < furthest && p < from && leave - last[p] !== gap) even = p;
      gap = leave - last[p];
      this.leaves(p, from, leave);
      if (p === 0 || (p <= furthest && this.follows(p, gap))) break;
      arrives = leave + this.machine.hop;
    }
    this.steady = p === from && gap === 1 && this.isPaced && furthest === from ? this.steady + 1 : 0;
    this.flat[word] = p > 0 && this.flat[word - 1] < p ? this.flat[word - 1] : flat;
    this.even[word] = even;
    this.order[word] = from;
    this.reaches(p === 0 ? last[0] : this.ends[word - 1] + gap);
  }

  /** A word of PE `from` leaves router p. */
  private leaves(p: number, from: number, tick: number): void {
    const { last, told, came, linkLeft, depth } = this;
    last[p] = tick;
    told[p] = this.received + 1;
    this.recorder.move(LANES * p + (p === from ? LANE.RAMP : LANE.LINK), 0, tick);
    if (p === from) {
      this.leftRamp(p, tick);
      return;
    }
    linkLeft[p * depth + came[p]] = tick;
    came[p] = came[p] + 1 === depth ? 0 : came[p] + 1;
  }

  /** The next word reaches the sink. */
  private reaches(tick: number): void {
    const { ends, received: word } = this;
    ends[word] = tick;
    if (word > 1 && tick - ends[word - 1] !== ends[word - 1] - ends[word - 2]) this.breaks[this.breakCount++] = word - 1;
    this.sink.pass(tick);
    this.received++;
  }

  /**
   * Whether the next word leaves all routers below p `gap` ticks after the one before, as it leaves p. By the recurrence, from router to
   * router: it comes that much later; it is the next one there, for gap is 1, or the one before did not wait; and it has room, for the
   * word Q before left the next router a tick after its own predecessor, or without waiting and long enough ago.
   */
  private follows(p: number, gap: number): boolean {
    const { received: word, base, depth, ends, flat, even, order } = this;
    const q = word - depth;
    if (q <= base || ends[word - 1] + gap < this.sink.ready) return false;
    if (flat[word - 1] >= p && flat[q] >= p - 2 && order[q] >= p - 1 && ends[word - 1] + gap > ends[q] + this.machine.hop) return true;
    return gap === 1 && order[q - 1] >= p - 1 && even[q] >= p - 2 && ends[q] - ends[q - 1] === 1;
  }

  /** Whether all routers up to PE `from` let one word pass a tick, and it sends one a tick, for as long as any queue remembers. */
  private isSteady(from: number): boolean {
    const { capacity, sent } = this.links[from];
    return this.own[from] > sent.length && this.steady >= Math.max(capacity, this.depth) && this.left[from] > 1;
  }

  /** The words of the running send but the last go the same way, each a tick after the one before: every maximum advances by one. */
  private skip(from: number): void {
    const { recorder, last, own, received, ends } = this;
    const { activity, mark, cycles } = this.links[from].skeleton!.steps[this.step[from]];
    const count = cycles === 1 ? this.sink.goOn(ends[received - 1], 1, this.left[from] - 1) : 0;
    if (count === 0) return;
    recorder.moveRun(LANES * from + LANE.RAMP, 0, last[from] + 1, count);
    last[from] += count;
    own[from] += count;
    const { capacity } = this.links[from];
    for (let k = 1; k <= capacity; k++) this.ownLeft[this.ownFirst[from] + ((own[from] - k) % capacity)] = last[from] - k + 1;
    recorder.moveRun(LANES * from + LANE.SEND, 0, this.free[from], count);
    recorder.span(from, 8, activity, mark, this.free[from], this.free[from] + count);
    this.free[from] += count;
    this.lastIssue += count;
    this.left[from] -= count;
    this.order.fill(from, received, received + count);
    this.even.fill(from, received, received + count);
    this.flat.fill(this.flat[received - 1], received, received + count);
    for (let k = 0; k < count; k++) ends[received + k] = ends[received - 1] + k + 1;
    this.received += count;
    this.told[from] = this.received;
  }

  /** PE p issues its next word; the tick at which it is ready at the router. */
  private issue(p: number): number {
    const { capacity, sent } = this.links[p];
    const word = this.own[p]++;
    const room = word >= capacity ? this.ownLeft[this.ownFirst[p] + (word % capacity)] + 1 : 0;
    let tick = sent[word];
    if (word >= sent.length) tick = this.issueInTail(p, room);
    else if (tick < room) throw new Declined('backpressure', 'results wait in the ramp while a PE still takes words');
    this.isPaced = tick === this.lastIssue + 1;
    this.lastIssue = tick;
    this.recorder.move(LANES * p + LANE.SEND, 0, tick);
    return tick + this.words[p].cycles[word] + this.machine.ramp;
  }

  private issueInTail(p: number, room: number): number {
    this.goOn(p);
    const { cycles, activity, mark } = this.links[p].skeleton!.steps[this.step[p]];
    const tick = Math.max(this.free[p], room);
    this.recorder.span(p, 8, KIND.blocked, mark, this.free[p], tick);
    this.recorder.span(p, 8, activity, mark, tick, tick + cycles);
    this.free[p] = tick + cycles;
    if (--this.left[p] === 0) this.step[p]++;
    return tick;
  }

  /** Main goes on to its next send, or to its end. */
  private goOn(p: number): void {
    const steps = this.links[p].skeleton?.steps ?? [];
    for (; this.step[p] < steps.length; this.step[p]++) {
      const { is, spans, cycles, count } = steps[this.step[p]];
      if (is === STEP.SEND) {
        if (this.left[p] === 0) this.left[p] = count;
        return;
      }
      const begin = this.free[p];
      for (let i = 0; i < spans.length; i += 4) this.recorder.span(p, 8, spans[i], spans[i + 1], begin + spans[i + 2], begin + spans[i + 3]);
      this.free[p] += cycles;
    }
  }
}
