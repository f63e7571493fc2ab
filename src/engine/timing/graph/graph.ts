/**
 * The timed event graph of a whole program, evaluated agent by agent: a router's color, an element, a host lane acts as long as
 * all that its next act depends on is known, whatever the time elsewhere. Where nobody is certain, the one whose act comes first
 * goes on: what is not known yet follows from acts at that tick or later, and takes effect after it. So every act sees what it
 * would see tick by tick, in any order of evaluation. Agents that are alike (alike.ts) are evaluated once.
 */
import { stepCycles } from '../../../machine/host.ts';
import type { Program } from '../../../machine/program.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { type Alike, alone, findAlike } from './alike.ts';
import { Awake } from './awake.ts';
import type { ElementAgent } from './element.ts';
import type { IssueOrder } from './element-state.ts';
import { type Lanes, numberingLanes } from './lanes.ts';
import type { OneWayRouters } from './one-way.ts';
import type { Agent, Clock, Queue } from './queues.ts';
import type { SinkLane, SourceAgent } from './routers.ts';
import { Waiting } from './waiting.ts';
import { Weaver } from './weaver.ts';
import { Wires } from './wires.ts';

/** How a run ends: one past its last event, and whether anything is left that cannot move, or missing at a sink. */
export interface GraphEnd {
  readonly cycles: number;
  readonly isStuck: boolean;
  readonly agents: number;
}

/**
 * Evaluates a program that validateProgram accepts and tells its events to the recorder, whose lanes are `lanes`; yields now and then. Routers of a stream go up to `ahead` words ahead of what they know of the next ones.
 * @throws Declined, Unlike, Overtaken
 */
export const runGraph = (wires: Wires, alike: Alike, lanes: Lanes, recorder: Recorder, ahead: number): Generator<void, GraphEnd> =>
  new Graph(wires, alike, recorder).run(lanes, ahead);

/** The same, every agent for itself and exactly, where the element of PE p does nothing before tick `begins[p]`. @throws Declined */
export function* runFrom(program: Program, recorder: Recorder, begins: Int32Array): Generator<void, GraphEnd> {
  const wires = yield* Wires.of(program);
  const alike = alone(yield* findAlike(wires));
  return yield* new Graph(wires, alike, recorder, { begins }).run(yield* numberingLanes(wires, alike), 0);
}

/** The same, every agent for itself and exactly; the order in which elements act is told to `order`. @throws Declined */
export function* runEach(program: Program, recorder: Recorder, order: IssueOrder): Generator<void, GraphEnd> {
  const wires = yield* Wires.of(program);
  const alike = alone(yield* findAlike(wires));
  return yield* new Graph(wires, alike, recorder, { order }).run(yield* numberingLanes(wires, alike), 0);
}

/** Advances of agents from one yield to the next. */
const BREATH = 1024;

/** What some evaluations have beside the program. */
interface More {
  readonly order?: IssueOrder;
  readonly begins?: Int32Array;
}

class Graph implements Clock {
  private readonly program: Program;
  private readonly recorder: Recorder;
  private readonly wires: Wires;
  private readonly alike: Alike;
  private queues: readonly Queue[] = [];
  private sinks: readonly SinkLane[] = [];
  private sources: readonly SourceAgent[] = [];
  private elements: readonly ElementAgent[] = [];
  private oneWay: OneWayRouters | undefined;
  private agents: readonly Agent[] = [];
  private readonly awake = new Awake();
  private readonly waiting = new Waiting();
  private readonly more: More;
  private last = 0;

  constructor(wires: Wires, alike: Alike, recorder: Recorder, more: More = {}) {
    this.more = more;
    this.program = wires.program;
    this.recorder = recorder;
    this.wires = wires;
    this.alike = alike;
  }

  /** Makes queues and agents, in pieces. @throws Declined */
  private *weave(lanes: Lanes, ahead: number): Generator<void, void> {
    const { wires, alike, program, recorder } = this;
    const { order, begins } = this.more;
    const weaver = yield* Weaver.of(wires, alike, lanes, { machine: program.machine, clock: this, recorder, order, begins }, ahead);
    yield* weaver.queues();
    this.queues = [...weaver.fifos, ...weaver.inputs];
    this.sinks = weaver.sinks;
    this.elements = yield* weaver.elements();
    this.sources = weaver.sources();
    this.oneWay = yield* weaver.oneWayRouters();
    this.agents = [...(yield* weaver.routers()), ...this.elements, ...this.sources];
  }

  wake({ owner }: Agent): void {
    this.awake.add(owner);
  }

  over(tick: number): void {
    if (tick > this.last) this.last = tick;
  }

  *run(lanes: Lanes, ahead: number): Generator<void, GraphEnd> {
    yield* this.weave(lanes, ahead);
    for (const agent of this.oneWay?.gates ?? []) this.wake(agent);
    for (const agent of this.agents) this.wake(agent);
    yield* this.evaluate();
    for (const [i, step] of (this.program.host ?? []).entries()) {
      const begin = this.last;
      this.more.order?.rested();
      this.last = begin + stepCycles(step, this.program.machine);
      this.recorder.hostStep(i, begin, this.last);
      if (step.kind === 'copyIn') this.load(step.loads.pe);
      else if (step.kind === 'launch') this.launch(step.task);
      yield* this.evaluate();
    }
    const isStuck = this.isLeft();
    if (isStuck) this.tellStuck();
    return { cycles: this.last, isStuck, agents: this.agents.length + (this.oneWay?.gates.length ?? 0) };
  }

  private tellStuck(): void {
    for (const element of this.elements) element.tellStalls(this.last);
    this.recorder.stuckAt(this.last);
    for (const element of this.elements) element.tellLacking(this.last);
  }

  /** Bytes are copied into memories: what was known of them is not. */
  private load(pes: Uint32Array): void {
    for (const pe of pes) this.elements[this.alike.elements.of[pe]].forgetMemory();
  }

  private launch(name: string): void {
    const tasks = this.program.classes.map((cls) => cls.tasks.findIndex((task) => task.name === name));
    for (const element of this.elements) {
      const task = tasks[this.program.classOf[element.place.pe]];
      if (task < 0) continue;
      element.launch(task, this.last);
      this.wake(element);
    }
  }

  /** Until nobody has anything to do. */
  private *evaluate(): Generator<void, void> {
    for (let count = 0; ; ) {
      for (let agent = this.awake.take(); agent; agent = this.awake.take()) {
        this.waiting.set(agent, agent.advance());
        if (++count % BREATH === 0) yield;
      }
      const first = this.waiting.pop();
      if (!first) return;
      first.act(first.next());
      this.wake(first);
    }
  }

  /** Whether something waits for ever, or a sink has not what it expects. */
  private isLeft(): boolean {
    return (
      this.queues.some((queue) => !queue.isEmpty) ||
      this.oneWay?.isEmpty === false ||
      this.elements.some((element) => element.isBusy) ||
      this.sources.some(({ sent, source }) => sent < source.words.length) ||
      this.sinks.some(({ count, index }) => count !== this.program.sinks[index].expect)
    );
  }
}
