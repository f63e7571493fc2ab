/**
 * Results that leave through a chain of routers: each lets its own words pass first, then those from further away, until a
 * control wavelet turns it back (the drain of row-per-PE kernels). Switches alone decide the order, so word by word
 *
 *     leave_p(g) = max(arrival, leave_p(g - 1) + 1, leave_q(g - Q) + 1)        q the next router towards the sink
 *
 * and a PE's next word is issued at max(free, leave(own - C) + 1), C what its ramp holds (docs/tick.md 1, 3, 6, 13). Nothing
 * here knows absolute time: chains whose PEs are done at the same distances in time share the result.
 *
 * A word flies if it leaves every router as it comes. Where the last Q words flew, one more does if it reaches the sink a tick
 * after the last of them and hop + 1 ticks after the first: at every router the former makes it the next one and the latter has
 * left it room in the next. Words from further away than all of those meet no word of this round. So words that fly are not
 * passed from router to router; their moves are told together, run by run, when one comes that does not fly.
 */
import type { Rate } from '../../machine/program.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import { Recorder } from '../../trace/recorder.ts';
import { KIND, MAX_PERIOD, type Trace } from '../../trace/schema.ts';
import { Declined } from './declined.ts';
import { LanePace } from './lane-pace.ts';
import { type Skeleton, STEP } from './skeleton.ts';

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

