/**
 * Host streams whose PEs have little in common, item by item over all routers of a tree, with what holds a stream up:
 *
 *     leave(i) = max(before(i) + hop, leave(i - 1) + 1, use(i - R) + 1, leave of each next router(i - Q) + 1)
 *     use(i) = max(leave(i) + T_R, free)
 *
 * (docs/tick.md 3, 6, 7, 11; R what the input queue holds, Q what a link's FIFO holds, free the end of main's issue before).
 * A word passes its routers in the order of lines.ts, so every term is known when it is asked for. Kept are the last Q
 * departures and R uses of a PE, in rings (places.ts). Where all PEs have let R and Q words pass at one pace, every term of every
 * maximum goes on at it until some class is at its next stretch: those words are one step. Where all of it repeats, with the code,
 * so are whole periods (jump.ts).
 */
import { fifoNumber } from '../../../machine/channels.ts';
import type { HostSource, Program } from '../../../machine/program.ts';
import { KIND, MAX_PERIOD } from '../../../trace/schema.ts';
import { Declined } from '../declined.ts';
import { rateOf } from '../lane-pace.ts';
import type { StreamFacts, Streams } from '../streams.ts';
import { Codes } from './codes.ts';
import { Endings } from './endings.ts';
import { HostLane } from './host-lane.ts';
import { Jumps } from './jump.ts';
import type { LaneNumbers } from './lane-numbers.ts';
import { type Lines, linesOf, TreeOrder } from './lines.ts';
import { Places } from './places.ts';
import { type OpenSpans, type RepeatSink, RUNS } from './rows.ts';
import type { Stretch } from './stretches.ts';
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
  private readonly hop: number;
  private readonly ramp: number;
  /** R and Q. */
  private readonly queue: number;
  private readonly depth: number;
  /** By place in the trees: its PE, its class, its lanes; -1 where no element uses words. */
  private readonly pes: Int32Array;
  private readonly classAt: Uint16Array;
  private readonly moveLane: Int32Array;
  private readonly useLane: Int32Array;
  /** Place of each PE, -1 for none. */
  private readonly placeOf: Int32Array;
  private readonly sourceOf: Int16Array | undefined;
  private readonly trees: readonly Lines[];
  private readonly places: Places;
  /** Places of a line at which something is not as before. */
  private readonly noted: Int32Array;
  private readonly endings: Endings;
  private item = 0;
  /** The pace of all PEs at the last word, if `uneven` is 0: nobody waited, paused or was held up. */
  private pace = 0;
  private uneven = 0;
  private items = 0;
  private cycles = 0;

  constructor(facts: StreamFacts, sink: RepeatSink, trees: readonly Lines[], { pes, placeOf }: TreeOrder, mayJump: boolean) {
    const { program } = facts;
    const { machine } = program;
    this.facts = facts;
    this.program = program;
    this.mayJump = mayJump;
    this.trees = trees;
    this.pes = pes;
    this.sourceOf = program.sources.length > 1 ? new Int16Array(program.classOf.length) : undefined;
    [this.hop, this.ramp, this.depth] = [machine.hop, machine.ramp, machine.fifoDepth];
    this.queue = queueOf(facts);
    this.codes = new Codes(facts);
    this.placeOf = placeOf;
    const count = pes.length;
    this.classAt = new Uint16Array(count);
    [this.moveLane, this.useLane] = [new Int32Array(count), new Int32Array(count)];
    const { classAt, moveLane, useLane } = this;
    this.tape = new Tape(sink, { pes, classAt, moveLane, useLane, sources: trees.length });
    this.places = new Places(count, this.queue, this.depth, this.tape);
    this.noted = new Int32Array(count + 1);
    this.endings = new Endings(facts, placeOf, classAt);
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
      this.classAt[p] = program.classOf[pe];
      this.moveLane[p] = fifoNumber(fifos, pe, facts.wayAt(pe).from, color);
      this.useLane[p] = queue < 0 ? -1 : inputFirst[pe] + queue;
    }
    yield* this.places.clearing();
  }

  *run(): Generator<void, Swept> {
    const { program, facts, placeOf, sourceOf, endings } = this;
    for (const [i, source] of program.sources.entries()) yield* this.tree(source, i, this.trees[i]);
    const { open } = this.places;
    return { facts, cycles: this.cycles, sourceOf, open, placeOf, items: this.items, ending: (pe) => endings.of(pe) };
  }

  /** All words of a source. */
  private *tree({ words, rate }: HostSource, index: number, lines: Lines): Generator<void, void> {
    const { codes, places, tape, classAt } = this;
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
      even = this.uneven !== 0 ? 0 : pace === this.pace ? even + 1 : 1;
      pace = this.pace;
      if (next - i <= 1 || even < Math.max(this.queue, this.depth, 2) || pace > MAX_PERIOD) continue;
      const count = host.more(next - i - 1, pace);
      yield* places.goOn(from, to, count * pace);
      i += count;
    }
    codes.goTo(words.length);
    yield* tape.stop();
    yield* this.finish(words.length, lines);
    host.close();
  }

  private *sweepItem(i: number, lines: Lines, host: HostLane): Generator<void, void> {
    yield;
    const { first, before } = lines;
    const { places } = this;
    places.advance();
    const [slot, fullSlot] = [places.leaveSlot(0), places.leaveSlot(this.depth)];
    this.item = i;
    const root = places.leaves[fullSlot + first[0]];
    const sent = Math.max(host.ready, root + 1);
    // All go at one pace if they go at the host's.
    this.pace = sent - host.last;
    this.uneven = 0;
    host.event(sent);
    for (let l = 0; l < before.length; l++) {
      if (l % BREATH === BREATH - 1) yield;
      this.whole(lines, l, before[l] < 0 ? sent : places.leaves[slot + before[l]]);
    }
  }

  /** Word `item` passes line l after it left the router before it at `came`: piece by piece, each up to a router where lines branch off. */
  private whole({ first, forks, forkFirst, heads }: Lines, l: number, came: number): void {
    const { places } = this;
    const { leaves } = places;
    const [slot, fullSlot] = [places.leaveSlot(0), places.leaveSlot(this.depth)];
    const to = first[l + 1];
    let [from, before] = [first[l], came];
    for (let f = forkFirst[l]; f < forkFirst[l + 1]; f++) {
      const p = forks[f];
      const second = heads[2 * f + 1];
      let held = leaves[fullSlot + heads[2 * f]];
      if (second >= 0) held = Math.max(held, leaves[fullSlot + second]);
      if (p + 1 < to) held = Math.max(held, leaves[fullSlot + p + 1]);
      this.line(from, p + 1, before, held);
      before = leaves[slot + p];
      from = p + 1;
    }
    if (from < to) this.line(from, to, before, -1);
  }

  /**
   * Word `item` passes the places [from, to) after it left the router before them at `came`; the last one has room after `held`.
   * The inner loop of a sweep: no branch hangs on a tick, and the few places that do not go on as before are only noted.
   */
  private line(from: number, to: number, came: number, held: number): void {
    const { places, classAt, noted, hop, ramp, pace } = this;
    const { leaves, uses, leavePeriod, usePeriod } = places;
    const { cost } = this.codes;
    const [slot, lastSlot, fullSlot] = [places.leaveSlot(0), places.leaveSlot(1), places.leaveSlot(this.depth)];
    const [useSlot, lastUseSlot, usedSlot] = [places.useSlot(0), places.useSlot(1), places.useSlot(this.queue)];
    let { uneven } = this;
    let before = came | 0;
    let count = 0;
    // Sums stay within 32 bits: MAX_TICK is far below.
    for (let p = from | 0; p < to; p++) {
      const prev = leaves[lastSlot + p];
      const next = p + 1 < to ? leaves[fullSlot + p + 1] : held;
      const leave = latest((before + hop) | 0, (latest(latest(prev, uses[usedSlot + p]), next) + 1) | 0);
      const last = uses[lastUseSlot + p];
      const code = cost[classAt[p]];
      const free = (last + (code >> 1)) | 0;
      const use = latest((leave + ramp) | 0, free);
      leaves[slot + p] = leave;
      uses[useSlot + p] = use;
      const gap = (leave - prev) | 0;
      const useGap = (use - last) | 0;
      const news = (gap ^ leavePeriod[p]) | (useGap ^ usePeriod[p]) | (use ^ free) | (code & 1);
      noted[count] = p;
      count = (count + ((news | -news) >>> 31)) | 0;
      uneven |= (gap ^ pace) | (useGap ^ pace);
      before = leave;
    }
    this.uneven = uneven;
    for (let k = 0; k < count; k++) {
      const p = noted[k];
      this.note(p, leaves[slot + p], leaves[lastSlot + p], uses[useSlot + p], uses[lastUseSlot + p]);
    }
  }

  /** What does not go on as before at place p, where the word leaves and is used after the word before. */
  private note(p: number, leave: number, prev: number, use: number, last: number): void {
    const code = this.codes.cost[this.classAt[p]];
    const free = last + (code >> 1);
    const { leavePeriod, usePeriod } = this.places;
    if (leave - prev !== leavePeriod[p]) this.breakLeaves(p, prev, leave);
    if (use - last !== usePeriod[p]) this.breakUses(p, last, use);
    if (use === free && (code & 1) === 0) return;
    this.breakSpans(p, last, free, use);
    this.uneven |= this.codes.isCode[this.classAt[p]];
  }

  private breakLeaves(p: number, last: number, tick: number): void {
    const { leaveBegin: begin, leavePeriod: period } = this.places;
    if (this.item > 0) {
      if (period[p] === 0 && tick - last <= MAX_PERIOD) {
        period[p] = tick - last;
        return;
      }
      this.closeRun(RUNS.MOVES, p, this.facts.wayAt(this.pes[p]).tx, begin[p], last, period[p]);
    }
    begin[p] = tick;
    period[p] = 0;
  }

  private breakUses(p: number, last: number, tick: number): void {
    const { useBegin: begin, usePeriod: period } = this.places;
    if (this.item > 0) {
      if (period[p] === 0 && tick - last <= MAX_PERIOD) {
        period[p] = tick - last;
        return;
      }
      this.closeRun(RUNS.USES, p, 0, begin[p], last, period[p]);
    }
    begin[p] = tick;
    period[p] = 0;
  }

  private closeRun(table: number, p: number, tx: number, begin: number, last: number, period: number): void {
    this.tape.run(table, p, tx, begin, period === 0 ? 1 : (((last - begin) / period) | 0) + 1, period === 0 ? 1 : period);
  }

  /** Main does something else than taking word after word: what comes before a stretch, and waiting. */
  private breakSpans(p: number, last: number, free: number, use: number): void {
    const { codes } = this;
    const { taking, open } = this.places;
    const cls = this.classAt[p];
    const stretches = codes.stretches[cls];
    if (codes.isCode[cls] === 0) return;
    const at = codes.at[cls];
    const begins = (codes.cost[cls] & 1) === 1;
    const before = at - (begins ? 1 : 0);
    if (before >= 0) open.add(p, stretches[before].activity, stretches[before].mark, taking[p], last + stretches[before].cycles);
    if (begins) this.prelude(p, stretches[at], free - stretches[at].gap);
    if (use > free) open.add(p, KIND.wait, stretches[at].mark, free, use);
    taking[p] = use;
  }

  private prelude(p: number, { spans, sends }: Stretch, from: number): void {
    const { open } = this.places;
    for (let i = 0; i < spans.length; i += 4) open.add(p, spans[i], spans[i + 1], from + spans[i + 2], from + spans[i + 3]);
    for (const send of sends) this.endings.send(p, from + send);
  }

  /** Closes what is open after all words, and goes through the code up to the tail. */
  private *finish(total: number, { first }: Lines): Generator<void, void> {
    const { places, codes, classAt, endings } = this;
    const { leaves, uses } = places;
    const [leaveSlot, useSlot] = [places.leaveSlot(0), places.useSlot(0)];
    this.item = total;
    for (let p = first[0]; p < first[first.length - 1]; p++) {
      if (p % (1 << 14) === 0) yield;
      const leave = leaves[leaveSlot + p];
      const use = uses[useSlot + p];
      this.closeRun(RUNS.MOVES, p, this.facts.wayAt(this.pes[p]).tx, places.leaveBegin[p], leave, places.leavePeriod[p]);
      this.closeRun(RUNS.USES, p, 0, places.useBegin[p], use, places.usePeriod[p]);
      const end = codes.isCode[classAt[p]] === 0 ? 0 : use + (codes.cost[classAt[p]] >> 1);
      this.breakSpans(p, use, end, end);
      endings.end(p, end);
      this.cycles = Math.max(this.cycles, leave + 1, end);
    }
  }
}

/** The later of two ticks. */
function latest(a: number, b: number): number {
  const ahead = (a - b) | 0;
  return (a - (ahead & (ahead >> 31))) | 0;
}

/** R of all classes with code. */
function queueOf({ skeletons, capacities }: StreamFacts): number {
  const own = new Set(capacities.filter((_, c) => skeletons[c] !== null));
  if (own.size > 1) throw new Declined('routes', 'input queues of several depths');
  return [...own][0] ?? 1;
}
