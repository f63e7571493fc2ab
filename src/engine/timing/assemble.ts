/** Passages and chains put together to the trace of all PEs: which lane has which shape, from when on. */
import { each, toEnd } from '../../base/pieces.ts';
import { type Channels, enumerateChannels, type FifoNumbers, fifoNumber, numbering } from '../../machine/channels.ts';
import { Port } from '../../machine/fabric.ts';
import type { PeClass, Program } from '../../machine/program.ts';
import { type Intervals, type Runs, TRACE_VERSION, type Trace } from '../../trace/schema.ts';
import { Shapes } from '../../trace/shapes.ts';
import { HashedShapes, type RowTaker, type ShapeNumbers, type SharedLanes, type SharedTrace, shapeNumbers } from '../../trace/shared.ts';
import { type Drained, LANE, LANES } from './chain.ts';
import type { Chain } from './chains.ts';
import { Declined } from './declined.ts';
import type { Reduced, ReducedRow } from './reduce.ts';
import type { Trees } from './tree.ts';

const NO_STEPS = { step: new Uint32Array(), begin: new Uint32Array(), end: new Uint32Array() };

/** A chain whose rows are among the shapes. */
interface Placed extends Pick<Chain, 'sink' | 'color' | 'line' | 'shift' | 'begin'> {
  readonly made: ChainShapes;
}

/** A fabric row whose PEs send each other words, whose rows are among the shapes. */
interface PlacedRow extends Pick<ReducedRow, 'y' | 'begin'> {
  readonly made: RowShapes;
}

/** Takes chains as they are evaluated, so that the rows of none but the last ones are kept twice. */
export class Assembly {
  private readonly program: Program;
  private readonly trees: Trees;
  private readonly shapes: TableShapes;
  /** Where departures in chains are hashed at once and their rows let go. */
  private readonly hashed: HashedShapes | undefined;
  private readonly known = new WeakMap<Drained, ChainShapes>();
  private readonly chains: Placed[] = [];
  private readonly knownRows = new WeakMap<Reduced, RowShapes>();
  private readonly rows: PlacedRow[] = [];
  /** Chains and rows that stand for all. */
  distinct = 0;

  /** Without `keepsRows` the trace is good for hashes and counts alone: where a sink's rate holds results up, chains have gigabytes of rows. */
  constructor(program: Program, trees: Trees, keepsRows: boolean) {
    this.program = program;
    this.trees = trees;
    this.shapes = { ...trees.shapes, sends: new Shapes(), hostOut: new Shapes() };
    this.hashed = keepsRows || trees.facts.reduces ? undefined : new HashedShapes(trees.shapes.moves);
  }

  /** In pieces. */
  *adding({ sink, color, line, shift, begin, drained }: Chain): Generator<void, void> {
    let made = this.known.get(drained);
    // A hash holds for the ports through which words leave.
    if (!made || (this.hashed && !areEqual(made.to, line.to))) {
      made = yield* chainShapes(drained.trace, line.to, this.shapes, this.hashed);
      this.known.set(drained, made);
      this.distinct++;
    }
    this.chains.push({ sink, color, line, shift, begin, made });
  }

  addRow({ y, begin, reduced }: ReducedRow): void {
    let made = this.knownRows.get(reduced);
    if (!made) {
      made = toEnd(rowShapes(reduced, this.shapes));
      this.knownRows.set(reduced, made);
      this.distinct++;
    }
    this.rows.push({ y, begin, made });
  }

  /** After all chains and rows. Yields now and then. @throws Declined */
  *trace(cycles: number): Generator<void, SharedTrace> {
    const { program, trees, shapes } = this;
    const fifos = yield* numbering(program);
    const trace = emptyTrace(program, trees, shapes, fifos.first, cycles, this.hashed);
    if (trees.facts.thread >= 0) yield* placeThreads(trees, trace);
    yield* placeStreams(program, fifos, trees, trace);
    for (const chain of this.chains) {
      placeChain(program, fifos, chain, trace);
      yield;
    }
    const sinks = sinksByPlace(program);
    for (const row of this.rows) {
      placeRow(program, fifos, row, sinks, trace);
      yield;
    }
    return trace;
  }
}

