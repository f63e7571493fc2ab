/**
 * Every host stream through its tree of routers. What a PE makes of a stream is a function of its class and of the departures
 * before it (stream.ts), so PEs with the same class behind the same departures share one passage: on a wafer of equal rows
 * those at the same distance from the source. A passage is checked once against the departures before it.
 */
import { neighbour, OPPOSITE, peName } from '../../machine/fabric.ts';
import type { HostSource, Program, Rate } from '../../machine/program.ts';
import { Shapes } from '../../trace/shapes.ts';
import { hasRoomFor } from './before.ts';
import { Declined } from './declined.ts';
import { findHolds, type Holds } from './holds.ts';
import { rateOf } from './lane-pace.ts';
import { hasOneAt } from './meeting.ts';
import { type Passage, passageAt, StreamElement, type StreamShapes } from './stream.ts';
import type { StreamFacts, Streams } from './streams.ts';

export interface Trees extends Streams {
  readonly shapes: StreamShapes;
  /** The first stands for none. The number of a passage is that of its uses among the shapes, and without microthreads of its spans. */
  readonly passages: readonly Passage[];
  /** Passage of each PE. */
  readonly passageOf: Uint16Array;
  /** Source of the stream of each PE; undefined where all have the first. */
  readonly sourceOf: Int16Array | undefined;
  /** The departure shape of each source. */
  readonly sourceShapes: readonly number[];
}

/** Numbers that may be kept of passages behind each other: more are too many to share. */
const MOST_BEHIND = 1 << 24;
/** Passages at most, so that 16 bits number them: each has rows of its own, and with more the sweep needs less time and memory. */
const MOST_PASSAGES = 1 << 16;

