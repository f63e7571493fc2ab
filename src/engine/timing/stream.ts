/**
 * One PE on a multicast stream: when its element takes each word, by main or by a microthread that receives while main computes.
 * Both follow from the PE alone, once it is known when words come (flow.ts; docs/tick.md 9, 11 and 12):
 *
 *     use(i) = max(leave(i) + T_R, free)
 *
 * free the tick from which the issue slot is. The microthread has it first wherever a word of its is there; main issues until then.
 */
import { peName } from '../../machine/fabric.ts';
import type { HostSource } from '../../machine/program.ts';
import { KIND } from '../../trace/schema.ts';
import { Shapes, SpanShape } from '../../trace/shapes.ts';
import { Declined } from './declined.ts';
import { type Beside, Flow, type FlowMark, type StreamMachine } from './flow.ts';
import type { Skeleton } from './skeleton.ts';
import { NOTHING, STEP, type Step } from './step.ts';
import type { StepCycle } from './step-cycle.ts';
import { type Ending, type StreamFacts, tailOf } from './streams.ts';

/** What a PE makes of a stream. Each one adds a shape to the uses of its input queue. Shapes are absolute. */
export interface Passage extends Ending {
  /** Shape of the departures of its FIFO. */
  readonly leave: number;
  readonly lastLeave: number;
  /** Shapes of the spans of main up to the first of `tail`, and of those of the microthread, 0 for none. */
  readonly spans: number;
  readonly receiver: number;
}

export interface StreamShapes {
  readonly moves: Shapes;
  readonly uses: Shapes;
  readonly spans: Shapes;
}

/** How all is before a round of the code's cycle. */
interface Round {
  /** All that what follows hangs on, the routers beside apart, counted from `free`. */
  readonly state: readonly number[];
  readonly free: number;
  readonly flow: FlowMark;
  /** Words sent, rows of main's spans and of the microthread's. */
  readonly sent: number;
  readonly spans: number;
  readonly threadSpans: number;
}

/** Steps of a PE from one yield to the next. */
const BREATH = 1 << 12;

/** No op. */
const AT_REST: Step = { ...NOTHING, is: STEP.HAND };

export class StreamElement {
  private readonly shapes: StreamShapes;
  private readonly before: Shapes;
  private readonly machine: StreamMachine;
  private readonly flow: Flow;
  private readonly spans: SpanShape;
  /** Spans of the microthread, until those of main are closed. */
  private readonly threadShapes: Shapes;
  private readonly threadSpans: SpanShape;
  /** The end of main's last issue, and of the microthread's. */
  private free = 0;
  private threadFree = 0;
  /** The microthread's op, issues left of it, and when the word of the next one is there. */
  private op = AT_REST;
  private left = 0;
  private due = 0;
  /** Where that op stands in the code, and main. */
  private opAt = 0;
  private at = 0;
  /** Whether rounds of the code were left out: once a passage. */
  private hasRepeated = false;

  /** Adds to `shapes`. Those of departures before and after a PE are in `before` and `after`; `thread` is for the microthread's spans under way. */
  constructor(machine: StreamMachine, shapes: StreamShapes, before: Shapes = shapes.moves, after: Shapes = before, thread = new Shapes()) {
    this.threadShapes = thread;
    this.threadSpans = new SpanShape(thread);
    this.machine = machine;
    this.shapes = shapes;
    this.before = before;
    this.flow = new Flow(machine, { made: shapes.moves, before, after }, shapes.uses);
    this.spans = new SpanShape(shapes.spans);
  }

  /**
   * The PE's passage for a stream, all of which it takes. `capacity` is R. In pieces, between which no other passage may be made.
   * @throws Declined where the microthread is not done when only results are left to send
   */
  *pass(skeleton: Skeleton, capacity: number, beside: Beside): Generator<void, Passage> {
    this.free = 0;
    this.threadFree = 0;
    this.left = 0;
    this.hasRepeated = false;
    this.flow.open(capacity, beside);
    const { steps, name, cycle } = skeleton;
    const tail = tailOf(skeleton);
    const sent: number[] = [];
    let before: Round | undefined;
    for (this.at = 0; this.at < tail; this.at++) {
      if (cycle && isRoundAt(cycle, this.at)) before = this.goRound(steps, cycle, tail, before, sent);
      this.step(steps[this.at], sent);
      if (this.at % BREATH === BREATH - 1) yield;
    }
    const goesOn = tail < steps.length || skeleton.rest !== undefined;
    if (this.left > 0 && goesOn) throw new Declined('threads', `${name} sends while a microthread works`);
    this.finishOp();
    // What comes after the steps has no mark (skeleton.ts).
    if (goesOn) this.waitForSlot(steps[tail]?.spans[1] ?? steps[tail]?.mark ?? -1);
    const { flow, slot: end } = this;
    return { leave: flow.close(), lastLeave: flow.last, spans: this.spans.close(), receiver: this.closeReceiver(), sent, tail, end };
  }