/** The shapes of all tables, host sources apart: those are among the moves. */
interface TableShapes {
  readonly spans: Shapes;
  readonly moves: Shapes;
  readonly uses: Shapes;
  readonly sends: Shapes;
  readonly hostOut: Shapes;
}

/** A trace with all its lanes and nothing on them. */
function emptyTrace(
  program: Program,
  trees: Trees,
  { spans, moves, uses, sends, hostOut }: TableShapes,
  fifoFirst: Uint32Array,
  cycles: number,
  hashed: HashedShapes | undefined,
): SharedTrace {
  const { width, height, sources, sinks } = program;
  const pes = width * height;
  const { thread } = trees.facts;
  // What floats at a PE does so with the chain of its results.
  const begin = new Int32Array(pes);
  const lanes = (shapes: Shapes, first: Uint32Array | undefined): SharedLanes => ({ first, begin, shape: shapeNumbers(shapes, first?.[pes] ?? pes) });
  const part = (shape: ShapeNumbers): SharedLanes => ({ begin, shape });
  const inputFirst = firstLanes(program, ({ inputs }) => inputs.length);
  return {
    ...{ version: TRACE_VERSION, width, height, cycles },
    intervals: {
      shapes: spans,
      parts:
        thread < 0
          ? [part(trees.passageOf), part(shapeNumbers(spans, pes))]
          : [{ ...part(shapeNumbers(spans, pes)), thread }, part(shapeNumbers(spans, pes)), part(shapeNumbers(spans, pes))],
    },
    moves: { shapes: moves, lanes: { ...lanes(moves, fifoFirst), tx: new Uint8Array(fifoFirst[pes]) }, hashed },
    uses: { shapes: uses, lanes: inputFirst ? lanes(uses, inputFirst) : part(trees.passageOf) },
    sends: {
      shapes: sends,
      lanes: lanes(
        sends,
        firstLanes(program, ({ outputs }) => outputs.length),
      ),
    },
    hostIn: { shapes: moves, lanes: { shape: Int32Array.from(trees.sourceShapes), begin: new Int32Array(sources.length) } },
    hostOut: { shapes: hostOut, lanes: { shape: new Int32Array(sinks.length), begin: new Int32Array(sinks.length) } },
    hostSteps: NO_STEPS,
  };
}

/** The first lane of each PE, whose class has `count` of them; undefined where every PE has one. */
function firstLanes({ classes, classOf }: Program, count: (cls: PeClass) => number): Uint32Array | undefined {
  const counts = classes.map(count);
  if (counts.every((lanes) => lanes === 1)) return undefined;
  const first = new Uint32Array(classOf.length + 1);
  for (let pe = 0; pe < classOf.length; pe++) first[pe + 1] = first[pe] + counts[classOf[pe]];
  return first;
}

const laneOf = ({ first }: SharedLanes, pe: number): number => (first ? first[pe] : pe);

function put({ shape, tx }: SharedLanes, lane: number, made: number, mask: number): void {
  shape[lane] = made;
  if (tx) tx[lane] = mask;
}

/** The stream's FIFO and the input queue of every PE on a stream. */
function* placeStreams(program: Program, fifos: FifoNumbers, trees: Trees, trace: SharedTrace): Generator<void, void> {
  const routes = program.routes.map((cls) => cls.find((route) => route.color === trees.facts.color)?.positions[0]);
  const ports = routes.map((route) => 31 - Math.clz32(route?.rx ?? 1));
  const queues = program.classes.map((cls) => cls.inputs.findIndex((input) => input.color === trees.facts.color));
  const place = fifos.colors.indexOf(trees.facts.color);
  const { passageOf, passages } = trees;
  const { classOf, routeOf } = program;
  const [moves, uses] = [trace.moves.lanes, trace.uses.lanes];
  for (let pe = 0; pe < passageOf.length; pe++) {
    if (pe % program.width === 0) yield;
    const passage = passageOf[pe];
    if (passage === 0) continue;
    const lane = fifoNumber(fifos, pe, ports[routeOf[pe]], place);
    put(moves, lane, passages[passage].leave, routes[routeOf[pe]]?.tx ?? 0);
    // Where every PE has one queue its number is the passage's.
    if (uses.first && queues[classOf[pe]] >= 0) uses.shape[uses.first[pe] + queues[classOf[pe]]] = passage;
  }
}