/** `recorder` is for chains as long, `rate` that of the sink. Yields now and then. @throws Declined when a word sent before the tail finds no room, or words are left over. */
export const drain = (machine: MachineSpec, links: readonly Link[], rate: Rate | undefined, recorder: Recorder): Generator<undefined, Drained> =>
  new Drain(machine, links, new LanePace(rate), recorder).run();

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
  private received = 0;
  private readonly order: Uint16Array;
  /** Words of PE `from` in a row that left every router one tick after the word before. */
  private steady = 0;
  private from = -1;
  private lastIssue = -1;
  /** Whether the last word was issued a tick after the one before. */
  private isPaced = false;
  /** By word received that flew, when it reached the sink; words in a row that flew, the last ones of them not told yet. */
  private readonly flew: Int32Array;
  /** By word that flew, the word after the last one at the pace of it and the next. */
  private readonly runEnd: Int32Array;
  private flying = 0;
  private untold = 0;
  /** The first tick at which a word could reach the sink that meets nothing of the rounds before. */
  private clear = 0;

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
    [this.flew, this.runEnd] = [new Int32Array(this.order.length), new Int32Array(this.order.length)];
    this.passes = new Uint8Array(count);
    [this.own, this.came, this.last, this.left] = [column(), column(), column(-1), column()];
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
      const ready = this.issue(from);
      if (this.canFly(from, ready)) this.fly(from, ready);
      else {
        yield* this.tell();
        this.pass(from, ready);
      }
      if (flags === 0 && this.isSteady(from)) this.skip(from);
      if (flags & ADVANCE) this.turn(from);
      if ((flags & CONTROL) === 0) continue;
      yield* this.tell();
      this.nextRound(from);
      from = 0;
    }
    yield* this.tell();
    if (this.links.some((_, p) => this.own[p] < this.words[p].flags.length)) throw new Declined('error', 'a chain does not let all words pass');
    let cycles = 0;
    for (let p = 0; p < this.links.length; p++) {
      this.goOn(p);
      cycles = Math.max(cycles, this.free[p], this.last[p] + 1);
    }
    return { trace: this.recorder.finish(this.links.length, 1, cycles), cycles, received: this.received, order: this.order };
  }

  /** The switch of router p advances. */
  private turn(p: number): void {
    const { stands } = this.links[p];
    if (stands === STANDS.RING) this.passes[p] ^= 1;
    else if (stands === STANDS.TURNS) this.passes[p] = 1;
  }

  /** A control wavelet of PE `from` has turned all routers back. */
  private nextRound(from: number): void {
    for (let p = from; p >= 0; p--) this.turn(p);
    const { hop } = this.machine;
    this.flying = 0;
    this.clear = this.last.reduce((clear, tick, p) => (tick < 0 ? clear : Math.max(clear, tick + (p + 1) * hop + 1)), 0);
  }

  /** Whether a word that is ready at the router of PE `from` flies for sure. */
  private canFly(from: number, ready: number): boolean {
    const { flew, received, depth, flying, clear, sink } = this;
    const { hop } = this.machine;
    const end = ready + from * hop;
    return flying >= depth && end > flew[received - 1] && end > flew[received - depth] + hop && end >= clear && end >= sink.ready;
  }

  private fly(from: number, ready: number): void {
    this.flew[this.received] = ready + from * this.machine.hop;
    this.sink.pass(this.flew[this.received]);
    this.order[this.received++] = from;
    this.leftRamp(from, ready);
    this.flying++;
    this.untold++;
    this.steady = 0;
  }

  /** Tells the moves of the words that flew and leaves every router as they did. Yields now and then. */
  private *tell(): Generator<undefined, void> {
    const { order, flew, received, last, came, linkLeft, depth, links } = this;
    const { hop } = this.machine;
    if (this.untold === 0) return;
    let first = received - this.untold;
    this.untold = 0;
    this.findRuns(first);
    this.moves(LANES * links.length, first, received, 0);
    for (let p = 0; p <= order[received - 1]; p++) {
      if (p % BREATH === BREATH - 1) yield;
      // Those of PEs up to p are behind it: what comes through the link are the others.
      const own = first;
      while (first < received && order[first] === p) first++;
      this.moves(LANES * p + LANE.RAMP, own, first, p * hop);
      this.moves(LANES * p, first, received, p * hop);
      last[p] = flew[received - 1] - p * hop;
      for (let word = Math.max(first, received - depth); word < received; word++) {
        linkLeft[p * depth + came[p]] = flew[word] - p * hop;
        came[p] = came[p] + 1 === depth ? 0 : came[p] + 1;
      }
    }
  }

  /** Finds the runs of the words from `first` on, which flew. */
  private findRuns(first: number): void {
    const { flew, runEnd, received } = this;
    for (let word = received - 1; word >= first; word--) {
      const goesOn = word < received - 2 && flew[word + 1] - flew[word] === flew[word + 2] - flew[word + 1];
      runEnd[word] = goesOn ? runEnd[word + 1] : Math.min(word + 2, received);
    }
  }

  /** The words [from, to) that flew, `before` ticks before they reached the sink. */
  private moves(lane: number, from: number, to: number, before: number): void {
    const { flew, runEnd, recorder } = this;
    for (let word = from; word < to; ) {
      const period = word + 1 < to ? flew[word + 1] - flew[word] : 1;
      // Words further apart are no run.
      const end = period > MAX_PERIOD ? word + 1 : Math.min(to, runEnd[word]);
      recorder.moveRun(lane, 0, flew[word] - before, end - word, period);
      word = end;
    }
  }

  private leftRamp(p: number, tick: number): void {
    this.ownLeft[this.ownFirst[p] + ((this.own[p] - 1) % this.links[p].capacity)] = tick;
  }

  /** The next word of PE `from`, which is ready at its router, goes all the way from router to router. */
  private pass(from: number, ready: number): void {
    const { recorder, last, came, linkLeft, depth } = this;
    const { hop } = this.machine;
    let arrives = ready;
    let even = this.isPaced;
    let waited = 0;
    for (let p = from; p >= 0; p--) {
      let leave = Math.max(arrives, last[p] + 1);
      leave = Math.max(leave, p > 0 ? linkLeft[(p - 1) * depth + came[p - 1]] + 1 : this.sink.ready);
      if (leave !== last[p] + 1) even = false;
      waited += leave - arrives;
      last[p] = leave;
      arrives = leave + hop;
      if (p === from) {
        this.leftRamp(p, leave);
        recorder.move(LANES * p + LANE.RAMP, 0, leave);
        continue;
      }
      linkLeft[p * depth + came[p]] = leave;
      came[p] = came[p] + 1 === depth ? 0 : came[p] + 1;
      recorder.move(LANES * p, 0, leave);
    }
    recorder.move(LANES * this.links.length, 0, last[0]);
    this.flew[this.received] = last[0];
    this.sink.pass(last[0]);
    this.flying = waited > 0 ? 0 : this.flying + 1;
    this.order[this.received++] = from;
    this.steady = even && from === this.from ? this.steady + 1 : 0;
    this.from = from;
  }

  /** Whether all routers up to PE `from` let one word pass a tick, and it sends one a tick, for as long as any queue remembers. */
  private isSteady(from: number): boolean {
    const { capacity, sent } = this.links[from];
    return this.own[from] > sent.length && this.steady >= Math.max(capacity, this.depth) && this.left[from] > 1;
  }

  /** The words of the running send but the last go the same way, each a tick after the one before: every maximum advances by one. */
  private skip(from: number): void {
    const { recorder, last, came, linkLeft, depth, own } = this;
    const { activity, mark, cycles } = this.links[from].skeleton!.steps[this.step[from]];
    const count = cycles === 1 ? this.sink.goOn(last[0], 1, this.left[from] - 1) : 0;
    if (count === 0) return;
    this.flying = 0;
    for (let p = from; p >= 0; p--) {
      recorder.moveRun(LANES * p + (p === from ? LANE.RAMP : LANE.LINK), 0, last[p] + 1, count);
      last[p] += count;
      if (p === from) continue;
      came[p] = 0;
      for (let k = 1; k <= depth; k++) linkLeft[p * depth + depth - k] = last[p] - k + 1;
    }
    own[from] += count;
    const { capacity } = this.links[from];
    for (let k = 1; k <= capacity; k++) this.ownLeft[this.ownFirst[from] + ((own[from] - k) % capacity)] = last[from] - k + 1;
    recorder.moveRun(LANES * from + LANE.SEND, 0, this.free[from], count);
    recorder.span(from, 8, activity, mark, this.free[from], this.free[from] + count);
    recorder.moveRun(LANES * this.links.length, 0, last[0] - count + 1, count);
    this.free[from] += count;
    this.lastIssue += count;
    this.left[from] -= count;
    this.order.fill(from, this.received, this.received + count);
    this.received += count;
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
