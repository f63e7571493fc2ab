/**
 * What PEs of a fabric row send each other once their streams are over: the reductions of `split-k`, with any colors, switches and
 * control wavelets. The stream knows nothing of it, and it knows of the stream only when each PE is done: so every fabric row is a
 * program of its own, of what is left of each PE's code (skeleton.ts), evaluated agent by agent (graph/graph.ts). No agent
 * knows absolute time, so rows of equal PEs that are done at equal distances in time share one evaluation, up to a shift.
 *
 * One thing is shared with the stream: the ramp, where a PE still takes its stream when the first words of others come. At no tick
 * may both go up; then neither holds up the other, and what each does alone is what both do.
 */
import { enumerating } from '../../machine/channels.ts';
import { maskOf, Port, peName } from '../../machine/fabric.ts';
import type { HostSink, LoadTable, PeClass, Program, Route } from '../../machine/program.ts';
import { Recorder } from '../../trace/recorder.ts';
import type { Runs, Trace } from '../../trace/schema.ts';
import { alikeRows } from './chains.ts';
import { Declined } from './declined.ts';
import { runFrom } from './graph/graph.ts';
import { rateOf } from './lane-pace.ts';
import type { StreamFacts } from './streams.ts';
import type { Trees } from './tree.ts';

/** A fabric row evaluated for itself, from the tick on at which its first PE is done. */
export interface Reduced {
  /** One PE high; its lanes are those of `program`. */
  readonly program: Program;
  readonly trace: Trace;
  /** By PE, when words of others go up its ramp. */
  readonly climbs: readonly Climb[];
}

/** A fabric row. */
export interface ReducedRow {
  readonly y: number;
  /** The tick from which `reduced` counts. */
  readonly begin: number;
  readonly reduced: Reduced;
}

/** A run of words. */
interface Climb {
  readonly x: number;
  readonly begin: number;
  readonly count: number;
  readonly period: number;
}

/** Tells of every fabric row in turn whose PEs send each other words. In pieces. @throws Declined */
export function* evaluateReduces(program: Program, trees: Trees, tell: (row: ReducedRow) => void): Generator<void, void> {
  const maker = new RowMaker(program, trees.facts);
  const alike = alikeRows(program);
  const known = new Map<string, Reduced>();
  for (let y = 0; y < program.height; y++) {
    const { begins, begin } = beginsOf(program, trees, y);
    if (begin < 0) {
      maker.checkSinks(y);
      continue;
    }
    const key = `${alike[y]}; ${maker.keyOf(y)}; ${begins}`;
    const reduced = known.get(key) ?? (yield* evaluateRow(maker.of(y), begins));
    known.set(key, reduced);
    checkRamps(program, trees, { y, begin, reduced });
    tell({ y, begin, reduced });
    yield;
  }
}

/** When the PEs of a fabric row are done with their streams, counted from the first of them; -1 where none sends or takes anything then. */
function beginsOf({ width, classOf }: Program, { facts, ending }: Trees, y: number): { readonly begins: Int32Array; readonly begin: number } {
  const begins = new Int32Array(width).fill(-1);
  for (let x = 0; x < width; x++) {
    const pe = y * width + x;
    if (facts.skeletons[classOf[pe]]?.rest) begins[x] = ending(pe)?.end ?? -1;
  }
  const begin = begins.reduce((least, tick) => (tick >= 0 && (least < 0 || tick < least) ? tick : least), -1);
  return { begins: begins.map((tick) => Math.max(0, tick - begin)), begin };
}

/** @throws Declined where something cannot move, or is left over */
function* evaluateRow(program: Program, begins: Int32Array): Generator<void, Reduced> {
  const { width, sinks } = program;
  const recorder = new Recorder(width, yield* enumerating(program), 0, sinks.length);
  const { cycles, isStuck } = yield* runFrom(program, recorder, begins);
  if (isStuck) throw new Declined('error', 'a fabric row does not come to its end');
  const trace = yield* recorder.finishing(width, 1, cycles);
  return { program, trace, climbs: yield* climbsOf(program, trace.moves) };
}

function* climbsOf(program: Program, { lane, tx, begin, count, period }: Runs): Generator<void, Climb[]> {
  const { pe } = yield* enumerating(program);
  const climbs: Climb[] = [];
  for (let row = 0; row < lane.length; row++) {
    if ((tx[row] >> Port.RAMP) & 1) climbs.push({ x: pe[lane[row]], begin: begin[row], count: count[row], period: period[row] });
  }
  return climbs;
}

/** What goes up a ramp first would be its router's choice, and hold up the other. @throws Declined */
function checkRamps({ width }: Program, trees: Trees, { y, begin: from, reduced }: ReducedRow): void {
  for (const { x, begin, count, period } of reduced.climbs) {
    const pe = y * width + x;
    if (trees.meets(pe, from + begin, count, period)) throw new Declined('arbitration', `words of others meet the stream on the ramp of ${peName(pe, width)}`);
  }
}

/** Makes fabric rows programs of their own. */
class RowMaker {
  private readonly program: Program;
  private readonly classes: readonly PeClass[];
  private readonly routes: Program['routes'];
  private readonly words: ControlWords;

