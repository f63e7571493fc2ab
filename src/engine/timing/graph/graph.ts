/**
 * The timed event graph of a whole program, evaluated agent by agent: a router's color, an element, a host lane acts as long as
 * all that its next act depends on is known, whatever the time elsewhere. Where nobody is certain, the one whose act comes first
 * goes on: what is not known yet follows from acts at that tick or later, and takes effect after it. So every act sees what it
 * would see tick by tick, in any order of evaluation.
 */
import { type Channels, enumerateChannels, findChannel } from '../../../machine/channels.ts';
import { neighbour, OPPOSITE, PORTS, Port, peName } from '../../../machine/fabric.ts';
import { stepCycles } from '../../../machine/host.ts';
import type { Program, Route } from '../../../machine/program.ts';
import type { Recorder } from '../../../trace/recorder.ts';
import { compileClass } from '../../compile.ts';
import { Known } from '../known.ts';
import { ElementAgent } from './element.ts';
import type { IssueOrder } from './element-state.ts';
import { initialWords } from './initial.ts';
import { type Agent, type Clock, Queue, UNKNOWN } from './queues.ts';
import { ColorRouter, SharedRouter, type SinkLane, SourceAgent } from './routers.ts';
import { Waiting } from './waiting.ts';

/** How a run ends: one past its last event, and whether anything is left that cannot move, or missing at a sink. */
export interface GraphEnd {
  readonly cycles: number;
  readonly isStuck: boolean;
  readonly agents: number;
}

/** Evaluates a program that validateProgram accepts and tells its events to the recorder, their order to `order`; yields now and then. @throws Declined */
export const runGraph = (program: Program, recorder: Recorder, order?: IssueOrder): Generator<void, GraphEnd> => new Graph(program, recorder, order).run();

/** Advances of agents from one yield to the next. */
const BREATH = 1024;

class Graph implements Clock {
  private readonly program: Program;
  private readonly channels: Channels;
  private readonly recorder: Recorder;
  private readonly fifos: readonly Queue[];
  private readonly inputs: readonly Queue[];
  private readonly sinks: readonly SinkLane[];
  private readonly sources: readonly SourceAgent[];
  private readonly elements: readonly ElementAgent[];
  private readonly agents: readonly Agent[];
  private readonly awake: Agent[] = [];
  private readonly waiting = new Waiting();
  private readonly order: IssueOrder | undefined;
  private last = 0;

  constructor(program: Program, recorder: Recorder, order: IssueOrder | undefined) {
    this.order = order;
    this.program = program;
    this.recorder = recorder;
    const channels = enumerateChannels(program);
    this.channels = channels;
    this.fifos = Array.from({ length: channels.count }, (_, i) => new Queue(channels.capacity[i], i));
    this.inputs = Array.from({ length: channels.inputCount }, (_, i) => new Queue(channels.inputCapacity[i], i));
    this.sinks = program.sinks.map(({ rate }, index) => ({ index, rate, due: 0, count: 0 }));
    const routers = Array.from(program.classOf, (_, pe) => this.routersOf(pe)).flat();
    this.elements = this.makeElements();
    this.sources = program.sources.map((source, i) => {
      const to = this.fifos[findChannel(channels, source.pe, source.port, source.color)];
      return new SourceAgent(source, i, to, program.machine.hop, this, recorder);
    });
    this.agents = [...routers, ...this.elements, ...this.sources];
  }

  private makeElements(): ElementAgent[] {
    const { program, channels } = this;
    const { machine } = program;
    const classes = program.classes.map((cls) => compileClass(cls, machine));
    const initial = initialWords(program);
    return Array.from(program.classOf, (c, pe) => {
      const cls = classes[c];
      const name = `${peName(pe, program.width)} (${program.classes[c].name})`;
      return new ElementAgent({
        ...{ pe, name, cls, ramp: machine.ramp, completion: machine.completion },
        known: new Known(cls.dataStart, cls.dataTo, name, initial(pe)),
        inputs: this.inputs.slice(channels.inputFirst[pe], channels.inputFirst[pe + 1]),
        outputs: program.classes[c].outputs.map(({ color }) => this.fifos[findChannel(channels, pe, Port.RAMP, color)]),
        outputLane: channels.outputFirst[pe],
        fifos: program.classes[c].fifos ?? [],
        picker: program.picker ?? { kind: 'lowest' },
        clock: this,
        recorder: this.recorder,
        order: this.order,
      });
    });
  }

