/**
 * Latency (kernels.md section 5): for every PE the cycle of its first x, its first multiply-add, its last result sent and
 * its last result at the edge. All are cycles since the first x entered the fabric (tick 0); -1 where it never happens.
 */
import { each, filling, toEnd } from '../base/pieces.ts';
import { Port } from '../machine/fabric.ts';
import type { TraceReader } from '../trace/reader.ts';
import { KIND } from '../trace/schema.ts';

export interface LatencyMap {
  /** Cycle in which the first x can be used by the PE (ready in its input queue). */
  readonly firstX: Int32Array;
  /** First issue tagged compute from the first word on that the PE takes from a queue; before it there is nothing to multiply. */
  readonly firstMac: Int32Array;
  /** Cycle in which the PE pushed its last result into its output queue. */
  readonly sent: Int32Array;
  /** Cycle in which its last result left the fabric, plus one (so that the largest equals `cycles`). */
  readonly atEdge: Int32Array;
}

export const LATENCY_STAGES = ['firstX', 'firstMac', 'sent', 'atEdge'] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

function* makeMap(reader: TraceReader): Generator<void, LatencyMap> {
  const pes = reader.pes;
  const column = (): Int32Array => new Int32Array(pes);
  const map: LatencyMap = { firstX: column(), firstMac: column(), sent: column(), atEdge: column() };
  for (const ticks of Object.values(map)) yield* filling(ticks, -1);
  yield* fillFirstX(reader, map.firstX);
  const firstMac = (pe: number): void => {
    map.firstMac[pe] = firstCompute(reader, pe, firstUse(reader, pe));
  };
  yield* each(pes, firstMac);
  yield* fillResults(reader, map.sent, map.atEdge);
  return map;
}

function fillFirstX(reader: TraceReader, out: Int32Array): Generator<void, void> {
  const { moves, channels, program } = reader;
  return each(moves.lanes, (lane) => {
    const row = firstToRamp(moves, lane);
    if (row < 0) return;
    const pe = channels.pe[lane];
    const ready = moves.begin[row] + moves.offset(lane) + program.machine.ramp;
    if (out[pe] < 0 || ready < out[pe]) out[pe] = ready;
  });
}

/** The first row of a lane that leads to the ramp, or -1. */
function firstToRamp(moves: TraceReader['moves'], lane: number): number {
  for (let row = moves.from(lane); row < moves.to(lane); row++) if ((moves.txOf(lane, row) >> Port.RAMP) & 1) return row;
  return -1;
}

/** Tick of the first word that a PE takes from any of its input queues; 0 if it takes none. */
function firstUse(reader: TraceReader, pe: number): number {
  const { inputFirst } = reader.channels;
  let first = Number.POSITIVE_INFINITY;
  for (let lane = inputFirst[pe]; lane < inputFirst[pe + 1]; lane++) {
    const tick = reader.uses.firstTick(lane);
    if (tick >= 0) first = Math.min(first, tick);
  }
  return Number.isFinite(first) ? first : 0;
}

function firstCompute(reader: TraceReader, pe: number, since: number): number {
  const begin = reader.spans.firstOf(pe, KIND.compute, since);
  return begin < 0 ? -1 : Math.max(begin, since);
}

/** Latency maps by reader: made once per run, shared by all who ask. */
const maps = new WeakMap<TraceReader, LatencyMap>();

export const latencyOf = (reader: TraceReader): LatencyMap => toEnd(findingLatency(reader));

/** The same in pieces. */
export function* findingLatency(reader: TraceReader): Generator<void, LatencyMap> {
  const known = maps.get(reader) ?? (yield* makeMap(reader));
  maps.set(reader, known);
  return known;
}

/** Keeps a map that was made elsewhere for the same run. */
export const keepLatency = (reader: TraceReader, map: LatencyMap): void => void maps.set(reader, map);

/**
 * Follows each sink's words back to their PEs: along a row they leave in PE order (kernels.md section 2), or, where the
 * switches are rings, in rounds of that order. A control wavelet that turns the switches is no result.
 */
