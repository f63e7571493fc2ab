/** What is needed of a program to evaluate its host streams: one color, ways through routers, what each class takes. */
import { PORTS, Port, peName } from '../../machine/fabric.ts';
import type { HostSource, PeClass, Program, Route } from '../../machine/program.ts';
import { Declined } from './declined.ts';
import { rateOf } from './lane-pace.ts';
import { type Skeleton, skeletonBefore, skeletonOf } from './skeleton.ts';
import { isTaking, STEP } from './step.ts';

/** How a stream passes a router: the port it comes by, whether the element gets it, the ports it leaves by, all of them as a mask. */
export interface Way {
  readonly from: number;
  readonly ramp: number;
  readonly on: readonly number[];
  readonly tx: number;
}

/** For {@link Ending.sent}: most PEs of a wafer send nothing before their tail, and share it. */
export const NOTHING_SENT: readonly number[] = [];

/** How a PE stands when its stream is over. */
export interface Ending {
  /** Ticks at which words before the tail are sent, if nothing holds them up. */
  readonly sent: readonly number[];
  /** Steps of its skeleton from this one on begin at `end`; they take nothing more. */
  readonly tail: number;
  readonly end: number;
}

/** Streams that were evaluated, one way or the other. */
export interface Streams {
  readonly facts: StreamFacts;
  /** How a PE ends; undefined where no stream passes. */
  ending(pe: number): Ending | undefined;
  /** Whether a word of the stream may leave the router of a PE at one of `count` ticks from `begin` on, `period` apart. */
  meets(pe: number, begin: number, count: number, period: number): boolean;
}

/** Sources are numbered in 16 bits a PE. */
const MOST_SOURCES = 2 ** 15 - 1;

export class StreamFacts {
  readonly program: Program;
  /** Color of the streams, -1 without one. */
  readonly color: number;
  /** By class; null where it has no code. */
  readonly skeletons: ReadonlyArray<Skeleton | null>;
  /** Whether PEs take what others send (reduce.ts). */
  readonly reduces: boolean;
  /** By class, the first one that takes a stream alike: such PEs differ in what they do after it. */
  readonly kinds: readonly number[];
  /** R of a class, what its input queue holds; 0 if it has none for the stream. */
  readonly capacities: readonly number[];
  /** The microthread that receives, -1 without one. */
  readonly thread: number;
  /** By route class, undefined where the stream has no one way. */
  private readonly ways: ReadonlyArray<Way | undefined>;

  /** The facts of a program; without `mayRepeat` what code does again and again is evaluated every time. Yields now and then. @throws Declined */
  static *of(program: Program, mayRepeat = true): Generator<void, StreamFacts> {
    const { classes, machine, sources, host = [] } = program;
    const colors = new Set(sources.map((source) => source.color));
    if (host.length > 0) throw new Declined('host', 'the host does more than streaming');
    if (sources.length > MOST_SOURCES) throw new Declined('host', `${sources.length} sources`);
    if (colors.size > 1) throw new Declined('arbitration', 'several colors come from the host');
    for (const source of sources) checkSource(source);
    const color = [...colors][0] ?? -1;
    const reduces = classes.some((cls) => takesOthers(cls, color));
    const skeletons: Array<Skeleton | null> = [];
    for (const cls of classes) {
      const skeleton = yield* reduces ? skeletonBefore(cls, machine, queueOf(cls, color)) : skeletonOf(cls, machine);
      skeletons.push(skeleton && !mayRepeat ? { ...skeleton, cycle: undefined } : skeleton);
      yield;
    }
    return new StreamFacts(program, color, skeletons, reduces);
  }

  private constructor(program: Program, color: number, skeletons: ReadonlyArray<Skeleton | null>, reduces: boolean) {
    const { classes, routes } = program;
    this.reduces = reduces;
    this.program = program;
    this.color = color;
    this.skeletons = skeletons;
    this.ways = routes.map((cls) => wayOf(cls.find((route) => route.color === this.color)));
    const threads = new Set(skeletons.flatMap((skeleton) => (skeleton && skeleton.thread >= 0 ? [skeleton.thread] : [])));
    if (threads.size > 1) throw new Declined('threads', 'PEs receive by microthreads of several numbers');
    this.thread = [...threads][0] ?? -1;
    this.capacities = classes.map((cls, i) => this.capacityOf(cls, i));
    this.kinds = reduces ? kindsOf(skeletons, this.capacities) : classes.map((_, i) => i);
  }

