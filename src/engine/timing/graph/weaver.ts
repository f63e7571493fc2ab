/** Queues and agents of a graph, one for each kind of them (alike.ts), and what leads where. */
import { each } from '../../../base/pieces.ts';
import { neighbour, Port, peName } from '../../../machine/fabric.ts';
import type { Program, RoutePosition } from '../../../machine/program.ts';
import { type CompiledClass, compileClass } from '../../compile.ts';
import { Declined } from '../declined.ts';
import { type Alike, type Kinds, sharesPorts } from './alike.ts';
import { Course } from './course.ts';
import { ElementAgent } from './element.ts';
import { initialWords } from './initial.ts';
import type { Lanes } from './lanes.ts';
import { findOneWay, type OneWay, OneWayRouters } from './one-way.ts';
import { type Agent, EXACT, Queue, Rings } from './queues.ts';
import { ColorRouter, type Fabric, SharedRouter, type SinkLane, SourceAgent, type Way } from './routers.ts';
import { Targets } from './targets.ts';
import { NOBODY, type Wires } from './wires.ts';

/** Agents from one yield to the next. */
const BREATH = 1 << 9;

export class Weaver {
  fifos: readonly Queue[] = [];
  inputs: readonly Queue[] = [];
  readonly sinks: readonly SinkLane[];
  private readonly program: Program;
  private readonly wires: Wires;
  private readonly alike: Alike;
  private readonly fabric: Fabric;
  private readonly lanes: Lanes;
  private readonly oneWay: OneWay;
  /** By queue, the last agent that it was found to be a target of, and its place there. */
  private readonly seenBy: Int32Array;
  private readonly seenAt: Int32Array;
  private searches = 0;
  private readonly words: number;

  /** In pieces; `words` that routers of streams may go ahead of the next ones (isOfStream), 0 for none. @throws Declined */
  static *of(wires: Wires, alike: Alike, lanes: Lanes, fabric: Fabric, words: number): Generator<void, Weaver> {
    return new Weaver(wires, alike, lanes, yield* findOneWay(wires, alike), fabric, words);
  }

  private constructor(wires: Wires, alike: Alike, lanes: Lanes, oneWay: OneWay, fabric: Fabric, words: number) {
    const { program } = wires;
    this.program = program;
    this.wires = wires;
    this.alike = alike;
    this.fabric = fabric;
    this.lanes = lanes;
    this.oneWay = oneWay;
    const { fifos, inputs } = lanes;
    this.words = words;
    this.sinks = program.sinks.map(({ rate }, index) => ({ index, rate, due: 0, count: 0 }));
    this.seenBy = new Int32Array(fifos + inputs);
    this.seenAt = new Int32Array(fifos + inputs);
  }

  /** Makes the queues, before the agents; in pieces, as the agents are. */
  *queues(): Generator<void, void> {
    const { wires, words, program } = this;
    const { capacity, inputCapacity } = wires.channels;
    const { fifoOf, inputOf, fifos, inputs } = this.lanes;
    const rings = new Rings();
    const ahead = { words, hop: program.machine.hop };
    // Nobody asks for those inside: one stands for all.
    const inside = new Queue(1, -1, rings, EXACT);
    this.fifos = yield* queuesOf(fifoOf, fifos, (fifo, lane) => {
      if (this.oneWay.inside[fifo] === 1) return inside;
      return new Queue(capacity[fifo], lane, rings, words > 0 && isOfStream(wires, fifo) ? ahead : EXACT);
    });
    this.inputs = yield* queuesOf(inputOf, inputs, (input, lane) => new Queue(inputCapacity[input], lane, rings, EXACT));
  }

  /** The routers with one way out. */
  oneWayRouters(): Generator<void, OneWayRouters> {
    const { wires, lanes, fifos, fabric, oneWay } = this;
    return OneWayRouters.of(
      fabric,
      wires,
      oneWay,
      (fifo) => fifos[lanes.fifoOf[fifo]],
      (fifo) => lanes.fifoOf[fifo],
    );
  }

