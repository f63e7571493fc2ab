/**
 * Which routers of a stream are held up by the next ones, and by which departures of theirs. A word's departure hangs on earlier
 * words at the next routers and on the router before, so the recurrences (flow.ts) have one solution, and whatever meets all of
 * them is it. It is looked for by going over all routers again and again, down the stream and up, each time with the departures
 * that the routers beside it have by then. One that had room at all next routers needs none of theirs. What a PE does is a
 * function of its class and of those departures, so PEs for which these are equal share it, as in tree.ts.
 */
import { Hash } from '../../base/hash.ts';
import { neighbour } from '../../machine/fabric.ts';
import type { HostSource, Program, Rate } from '../../machine/program.ts';
import { RowlessShapes, Shapes } from '../../trace/shapes.ts';
import { hasRoomFor } from './before.ts';
import { Declined } from './declined.ts';
import { haveOneRate, rateOf } from './lane-pace.ts';
import { passageAt, StreamElement, type StreamShapes } from './stream.ts';
import type { StreamFacts } from './streams.ts';
import { linesOf, TreeOrder } from './sweep/lines.ts';

export interface Holds {
  /** By PE: those of a kind take the stream alike, are behind equal departures, and held up by equal ones. */
  readonly kindOf: Int32Array;
  /** By kind, departures of the next routers that hold it up, as shapes of `moves`. */
  readonly afters: ReadonlyArray<readonly number[]>;
  readonly moves: Shapes;
}

/** Different departures and lists at most: with more, PEs have too little in common. *Measured* 112,000 on a whole WSE-3 where results share links with the stream. */
const MOST = 2 ** 18;
/** Rows of departures that are kept at most, 16 B each: *measured* 32 million. */
const MOST_ROWS = 2 ** 26;

/** Passes over the routers of a stream at most. */
const MOST_PASSES = 256;

/** Routers from one yield to the next. */
const BREATH = 1 << 14;

/** The holds of all streams. Yields now and then. @throws Declined */
export function* findHolds(facts: StreamFacts): Generator<void, Holds> {
  const search = new HoldSearch(facts, yield* TreeOrder.of(facts.program.classOf.length));
  for (const source of facts.program.sources) yield* search.tree(source);
  return search.holds();
}

class HoldSearch {
  private readonly facts: StreamFacts;
  private readonly program: Program;
  private readonly order: TreeOrder;
  /** By place: the place before it, -1 for the host; its departures; whether those after it are asked for. */
  private readonly before: Int32Array;
  private readonly leaves: Int32Array;
  private readonly isHeld: Uint8Array;
  private readonly distinct = new DistinctShapes();
  private readonly draft: StreamShapes = { moves: new Shapes(), uses: new RowlessShapes(), spans: new RowlessShapes() };
  private readonly element: StreamElement;
  /** Departures by class, ramp, those before and the list of those after, and whether there was room for what came: 2 * shape + room. */
  private readonly known = new Map<number, number>();
  private readonly lists: Array<readonly number[]> = [[]];
  /** Kinds by the same. */
  private readonly kinds = new Map<number, number>();
  private readonly kindOf: Int32Array;
  private readonly afters: Array<readonly number[]> = [];
  private readonly listOf = new Map<string, number>();
  /** Words of the stream, and the rate at which it comes. */
  private total = 0;
  private rate: Rate | undefined;
  private changes = 0;

  constructor(facts: StreamFacts, order: TreeOrder) {
    const { program } = facts;
    const pes = program.classOf.length;
    this.facts = facts;
    this.program = program;
    this.order = order;
    this.before = new Int32Array(pes);
    this.leaves = new Int32Array(pes);
    this.isHeld = new Uint8Array(pes);
    this.kindOf = new Int32Array(pes);
    this.element = new StreamElement(program.machine, this.draft, this.distinct.shapes, this.distinct.shapes, new RowlessShapes());
  }

  /** Goes over all routers of a source's tree until nothing changes. */
  *tree(source: HostSource): Generator<void, void> {
    const { order, before } = this;
    const from = order.count;
    const lines = yield* linesOf(this.facts, source, order);
    for (let l = 0; l < lines.before.length; l++) {
      for (let p = lines.first[l]; p < lines.first[l + 1]; p++) before[p] = p === lines.first[l] ? lines.before[l] : p - 1;
    }
    const rate = rateOf(source.rate);
    if (source.words.length !== this.total || !haveOneRate(rate, this.rate)) {
      this.known.clear();
      this.kinds.clear();
    }
    [this.total, this.rate] = [source.words.length, rate];
    for (let pass = 0; pass === 0 || this.changes > 0; pass++) {
      if (pass === MOST_PASSES) throw new Declined('backpressure', `${MOST_PASSES} passes do not say what holds a stream up`);
      this.changes = 0;
      yield* this.pass(from, order.count, pass % 2 === 0);
    }
    yield* this.numberKinds(from, order.count);
  }

