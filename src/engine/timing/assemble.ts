/** Passages and chains put together to the trace of all PEs: which lane has which shape, from when on. */
import { each } from '../../base/pieces.ts';
import { type FifoNumbers, fifoNumber, numbering } from '../../machine/channels.ts';
import { Port } from '../../machine/fabric.ts';
import type { PeClass, Program } from '../../machine/program.ts';
import { type Intervals, type Runs, TRACE_VERSION, type Trace } from '../../trace/schema.ts';
import { type ShapeNumbers, Shapes, type SharedLanes, type SharedTrace, shapeNumbers } from '../../trace/shared.ts';
import { type Drained, LANE, LANES } from './chain.ts';
import type { Chain } from './chains.ts';
import { Declined } from './declined.ts';
import type { Trees } from './tree.ts';

const NO_STEPS = { step: new Uint32Array(), begin: new Uint32Array(), end: new Uint32Array() };

/** A chain whose rows are among the shapes. */
interface Placed extends Pick<Chain, 'sink' | 'color' | 'line' | 'shift' | 'begin'> {
  readonly made: ChainShapes;
}

/** Takes chains as they are evaluated, so that the rows of none but the last ones are kept twice. */
export class Assembly {
  private readonly program: Program;
  private readonly trees: Trees;
  private readonly shapes: TableShapes;
  private readonly known = new WeakMap<Drained, ChainShapes>();
  private readonly chains: Placed[] = [];
  /** Chains that stand for all. */
  distinct = 0;

  constructor(program: Program, trees: Trees) {
    this.program = program;
    this.trees = trees;
    this.shapes = { ...trees.shapes, sends: new Shapes(), hostOut: new Shapes() };
  }

  add({ sink, color, line, shift, begin, drained }: Chain): void {
    let made = this.known.get(drained);
    if (!made) {
      made = chainShapes(drained.trace, this.shapes);
      this.known.set(drained, made);
      this.distinct++;
    }
    this.chains.push({ sink, color, line, shift, begin, made });
  }

  /** After all chains. Yields now and then. @throws Declined */
  *trace(cycles: number): Generator<void, SharedTrace> {
    const { program, trees, shapes } = this;
    const fifos = yield* numbering(program);
    const trace = emptyTrace(program, trees, shapes, fifos.first, cycles);
    if (trees.facts.thread >= 0) yield* placeThreads(trees, trace);
    yield* placeStreams(program, fifos, trees, trace);
    for (const chain of this.chains) {
      placeChain(program, fifos, chain, trace);
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
function emptyTrace(program: Program, trees: Trees, { spans, moves, uses, sends, hostOut }: TableShapes, fifoFirst: Uint32Array, cycles: number): SharedTrace {
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
    moves: { shapes: moves, lanes: { ...lanes(moves, fifoFirst), tx: new Uint8Array(fifoFirst[pes]) } },
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
  readonly link: Int32Array;
  readonly ramp: Int32Array;
  readonly sends: Int32Array;
  readonly spans: Int32Array;
  readonly received: number;
}

function chainShapes({ moves, intervals, width }: Trace, to: TableShapes): ChainShapes {
  const { lane } = moves;
  const sums = new Uint32Array(LANES * width + 2);
  for (const l of lane) sums[l + 1]++;
  for (let l = 0; l <= LANES * width; l++) sums[l + 1] += sums[l];
  const made = (l: number, shapes: Shapes): number => runShape(moves, sums[l], sums[l + 1], shapes);
  const ofPes = (at: number, shapes: Shapes): Int32Array => Int32Array.from({ length: width }, (_, p) => made(LANES * p + at, shapes));
  return {
    link: ofPes(LANE.LINK, to.moves),
    ramp: ofPes(LANE.RAMP, to.moves),
    sends: ofPes(LANE.SEND, to.sends),
    spans: spanShapes(intervals, width, to.spans),
    received: made(LANES * width, to.hostOut),
  };
}

/** Adds rows [from, to) as a shape; 0 for none. */
function runShape({ begin, count, period }: Runs, from: number, to: number, shapes: Shapes): number {
  for (let row = from; row < to; row++) shapes.row(0, begin[row], count[row], period[row]);
  return from < to ? shapes.close(true) : 0;
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