  /** The agents of the other routers: one a color, or one for all colors of a router that share ports. */
  *routers(): Generator<void, Agent[]> {
    const { routers } = this.alike;
    const { program, wires } = this;
    const shared = program.routes.map(sharesPorts);
    const agents: Agent[] = [];
    const together = new Map<number, ColorRouter[]>();
    const make = (kind: number): void => {
      const slot = routers.order[routers.first[kind]];
      if (this.oneWay.links[slot] !== NOBODY) return;
      const pe = wires.peOf[slot];
      const router = this.router(kind, slot);
      if (!shared[program.routeOf[pe]]) {
        router.hearNothing();
        agents.push(router);
      } else together.set(pe, [...(together.get(pe) ?? []), router]);
    };
    yield* each(routers.count, make, BREATH);
    return [...agents, ...Array.from(together.values(), (colors) => new SharedRouter(colors))];
  }

  private router(kind: number, slot: number): ColorRouter {
    const { wires, program, fifos } = this;
    const route = wires.route(slot);
    const where = `color ${route.color} at ${peName(wires.peOf[slot], program.width)}`;
    const ways = route.positions.map((position, i) => this.way(kind, slot, position, i, where));
    const router = new ColorRouter(this.fabric, route, ways, where);
    router.level = this.alike.levels[slot];
    for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) fifos[this.lanes.fifoOf[fifo]].taker = router;
    for (const { links, ramps } of ways) {
      links.feedFrom(router);
      ramps.feedFrom(router);
    }
    return router;
  }

  private way(kind: number, slot: number, { rx, tx }: RoutePosition, position: number, where: string): Way {
    const { wires, lanes, fifos } = this;
    const open: Queue[] = [];
    for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) if ((rx >> wires.channels.port[fifo]) & 1) open.push(fifos[lanes.fifoOf[fifo]]);
    if (open.length > 1) throw new Declined('arbitration', `two ports receive ${where}`);
    const { routers } = this.alike;
    const links = this.targets(routers, kind, this.fifos, (member, add) => {
      const { color, positions } = wires.route(member);
      for (let port = 0; port < Port.RAMP; port++) {
        const to = (positions[position].tx >> port) & 1 ? wires.fifoBehind(wires.peOf[member], port, color) : -1;
        if (to >= 0) add(lanes.fifoOf[to]);
      }
    });
    const ramps = this.targets(routers, kind, this.inputs, (member, add) => {
      const { color, positions } = wires.route(member);
      const to = (positions[position].tx >> Port.RAMP) & 1 ? wires.inputAt(wires.peOf[member], color) : -1;
      if (to >= 0) add(lanes.inputOf[to]);
    });
    return { from: open[0], tx, links, ramps, sinks: this.sinksOf(slot, tx) };
  }

  private sinksOf(slot: number, tx: number): SinkLane[] {
    const { wires, program } = this;
    const pe = wires.peOf[slot];
    const { color } = wires.route(slot);
    return this.sinks.filter(({ index }) => {
      const sink = program.sinks[index];
      return sink.pe === pe && sink.color === color && (tx >> sink.port) & 1 && neighbour(pe, sink.port, program.width, program.height) < 0;
    });
  }

  /** The queues that `visit` finds for the members of a kind, as numbers of `queues`; those that all members have first. */
  private targets(kinds: Kinds, kind: number, queues: readonly Queue[], visit: (member: number, add: (queue: number) => void) => void): Targets {
    const [from, to] = [kinds.first[kind], kinds.first[kind + 1]];
    if (to - from === 1) return targetsOfOne(queues, (add) => visit(kinds.order[from], add));
    const search = ++this.searches;
    const found: number[] = [];
    // Members that have it, and the last of them: one may have it behind several ports.
    const counts: number[] = [];
    const lastOf: number[] = [];
    const { seenBy, seenAt } = this;
    for (let i = from; i < to; i++) {
      visit(kinds.order[i], (queue) => {
        if (seenBy[queue] !== search) {
          seenBy[queue] = search;
          seenAt[queue] = found.push(queue) - 1;
          counts.push(0);
          lastOf.push(-1);
        }
        const at = seenAt[queue];
        if (lastOf[at] !== i) counts[at]++;
        lastOf[at] = i;
      });
    }
    if (found.length === 0) return Targets.NONE;
    const common = found.filter((_, i) => counts[i] === to - from);
    const apart = found.filter((_, i) => counts[i] < to - from);
    return new Targets(
      [...common, ...apart].map((queue) => queues[queue]),
      common.length,
    );
  }

  *elements(): Generator<void, ElementAgent[]> {
    const { program, alike } = this;
    const [classes, courses]: [CompiledClass[], (Course | undefined)[]] = [[], []];
    for (const cls of program.classes) {
      const compiled = compileClass(cls, program.machine);
      classes.push(compiled);
      courses.push(Course.ofClass(compiled, cls.name));
      yield;
    }
    const initial = initialWords(program);
    const agents: ElementAgent[] = [];
    const make = (kind: number): void => {
      const pe = alike.elements.order[alike.elements.first[kind]];
      const c = program.classOf[pe];
      const name = `${peName(pe, program.width)} (${program.classes[c].name})`;
      agents.push(this.element(kind, pe, name, classes[c], courses[c] ?? Course.ofOne(classes[c], name, initial(pe))));
    };
    yield* each(alike.elements.count, make, BREATH);
    return agents;
  }

  private element(kind: number, pe: number, name: string, cls: CompiledClass, course: Course): ElementAgent {
    const { program, wires, lanes, fabric, inputs } = this;
    const { machine, clock, recorder, order, begins } = fabric;
    const { inputFirst } = wires.channels;
    const { outputs, fifos = [] } = program.classes[program.classOf[pe]];
    const targets = outputs.map(({ color }) =>
      this.targets(this.alike.elements, kind, this.fifos, (member, add) => add(lanes.fifoOf[wires.rampFifo(member, color)])),
    );
    const element = new ElementAgent({
      ...{ pe, lane: kind, name, cls, course, fifos, clock, recorder, order, ramp: machine.ramp, completion: machine.completion },
      begin: begins?.[pe] ?? 0,
      inputs: Array.from({ length: inputFirst[pe + 1] - inputFirst[pe] }, (_, i) => inputs[lanes.inputOf[inputFirst[pe] + i]]),
      outputs: targets,
      outputLane: lanes.outputOf[wires.channels.outputFirst[pe]] ?? 0,
      picker: program.picker ?? { kind: 'lowest' },
    });
    element.level = this.alike.levels[wires.slots + pe];
    for (const target of targets) target.feedFrom(element);
    return element;
  }

  sources(): SourceAgent[] {
    const { program, wires, lanes, fabric, fifos } = this;
    return program.sources.map((source, i) => new SourceAgent(fabric, source, i, fifos[lanes.fifoOf[wires.fifoAt(source.pe, source.port, source.color)]]));
  }
}

