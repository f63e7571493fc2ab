/**
 * Every host stream through its tree of routers. What a PE makes of a stream is a function of its class and of the departures
 * before it (stream.ts), so PEs with the same class behind the same departures share one passage: on a wafer of equal rows
 * those at the same distance from the source. A passage is checked once against the departures before it.
 */
import { neighbour, OPPOSITE, PORTS, Port, peName } from '../../machine/fabric.ts';
import type { HostSource, Program, Route } from '../../machine/program.ts';
import { type ShapeNumbers, Shapes } from '../../trace/shared.ts';
import { Declined } from './declined.ts';
import { type Skeleton, STEP, skeletonOf } from './skeleton.ts';
import { hasRoomFor, type Passage, StreamElement, type StreamShapes } from './stream.ts';

export interface Trees {
  readonly shapes: StreamShapes;
  /** By class; null where it has no code. */
  readonly skeletons: ReadonlyArray<Skeleton | null>;
  /** The first stands for none. The number of a passage is that of its uses and of its spans among the shapes. */
  readonly passages: readonly Passage[];
  /** Passage of each PE. */
  readonly passageOf: ShapeNumbers;
  /** Source of the stream of each PE; undefined where all have the first. */
  readonly sourceOf: Int16Array | undefined;
  /** The departure shape of each source. */
  readonly sourceShapes: readonly number[];
  /** Color of the streams, -1 without one. */
  readonly color: number;
}

/** How a stream passes a router: the port it comes by, whether the element gets it, the ports it leaves by. */
interface Way {
  readonly from: number;
  readonly ramp: number;
  readonly on: readonly number[];
}

function wayOf(route: Route | undefined): Way | undefined {
  if (route?.positions.length !== 1) return undefined;
  const [{ rx, tx }] = route.positions;
  const ports = (mask: number): number[] => [...Array(PORTS).keys()].filter((port) => (mask >> port) & 1);
  const from = ports(rx);
  return from.length === 1 ? { from: from[0], ramp: (tx >> Port.RAMP) & 1, on: ports(tx & ~(1 << Port.RAMP)) } : undefined;
}

/** A passage, undefined where no stream passes. */
export const passageAt = ({ passages, passageOf }: Trees, pe: number): Passage | undefined => (passageOf[pe] > 0 ? passages[passageOf[pe]] : undefined);

/** Their numbers are kept in 16 bits a PE. */
const MOST_SOURCES = 2 ** 15 - 1;

/** @throws Declined */
export function sweepTrees(program: Program): Trees {
  return new TreeSweep(program).run();
}

class TreeSweep {
  private readonly program: Program;
  private readonly shapes: StreamShapes = { moves: new Shapes(), uses: new Shapes(), spans: new Shapes() };
  private readonly skeletons: ReadonlyArray<Skeleton | null>;
  private readonly element: StreamElement;
  private readonly passages: Passage[] = [NONE];
  /** Wider once there are many. */
  private passageOf: ShapeNumbers;
  private readonly sourceOf: Int16Array | undefined;
  private readonly color: number;
  /** Passage behind passage p in class c, with or without a ramp: behind[(p * classes + c) * 2 + ramp]; grows. */
  private behind = new Int32Array(1024);
  /** Passages at a source, by class and words. */
  private readonly roots = new Map<string, number>();
  /** By route class, undefined where the stream has no one way. */
  private readonly ways: ReadonlyArray<Way | undefined>;
  private readonly capacities: readonly number[];

  constructor(program: Program) {
    this.program = program;
    const { classes, machine, routes, sources } = program;
    const colors = new Set(sources.map((source) => source.color));
    if (sources.length > MOST_SOURCES) throw new Declined('host', `${sources.length} sources`);
    if (colors.size > 1) throw new Declined('arbitration', 'several colors come from the host');
    this.color = [...colors][0] ?? -1;
    this.skeletons = classes.map((cls) => skeletonOf(cls, machine));
    this.element = new StreamElement(machine, this.shapes);
    this.passageOf = new Uint16Array(program.width * program.height);
    this.sourceOf = sources.length > 1 ? new Int16Array(this.passageOf.length) : undefined;
    this.ways = routes.map((cls) => wayOf(cls.find((route) => route.color === this.color)));
    this.capacities = classes.map((cls, i) => this.capacityOf(cls.inputs, i));
  }

