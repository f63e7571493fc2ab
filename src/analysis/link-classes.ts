/**
 * Links with the same history: the same rows of the trace in the FIFOs before them, fed by the same rows, all of them as much later
 * as the one is later than the other. A whole wafer has some thousand such classes, so its links are followed as a small fabric's
 * are. In a trace whose lanes share nothing every link is a class of its own.
 */
import { PORTS } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import { Feeders } from './departures.ts';

export interface LinkClasses {
  /** By link, at PE * PORTS + port: its class + 1; 0 where nothing ever goes. */
  readonly classOf: Uint32Array;
  /** By PE, the offset of its floating rows. */
  readonly offset: Int32Array;
  /** By class: its first link, whether its rows float, how many links it has. */
  readonly firsts: readonly number[];
  readonly floats: readonly boolean[];
  readonly sizes: readonly number[];
}

/** Cycles by which a PE's link of a class is later than the first link of it. */
export const shiftOf = ({ offset, firsts, floats }: LinkClasses, own: number, pe: number): number =>
  floats[own] ? offset[pe] - offset[Math.floor(firsts[own] / PORTS)] : 0;

/** PEs between two pauses. */
const AT_ONCE = 2048;

/** Yields the share done, 0 to 1, every few PEs. */
export function* linkClasses(reader: TraceReader): Generator<number, LinkClasses> {
  const { pes, moves } = reader;
  const [classOf, offset] = [new Uint32Array(pes * PORTS), new Int32Array(pes)];
  const [firsts, sizes, floats]: [number[], number[], boolean[]] = [[], [], []];
  const histories = moves.isShared ? new Histories(reader) : null;
  const known = new Map<number | string, number>();
  for (let pe = 0; pe < pes; pe++) {
    if (pe % AT_ONCE === AT_ONCE - 1) yield pe / pes;
    for (let port = 0; port < PORTS; port++) {
      const link = pe * PORTS + port;
      const fifos = fifosBefore(reader, pe, port);
      if (fifos.length === 0) continue;
      const floating = fifos.find((c) => moves.floats(c));
      if (floating !== undefined) offset[pe] = moves.offset(floating);
      const key = histories?.keyOf(fifos, port) ?? link;
      const own = known.get(key) ?? firsts.length;
      if (own === firsts.length) {
        known.set(key, own);
        firsts.push(link);
        sizes.push(0);
        floats.push(floating !== undefined && fifos.every((c) => moves.floats(c)));
      }
      sizes[own]++;
      classOf[link] = own + 1;
    }
  }
  return { classOf, offset, firsts, floats, sizes };
}

/** FIFOs of a PE from which something went through a port. */
export function fifosBefore({ channels, moves }: TraceReader, pe: number, port: number): readonly number[] {
  let list = NONE;
  for (let c = channels.first[pe]; c < channels.first[pe + 1]; c++) {
    if (moves.from(c) < moves.to(c) && (moves.ports(c) >> port) & 1) list = list === NONE ? [c] : [...list, c];
  }
  return list;
}

const NONE: readonly number[] = [];

/** Numbers for the histories of FIFOs; equal ones have one. */
class Histories {
  private readonly reader: TraceReader;
  private readonly feeders: Feeders;
  private readonly numbers = new Map<number, Map<number | string, number>>();
  private count = 0;
  /** By FIFO its number + 1: a FIFO is asked about once for each port. */
  private readonly known: Uint32Array;

  constructor(reader: TraceReader) {
    this.reader = reader;
    this.feeders = new Feeders(reader);
    this.known = new Uint32Array(reader.channels.count);
  }

  /** Equal for links with the same history. */
  keyOf(fifos: readonly number[], port: number): number | string {
    const { moves } = this.reader;
    if (fifos.length === 1) return this.numberOf(fifos[0]) * PORTS + port;
    // Rows at fixed ticks beside floating ones: how far apart they are counts, too.
    const apart = fifos.some((c) => moves.floats(c)) && fifos.some((c) => !moves.floats(c)) ? fifos.map((c) => moves.offset(c)) : [];
    return [port, ...fifos.map((c) => this.numberOf(c)), ...apart].join(' ');
  }

  private numberOf(fifo: number): number {
    if (this.known[fifo] === 0) this.known[fifo] = this.find(fifo) + 1;
    return this.known[fifo] - 1;
  }

  private find(fifo: number): number {
    const { moves, sends, channels } = this.reader;
    const own = moves.offset(fifo);
    const feeders = this.feeders.of(fifo);
    const [first] = feeders;
    // Shapes of one or two tables in one number: a trace has far fewer than 2^24 of them.
    const shapes =
      moves.shapeOf(fifo) * 2 ** 26 +
      (first === undefined ? 0 : first.runs.shapeOf(first.lane) * 4 + (first.runs === moves ? 1 : first.runs === sends ? 2 : 3));
    const late = feeders.map(({ runs, lane, late: ramp }) => runs.offset(lane) + ramp - own);
    const rest = feeders.slice(1).map(({ runs, lane }) => runs.shapeOf(lane));
    const place = channels.color[fifo] * 8 + channels.port[fifo];
    const detail = feeders.length < 2 ? (late[0] ?? 0) * 256 + place : [place, ...late, ...rest].join(' ');
    let list = this.numbers.get(shapes);
    if (list === undefined) {
      list = new Map();
      this.numbers.set(shapes, list);
    }
    const number = list.get(detail) ?? this.count++;
    list.set(detail, number);
    return number;
  }
}