/** Main and the microthread of every PE on a stream that is received by one. */
function* placeThreads({ passageOf, passages }: Trees, { intervals }: SharedTrace): Generator<void, void> {
  const [receiver, main] = intervals.parts;
  const put = (pe: number): void => {
    const passage = passages[passageOf[pe]];
    receiver.shape[pe] = passage.receiver;
    main.shape[pe] = passage.spans;
  };
  yield* each(passageOf.length, put);
}

/** Shapes of the lanes of a chain (chain.ts), by place in the chain. */
interface ChainShapes {
  /** By which port words leave. */
  readonly to: Uint8Array;
  readonly link: Int32Array;
  readonly ramp: Int32Array;
  readonly sends: Int32Array;
  readonly spans: Int32Array;
  readonly received: number;
}

function* chainShapes({ moves, intervals, width }: Trace, to: Uint8Array, into: TableShapes, hashed: HashedShapes | undefined): Generator<void, ChainShapes> {
  const last = LANES * width;
  const moving = (l: number): RowTaker => hashed?.under(1 << to[Math.floor(l / LANES)]) ?? into.moves;
  const made = yield* runShapes(moves, last + 1, (l) => (l === last ? into.hostOut : l % LANES === LANE.SEND ? into.sends : moving(l)));
  const ofPes = (at: number): Int32Array => Int32Array.from({ length: width }, (_, p) => made[LANES * p + at]);
  return {
    to,
    link: ofPes(LANE.LINK),
    ramp: ofPes(LANE.RAMP),
    sends: ofPes(LANE.SEND),
    spans: spanShapes(intervals, width, into.spans),
    received: made[last],
  };
}

/** Rows that become shapes from one yield to the next. */
const ROWS = 1 << 16;

/** The rows of lanes as shapes, 0 for none; `ports`, if given, are all those of a lane. In pieces. */
function* runShapes(
  { lane, tx, begin, count, period }: Runs,
  lanes: number,
  shapesOf: (lane: number) => RowTaker,
  ports?: Uint8Array,
): Generator<void, Int32Array> {
  const made = new Int32Array(lanes);
  for (let row = 0, breath = ROWS; row < lane.length; ) {
    if (row >= breath) {
      breath = row + ROWS;
      yield;
    }
    const one = lane[row];
    const shapes = shapesOf(one);
    for (; lane[row] === one; row++) shapes.row(ports ? ports[one] & ~tx[row] : 0, begin[row], count[row], period[row]);
    made[one] = shapes.close(true);
  }
  return made;
}

function spanShapes({ pe, kind, mark, begin, end }: Intervals, lanes: number, shapes: Shapes): Int32Array {
  let row = 0;
  return Int32Array.from({ length: lanes }, (_, l) => {
    if (pe[row] !== l) return 0;
    for (; pe[row] === l; row++) shapes.row(kind[row], begin[row], end[row], mark[row]);
    return shapes.close(true);
  });
}

function placeChain(program: Program, fifos: FifoNumbers, chain: Placed, trace: SharedTrace): void {
  const { line, shift, color, begin, made: shapes } = chain;
  const { pes, from, to } = line;
  const outputs = program.classes.map((cls) => cls.outputs.findIndex((output) => output.color === color));
  const place = fifos.colors.indexOf(color);
  const { intervals, hostOut } = trace;
  const [moves, sends] = [trace.moves.lanes, trace.sends.lanes];
  // Main's spans with the stream, and with the chain.
  const [before, after] = intervals.parts.slice(-2).map(({ shape }) => shape);
  const { classOf } = program;
  for (let p = 0; p < pes.length; p++) {
    const pe = pes[p] + shift;
    if (shapes.link[p] > 0) put(moves, fifoNumber(fifos, pe, from[p], place), shapes.link[p], 1 << to[p]);
    if (shapes.ramp[p] > 0) put(moves, fifoNumber(fifos, pe, Port.RAMP, place), shapes.ramp[p], 1 << to[p]);
    if (shapes.sends[p] > 0) sends.shape[laneOf(sends, pe) + outputs[classOf[pe]]] = shapes.sends[p];
    after[pe] = shapes.spans[p];
    moves.begin[pe] = begin;
    checkSeam(intervals.shapes, before[pe], after[pe], begin);
  }
  hostOut.lanes.shape[chain.sink] = shapes.received;
  hostOut.lanes.begin[chain.sink] = begin;
}