  /** R of a class; 0 if it has no queue for the stream. */
  private capacityOf(inputs: ReadonlyArray<{ readonly queue: number; readonly color: number }>, cls: number): number {
    const at = inputs.findIndex((input) => input.color === this.color);
    const others = this.skeletons[cls]?.steps.some((step) => step.is === STEP.TAKE && step.queue !== at);
    if (others) throw new Declined('routes', `${this.program.classes[cls].name} takes another stream`);
    const { machine } = this.program;
    return at < 0 ? 0 : machine.inputQueues[inputs[at].queue] + machine.ramp;
  }

  run(): Trees {
    const sourceShapes = this.program.sources.map((source, i) => this.sweep(source, i));
    this.program.classOf.forEach((cls, pe) => {
      if (this.skeletons[cls] && this.passageOf[pe] === 0) throw new Declined('routes', `no stream reaches ${peName(pe, this.program.width)}`);
    });
    const { shapes, skeletons, passages, passageOf, sourceOf, color } = this;
    return { shapes, skeletons, passages, passageOf, sourceOf, sourceShapes, color };
  }

  /** All PEs of one source's tree, each after the one before it; the shape of the source's own departures. */
  private sweep(source: HostSource, index: number): number {
    const total = source.words.length;
    if (source.rate || (source.from ?? 0) > 0 || source.controls?.some((bit) => bit !== 0) || source.words.length === 0) {
      throw new Declined('host', `source ${source.name}`);
    }
    this.visit(source.pe, source.port, 0, total);
    // One line of routers after the other; where a line branches, the other ways wait.
    const branches = [source.pe];
    for (let pe = branches.pop(); pe !== undefined; pe = branches.pop()) this.follow(pe, index, total, branches);
    return this.element.sourceShape(this.passages[this.passageOf[source.pe]].leave, total);
  }

  /** The line of routers from `pe` on to its end. */
  private follow(pe: number, index: number, total: number, branches: number[]): void {
    const { width, height } = this.program;
    for (let at = pe; at >= 0; ) {
      if (this.sourceOf) this.sourceOf[at] = index;
      const before = this.passageOf[at];
      let next = -1;
      for (const port of this.wayAt(at).on) {
        const to = neighbour(at, port, width, height);
        if (to < 0) throw new Declined('routes', `the stream leaves at ${peName(at, width)}`);
        this.visit(to, OPPOSITE[port], before, total);
        if (next < 0) next = to;
        else branches.push(to);
      }
      at = next;
    }
  }

  private wayAt(pe: number): Way {
    const way = this.ways[this.program.routeOf[pe]];
    if (!way) throw new Declined('routes', `color ${this.color} at ${peName(pe, this.program.width)}`);
    return way;
  }

  /** The stream comes to a router behind passage `before`, 0 for the host. */
  private visit(pe: number, port: number, before: number, total: number): void {
    const { program } = this;
    const { from, ramp } = this.wayAt(pe);
    if (this.passageOf[pe] > 0 || from !== port) throw new Declined('routes', `streams meet at ${peName(pe, program.width)}`);
    const cls = program.classOf[pe];
    if (before === 0) {
      const same = `${cls} ${total}`;
      const known = this.roots.get(same) ?? this.make(pe, cls, ramp === 1, before, total);
      this.roots.set(same, known);
      this.passageOf[pe] = known;
      return;
    }
    const key = (before * program.classes.length + cls) * 2 + ramp;
    if (key >= this.behind.length) this.grow(key);
    if (this.behind[key] === 0) this.behind[key] = this.make(pe, cls, ramp === 1, before, total);
    this.passageOf[pe] = this.behind[key];
  }

  private grow(key: number): void {
    const grown = new Int32Array(2 * (key + 1));
    grown.set(this.behind);
    this.behind = grown;
  }

  private make(pe: number, cls: number, ramp: boolean, before: number, total: number): number {
    const { passages, element } = this;
    const { moves } = this.shapes;
    const skeleton = this.skeletons[cls];
    const from = before === 0 ? -1 : passages[before].leave;
    const where = peName(pe, this.program.width);
    if (ramp !== (skeleton !== null) || (before === 0 && !ramp)) throw new Declined('routes', `the stream and the code of ${where}`);
    const made = skeleton ? element.pass(skeleton, this.capacities[cls], total, from) : element.through(from);
    if (from >= 0 && !hasRoomFor(moves, from, made.leave, this.program.machine.fifoDepth)) throw new Declined('backpressure', `at ${where}`);
    if (passages.length === 1 << 16) this.passageOf = Int32Array.from(this.passageOf);
    return passages.push(made) - 1;
  }
}

const NONE: Passage = { leave: 0, lastLeave: -1, sent: [], tail: 0, end: 0 };
