/**
 * Every host stream through its tree of routers. What a PE makes of a stream is a function of its class and of the departures
 * before it (stream.ts), so PEs with the same class behind the same departures share one passage: on a wafer of equal rows
 * those at the same distance from the source. A passage is checked once against the departures before it.
 */
import { neighbour, OPPOSITE, Port, peName } from '../../machine/fabric.ts';
import type { HostSource, Program, Route } from '../../machine/program.ts';
import { Shapes } from '../../trace/shared.ts';
import { Declined } from './declined.ts';
import { type Skeleton, STEP, skeletonOf } from './skeleton.ts';
import { hasRoomFor, type Passage, StreamElement, type StreamShapes } from './stream.ts';

export interface Trees {
  readonly shapes: StreamShapes;
  /** By class; null where it has no code. */
  readonly skeletons: ReadonlyArray<Skeleton | null>;
  readonly passages: readonly Passage[];
  /** Passage of each PE, -1 for none. */
  readonly passageOf: Int32Array;
  /** Source of the stream of each PE, -1 for none. */
  readonly sourceOf: Int16Array;
  /** The departure shape of each source. */
  readonly sourceShapes: readonly number[];
  /** Color of the streams, -1 without one. */
  readonly color: number;
}

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
  private readonly passages: Passage[] = [];
  private readonly passageOf: Int32Array;
  private readonly sourceOf: Int16Array;
  private readonly color: number;
  private readonly queue: Int32Array;
  /** Passage behind passage p in class c, with or without a ramp, + 1: behind[(p * classes + c) * 2 + ramp]; grows. */
  private behind = new Int32Array(1024);
  /** Passages at a source, by class and words. */
  private readonly roots = new Map<string, number>();
  private readonly routes: ReadonlyArray<Route | undefined>;
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
    this.passageOf = new Int32Array(program.width * program.height).fill(-1);
    this.sourceOf = new Int16Array(this.passageOf.length).fill(-1);
    this.queue = new Int32Array(this.passageOf.length);
    this.routes = routes.map((cls) => cls.find((route) => route.color === this.color));
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
      if (this.skeletons[cls] && this.passageOf[pe] < 0) throw new Declined('routes', `no stream reaches ${peName(pe, this.program.width)}`);
    });
    const { shapes, skeletons, passages, passageOf, sourceOf, color } = this;
    return { shapes, skeletons, passages, passageOf, sourceOf, sourceShapes, color };
  }

  /** All PEs of one source's tree, each after the one before it; the shape of the source's own departures. */
  private sweep(source: HostSource, index: number): number {
    const { passageOf, passages } = this;
    const { width, height } = this.program;
    const total = source.words.length;
    if (source.rate || (source.from ?? 0) > 0 || source.controls?.some((bit) => bit !== 0) || source.words.length === 0) {
      throw new Declined('host', `source ${source.name}`);
    }
    this.visit(source.pe, source.port, -1, total);
    const { queue } = this;
    let length = 1;
    queue[0] = source.pe;
    for (let at = 0; at < length; at++) {
      const pe = queue[at];
      this.sourceOf[pe] = index;
      const { tx } = this.routeAt(pe).positions[0];
      for (let port = 0; port < Port.RAMP; port++) {
        if (!((tx >> port) & 1)) continue;
        const to = neighbour(pe, port, width, height);
        if (to < 0) throw new Declined('routes', `the stream leaves at ${peName(pe, width)}`);
        this.visit(to, OPPOSITE[port], passageOf[pe], total);
        queue[length++] = to;
      }
    }
    return this.element.sourceShape(passages[passageOf[source.pe]].leave, total);
  }

  private routeAt(pe: number): Route {
    const route = this.routes[this.program.routeOf[pe]];
    if (route?.positions.length !== 1) throw new Declined('routes', `color ${this.color} at ${peName(pe, this.program.width)}`);
    return route;
  }

  private visit(pe: number, port: number, before: number, total: number): void {
    const { program, passageOf } = this;
    const { positions } = this.routeAt(pe);
    if (passageOf[pe] >= 0 || positions[0].rx !== 1 << port) throw new Declined('routes', `streams meet at ${peName(pe, program.width)}`);
    const ramp = (positions[0].tx >> Port.RAMP) & 1;
    const cls = program.classOf[pe];
    if (before < 0) {
      const same = `${cls} ${total}`;
      passageOf[pe] = this.roots.get(same) ?? this.make(pe, cls, ramp === 1, before, total);
      this.roots.set(same, passageOf[pe]);
      return;
    }
    const key = (before * program.classes.length + cls) * 2 + ramp;
    if (key >= this.behind.length) this.grow(key);
    if (this.behind[key] === 0) this.behind[key] = this.make(pe, cls, ramp === 1, before, total) + 1;
    passageOf[pe] = this.behind[key] - 1;
  }

  private grow(key: number): void {
    const grown = new Int32Array(2 * (key + 1));
    grown.set(this.behind);
    this.behind = grown;
  }

  private make(pe: number, cls: number, ramp: boolean, before: number, total: number): number {
    const { moves } = this.shapes;
    const skeleton = this.skeletons[cls];
    const from = before < 0 ? -1 : this.passages[before].leave;
    const where = peName(pe, this.program.width);
    if (ramp !== (skeleton !== null) || (before < 0 && !ramp)) throw new Declined('routes', `the stream and the code of ${where}`);
    const made = skeleton
      ? this.element.pass(skeleton, this.capacities[cls], total, from)
      : { ...this.element.through(from), use: 0, spans: 0, sent: [], tail: 0, end: 0 };
    if (from >= 0 && !hasRoomFor(moves, from, made.leave, this.program.machine.fifoDepth)) throw new Declined('backpressure', `at ${where}`);
    return this.passages.push(made) - 1;
  }
}