/** Shapes of the lanes of a fabric row, numbered as in `channels`, and of its sinks. */
interface RowShapes {
  readonly channels: Channels;
  readonly moves: Int32Array;
  readonly ports: Uint8Array;
  readonly uses: Int32Array;
  readonly sends: Int32Array;
  readonly spans: Int32Array;
  readonly received: Int32Array;
}

function* rowShapes({ program, trace }: Reduced, to: TableShapes): Generator<void, RowShapes> {
  const channels = enumerateChannels(program);
  const ports = new Uint8Array(channels.count);
  trace.moves.lane.forEach((lane, row) => {
    ports[lane] |= trace.moves.tx[row];
  });
  return {
    ...{ channels, ports },
    moves: yield* runShapes(trace.moves, channels.count, () => to.moves, ports),
    uses: yield* runShapes(trace.uses, channels.inputCount, () => to.uses),
    sends: yield* runShapes(trace.sends, channels.outputCount, () => to.sends),
    spans: spanShapes(trace.intervals, program.width, to.spans),
    received: yield* runShapes(trace.hostOut, program.sinks.length, () => to.hostOut),
  };
}

/** Sinks by fabric row. */
function sinksByPlace({ width, height, sinks }: Program): number[][] {
  const rows: number[][] = Array.from({ length: height }, () => []);
  for (const [i, { pe }] of sinks.entries()) rows[Math.floor(pe / width)].push(i);
  return rows;
}

function placeRow({ width }: Program, fifos: FifoNumbers, { y, begin, made }: PlacedRow, sinks: readonly number[][], trace: SharedTrace): void {
  const { channels, ports, spans } = made;
  const { intervals, hostOut } = trace;
  const [moves, uses, sends] = [trace.moves.lanes, trace.uses.lanes, trace.sends.lanes];
  const first = y * width;
  for (let lane = 0; lane < channels.count; lane++) {
    if (made.moves[lane] === 0) continue;
    const fifo = fifoNumber(fifos, first + channels.pe[lane], channels.port[lane], fifos.colors.indexOf(channels.color[lane]));
    put(moves, fifo, made.moves[lane], ports[lane]);
  }
  const [before, after] = intervals.parts.slice(-2).map(({ shape }) => shape);
  for (let x = 0; x < width; x++) {
    const pe = first + x;
    putAll(uses, pe, made.uses, channels.inputFirst[x], channels.inputFirst[x + 1]);
    putAll(sends, pe, made.sends, channels.outputFirst[x], channels.outputFirst[x + 1]);
    after[pe] = spans[x];
    moves.begin[pe] = begin;
    checkSeam(intervals.shapes, before[pe], after[pe], begin);
  }
  for (const [i, sink] of sinks[y].entries()) {
    hostOut.lanes.shape[sink] = made.received[i];
    hostOut.lanes.begin[sink] = begin;
  }
}

/** The lanes [from, to) of a row are those of a PE, in that order. */
function putAll(lanes: SharedLanes, pe: number, made: Int32Array, from: number, to: number): void {
  for (let lane = from; lane < to; lane++) if (made[lane] > 0) lanes.shape[laneOf(lanes, pe) + lane - from] = made[lane];
}

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((value, i) => value === b[i]);

/** The parts of a PE's spans must not touch as one span: the recorder would have joined them. */
function checkSeam(shapes: Shapes, before: number, after: number, begin: number): void {
  const last = shapes.first(before + 1) - 1;
  const first = shapes.first(after);
  if (last < shapes.first(before) || first === shapes.first(after + 1)) return;
  if (shapes.extent(last) !== shapes.begin(first) + begin) return;
  if (shapes.what(last) === shapes.what(first) && shapes.extra(last) === shapes.extra(first)) {
    throw new Declined('routes', 'results are sent under the mark of what came before');
  }
}