  /** Looks at the places [from, to), down the stream or up. */
  private *pass(from: number, to: number, down: boolean): Generator<void, void> {
    for (let i = from; i < to; i++) {
      const p = down ? i : from + to - 1 - i;
      if (!this.visit(p)) {
        yield* this.make(p);
        this.visit(p);
        yield;
      } else if (i % BREATH === 0) yield;
    }
  }

  /** Sets the departures of a place; false if they are not known. */
  private visit(p: number): boolean {
    const { before, leaves, isHeld } = this;
    const made = this.known.get(this.keyOf(p, this.listAt(p)));
    if (made === undefined) return false;
    if (leaves[p] !== made >> 1) {
      leaves[p] = made >> 1;
      this.changes++;
    }
    if ((made & 1) === 0 && isHeld[before[p]] === 0) {
      isHeld[before[p]] = 1;
      this.changes++;
    }
    return true;
  }

  /** Departures before a place, 0 for the host. */
  private from(p: number): number {
    return this.before[p] < 0 ? 0 : this.leaves[this.before[p]];
  }

  /** What the departures at a place follow from. */
  private keyOf(p: number, list: number): number {
    const pe = this.order.pes[p];
    const what = 2 * this.facts.kinds[this.program.classOf[pe]] + this.facts.wayAt(pe).ramp;
    return (what * MOST + this.from(p)) * MOST + list;
  }

  private *make(p: number): Generator<void, void> {
    const { facts, distinct, draft, total, rate } = this;
    const [from, list] = [this.from(p), this.listAt(p)];
    for (const shapes of Object.values(draft)) shapes.clear();
    const { leave } = yield* passageAt(facts, this.element, this.order.pes[p], total, { before: from === 0 ? -1 : from, rate, afters: this.lists[list] });
    const shape = distinct.numberOf(draft.moves, leave);
    const isRoom = from === 0 || hasRoomFor(distinct.shapes, from, shape, facts.program.machine.fifoDepth);
    this.known.set(this.keyOf(p, list), 2 * shape + (isRoom ? 1 : 0));
  }

  /** The list of the departures that are asked for at a place. */
  private listAt(p: number): number {
    if (this.isHeld[p] === 0) return 0;
    const { width, height } = this.program;
    const { pes, placeOf } = this.order;
    const list = this.facts.wayAt(pes[p]).on.map((port) => this.leaves[placeOf[neighbour(pes[p], port, width, height)]]);
    const key = list.join();
    const known = this.listOf.get(key) ?? this.lists.push(list) - 1;
    if (known === MOST) throw new Declined('backpressure', 'PEs have too little in common to say');
    this.listOf.set(key, known);
    return known;
  }

  /** Numbers the kinds of the places [from, to). Yields now and then. */
  private *numberKinds(from: number, to: number): Generator<void, void> {
    const { kinds } = this;
    for (let p = from; p < to; p++) {
      if (p % BREATH === 0) yield;
      const list = this.listAt(p);
      const key = this.keyOf(p, list);
      const kind = kinds.get(key) ?? this.afters.push(this.lists[list]) - 1;
      if (kind === MOST) throw new Declined('backpressure', 'PEs have too little in common to say');
      kinds.set(key, kind);
      this.kindOf[this.order.pes[p]] = kind;
    }
  }

  holds(): Holds {
    return { kindOf: this.kindOf, afters: this.afters, moves: this.distinct.shapes };
  }
}

/** Shapes of which no two are equal. */
class DistinctShapes {
  readonly shapes = new Shapes();
  private readonly known = new Map<string, number>();

  /** The number of what is shape `shape` of others. @throws Declined */
  numberOf(others: Shapes, shape: number): number {
    const hash = new Hash();
    const [from, to] = [others.first(shape), others.first(shape + 1)];
    others.eachKept(shape, (row) => {
      hash.word(others.begin(row)).word(others.extent(row)).word(others.extra(row));
    });
    hash.word(to - from);
    const key = hash.hex();
    const known = this.known.get(key);
    if (known !== undefined && this.isEqual(known, others, shape)) return known;
    this.shapes.copy(others, shape);
    const made = this.shapes.close(false);
    if (made === MOST || this.shapes.kept > MOST_ROWS) throw new Declined('backpressure', 'PEs have too little in common to say');
    this.known.set(key, made);
    return made;
  }

  private isEqual(shape: number, others: Shapes, other: number): boolean {
    const { shapes } = this;
    const [first, from] = [shapes.first(shape), others.first(other)];
    const [mine, again] = [shapes.again(shape), others.again(other)];
    if (shapes.length(shape) !== others.length(other) || mine?.times !== again?.times || mine?.shift !== again?.shift) return false;
    if (mine && again && (mine.rows !== again.rows || mine.first - first !== again.first - from)) return false;
    let equal = true;
    others.eachKept(other, (b) => {
      const a = first + b - from;
      equal &&= shapes.begin(a) === others.begin(b) && shapes.extent(a) === others.extent(b) && shapes.extra(a) === others.extra(b);
    });
    return equal;
  }
}
