/**
 * Host streams whose PEs have little in common, item by item over all routers of a tree, with what holds a stream up:
 *
 *     leave(i) = max(before(i) + hop, leave(i - 1) + 1, use(i - R) + 1, leave of each next router(i - Q) + 1)
 *     use(i) = max(leave(i) + T_R, free)
 *
 * (docs/tick.md 3, 6, 7, 11; R what the input queue holds, Q what a link's FIFO holds, free the end of main's issue before).
 * A word passes its routers in the order of lines.ts, so every term is known when it is asked for. Kept are the last Q
 * departures and R uses of a PE, in rings (passage.ts). Where all PEs have let R and Q words pass at one pace, every term of every
 * maximum goes on at it until some class is at its next stretch: those words are one step. Where all of it repeats, with the code,
 * so are whole periods (jump.ts).
 */
import { fifoNumber } from '../../../machine/channels.ts';
import type { HostSource, Program } from '../../../machine/program.ts';
import { MAX_PERIOD } from '../../../trace/schema.ts';
import { Declined } from '../declined.ts';
import { rateOf } from '../lane-pace.ts';
import type { StreamFacts, Streams } from '../streams.ts';
import { Changes } from './changes.ts';
import { Codes } from './codes.ts';
import { Endings } from './endings.ts';
import { HostLane } from './host-lane.ts';
import { Jumps } from './jump.ts';
import type { LaneNumbers } from './lane-numbers.ts';
import { type Lines, linesOf, TreeOrder } from './lines.ts';
import { Passage } from './passage.ts';
import { Places } from './places.ts';
import type { OpenSpans, RepeatSink } from './rows.ts';
import { Silences } from './silences.ts';
import { Tape } from './tape.ts';

export interface Swept extends Streams {
  readonly cycles: number;
  readonly sourceOf: Int16Array | undefined;
  readonly open: OpenSpans;
  /** Place of each PE in the trees, -1 for none. */
  readonly placeOf: Int32Array;
  /** Words that were swept, of all sources: the others were steps. */
  readonly items: number;
}

/** Lines swept from one yield to the next. */
const BREATH = 16;

/** Evaluates the streams and tells their rows to `sink`; yields between items. @throws Declined */
export function* sweepStreams(facts: StreamFacts, lanes: LaneNumbers, sink: RepeatSink, mayJump: boolean): Generator<void, Swept> {
  const order = yield* TreeOrder.of(facts.program.classOf.length);
  const trees: Lines[] = [];
  for (const source of facts.program.sources) trees.push(yield* linesOf(facts, source, order));
  facts.checkReached((pe) => order.placeOf[pe] >= 0);
  yield;
  const sweep = new Sweep(facts, sink, trees, order, mayJump);
  yield* sweep.place(lanes);
  return yield* sweep.run();
}

class Sweep {
  private readonly facts: StreamFacts;
  private readonly program: Program;
  private readonly tape: Tape;
  private readonly mayJump: boolean;
  private readonly codes: Codes;
  /** Words after which all that is remembered of them went on as they did. */
  private readonly settled: number;
  /** By place in the trees: its PE, the ports by which words leave, its lanes; -1 where no element uses words. */
  private readonly pes: Int32Array;
  private readonly tx: Uint8Array;
  private readonly moveLane: Int32Array;
  private readonly useLane: Int32Array;
  /** Place of each PE, -1 for none. */
  private readonly placeOf: Int32Array;
  private readonly sourceOf: Int16Array | undefined;
  private readonly trees: readonly Lines[];
  private readonly places: Places;
  private readonly passage: Passage;
  private readonly endings: Endings;
  private readonly changes: Changes;
  /** Where results share links with the streams. */
  private readonly silences: Silences | undefined;
  private item = 0;
  /** The pace of all PEs at the last word, if it is even: nobody waited, paused or was held up. */
  private pace = 0;
  private isEven = true;
  private items = 0;
  private cycles = 0;

  constructor(facts: StreamFacts, sink: RepeatSink, trees: readonly Lines[], { pes, placeOf }: TreeOrder, mayJump: boolean) {
    const { program } = facts;
    this.facts = facts;
    this.program = program;
    this.mayJump = mayJump;
    this.trees = trees;
    this.pes = pes;
    this.sourceOf = program.sources.length > 1 ? new Int16Array(program.classOf.length) : undefined;
    this.placeOf = placeOf;
    const { hop, ramp, fifoDepth: depth } = program.machine;
    const queue = queueOf(facts);
    const count = pes.length;
    this.settled = Math.max(queue, depth, 2);
    this.passage = new Passage({ places: count, classes: program.classes.length, hop, ramp, queue, depth });
    this.codes = new Codes(facts, this.passage.cost);
    [this.moveLane, this.useLane, this.tx] = [new Int32Array(count), new Int32Array(count), new Uint8Array(count)];
    const { moveLane, useLane } = this;
    this.tape = new Tape(sink, { pes, classOf: program.classOf, moveLane, useLane, sources: trees.length });
    this.places = new Places(this.passage, this.tape);
    this.endings = new Endings(facts, placeOf, count);
    this.silences = facts.sharesLinks ? new Silences(count) : undefined;
    this.changes = new Changes(this.places, this.codes, this.tape, this.endings, this.tx, this.silences);
  }