  constructor(program: Program, { skeletons, color }: StreamFacts) {
    this.program = program;
    this.classes = program.classes.map((cls, i) => skeletons[i]?.rest ?? { ...cls, tasks: [] });
    this.routes = program.routes.map((routes) => routesOfRow(routes, color));
    this.words = new ControlWords(program, this.classes);
    if (program.picker?.kind === 'random' && this.classes.some(({ tasks }) => tasks.length > 1)) throw new Declined('threads', 'a PE draws its next task');
  }

  /** What a row depends on beside the classes of its PEs and routers. */
  keyOf(y: number): string {
    const sinks = this.sinksOf(y).map(({ pe, port, color, rate, expect }) => [pe, port, color, JSON.stringify(rate), expect].join(' '));
    return `${sinks}; ${this.words.ofRow(y)}`;
  }

  of(y: number): Program {
    const { program, classes, routes } = this;
    const { width, classOf, routeOf } = program;
    const [from, to] = [y * width, (y + 1) * width];
    const row = { classes, routes, classOf: classOf.subarray(from, to), routeOf: routeOf.subarray(from, to) };
    return { ...program, height: 1, ...row, loads: this.words.loads(y), sources: [], sinks: this.sinksOf(y) };
  }

  /** Of a row in which nobody sends. @throws Declined */
  checkSinks(y: number): void {
    for (const { name, expect } of this.sinksOf(y)) if (expect > 0) throw new Declined('error', `sink ${name} expects ${expect} words`);
  }

  private sinksOf(y: number): HostSink[] {
    const { width, sinks } = this.program;
    const own = sinks.filter(({ pe }) => Math.floor(pe / width) === y);
    for (const { rate } of own) rateOf(rate);
    return own.map((sink) => ({ ...sink, pe: sink.pe % width }));
  }
}

/** The routes of all colors but the stream's, which stay in their fabric row and on links of their own. @throws Declined */
function routesOfRow(routes: readonly Route[], color: number): Route[] {
  const others = routes.filter((route) => route.color !== color);
  const union = (some: readonly Route[], of: 'rx' | 'tx'): number => some.flatMap(({ positions }) => positions).reduce((mask, way) => mask | way[of], 0);
  if ((union(others, 'rx') | union(others, 'tx')) & maskOf(Port.N, Port.S)) throw new Declined('routes', 'words of others leave their fabric row');
  const stream = routes.filter((route) => route.color === color);
  if (union(others, 'tx') & union(stream, 'tx') & ~maskOf(Port.RAMP)) throw new Declined('arbitration', 'words of others meet the stream on a link');
  return others;
}

/** The words that PEs send as control wavelets, which are loaded before tick 0. */
class ControlWords {
  private readonly program: Program;
  /** By class, the address of the word, -1 without one. */
  private readonly addresses: readonly number[];
  /** By PE, four bytes; nothing where no class has one. */
  private readonly bytes: Uint8Array;

  /** @throws Declined where a class sends several */
  constructor(program: Program, classes: readonly PeClass[]) {
    this.program = program;
    this.addresses = classes.map(controlAddress);
    const { loads, classOf } = program;
    const sends = this.addresses.some((address) => address >= 0);
    this.bytes = new Uint8Array(sends ? 4 * classOf.length : 0);
    if (!sends) return;
    const { pe, address, length, source, offset, data } = loads;
    for (let i = 0; i < pe.length; i++) {
      const at = this.addresses[classOf[pe[i]]];
      for (let k = 0; at >= 0 && k < 4; k++) {
        const from = at + k - address[i];
        if (from >= 0 && from < length[i]) this.bytes[4 * pe[i] + k] = data[source[i]][offset[i] + from];
      }
    }
  }

  /** The words of a fabric row. */
  ofRow(y: number): Uint8Array {
    const { width } = this.program;
    return this.bytes.subarray(4 * y * width, 4 * (y + 1) * width);
  }

  /** The same as they are loaded into a program of that row. */
  loads(y: number): LoadTable {
    const { width, classOf } = this.program;
    const own = [...classOf.subarray(y * width, (y + 1) * width)].map((cls) => this.addresses[cls]);
    const senders = own.flatMap((address, x) => (address < 0 ? [] : [x]));
    return {
      data: [this.ofRow(y)],
      source: new Uint16Array(senders.length),
      pe: Uint32Array.from(senders),
      address: Uint32Array.from(senders, (x) => own[x]),
      offset: Float64Array.from(senders, (x) => 4 * x),
      length: new Uint32Array(senders.length).fill(4),
    };
  }
}

/** The address of the word that a class sends as a control wavelet, -1 without one. @throws Declined where there are several */
function controlAddress({ tasks, name }: PeClass): number {
  const addresses = new Set<number>();
  for (const ins of tasks.flatMap(({ code }) => code)) {
    if (ins.kind !== 'vector' || ins.destination.kind !== 'fabricOut' || ins.destination.control !== true) continue;
    if (ins.a.kind !== 'memory' || ins.length !== 1) throw new Declined('data-dependent control', `${name} sends control wavelets`);
    addresses.add(ins.a.address);
  }
  if (addresses.size > 1) throw new Declined('data-dependent control', `${name} sends several control wavelets`);
  return [...addresses][0] ?? -1;
}
