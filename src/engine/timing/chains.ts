/** The chains of routers through which results leave (chain.ts): found in the program, and evaluated once for those that are alike. */
import { Hash } from '../../base/hash.ts';
import { COLORS, neighbour, OPPOSITE, PORTS, Port, peName } from '../../machine/fabric.ts';
import type { HostSink, Program, Rate } from '../../machine/program.ts';
import { chainRecorder, type Drained, drain, LANE, LANES, type Link, STANDS } from './chain.ts';
import { Declined } from './declined.ts';
import { haveOneRate, rateOf } from './lane-pace.ts';
import type { Skeleton } from './skeleton.ts';
import { STEP } from './step.ts';
import { NOTHING_SENT, type Streams } from './streams.ts';

/** The routers of a chain from its sink on. Chains in fabric rows that are alike share one, moved by whole rows. */
export interface Line {
  readonly pes: Int32Array;
  /** Port by which words come from further away, and by which all leave. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly stands: Uint8Array;
  /** Whether it leaves a router by a link of the stream. */
  readonly isOnStream: boolean;
  /** How each router stands and the class of its PE: lines that have this in common need the same time. */
  readonly kind: string;
}

/** A chain: PE p of it is `line.pes[p] + shift`. `begin` is the tick from which `drained` counts. */
export interface Chain {
  readonly sink: number;
  readonly color: number;
  readonly rate: Rate | undefined;
  readonly line: Line;
  readonly shift: number;
  readonly drained: Drained;
  readonly begin: number;
}

/** A chain as found. */
type Found = Omit<Chain, 'drained' | 'begin'>;

/**
 * Chains that are remembered to be shared by others that are alike, some 70 kB each where a row of a whole wafer sends; and rows of them, 17 B each:
 * where a sink's rate holds results up, a chain has one for every word at every router.
 */
const MOST_KNOWN = 64;
const MOST_KNOWN_ROWS = 1 << 22;

interface Known {
  readonly rate: Rate | undefined;
  readonly kind: string;
  readonly signature: Int32Array;
  readonly drained: Drained;
}

/** Every chain in turn, and nothing now and then. @throws Declined */
export function* evaluateChains(program: Program, streams: Streams): Generator<Chain | undefined, void> {
  const found = yield* findChains(program, streams);
  const scratch = new Scratch();
  const maker = new LinkMaker(program, streams);
  const known: Known[] = [];
  let rows = 0;
  // Chains of one length share the storage of a recorder: of a wafer's chains each would leave a megabyte behind.
  let [recorder, recorded] = [chainRecorder(0), 0];
  for (const chain of found) {
    const { signature, begin } = signatureOf(chain, streams, scratch);
    const { rate, line } = chain;
    const { kind } = line;
    let like = known.find((other) => haveOneRate(other.rate, rate) && other.kind === kind && areEqual(other.signature, signature));
    if (!like) {
      const links = maker.of(chain, begin);
      if (links.length !== recorded) [recorder, recorded] = [chainRecorder(links.length), links.length];
      like = { rate, kind, signature: signature.slice(), drained: yield* drain(program.machine, links, rate, recorder) };
      rows += rowsOf(like);
      known.push(like);
      while (known.length > MOST_KNOWN || rows > MOST_KNOWN_ROWS) rows -= rowsOf(known.shift()!);
    }
    const { expect, name } = program.sinks[chain.sink];
    if (like.drained.received !== expect) throw new Declined('error', `sink ${name} expects ${expect} words`);
    const evaluated = { ...chain, drained: like.drained, begin };
    if (line.isOnStream) checkLinks(program, streams, evaluated);
    yield evaluated;
  }
}

/** Which of two words leaves a link first would be its router's choice, and hold up the other. @throws Declined */
function checkLinks({ width }: Program, streams: Streams, { line, shift, begin, drained }: Chain): void {
  const { lane, begin: begins, count, period } = drained.trace.moves;
  for (let row = 0; row < lane.length; row++) {
    const p = Math.floor(lane[row] / LANES);
    if (p === line.pes.length || lane[row] % LANES === LANE.SEND) continue;
    const pe = line.pes[p] + shift;
    if (streams.facts.leavesBy(pe, line.to[p]) && streams.meets(pe, begin + begins[row], count[row], period[row]))
      throw new Declined('arbitration', `results meet the stream on a link of ${peName(pe, width)}`);
  }
}

const rowsOf = ({ drained: { trace } }: Known): number => trace.moves.lane.length + trace.intervals.pe.length;

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

/** An array that is used again and again, and keeps what is in it when it grows. */
class Scratch {
  private data = new Int32Array(1024);

  of(length: number): Int32Array {
    if (this.data.length < length) {
      const grown = new Int32Array(2 * length);
      grown.set(this.data);
      this.data = grown;
    }
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
  /** Of the routers of a line: PE, ports from and to, stand; of its PEs, their classes. */
  private readonly routers = new Scratch();
  private readonly classes = new Scratch();

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
    if (color === this.streams.facts.color) throw new Declined('routes', `sink ${name}`);
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
    return { sink, color, rate: rateOf(rate), line, shift };
  }