  /** Classes, lanes and sources of all places. @throws Declined where code and stream do not fit */
  *place({ fifos, inputFirst }: LaneNumbers): Generator<void, void> {
    const { program, facts, pes, trees } = this;
    const color = fifos.colors.indexOf(facts.color);
    const queues = program.classes.map(({ inputs, tasks }) => (tasks.length > 0 ? inputs.findIndex((input) => input.color === facts.color) : -1));
    let source = 0;
    for (let p = 0; p < pes.length; p++) {
      if (p % (1 << 14) === 0) yield;
      const pe = pes[p];
      while (p === trees[source].first[trees[source].first.length - 1]) source++;
      facts.skeletonAt(pe, program.sources[source].words.length);
      if (this.sourceOf) this.sourceOf[pe] = source;
      const queue = queues[program.classOf[pe]];
      this.passage.classAt[p] = program.classOf[pe];
      const { from, tx } = facts.wayAt(pe);
      this.tx[p] = tx;
      this.moveLane[p] = fifoNumber(fifos, pe, from, color);
      this.useLane[p] = queue < 0 ? -1 : inputFirst[pe] + queue;
    }
    yield* this.passage.clearing();
  }

  *run(): Generator<void, Swept> {
    const { program, facts, placeOf, sourceOf, endings, silences } = this;
    for (const [i, source] of program.sources.entries()) yield* this.tree(source, i, this.trees[i]);
    const { open } = this.places;
    const meets = (pe: number, begin: number, count: number, period: number): boolean =>
      silences?.has(placeOf[pe], begin, begin + (count - 1) * period) === false;
    return { facts, cycles: this.cycles, sourceOf, open, placeOf, items: this.items, ending: (pe) => endings.of(pe), meets };
  }

  /** All words of a source. */
  private *tree({ words, rate }: HostSource, index: number, lines: Lines): Generator<void, void> {
    const { codes, places, passage, tape } = this;
    const { classAt } = passage;
    const { first } = lines;
    const [from, to] = [first[0], first[first.length - 1]];
    const host = new HostLane(tape, index, rateOf(rate));
    codes.start(classAt.subarray(from, to));
    const jumps = this.mayJump ? new Jumps({ places, codes, host, tape, classAt, from, to }) : undefined;
    let [even, pace] = [0, 0];
    for (let i = 0; i < words.length; i++) {
      if (jumps && i > 0) i = yield* jumps.before(i);
      if (i === words.length) break;
      const next = Math.min(words.length, codes.goTo(i));
      yield* this.sweepItem(i, lines, host);
      this.items++;
      even = !this.isEven ? 0 : pace === this.pace ? even + 1 : 1;
      pace = this.pace;
      if (next - i <= 1 || even < this.settled || pace > MAX_PERIOD) continue;
      const count = host.more(next - i - 1, pace);
      yield* passage.goOn(from, to, count * pace);
      i += count;
    }
    codes.goTo(words.length);
    yield* tape.stop();
    yield* this.finish(lines);
    host.close();
  }

  private *sweepItem(i: number, lines: Lines, host: HostLane): Generator<void, void> {
    yield;
    const { first, before } = lines;
    const { passage } = this;
    const { leaves } = passage;
    passage.advance();
    this.item = i;
    const sent = Math.max(host.ready, leaves[passage.nextSlot + first[0]] + 1);
    // All go at one pace if they go at the host's.
    this.pace = sent - host.last;
    this.isEven = true;
    passage.begin(this.pace);
    host.event(sent);
    const slot = passage.leaveSlot(0);
    for (let l = 0; l < before.length; l++) {
      if (l % BREATH === BREATH - 1) yield;
      this.whole(lines, l, before[l] < 0 ? sent : leaves[slot + before[l]]);
    }
    this.isEven &&= passage.isEven;
  }

  /** Word `item` passes line l after it left the router before it at `came`: piece by piece, each up to a router where lines branch off. */
  private whole({ first, forks, forkFirst, heads }: Lines, l: number, came: number): void {
    const { passage } = this;
    const { leaves } = passage;
    const [slot, nextSlot] = [passage.leaveSlot(0), passage.nextSlot];
    const to = first[l + 1];
    let [from, before] = [first[l], came];
    for (let f = forkFirst[l]; f < forkFirst[l + 1]; f++) {
      const p = forks[f];
      const second = heads[2 * f + 1];
      let held = leaves[nextSlot + heads[2 * f]];
      if (second >= 0) held = Math.max(held, leaves[nextSlot + second]);
      if (p + 1 < to) held = Math.max(held, leaves[nextSlot + p + 1]);
      this.line(from, p + 1, before, held);
      before = leaves[slot + p];
      from = p + 1;
    }
    if (from < to) this.line(from, to, before, -1);
  }

  /** Word `item` passes the places [from, to) after it left the router before them at `came`; the last one has room after `held`. */
  private line(from: number, to: number, came: number, held: number): void {
    const { passage } = this;
    const count = passage.line(from, to, came, held);
    if (count > 0 && !this.changes.note(count, this.item === 0)) this.isEven = false;
  }

  /** Closes what is open after all words, and goes through the code up to the tail. */
  private *finish({ first }: Lines): Generator<void, void> {
    const { passage, changes, endings } = this;
    const leaveSlot = passage.leaveSlot(0);
    for (let p = first[0]; p < first[first.length - 1]; p++) {
      if (p % (1 << 14) === 0) yield;
      const end = changes.finish(p);
      endings.end(p, end);
      this.cycles = Math.max(this.cycles, passage.leaves[leaveSlot + p] + 1, end);
    }
  }
}

/** R of all classes with code. */
function queueOf({ skeletons, capacities }: StreamFacts): number {
  const own = new Set(capacities.filter((_, c) => skeletons[c] !== null));
  if (own.size > 1) throw new Declined('routes', 'input queues of several depths');
  return [...own][0] ?? 1;
}