/** The targets of an agent that stands for no other. */
function targetsOfOne(queues: readonly Queue[], visit: (add: (queue: number) => void) => void): Targets {
  const found: Queue[] = [];
  visit((queue) => {
    if (!found.includes(queues[queue])) found.push(queues[queue]);
  });
  return found.length === 0 ? Targets.NONE : new Targets(found, found.length);
}

/** The queues of lanes, each made as one of those that it stands for. */
function* queuesOf(lanes: Int32Array, count: number, make: (queue: number, lane: number) => Queue): Generator<void, Queue[]> {
  const one = new Int32Array(count);
  for (let queue = 0; queue < lanes.length; queue++) one[lanes[queue]] = queue;
  const queues: Queue[] = [];
  yield* each(count, (lane) => void queues.push(make(one[lane], lane)));
  return queues;
}

/**
 * Whether a FIFO lies between two routers of a stream that are never turned and hold up what passes alike. There it is the own
 * element that holds a word up, not the next router, so the feeder need not wait to hear what the next router does.
 */
function isOfStream(wires: Wires, fifo: number): boolean {
  const from = wires.fifoFeeder[fifo];
  const to = from >= 0 && from < wires.slots ? wires.takerOf(fifo) : NOBODY;
  if (to === NOBODY) return false;
  const [feeder, taker] = [wires.streamOf(from), wires.streamOf(to)];
  return feeder !== NOBODY && feeder === taker;
}