  /**
   * Before a round of the code's cycle: if all is as it was before the last one, some ticks later, and the routers beside go on as they
   * did, the next rounds are the last one again. How it is then.
   */
  private goRound(steps: readonly Step[], cycle: StepCycle, tail: number, before: Round | undefined, sent: number[]): Round | undefined {
    if (this.hasRepeated) return undefined;
    const now = this.round(cycle, sent.length);
    if (!before || !now || !areEqual(before.state, now.state)) return now;
    const shift = now.free - before.free;
    const left = Math.floor((Math.min(cycle.until, tail - 1) - this.at) / cycle.length);
    const times = Math.min(left, this.flow.timesAgain(before.flow, shift));
    if (times <= 0) return now;
    this.repeat(before, times, shift, cycle.step);
    const since = sent.slice(before.sent);
    for (let time = 1; time <= times; time++) for (const tick of since) sent.push(tick + time * shift);
    this.at += times * cycle.length;
    this.opAt += times * cycle.length;
    if (this.left > 0) this.op = steps[this.opAt];
    return undefined;
  }

  /** How all is before a round; undefined while it hangs on more than can be said. */
  private round({ until, length, step }: StepCycle, sent: number): Round | undefined {
    const { flow, spans, threadSpans, free, left, op } = this;
    const mark = flow.mark();
    if (!mark) return undefined;
    const marks = ((this.at - until) / length) * step;
    const isDue = left > 0 && op.queue >= 0;
    const state = [this.threadFree - free, left, left > 0 ? this.opAt - this.at : 0, isDue ? this.due - free : 0];
    flow.tell(free, state);
    spans.tell(free, marks, state);
    threadSpans.tell(free, marks, state);
    return { state, free, flow: mark, sent, spans: spans.rows, threadSpans: threadSpans.rows };
  }

  /** What came since a round comes `times` times more, each time `shift` ticks later with marks `step` further on. */
  private repeat(since: Round, times: number, shift: number, step: number): void {
    const later = times * shift;
    this.flow.repeat(since.flow, times, shift);
    this.spans.repeat(since.spans, times, shift, step);
    this.threadSpans.repeat(since.threadSpans, times, shift, step);
    this.free += later;
    this.threadFree += later;
    this.due += later;
    this.hasRepeated = true;
  }

  private closeReceiver(): number {
    const { threadShapes, threadSpans, shapes } = this;
    const made = threadSpans.close();
    if (threadShapes.rows === 0) return 0;
    shapes.spans.copy(threadShapes, made);
    threadShapes.clear();
    return shapes.spans.close(false);
  }

  /** From when on the issue slot is free. */
  private get slot(): number {
    return Math.max(this.free, this.threadFree);
  }

  private step(step: Step, sent: number[]): void {
    if (step.is === STEP.COMPUTE) this.compute(step);
    else if (step.is === STEP.TAKE) this.take(step);
    else if (step.is === STEP.SEND) this.send(step, sent);
    else this.hand(step);
  }

  private compute(step: Step): void {
    const { issues, cycles } = step;
    let done = 0;
    for (let i = 0; i < issues.length && this.left > 0; i += 2) {
      for (let count = issues[i]; count > 0; ) {
        const some = Math.min(count, this.issuesBefore(issues[i + 1]));
        if (some === 0) break;
        this.issue(step, done, done + some * issues[i + 1]);
        done += some * issues[i + 1];
        count -= some;
      }
    }
    if (done < cycles) this.issue(step, done, cycles);
  }

  /** Issues of `cycles` that main begins before the microthread's next one, which is no longer due at once; 0 when that has ended its op. */
  private issuesBefore(cycles: number): number {
    this.takeDue();
    return this.left === 0 ? 0 : Math.ceil((this.due - this.slot) / cycles);
  }

  /** Main issues the cycles [from, to) of a step. */
  private issue({ spans }: Step, from: number, to: number): void {
    let i = 0;
    while (spans[i + 3] <= from) i += 4;
    this.waitForSlot(spans[i + 1]);
    const begin = this.free - from;
    for (; i < spans.length && spans[i + 2] < to; i += 4) {
      this.spans.add(spans[i], spans[i + 1], begin + Math.max(from, spans[i + 2]), begin + Math.min(to, spans[i + 3]));
    }
    this.free = begin + to;
  }