/** Yields now and then. @throws Declined */
export function* sweepTrees(facts: StreamFacts): Generator<void, Trees> {
  try {
    return yield* sweepHeld(facts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Declined('error', `the PEs have ${error.message}`);
  }
}

function* sweepHeld(facts: StreamFacts): Generator<void, Trees> {
  try {
    return yield* new TreeSweep(facts, undefined).run();
  } catch (error) {
    // Others are swept (sweep/sweep.ts), for what holds them up lasts.
    if (!(error instanceof Declined && error.reason === 'backpressure') || facts.thread < 0) throw error;
  }
  return yield* new TreeSweep(facts, yield* findHolds(facts)).run();
}

class TreeSweep {
  private readonly facts: StreamFacts;
  private readonly program: Program;
  private readonly shapes: StreamShapes = { moves: new Shapes(), uses: new Shapes(), spans: new Shapes() };
  private readonly element: StreamElement;
  private readonly passages: Passage[] = [NONE];
  private readonly passageOf: Uint16Array;
  private readonly sourceOf: Int16Array | undefined;
  /** Passage behind passage p in class c, with or without a ramp: behind[(p * classes + c) * 2 + ramp]; grows. */
  private behind = new Int32Array(1024);
  /** Passages at a source, by class, words and rate. */
  private readonly roots = new Map<string, number>();
  /** What is held up, and passages by its kinds. */
  private readonly holds: Holds | undefined;
  private readonly ofKinds: number[] = [];
  /** Of the stream that is gone through: its words, and the rate at which it comes. */
  private total = 0;
  private rate: Rate | undefined;

  constructor(facts: StreamFacts, holds: Holds | undefined) {
    const { program } = facts;
    this.facts = facts;
    this.program = program;
    this.holds = holds;
    this.element = new StreamElement(program.machine, this.shapes, this.shapes.moves, holds?.moves);
    this.passageOf = new Uint16Array(program.width * program.height);
    this.sourceOf = program.sources.length > 1 ? new Int16Array(this.passageOf.length) : undefined;
  }

  *run(): Generator<void, Trees> {
    const { facts, shapes, passages, sourceOf } = this;
    const sourceShapes: number[] = [];
    for (const source of this.program.sources) sourceShapes.push(yield* this.sweep(source, sourceShapes.length));
    const { passageOf } = this;
    facts.checkReached((pe) => passageOf[pe] > 0);
    const ending = (pe: number): Passage | undefined => (passageOf[pe] > 0 ? passages[passageOf[pe]] : undefined);
    const meets = (pe: number, begin: number, count: number, period: number): boolean => {
      const { leave, lastLeave } = passages[passageOf[pe]];
      return begin <= lastLeave && hasOneAt(shapes.moves, leave, begin, count, period);
    };
    return { facts, shapes, passages, passageOf, sourceOf, sourceShapes, ending, meets };
  }

  /** All PEs of one source's tree, each after the one before it; the shape of the source's own departures. */
  private *sweep(source: HostSource, index: number): Generator<void, number> {
    this.total = source.words.length;
    this.rate = rateOf(source.rate);
    yield* this.root(source);
    // One line of routers after the other; where a line branches, the other ways wait.
    const branches = [source.pe];
    for (let pe = branches.pop(); pe !== undefined; pe = branches.pop()) {
      yield* this.follow(pe, index, branches);
    }
    return yield* this.element.sourceShape(this.passages[this.passageOf[source.pe]].leave, source);
  }

  /** The line of routers from `pe` on to its end. */
  private *follow(pe: number, index: number, branches: number[]): Generator<void, void> {
    yield;
    let made = this.passages.length;
    const { width, height } = this.program;
    for (let at = pe; at >= 0; ) {
      if (this.sourceOf) this.sourceOf[at] = index;
      const before = this.passageOf[at];
      let next = -1;
      for (const port of this.facts.wayAt(at).on) {
        const to = neighbour(at, port, width, height);
        if (to < 0) throw new Declined('routes', `the stream leaves at ${peName(at, width)}`);
        if (!this.enter(to, OPPOSITE[port], before)) yield* this.first(to, before);
        if (next < 0) next = to;
        else branches.push(to);
      }
      if (this.passages.length > made) yield;
      made = this.passages.length;
      at = next;
    }
  }

  /** The stream comes from the host. */
  private *root({ pe, port }: HostSource): Generator<void, void> {
    if (this.holds) {
      if (!this.enter(pe, port, 0)) yield* this.first(pe, 0);
      return;
    }
    this.check(pe, port);
    const same = `${this.facts.kinds[this.program.classOf[pe]]} ${this.total} ${this.rate?.words} ${this.rate?.cycles}`;
    const known = this.roots.get(same) ?? (yield* this.make(pe, 0));
    this.roots.set(same, known);
    this.passageOf[pe] = known;
  }

  /** The stream comes to a router behind passage `before`; whether it has come so before. */
  private enter(pe: number, port: number, before: number): boolean {
    this.check(pe, port);
    if (this.holds) {
      this.passageOf[pe] = this.ofKinds[this.holds.kindOf[pe]] ?? 0;
      return this.passageOf[pe] > 0;
    }
    const key = this.keyOf(pe, before);
    if (key >= MOST_BEHIND) throw new Declined('backpressure', 'PEs have too little in common to say');
    if (key >= this.behind.length) this.grow(key);
    this.passageOf[pe] = this.behind[key];
    return this.behind[key] > 0;
  }

  /** The first PE that the stream comes to so. */
  private *first(pe: number, before: number): Generator<void, void> {
    const made = yield* this.make(pe, before);
    if (this.holds) this.ofKinds[this.holds.kindOf[pe]] = made;
    else this.behind[this.keyOf(pe, before)] = made;
    this.passageOf[pe] = made;
  }

  private keyOf(pe: number, before: number): number {
    const { classOf, classes } = this.program;
    return (before * classes.length + this.facts.kinds[classOf[pe]]) * 2 + this.facts.wayAt(pe).ramp;
  }

  private check(pe: number, port: number): void {
    if (this.passageOf[pe] > 0 || this.facts.wayAt(pe).from !== port) throw new Declined('routes', `streams meet at ${peName(pe, this.program.width)}`);
  }

  private grow(key: number): void {
    const grown = new Int32Array(2 * (key + 1));
    grown.set(this.behind);
    this.behind = grown;
  }

  /** The passage of a PE behind passage `before`, 0 for the host. */
  private *make(pe: number, before: number): Generator<void, number> {
    const { passages, shapes, facts, program, holds, total, rate } = this;
    const from = before === 0 ? -1 : passages[before].leave;
    const made = yield* passageAt(facts, this.element, pe, total, { before: from, rate, afters: holds?.afters[holds.kindOf[pe]] ?? [] });
    if (from >= 0 && !hasRoomFor(shapes.moves, from, made.leave, program.machine.fifoDepth)) {
      throw new Declined('backpressure', `at ${peName(pe, program.width)}`);
    }
    if (passages.length === MOST_PASSAGES) throw new Declined('backpressure', 'PEs have too little in common to say');
    return passages.push(made) - 1;
  }
}

const NONE: Passage = { leave: 0, lastLeave: -1, spans: 0, receiver: 0, sent: [], tail: 0, end: 0 };