  /** The agents of a router: one a color, or one for all whose colors share ports. */
  private routersOf(pe: number): Agent[] {
    const colors = this.program.routes[this.program.routeOf[pe]].map((route) => this.routerOf(pe, route));
    const masks = colors.map(({ route }) => route.positions.reduce((mask, { tx }) => mask | tx, 0));
    const shares = masks.some((mask, i) => masks.some((other, j) => i !== j && (mask & other) !== 0));
    if (!shares) return colors;
    return [new SharedRouter(colors)];
  }

  private routerOf(pe: number, route: Route): ColorRouter {
    const { program, channels, fifos } = this;
    const { color } = route;
    const own = Array.from({ length: PORTS }, (_, port) => fifos[findChannel(channels, pe, port, color)] as Queue | undefined);
    const links = [0, 1, 2, 3].map((port) => {
      const to = neighbour(pe, port, program.width, program.height);
      if (to >= 0) return fifos[findChannel(channels, to, OPPOSITE[port], color)] as Queue | undefined;
      return this.sinks[program.sinks.findIndex((s) => s.pe === pe && s.port === port && s.color === color)] as SinkLane | undefined;
    });
    const queue = program.classes[program.classOf[pe]].inputs.findIndex((input) => input.color === color);
    const input = queue < 0 ? undefined : this.inputs[channels.inputFirst[pe] + queue];
    return new ColorRouter({ program, clock: this, recorder: this.recorder }, pe, route, own, links, input);
  }

  wake(agent: Agent | undefined): void {
    const owner = agent?.owner;
    if (!owner || owner.isAwake) return;
    owner.isAwake = true;
    this.awake.push(owner);
  }

  over(tick: number): void {
    if (tick > this.last) this.last = tick;
  }

  *run(): Generator<void, GraphEnd> {
    for (const agent of this.agents) this.wake(agent);
    yield* this.evaluate();
    for (const [i, step] of (this.program.host ?? []).entries()) {
      const begin = this.last;
      this.order?.rested();
      this.last = begin + stepCycles(step, this.program.machine);
      this.recorder.hostStep(i, begin, this.last);
      if (step.kind === 'copyIn') this.load(step.loads.pe);
      else if (step.kind === 'launch') this.launch(step.task);
      yield* this.evaluate();
    }
    const isStuck = this.isLeft();
    if (isStuck) this.tellStuck();
    return { cycles: this.last, isStuck, agents: this.agents.length };
  }

  private tellStuck(): void {
    for (const element of this.elements) element.tellStalls(this.last);
    this.recorder.stuckAt(this.last);
    for (const element of this.elements) element.tellLacking(this.last);
  }

  /** Bytes are copied into memories: what was known of them is not. */
  private load(pes: Uint32Array): void {
    for (const pe of pes) this.elements[pe].forgetMemory();
  }

  private launch(name: string): void {
    const tasks = this.program.classes.map((cls) => cls.tasks.findIndex((task) => task.name === name));
    this.program.classOf.forEach((cls, pe) => {
      if (tasks[cls] < 0) return;
      this.elements[pe].launch(tasks[cls], this.last);
      this.wake(this.elements[pe]);
    });
  }

  /** Until nobody has anything to do. */
  private *evaluate(): Generator<void, void> {
    for (let count = 0; ; ) {
      for (let agent = this.awake.pop(); agent; agent = this.awake.pop()) {
        agent.isAwake = false;
        this.advance(agent);
        if (++count % BREATH === 0) yield;
      }
      const first = this.waiting.pop();
      if (!first) return;
      first.act(first.next());
      this.wake(first);
    }
  }

  /** Acts as far as an agent is certain. */
  private advance(agent: Agent): void {
    for (let tick = agent.next(); ; tick = agent.next()) {
      if (tick === UNKNOWN || !agent.isCertain) {
        this.waiting.set(agent, tick);
        return;
      }
      agent.act(tick);
    }
  }

  /** Whether something waits for ever, or a sink has not what it expects. */
  private isLeft(): boolean {
    const holds = (queue: Queue): boolean => queue.left < queue.pushed;
    return (
      this.fifos.some(holds) ||
      this.inputs.some(holds) ||
      this.elements.some((element) => element.isBusy) ||
      this.sources.some(({ sent, source }) => sent < source.words.length) ||
      this.sinks.some(({ count, index }) => count !== this.program.sinks[index].expect)
    );
  }
}
