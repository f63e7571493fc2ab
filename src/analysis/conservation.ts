/**
 * The physics of a run, checked from the trace (kernels.md section 5): nothing is lost, nothing appears, no link and no
 * memory is over its capacity. A failed check is a bug of an engine, so every run carries them.
 */
import { grouped } from '../base/numbers.ts';
import { each, toEnd } from '../base/pieces.ts';
import { SplitMap } from '../base/split-map.ts';
import { Port } from '../machine/fabric.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Instruction, Program } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import { isStall } from '../trace/schema.ts';
import { countingCycles, issueCycles, simulatedCycles, type Work } from './metrics.ts';

export interface Conservation {
  readonly name: string;
  readonly holds: boolean;
  /** What was compared, with the numbers. */
  readonly detail: string;
}

export const checkConservation = (reader: TraceReader, work: Work): Conservation[] => toEnd(checkingConservation(reader, work));

/** The same in pieces. */
export function* checkingConservation(reader: TraceReader, work: Work): Generator<void, Conservation[]> {
  return [yield* routers(reader), yield* ramps(reader), edges(reader), yield* macs(reader, work), memory(reader), yield* links(reader), yield* peTime(reader)];
}

/** Every FIFO: departures equal arrivals, nothing is left, and every departure goes to all targets of its route and to no other. */
function* routers(reader: TraceReader): Generator<void, Conservation> {
  const end = reader.trace.cycles + 1;
  let [moved, wrong] = [0, 0];
  yield* each(reader.channels.count, (c) => {
    moved += reader.moves.total(c);
    if (reader.fifoCount(c, end) !== 0) wrong++;
  });
  const astray = yield* departuresAstray(reader);
  return {
    name: 'routers: departures = arrivals × fan-out',
    holds: wrong === 0 && astray === 0,
    detail: `${grouped(moved)} departures, ${wrong} FIFOs unbalanced${astray > 0 ? `, ${grouped(astray)} departures through other ports than their route's` : ''}`,
  };
}

/** Departures through other ports than a switch position gives that receives from their port; a control wavelet may leave out the ramp. */
function* departuresAstray({ program, channels, moves }: TraceReader): Generator<void, number> {
  const ramp = mayFilter(program) ? 1 << Port.RAMP : 0;
  const right = new Set<number>();
  let astray = 0;
  const look = (lane: number): void => {
    const [from, to] = [moves.from(lane), moves.to(lane)];
    if (from === to) return;
    const [pe, port, color] = [channels.pe[lane], channels.port[lane], channels.color[lane]];
    const mask = moves.mask(lane);
    // What leads where it should is found once for each route, color, port and mask.
    const key = ((program.routeOf[pe] * 32 + color) * 8 + port) * 32 + mask;
    if (mask >= 0 && right.has(key)) return;
    const route = program.routes[program.routeOf[pe]].find((r) => r.color === color);
    const leads = (tx: number): boolean => route?.positions.some((p) => (p.rx >> port) & 1 && (p.tx === tx || (p.tx & ~ramp) === tx)) ?? false;
    if (mask >= 0 && leads(mask)) {
      right.add(key);
      return;
    }
    for (let row = from; row < to; row++) if (!leads(moves.txOf(lane, row))) astray += moves.count[row];
  };
  yield* each(moves.lanes, look);
  return astray;
}

/** Whether the program has control wavelets, which may be kept from the compute elements. */
function mayFilter({ sources, classes }: Program): boolean {
  const sends = (i: Instruction): boolean => i.kind === 'vector' && i.destination.kind === 'fabricOut' && i.destination.control === true;
  return sources.some((s) => s.controls !== undefined) || classes.some((cls) => cls.tasks.some((task) => task.code.some(sends)));
}

/** Every input queue: deliveries equal consumed words. */
function* ramps(reader: TraceReader): Generator<void, Conservation> {
  const end = reader.trace.cycles + 1;
  let [used, wrong] = [0, 0];
  yield* each(reader.pes, (pe) => {
    for (let lane = reader.channels.inputFirst[pe]; lane < reader.channels.inputFirst[pe + 1]; lane++) {
      used += reader.useTotal(lane);
      if (reader.inputCount(lane, pe, end) !== 0) wrong++;
    }
  });
  return { name: 'ramps: delivered = consumed', holds: wrong === 0, detail: `${grouped(used)} words consumed, ${wrong} queues unbalanced` };
}

/** Host: all source words went in, all sinks got what they expect. */
function edges(reader: TraceReader): Conservation {
  const { program, hostIn, hostOut } = reader;
  const sum = (words: TraceReader['hostIn']): number => {
    let total = 0;
    for (let lane = 0; lane < words.lanes; lane++) total += words.total(lane);
    return total;
  };
  const [sent, expectIn] = [sum(hostIn), program.sources.reduce((a, s) => a + s.words.length, 0)];
  const [got, expectOut] = [sum(hostOut), program.sinks.reduce((a, s) => a + s.expect, 0)];
  return {
    name: 'host: sent = accepted, expected = received',
    holds: sent === expectIn && got === expectOut,
    detail: `${grouped(sent)} of ${grouped(expectIn)} in, ${grouped(got)} of ${grouped(expectOut)} out`,
  };
}

