/** The chains of routers through which results leave (chain.ts): found in the program, and evaluated once for those that are alike. */
import { Hash } from '../../base/hash.ts';
import { COLORS, neighbour, OPPOSITE, PORTS, Port, peName } from '../../machine/fabric.ts';
import type { HostSink, Program } from '../../machine/program.ts';
import { type Drained, drain, type Link, STANDS } from './chain.ts';
import { Declined } from './declined.ts';
import { STEP } from './skeleton.ts';
import type { Streams } from './streams.ts';

/** The routers of a chain from its sink on. Chains in fabric rows that are alike share one, moved by whole rows. */
export interface Line {
  readonly pes: Int32Array;
  /** Port by which words come from further away, and by which all leave. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly stands: Uint8Array;
  /** How each router stands and the class of its PE: lines that have this in common need the same time. */
  readonly kind: string;
}

/** A chain: PE p of it is `line.pes[p] + shift`. `begin` is the tick from which `drained` counts. */
export interface Chain {
  readonly sink: number;
  readonly color: number;
  readonly line: Line;
  readonly shift: number;
  readonly drained: Drained;
  readonly begin: number;
}

/** A chain as found. */
type Found = Omit<Chain, 'drained' | 'begin'>;

/** Chains that are remembered to be shared by others that are alike: some 70 kB each where a row of a whole wafer sends. */
const MOST_KNOWN = 64;

interface Known {
  readonly kind: string;
  readonly signature: Int32Array;
  readonly drained: Drained;
}

/** Every chain in turn, and nothing now and then. @throws Declined */
export function* evaluateChains(program: Program, streams: Streams): Generator<Chain | undefined, void> {
  const found = yield* findChains(program, streams);
  const scratch = new Scratch();
  const known: Known[] = [];
  for (const chain of found) {
    const { signature, begin } = signatureOf(chain, streams, scratch);
    const { kind } = chain.line;
    let like = known.find((other) => other.kind === kind && areEqual(other.signature, signature));
    if (!like) {
      like = { kind, signature: signature.slice(), drained: yield* drain(program.machine, linksOf(chain, program, streams, begin)) };
      if (known.push(like) > MOST_KNOWN) known.shift();
    }
    const { expect, name } = program.sinks[chain.sink];
    if (like.drained.received !== expect) throw new Declined('error', `sink ${name} expects ${expect} words`);
    yield { ...chain, drained: like.drained, begin };
  }
}

/** The chain of every sink. */
function* findChains(program: Program, streams: Streams): Generator<undefined, Found[]> {
  const finder = new Finder(program, streams);
  const found: Found[] = [];
  for (const sink of program.sinks) {
    found.push(finder.find(sink, found.length));
    yield;
  }
  const sends = streams.facts.skeletons.map((skeleton) => (skeleton?.sends ?? 0) > 0);
  for (let pe = 0; pe < program.classOf.length; pe++) {
    if (sends[program.classOf[pe]] && !finder.has(pe)) throw new Declined('routes', `results of ${peName(pe, program.width)}`);
  }
  return found;
}

/** An array that is used again and again. */
class Scratch {
  private data = new Int32Array();

  of(length: number): Int32Array {
    if (this.data.length < length) this.data = new Int32Array(2 * length);
    return this.data;
  }
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** Finds chains; what it learns about a router's class and a PE's class it keeps. */
class Finder {
  private readonly program: Program;
  private readonly streams: Streams;
  private readonly inChain: Uint8Array;
  /** By fabric row, the first one with the same classes and routers. */
  private readonly alike: Int32Array;
  /** By (row, column, port, color) of the sink, lines that stay in their fabric row. */
  private readonly lines = new Map<string, Line>();
  /** By (route class, color, port): stand * 8 + port of the next one. By that and the PE's class: whether it was checked. */
  private readonly known = new Map<number, number>();
  private readonly checked = new Set<number>();

  constructor(program: Program, streams: Streams) {
    this.program = program;
    this.streams = streams;
    this.inChain = new Uint8Array(program.classOf.length);
    this.alike = alikeRows(program);
  }

  has(pe: number): boolean {
    return this.inChain[pe] === 1;
  }

  find({ pe, port, color, name, rate }: HostSink, sink: number): Found {
    const { inChain } = this;
    const { width } = this.program;
    if (rate || color === this.streams.facts.color) throw new Declined(rate ? 'host' : 'routes', `sink ${name}`);
    const row = Math.floor(pe / width);
    const first = this.alike[row];
    const key = `${first} ${pe % width} ${port} ${color}`;
    const known = this.lines.get(key);
    const line = known ?? this.follow(pe, port, color);
    const shift = known ? (row - first) * width : 0;
    for (const at of line.pes) {
      if (inChain[at + shift] === 1) throw new Declined('routes', `color ${color} at ${peName(at + shift, width)}`);
      inChain[at + shift] = 1;
    }
    if (row === first && line.pes.every((at) => at >= row * width && at < (row + 1) * width)) this.lines.set(key, line);
    return { sink, color, line, shift };
  }

  private follow(start: number, port: number, color: number): Line {
    const { width, height, classOf } = this.program;
    const [pes, from, to, stands]: number[][] = [[], [], [], []];
    for (let pe = start, exit = port; pe >= 0; ) {
      if (pes.length === classOf.length) throw new Declined('routes', `color ${color} goes round`);
      const stand = this.stand(pe, color, exit);
      const next = stand & 7;
      pes.push(pe);
      from.push(next);
      to.push(exit);
      stands.push(stand >> 3);
      exit = OPPOSITE[next];
      pe = neighbour(pe, next, width, height);
    }
    const kind = `${stands} ${pes.map((pe) => classOf[pe])}`;
    return { pes: Int32Array.from(pes), from: Uint8Array.from(from), to: Uint8Array.from(to), stands: Uint8Array.from(stands), kind };
  }