  private capacityOf(peClass: PeClass, cls: number): number {
    const { inputs } = peClass;
    const at = queueOf(peClass, this.color);
    const others = this.skeletons[cls]?.steps.some((step) => isTaking(step) && step.queue !== at);
    if (others) throw new Declined('routes', `${this.program.classes[cls].name} takes another stream`);
    const { machine } = this.program;
    return at < 0 ? 0 : machine.inputQueues[inputs[at].queue] + machine.ramp;
  }

  /** Whether words of another color leave some router by a link of the stream. */
  get sharesLinks(): boolean {
    return this.program.routes.some((cls, i) => {
      const links = (this.ways[i]?.tx ?? 0) & ~(1 << Port.RAMP);
      return cls.some(({ color, positions }) => color !== this.color && positions.some(({ tx }) => (tx & links) !== 0));
    });
  }

  /** Whether the stream leaves the router of a PE by a port. */
  leavesBy(pe: number, port: number): boolean {
    return (((this.ways[this.program.routeOf[pe]]?.tx ?? 0) >> port) & 1) === 1;
  }

  /** @throws Declined */
  wayAt(pe: number): Way {
    const way = this.ways[this.program.routeOf[pe]];
    if (!way) throw new Declined('routes', `color ${this.color} at ${peName(pe, this.program.width)}`);
    return way;
  }

  /** The code of a PE that a stream of `total` words passes; null where its element does not get it. @throws Declined */
  skeletonAt(pe: number, total: number): Skeleton | null {
    const skeleton = this.skeletons[this.program.classOf[pe]];
    if ((this.wayAt(pe).ramp === 1) !== (skeleton !== null)) throw new Declined('routes', `the stream and the code of ${peName(pe, this.program.width)}`);
    if (skeleton && skeleton.takes !== total) throw new Declined('error', `${skeleton.name} takes ${skeleton.takes} of ${total} words`);
    return skeleton;
  }

  /** Every PE with code must have a stream. @throws Declined */
  checkReached(isReached: (pe: number) => boolean): void {
    const { classOf, width } = this.program;
    for (let pe = 0; pe < classOf.length; pe++) {
      if (this.skeletons[classOf[pe]] && !isReached(pe)) throw new Declined('routes', `no stream reaches ${peName(pe, width)}`);
    }
  }
}

/** The input queue of a color, as its place in the class; -1 if there is none. */
const queueOf = ({ inputs }: PeClass, color: number): number => inputs.findIndex((input) => input.color === color);

/** Whether PEs of a class take words of another color. */
const takesOthers = ({ tasks, inputs }: PeClass, color: number): boolean =>
  tasks.some(({ code }) =>
    code.some((ins) => ins.kind === 'vector' && [ins.a, ins.b].some((from) => from?.kind === 'fabricIn' && inputs[from.queue].color !== color)),
  );

/** By class, the first one with equal steps and an equal queue. */
function kindsOf(skeletons: ReadonlyArray<Skeleton | null>, capacities: readonly number[]): number[] {
  const first = new Map<string, number>();
  return skeletons.map((skeleton, i) => {
    const key = `${capacities[i]} ${JSON.stringify(skeleton && { ...skeleton, name: '', rest: skeleton.rest !== undefined })}`;
    const kind = first.get(key) ?? i;
    first.set(key, kind);
    return kind;
  });
}

function checkSource({ name, rate, from = 0, controls, words }: HostSource): void {
  rateOf(rate);
  if (from > 0 || controls?.some((bit) => bit !== 0) || words.length === 0) throw new Declined('host', `source ${name}`);
}

function wayOf(route: Route | undefined): Way | undefined {
  if (route?.positions.length !== 1) return undefined;
  const [{ rx, tx }] = route.positions;
  const ports = (mask: number): number[] => [...Array(PORTS).keys()].filter((port) => (mask >> port) & 1);
  const from = ports(rx);
  return from.length === 1 ? { from: from[0], ramp: (tx >> Port.RAMP) & 1, on: ports(tx & ~(1 << Port.RAMP)), tx } : undefined;
}

/** The first send after all words are taken and all ops handed over, from its set-up on: where the tail of a skeleton begins. */
export function tailOf({ steps }: Skeleton): number {
  const last = steps.findLastIndex(({ is }) => is === STEP.TAKE || is === STEP.HAND);
  const send = steps.findIndex((step, i) => i > last && step.is === STEP.SEND);
  if (send < 0) return steps.length;
  const { spans } = steps[Math.max(0, send - 1)];
  const isSetup = send > last + 1 && spans[0] === steps[send].activity && spans[1] === steps[send].mark;
  return isSetup ? send - 1 : send;
}