/** Words consumed from the fabric, each for the multiply-adds it stands for, make all that the problem has. */
function* macs(reader: TraceReader, { macs: { perWord, expected } }: Work): Generator<void, Conservation> {
  const { classOf } = reader.program;
  let done = 0;
  yield* each(reader.pes, (pe) => {
    const from = reader.channels.inputFirst[pe];
    for (let lane = from; lane < reader.channels.inputFirst[pe + 1]; lane++) done += (perWord[classOf[pe]][lane - from] ?? 0) * reader.useTotal(lane);
  });
  const counted = Math.round(done);
  return { name: 'multiply-adds = M·N·K', holds: counted === expected, detail: `${grouped(counted)} of ${grouped(expected)}` };
}

function memory(reader: TraceReader): Conservation {
  const { machine, classes } = reader.program;
  const most = Math.max(...classes.map((c) => usedBytes(c.memory)));
  return {
    name: 'SRAM within 49 152 B on every PE',
    holds: most <= machine.sramBytes,
    detail: `${grouped(most)} of ${grouped(machine.sramBytes)} B on the fullest`,
  };
}

/** What all threads issue, thread by thread, is what PEs are said to issue, so no two of a PE do at once; with stalls and idle cycles it makes the run. */
function* peTime(reader: TraceReader): Generator<void, Conservation> {
  const cycles = simulatedCycles(reader);
  const counted = yield* countingCycles(reader, cycles);
  const [all, { idle }, states] = [reader.pes * cycles, counted, issueCycles(counted)];
  let issued = reader.spans.multithreaded ? 0 : states;
  if (reader.spans.multithreaded) {
    yield* reader.spans.telling(
      (kind, _, begin, end, _pe, _thread, times) => {
        if (!isStall(kind)) issued += times * (Math.min(end, cycles) - begin);
      },
      0,
      cycles,
    );
  }
  return {
    name: 'PE time: one state a cycle',
    holds: idle >= 0 && issued === states,
    detail: `${grouped(issued)} PE-cycles issue, ${grouped(all - states - idle)} stall, ${grouped(idle)} idle, of ${grouped(all)}`,
  };
}

/** PEs whose links are looked at from one yield to the next. */
const CLASHES = 1 << 9;

/** No link carries two wavelets in one cycle: departures of different FIFOs of a router never share a port in a tick. */
function* links(reader: TraceReader): Generator<void, Conservation> {
  const clashes = new Clashes(reader);
  let worst = 0;
  yield* each(
    reader.pes,
    (pe) => {
      worst = Math.max(worst, clashes.of(pe));
    },
    CLASHES,
  );
  return { name: 'links: at most one wavelet a cycle', holds: worst === 0, detail: worst === 0 ? 'no link above capacity' : `${worst} cycles above capacity` };
}

/** Ticks in which two FIFOs of a router use one port. What was found for two lists of rows is kept where PEs share them. */
class Clashes {
  private readonly reader: TraceReader;
  private readonly known = new SplitMap<number>();
  /** Clashes by port of the router looked at. */
  private readonly ports = new Float64Array(5);

  constructor(reader: TraceReader) {
    this.reader = reader;
  }

  /** The most of any port of a router. */
  of(pe: number): number {
    const { first } = this.reader.channels;
    const { ports } = this;
    ports.fill(0);
    for (let a = first[pe]; a < first[pe + 1]; a++) for (let b = a + 1; b < first[pe + 1]; b++) this.add(a, b, ports);
    return ports.reduce((most, clashes) => Math.max(most, clashes));
  }

  /** Adds the clashes of two FIFOs to the ports they both use. */
  private add(a: number, b: number, ports: Float64Array): void {
    const { moves } = this.reader;
    const maskA = moves.mask(a);
    const maskB = moves.mask(b);
    if ((maskA & maskB) === 0 || moves.from(a) === moves.to(a) || moves.from(b) === moves.to(b)) return;
    for (let port = 0; port < ports.length; port++) if (((maskA & maskB) >> port) & 1) ports[port] += this.between(a, b, port);
  }

  private between(a: number, b: number, port: number): number {
    const { moves } = this.reader;
    if (moves.mask(a) < 0 || moves.mask(b) < 0) return clashesOf(moves, a, b, port);
    const shift = moves.offset(b) - moves.offset(a);
    if (shift !== 0 || !moves.isShared) return clashesOf(moves, a, b, port);
    const key = moves.from(a) * moves.begin.length + moves.from(b);
    let clashes = this.known.get(key);
    if (clashes === undefined) {
      clashes = clashesOf(moves, a, b, port);
      this.known.set(key, clashes);
    }
    return clashes;
  }
}

/** Ticks in which two lanes both have an event through `port`. Runs that do not overlap in time are skipped, so this is fast. */
function clashesOf(moves: TraceReader['moves'], a: number, b: number, port: number): number {
  const { begin, count, period } = moves;
  const shift = moves.offset(b) - moves.offset(a);
  let clashes = 0;
  let low = moves.from(b);
  for (let i = moves.from(a); i < moves.to(a); i++) {
    const endA = begin[i] + (count[i] - 1) * period[i];
    while (low < moves.to(b) && begin[low] + shift + (count[low] - 1) * period[low] < begin[i]) low++;
    if (!((moves.txOf(a, i) >> port) & 1)) continue;
    for (let j = low; j < moves.to(b) && begin[j] + shift <= endA; j++) {
      if (!((moves.txOf(b, j) >> port) & 1)) continue;
      const from = begin[j] + shift;
      const end = Math.min(endA, from + (count[j] - 1) * period[j]);
      for (let t = Math.max(begin[i], from); t <= end; t++) if ((t - begin[i]) % period[i] === 0 && (t - from) % period[j] === 0) clashes++;
    }
  }
  return clashes;
}
