/** Passages and chains put together to the trace of all PEs: which lane has which shape, from when on. */
import { type FifoNumbers, fifoNumber, numbering } from '../../machine/channels.ts';
import { Port } from '../../machine/fabric.ts';
import type { PeClass, Program } from '../../machine/program.ts';
import { type Intervals, type Runs, TRACE_VERSION, type Trace } from '../../trace/schema.ts';
import { type ShapeNumbers, Shapes, type SharedLanes, type SharedTrace, shapeNumbers } from '../../trace/shared.ts';
import { LANE, LANES } from './chain.ts';
import type { Chain } from './chains.ts';
import { Declined } from './declined.ts';
import type { Trees } from './tree.ts';

const NO_STEPS = { step: new Uint32Array(), begin: new Uint32Array(), end: new Uint32Array() };

/** Yields now and then. @throws Declined */
export function* assembleTrace(program: Program, trees: Trees, chains: readonly Chain[], cycles: number): Generator<void, SharedTrace> {
  const shapes: TableShapes = { spans: trees.shapes.spans, moves: trees.shapes.moves, uses: trees.shapes.uses, sends: new Shapes(), hostOut: new Shapes() };
  const known = new Map(chains.map(({ drained }) => [drained, undefined as ChainShapes | undefined]));
  for (const drained of known.keys()) {
    known.set(drained, chainShapes(drained.trace, shapes));
    yield;
  }
  const fifos = yield* numbering(program);
  const trace = emptyTrace(program, trees, shapes, fifos.first, cycles);
  yield* placeStreams(program, fifos, trees, trace);
  for (const chain of chains) {
    const made = known.get(chain.drained);
    if (made) placeChain(program, fifos, chain, made, trace);
    yield;
  }
  return trace;
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
  // What floats at a PE does so with the chain of its results.
  const begin = new Int32Array(pes);
  const lanes = (shapes: Shapes, first: Uint32Array | undefined): SharedLanes => ({ first, begin, shape: shapeNumbers(shapes, first?.[pes] ?? pes) });
  const part = (shape: ShapeNumbers): SharedLanes => ({ begin, shape });
  const inputFirst = firstLanes(program, ({ inputs }) => inputs.length);
  return {
    ...{ version: TRACE_VERSION, width, height, cycles },
    intervals: { shapes: spans, parts: [part(trees.passageOf), part(shapeNumbers(spans, pes))] },
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

/** Shapes of the lanes of a chain (chain.ts), by place in the chain. */
interface ChainShapes {
  readonly link: readonly number[];
  readonly ramp: readonly number[];
  readonly sends: readonly number[];
  readonly spans: readonly number[];
  readonly received: number;
}

function chainShapes({ moves, intervals, width }: Trace, to: TableShapes): ChainShapes {
  const { lane } = moves;
  const sums = new Uint32Array(LANES * width + 2);
  for (const l of lane) sums[l + 1]++;
  for (let l = 0; l <= LANES * width; l++) sums[l + 1] += sums[l];
  const made = (l: number, shapes: Shapes): number => runShape(moves, sums[l], sums[l + 1], shapes);
  const ofPes = (at: number, shapes: Shapes): number[] => Array.from({ length: width }, (_, p) => made(LANES * p + at, shapes));
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

function spanShapes({ pe, kind, mark, begin, end }: Intervals, lanes: number, shapes: Shapes): number[] {
  let row = 0;
  return Array.from({ length: lanes }, (_, l) => {
    if (pe[row] !== l) return 0;
    for (; pe[row] === l; row++) shapes.row(kind[row], begin[row], end[row], mark[row]);
    return shapes.close(true);
  });
}

function placeChain(program: Program, fifos: FifoNumbers, chain: Chain, shapes: ChainShapes, trace: SharedTrace): void {
  const { line, shift, color, begin } = chain;
  const { pes, from, to } = line;
  const outputs = program.classes.map((cls) => cls.outputs.findIndex((output) => output.color === color));
  const place = fifos.colors.indexOf(color);
  const { intervals, hostOut } = trace;
  const [moves, sends, spans] = [trace.moves.lanes, trace.sends.lanes, intervals.parts[1].shape];
  const { classOf } = program;
  for (let p = 0; p < pes.length; p++) {
    const pe = pes[p] + shift;
    if (shapes.link[p] > 0) put(moves, fifoNumber(fifos, pe, from[p], place), shapes.link[p], 1 << to[p]);
    if (shapes.ramp[p] > 0) put(moves, fifoNumber(fifos, pe, Port.RAMP, place), shapes.ramp[p], 1 << to[p]);
    if (shapes.sends[p] > 0) sends.shape[laneOf(sends, pe) + outputs[classOf[pe]]] = shapes.sends[p];
    spans[pe] = shapes.spans[p];
    moves.begin[pe] = begin;
    checkSeam(intervals, pe, begin);
  }
  hostOut.lanes.shape[chain.sink] = shapes.received;
  hostOut.lanes.begin[chain.sink] = begin;
}

/** The parts of a PE's spans must not touch as one span: the recorder would have joined them. */
function checkSeam({ shapes, parts }: SharedTrace['intervals'], pe: number, begin: number): void {
  const last = shapes.first(parts[0].shape[pe] + 1) - 1;
  const first = shapes.first(parts[1].shape[pe]);
  if (last < shapes.first(parts[0].shape[pe]) || first === shapes.first(parts[1].shape[pe] + 1)) return;
  if (shapes.extent(last) !== shapes.begin(first) + begin) return;
  if (shapes.what(last) === shapes.what(first) && shapes.extra(last) === shapes.extra(first)) {
    throw new Declined('routes', 'results are sent under the mark of what came before');
  }
}