  /** Main, whose next issue has this mark, has the slot when the microthread has left it. */
  private waitForSlot(mark: number): void {
    const { slot } = this;
    this.spans.add(KIND.slot, mark, this.free, slot);
    this.free = slot;
  }

  private send({ count, cycles, activity, mark }: Step, sent: number[]): void {
    for (let i = 0; i < count; i++) {
      this.takeDue();
      this.waitForSlot(mark);
      sent.push(this.free);
      this.spans.add(activity, mark, this.free, this.free + cycles);
      this.free += cycles;
    }
  }

  private take({ count, cycles, activity, mark }: Step): void {
    const { flow } = this;
    for (let left = count; left > 0; left--) {
      const use = Math.max(flow.come(), this.free);
      flow.use(use);
      this.spans.add(KIND.wait, mark, this.free, use);
      const skipped = flow.skip(left - 1, cycles);
      left -= skipped;
      this.free = use + (1 + skipped) * cycles;
      this.spans.add(activity, mark, use, this.free);
    }
  }

  /** Main hands an op over as soon as the microthread has ended the one before. */
  private hand(op: Step): void {
    const { activity, mark, count, setup } = op;
    this.finishOp();
    this.waitForSlot(mark);
    this.spans.add(activity, mark, this.free, this.free + setup);
    this.free += setup;
    this.threadFree = this.free;
    this.op = op;
    this.opAt = this.at;
    this.left = count;
    this.wantNext();
  }

  private wantNext(): void {
    this.due = this.op.queue >= 0 && this.left > 0 ? this.flow.come() : 0;
  }

  /** The microthread issues as often as it can before main. */
  private takeDue(): void {
    while (this.left > 0 && this.due <= this.slot) this.issueThread();
  }

  private finishOp(): void {
    while (this.left > 0) this.issueThread();
  }

  private issueThread(): void {
    const { flow, threadFree, due } = this;
    const { cycles, activity, mark, queue } = this.op;
    const there = Math.max(threadFree, due);
    const tick = Math.max(there, this.free);
    this.threadSpans.add(KIND.wait, mark, threadFree, there);
    this.threadSpans.add(KIND.slot, mark, there, tick);
    this.left--;
    let skipped = queue < 0 ? this.left : 0;
    if (queue >= 0) {
      flow.use(tick);
      skipped = flow.skip(this.left, cycles);
    }
    this.left -= skipped;
    this.threadFree = tick + (1 + skipped) * cycles;
    this.threadSpans.add(activity, mark, tick, this.threadFree);
    this.wantNext();
  }

  /** A router without a way to an element: the stream comes and goes. */
  through(before: number): Passage {
    const { moves, uses, spans } = this.shapes;
    const came = this.before;
    const to = came.first(before + 1);
    moves.copy(came, before, this.machine.hop);
    const lastLeave = came.begin(to - 1) + this.machine.hop + (came.extent(to - 1) - 1) * came.extra(to - 1);
    uses.close(false);
    return { leave: moves.close(false), lastLeave, spans: spans.close(false), receiver: 0, sent: [], tail: 0, end: 0 };
  }

  /** Departures of a host source whose first FIFO leaves by shape `after`. In pieces. */
  sourceShape(after: number, source: HostSource): Generator<void, number> {
    return this.flow.sourceShape(after, source);
  }
}

/**
 * The passage of a stream of `total` words at a PE. In pieces, as `pass`. @throws Declined
 */
export function* passageAt(facts: StreamFacts, element: StreamElement, pe: number, total: number, beside: Beside): Generator<void, Passage> {
  const { program, capacities } = facts;
  const skeleton = facts.skeletonAt(pe, total);
  if (skeleton) return yield* element.pass(skeleton, capacities[program.classOf[pe]], beside);
  const where = peName(pe, program.width);
  if (beside.before < 0) throw new Declined('routes', `the stream and the code of ${where}`);
  if (beside.afters.length > 0) throw new Declined('backpressure', `at ${where}`);
  return element.through(beside.before);
}

/** Whether a round of a cycle begins at a step, with one more behind it. The last one ends with the cycle: at its begin rounds differ anyway. */
const isRoundAt = ({ from, until, length }: StepCycle, at: number): boolean => at >= from && at < until && (until - at) % length === 0;

const areEqual = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => value === b[i]);