  private stand(pe: number, color: number, to: number): number {
    const { program, known, checked } = this;
    const router = (program.routeOf[pe] * COLORS + color) * PORTS + to;
    const stand = known.get(router) ?? standOf(program, pe, color, to);
    known.set(router, stand);
    const both = router * program.classes.length + program.classOf[pe];
    if (!checked.has(both)) checkSends(program, this.streams, pe, to, color, stand >> 3);
    checked.add(both);
    return stand;
  }
}

/** How a router stands, * 8, and the port behind which the chain goes on; RAMP at its end. */
function standOf(program: Program, pe: number, color: number, to: number): number {
  const where = peName(pe, program.width);
  const route = program.routes[program.routeOf[pe]].find((r) => r.color === color);
  if (!route) throw new Declined('routes', `color ${color} at ${where}`);
  const { positions, ring, pop } = route;
  const ramp = 1 << Port.RAMP;
  const [first, second] = positions;
  const isOneWay = positions.every(({ rx, tx }) => tx === 1 << to && (rx & (rx - 1)) === 0 && rx !== 0);
  if (!isOneWay || positions.length > 2 || (pop !== undefined && pop !== 'never')) throw new Declined('routes', `switches at ${where}`);
  const port = (rx: number): number => 31 - Math.clz32(rx);
  if (!second) return (first.rx === ramp ? STANDS.OWN : STANDS.PASSES) * 8 + port(first.rx);
  if (first.rx !== ramp || second.rx === ramp) throw new Declined('routes', `switches at ${where}`);
  return (ring ? STANDS.RING : STANDS.TURNS) * 8 + port(second.rx);
}

/** All that a PE sends goes into the chain, and never through a port at the same time as the stream it takes. */
function checkSends(program: Program, streams: Streams, pe: number, to: number, color: number, stands: number): void {
  const where = peName(pe, program.width);
  const skeleton = streams.facts.skeletons[program.classOf[pe]];
  const { outputs } = program.classes[program.classOf[pe]];
  const isOwn = stands !== STANDS.PASSES;
  if (skeleton?.steps.some((step) => step.is === STEP.SEND && outputs[step.queue].color !== color)) throw new Declined('routes', `results of ${where}`);
  if (isOwn !== (skeleton?.sends ?? 0) > 0) throw new Declined('routes', `the chain and the code of ${where}`);
  const stream = program.routes[program.routeOf[pe]].find((r) => r.color === streams.facts.color);
  const shares = stream?.positions.some(({ tx }) => (tx >> to) & 1) === true;
  if (shares && (!isOwn || (streams.ending(pe)?.sent.length ?? 0) > 0)) throw new Declined('arbitration', `the stream and results at ${where}`);
}

/** By fabric row, the first one whose PEs and routers have the same classes. */
function alikeRows({ width, height, classOf, routeOf }: Program): Int32Array {
  /** Rows that differ, by the hash of their classes. */
  const distinct = new Map<string, number[]>();
  const areAlike = (columns: Uint16Array, a: number, b: number): boolean => {
    for (let x = 0; x < width; x++) if (columns[a * width + x] !== columns[b * width + x]) return false;
    return true;
  };
  return Int32Array.from({ length: height }, (_, y) => {
    const [from, to] = [y * width, (y + 1) * width];
    const key = new Hash().words(routeOf.subarray(from, to)).words(classOf.subarray(from, to)).hex();
    const others = distinct.get(key) ?? [];
    const first = others.find((other) => areAlike(routeOf, other, y) && areAlike(classOf, other, y));
    if (first === undefined) distinct.set(key, [...others, y]);
    return first ?? y;
  });
}

/** What the timing of a chain depends on beside its line, counted from its begin. */
function signatureOf({ line, shift }: Found, streams: Streams, scratch: Scratch): { readonly signature: Int32Array; readonly begin: number } {
  let begin = Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const at of line.pes) {
    const ending = streams.ending(at + shift);
    if (!ending) continue;
    begin = Math.min(begin, ending.sent.length > 0 ? ending.sent[0] : ending.end);
    sent += ending.sent.length;
  }
  if (begin === Number.POSITIVE_INFINITY) begin = 0;
  const signature = scratch.of(line.pes.length + sent);
  let length = 0;
  for (const at of line.pes) {
    const ending = streams.ending(at + shift);
    if (!ending) continue;
    signature[length++] = ending.end - begin;
    for (const tick of ending.sent) signature[length++] = tick - begin;
  }
  return { signature: signature.subarray(0, length), begin };
}

function linksOf({ line, shift, color }: Found, program: Program, streams: Streams, begin: number): Link[] {
  const { machine, classes, classOf } = program;
  return Array.from(line.pes, (at, p) => {
    const cls = classOf[at + shift];
    const ending = streams.ending(at + shift);
    const queue = classes[cls].outputs.find((output) => output.color === color)?.queue;
    return {
      stands: line.stands[p],
      skeleton: ending ? streams.facts.skeletons[cls] : null,
      capacity: queue === undefined ? 1 : machine.outputQueues[queue] + machine.ramp,
      sent: (ending?.sent ?? []).map((tick) => tick - begin),
      tail: ending?.tail ?? 0,
      end: (ending?.end ?? begin) - begin,
    };
  });
}
