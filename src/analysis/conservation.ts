/**
 * The physics of a run, checked from the trace (kernels.md section 5): nothing is lost, nothing appears, no link and no
 * memory is over its capacity. A failed check is a bug of an engine, so every run carries them.
 */
import { grouped } from '../base/numbers.ts';
import { Port } from '../machine/fabric.ts';
import { usedBytes } from '../machine/memory.ts';
import type { Instruction, Program } from '../machine/program.ts';
import type { TraceReader } from '../trace/reader.ts';
import type { Work } from './metrics.ts';

export interface Conservation {
  readonly name: string;
  readonly holds: boolean;
  /** What was compared, with the numbers. */
  readonly detail: string;
}

export function checkConservation(reader: TraceReader, work: Work): Conservation[] {
  return [routers(reader), ramps(reader), edges(reader), macs(reader, work), memory(reader), links(reader)];
}

/** Every FIFO: departures equal arrivals, nothing is left, and every departure goes to all targets of its route and to no other. */
function routers(reader: TraceReader): Conservation {
  const end = reader.trace.cycles + 1;
  let [moved, wrong] = [0, 0];
  for (let c = 0; c < reader.channels.count; c++) {
    moved += reader.movesBefore(c, end);
    if (reader.fifoAt(c, end).count !== 0) wrong++;
  }
  const astray = departuresAstray(reader);
  return {
    name: 'routers: departures = arrivals x fan-out',
    holds: wrong === 0 && astray === 0,
    detail: `${grouped(moved)} departures, ${wrong} FIFOs unbalanced${astray > 0 ? `, ${grouped(astray)} departures through other ports than their route's` : ''}`,
  };
}

/** Departures through other ports than a switch position gives that receives from their port; a control wavelet may leave out the ramp. */
function departuresAstray({ program, channels, trace }: TraceReader): number {
  const { lane, tx, count } = trace.moves;
  const ramp = mayFilter(program) ? 1 << Port.RAMP : 0;
  let astray = 0;
  for (let i = 0; i < lane.length; i++) {
    const [pe, port, color] = [channels.pe[lane[i]], channels.port[lane[i]], channels.color[lane[i]]];
    const route = program.routes[program.routeOf[pe]].find((r) => r.color === color);
    const leads = route?.positions.some((p) => (p.rx >> port) & 1 && (p.tx === tx[i] || (p.tx & ~ramp) === tx[i]));
    if (!leads) astray += count[i];
  }
  return astray;
}

/** Whether the program has control wavelets, which may be kept from the compute elements. */
function mayFilter({ sources, classes }: Program): boolean {
  const sends = (i: Instruction): boolean => i.kind === 'vector' && i.destination.kind === 'fabricOut' && i.destination.control === true;
  return sources.some((s) => s.controls !== undefined) || classes.some((cls) => cls.tasks.some((task) => task.code.some(sends)));
}

/** Every input queue: deliveries equal consumed words. */
function ramps(reader: TraceReader): Conservation {
  const end = reader.trace.cycles + 1;
  let [used, wrong] = [0, 0];
  for (let pe = 0; pe < reader.pes; pe++) {
    for (let lane = reader.channels.inputFirst[pe]; lane < reader.channels.inputFirst[pe + 1]; lane++) {
      used += reader.useTotal(lane);
      if (reader.inputAt(lane, pe, end).count !== 0) wrong++;
    }
  }
  return { name: 'ramps: delivered = consumed', holds: wrong === 0, detail: `${grouped(used)} words consumed, ${wrong} queues unbalanced` };
}

/** Host: all source words went in, all sinks got what they expect. */
function edges(reader: TraceReader): Conservation {
  const { program, trace } = reader;
  const sum = (counts: Uint32Array): number => counts.reduce((a, b) => a + b, 0);
  const [sent, expectIn] = [sum(trace.hostIn.count), program.sources.reduce((a, s) => a + s.words.length, 0)];
  const [got, expectOut] = [sum(trace.hostOut.count), program.sinks.reduce((a, s) => a + s.expect, 0)];
  return {
    name: 'host: sent = accepted, expected = received',
    holds: sent === expectIn && got === expectOut,
    detail: `${grouped(sent)} of ${grouped(expectIn)} in, ${grouped(got)} of ${grouped(expectOut)} out`,
  };
}

/** Words consumed from the fabric, each for the multiply-adds it stands for, make all that the problem has. */
function macs(reader: TraceReader, { macs: { perWord, expected } }: Work): Conservation {
  const { classOf } = reader.program;
  let done = 0;
  for (let pe = 0; pe < reader.pes; pe++) {
    const from = reader.channels.inputFirst[pe];
    for (let lane = from; lane < reader.channels.inputFirst[pe + 1]; lane++) done += (perWord[classOf[pe]][lane - from] ?? 0) * reader.useTotal(lane);
  }
  const counted = Math.round(done);
  return { name: 'multiply-adds = M N K', holds: counted === expected, detail: `${grouped(counted)} of ${grouped(expected)}` };
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

/** No link carries two wavelets in one cycle: departures of different FIFOs of a router never share a port in a tick. */
function links(reader: TraceReader): Conservation {
  let worst = 0;
  for (let pe = 0; pe < reader.pes; pe++) worst = Math.max(worst, ...[0, 1, 2, 3, 4].map((port) => overlap(reader, pe, port)));
  return { name: 'links: at most one wavelet a cycle', holds: worst === 0, detail: worst === 0 ? 'no link above capacity' : `${worst} cycles above capacity` };
}

/** Ticks in which two FIFOs of a router use `port`. Runs that do not overlap in time are skipped, so this is fast. */
function overlap(reader: TraceReader, pe: number, port: number): number {
  const { first } = reader.channels;
  const { lane, tx, begin, count, period } = reader.trace.moves;
  const [from, to] = [lowerBound(lane, first[pe]), lowerBound(lane, first[pe + 1])];
  let clashes = 0;
  for (let i = from; i < to; i++) {
    if (!((tx[i] >> port) & 1)) continue;
    for (let j = i + 1; j < to; j++) {
      if (lane[j] === lane[i] || !((tx[j] >> port) & 1)) continue;
      const start = Math.max(begin[i], begin[j]);
      const end = Math.min(begin[i] + (count[i] - 1) * period[i], begin[j] + (count[j] - 1) * period[j]);
      for (let t = start; t <= end; t++) if ((t - begin[i]) % period[i] === 0 && (t - begin[j]) % period[j] === 0) clashes++;
    }
  }
  return clashes;
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid] < value) low = mid + 1;
    else high = mid;
  }
  return low;
}