  private follow(start: number, port: number, color: number): Line {
    const { routers, classes } = this;
    const { width, height, classOf } = this.program;
    let length = 0;
    for (let pe = start, exit = port; pe >= 0; length++) {
      if (length === classOf.length) throw new Declined('routes', `color ${color} goes round`);
      const stand = this.stand(pe, color, exit);
      const next = stand & 7;
      const data = routers.of(4 * length + 4);
      data[4 * length] = pe;
      data[4 * length + 1] = next;
      data[4 * length + 2] = exit;
      data[4 * length + 3] = stand >> 3;
      exit = OPPOSITE[next];
      pe = neighbour(pe, next, width, height);
    }
    const data = routers.of(4 * length);
    const line = { pes: new Int32Array(length), from: new Uint8Array(length), to: new Uint8Array(length), stands: new Uint8Array(length) };
    const ofClass = classes.of(length).subarray(0, length);
    for (let p = 0; p < length; p++) {
      line.pes[p] = data[4 * p];
      line.from[p] = data[4 * p + 1];
      line.to[p] = data[4 * p + 2];
      line.stands[p] = data[4 * p + 3];
      ofClass[p] = classOf[line.pes[p]];
    }
    const { facts } = this.streams;
    const isOnStream = line.pes.some((at, p) => facts.leavesBy(at, line.to[p]));
    return { ...line, isOnStream, kind: `${line.stands} ${ofClass}` };
  }

  private stand(pe: number, color: number, to: number): number {
    const { program, known, checked } = this;
    const router = (program.routeOf[pe] * COLORS + color) * PORTS + to;
    const stand = known.get(router) ?? standOf(program, pe, color, to);
    known.set(router, stand);
    const both = router * program.classes.length + program.classOf[pe];
    if (!checked.has(both)) checkSends(program, this.streams, pe, color, stand >> 3);
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

/** All that a PE sends goes into the chain. @throws Declined */
function checkSends(program: Program, streams: Streams, pe: number, color: number, stands: number): void {
  const where = peName(pe, program.width);
  const skeleton = streams.facts.skeletons[program.classOf[pe]];
  const { outputs } = program.classes[program.classOf[pe]];
  const isOwn = stands !== STANDS.PASSES;
  if (skeleton?.steps.some((step) => step.is === STEP.SEND && outputs[step.queue].color !== color)) throw new Declined('routes', `results of ${where}`);
  if (isOwn !== (skeleton?.sends ?? 0) > 0) throw new Declined('routes', `the chain and the code of ${where}`);
}

/** By fabric row, the first one whose PEs and routers have the same classes. */
export function alikeRows({ width, height, classOf, routeOf }: Program): Int32Array {
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
  let length = 0;
  for (const at of line.pes) {
    const ending = streams.ending(at + shift);
    if (!ending) continue;
    const { sent, end } = ending;
    begin = Math.min(begin, sent.length > 0 ? sent[0] : end);
    const data = scratch.of(length + 1 + sent.length);
    data[length++] = end;
    for (const tick of sent) data[length++] = tick;
  }
  if (begin === Number.POSITIVE_INFINITY) begin = 0;
  const signature = scratch.of(length).subarray(0, length);
  for (let k = 0; k < length; k++) signature[k] -= begin;
  return { signature, begin };
}

/** Makes the links of chains; what they have of a class is made once, for a wafer has a thousand chains. */
class LinkMaker {
  private readonly program: Program;
  private readonly streams: Streams;
  /** By color, then class, words its ramp holds. */
  private readonly ramps = new Map<number, readonly number[]>();
  /** By class, its code from the tail on. */
  private readonly tails: Skeleton[] = [];

  constructor(program: Program, streams: Streams) {
    this.program = program;
    this.streams = streams;
  }

  of({ line, shift, color }: Found, begin: number): Link[] {
    const { streams, program } = this;
    const ramps = this.rampsOf(color);
    const links: Link[] = [];
    // A loop: all chains of a wafer have its PEs, and what an iterator leaves behind makes room for young objects grow.
    for (let p = 0; p < line.pes.length; p++) {
      const pe = line.pes[p] + shift;
      const cls = program.classOf[pe];
      const ending = streams.ending(pe);
      const isWhole = ending !== undefined && ending.sent.length > 0;
      links.push({
        stands: line.stands[p],
        skeleton: ending ? this.codeOf(cls, isWhole ? 0 : ending.tail) : null,
        capacity: ramps[cls],
        sent: isWhole ? ending.sent.map((tick) => tick - begin) : NOTHING_SENT,
        tail: isWhole ? ending.tail : 0,
        end: (ending?.end ?? begin) - begin,
      });
    }
    return links;
  }

  /** The code of a class from step `from` on, which is 0 or its tail: a PE that sends nothing before needs no other. */
  private codeOf(cls: number, from: number): Skeleton | null {
    const skeleton = this.streams.facts.skeletons[cls];
    if (from === 0 || !skeleton) return skeleton;
    this.tails[cls] ??= { ...skeleton, steps: skeleton.steps.slice(from) };
    return this.tails[cls];
  }

  private rampsOf(color: number): readonly number[] {
    const { machine, classes } = this.program;
    const ramps =
      this.ramps.get(color) ??
      classes.map(({ outputs }) => {
        const queue = outputs.find((output) => output.color === color)?.queue;
        return queue === undefined ? 1 : machine.outputQueues[queue] + machine.ramp;
      });
    this.ramps.set(color, ramps);
    return ramps;
  }
}