function* fillResults(reader: TraceReader, sent: Int32Array, atEdge: Int32Array): Generator<void, void> {
  const senders = new Senders(reader);
  const fill = (index: number): void => {
    const sink = reader.program.sinks[index];
    const { color } = sink;
    const pes = senders.inOrder(sink.pe, color);
    if (pes.length === 0) return;
    const rounds = pes.some((pe) => isRing(reader, pe, color)) ? senders.words(pes[0], color) / senders.turn(pes[0], color).words : 1;
    let ordinal = ((rounds - 1) / rounds) * pes.reduce((sum, pe) => sum + senders.words(pe, color), 0);
    const received = reader.sinkCount(index, reader.trace.cycles + 1);
    for (const pe of pes) {
      const words = senders.words(pe, color);
      // Others of the row may use the color among themselves: partial sums on their way to the PE that sends the result.
      if (ordinal + words / rounds > received) break;
      const { controls } = senders.turn(pe, color);
      ordinal += words / rounds;
      sent[pe] = reader.sends.tickOf(senders.lane(pe, color), words - controls - 1);
      atEdge[pe] = reader.sinkTick(index, ordinal - controls - 1) + 1;
    }
  };
  yield* each(reader.program.sinks.length, fill, ROWS);
}

/** Sinks from one yield to the next: each has a row of PEs. */
const ROWS = 8;

interface Turn {
  readonly words: number;
  readonly controls: number;
}

/** Who sends on a color, from which lane and how: what PEs of a class have in common is found once. */
class Senders {
  private readonly reader: TraceReader;
  /** By class and color: place of the output queue, or -1. */
  private readonly places = new Map<number, number>();
  private readonly turns = new Map<number, Turn>();

  constructor(reader: TraceReader) {
    this.reader = reader;
  }

  private key(pe: number, color: number): number {
    return this.reader.program.classOf[pe] * COLORS + color;
  }

  /** Lane of the PE's output queue of a color, or -1. */
  lane(pe: number, color: number): number {
    const { program, channels } = this.reader;
    const key = this.key(pe, color);
    let place = this.places.get(key);
    if (place === undefined) {
      place = program.classes[program.classOf[pe]].outputs.findIndex((output) => output.color === color);
      this.places.set(key, place);
    }
    return place < 0 ? -1 : channels.outputFirst[pe] + place;
  }

  /** Words that a PE ever sends on a color. */
  words(pe: number, color: number): number {
    const lane = this.lane(pe, color);
    return lane < 0 ? 0 : this.reader.sends.total(lane);
  }

  turn(pe: number, color: number): Turn {
    const key = this.key(pe, color);
    const known = this.turns.get(key) ?? turnOf(this.reader, pe, color);
    this.turns.set(key, known);
    return known;
  }

  /** PEs of a sink's row that send on its color, nearest first. */
  inOrder(sinkPe: number, color: number): number[] {
    const { width } = this.reader.trace;
    const first = sinkPe - (sinkPe % width);
    const list: number[] = [];
    for (let pe = first; pe < first + width; pe++) if (this.words(pe, color) > 0) list.push(pe);
    return sinkPe === first ? list : list.reverse();
  }
}

/** Colors are told apart up to here. */
const COLORS = 32;

const isRing = ({ program }: TraceReader, pe: number, color: number): boolean =>
  program.routes[program.routeOf[pe]].some((route) => route.color === color && route.ring);

/** Words on a color that a PE sends in one turn, which an `advance` ends, and control wavelets behind them; its code may hold a turn several times. */
function turnOf({ program }: TraceReader, pe: number, color: number): Turn {
  const { tasks, outputs } = program.classes[program.classOf[pe]];
  let [words, controls, turns] = [0, 0, 0];
  for (const instruction of tasks.flatMap((task) => task.code)) {
    if (instruction.kind !== 'vector' || instruction.destination.kind !== 'fabricOut') continue;
    const { queue, packed, control, advance } = instruction.destination;
    if (outputs[queue].color !== color) continue;
    words += packed ? Math.ceil(instruction.length / 2) : instruction.length;
    if (control) controls += instruction.length;
    if (advance) turns++;
  }
  return { words: words / Math.max(1, turns), controls: controls / Math.max(1, turns) };
}
