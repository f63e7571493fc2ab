/** Passages and chains put together to the trace of all PEs: which lane has which shape, from when on. */
import { type FifoNumbers, fifoNumber, numberFifos, numberQueues } from '../../machine/channels.ts';
import { Port } from '../../machine/fabric.ts';
import type { Program } from '../../machine/program.ts';
import { type Intervals, type Runs, TRACE_VERSION, type Trace } from '../../trace/schema.ts';
import { Shapes, type SharedLanes, type SharedTrace, shapeNumbers } from '../../trace/shared.ts';
import { LANE, LANES } from './chain.ts';
import type { Chain } from './chains.ts';
import { Declined } from './declined.ts';
import type { Trees } from './tree.ts';

const NO_STEPS = { step: new Uint32Array(), begin: new Uint32Array(), end: new Uint32Array() };

export function assembleTrace(program: Program, trees: Trees, chains: readonly Chain[], cycles: number): SharedTrace {
  const shapes: TableShapes = { spans: trees.shapes.spans, moves: trees.shapes.moves, uses: trees.shapes.uses, sends: new Shapes(), hostOut: new Shapes() };
  const known = new Map(chains.map(({ drained }) => [drained, undefined as ChainShapes | undefined]));
  for (const drained of known.keys()) known.set(drained, chainShapes(drained.trace, shapes));
  const fifos = numberFifos(program);
  const trace = emptyTrace(program, trees, shapes, fifos.first, cycles);
  placeStreams(program, fifos, trees, trace);
  for (const chain of chains) {
    const made = known.get(chain.drained);
    if (made) placeChain(program, fifos, chain, made, trace);
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
  const { inputFirst, outputFirst } = numberQueues(program);
  // What floats at a PE does so with the chain of its results.
  const begin = new Int32Array(pes);
  const lanes = (shapes: Shapes, first: Uint32Array): SharedLanes => ({ first, begin, shape: shapeNumbers(shapes, first[pes]) });
  const part = (): SharedLanes => ({ begin, shape: shapeNumbers(spans, pes) });
  return {
    ...{ version: TRACE_VERSION, width, height, cycles },
    intervals: { shapes: spans, parts: [part(), part()] },
    moves: { shapes: moves, lanes: { ...lanes(moves, fifoFirst), tx: new Uint8Array(fifoFirst[pes]) } },
    uses: { shapes: uses, lanes: lanes(uses, inputFirst) },
    sends: { shapes: sends, lanes: lanes(sends, outputFirst) },
    hostIn: { shapes: moves, lanes: { shape: Int32Array.from(trees.sourceShapes), begin: new Int32Array(sources.length) } },
    hostOut: { shapes: hostOut, lanes: { shape: new Int32Array(sinks.length), begin: new Int32Array(sinks.length) } },
    hostSteps: NO_STEPS,
  };
}

/** The stream's FIFO, the input queue and main of every PE on a stream. */
function placeStreams(program: Program, fifos: FifoNumbers, trees: Trees, trace: SharedTrace): void {
  const routes = program.routes.map((cls) => cls.find((route) => route.color === trees.color)?.positions[0]);
  const queues = program.classes.map((cls) => cls.inputs.findIndex((input) => input.color === trees.color));
  const place = fifos.colors.indexOf(trees.color);
  const { moves, uses, intervals } = trace;
  const { passageOf, passages } = trees;
  for (let pe = 0; pe < passageOf.length; pe++) {
    const route = routes[program.routeOf[pe]];
    if (passageOf[pe] < 0 || !route) continue;
    const { leave, use, spans } = passages[passageOf[pe]];
    const lane = fifoNumber(fifos, pe, 31 - Math.clz32(route.rx), place);
    moves.lanes.shape[lane] = leave;
    if (moves.lanes.tx) moves.lanes.tx[lane] = route.tx;
    if (use > 0 && uses.lanes.first) uses.lanes.shape[uses.lanes.first[pe] + queues[program.classOf[pe]]] = use;
    intervals.parts[0].shape[pe] = spans;
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
  const { pes, from, to, color, begin } = chain;
  const outputs = program.classes.map((cls) => cls.outputs.findIndex((output) => output.color === color));
  const place = fifos.colors.indexOf(color);
  const { moves, sends, intervals, hostOut } = trace;
  const put = (pe: number, port: number, tx: number, made: number): void => {
    if (made === 0) return;
    const lane = fifoNumber(fifos, pe, port, place);
    moves.lanes.shape[lane] = made;
    if (moves.lanes.tx) moves.lanes.tx[lane] = tx;
  };
  for (let p = 0; p < pes.length; p++) {
    const pe = pes[p];
    put(pe, from[p], 1 << to[p], shapes.link[p]);
    put(pe, Port.RAMP, 1 << to[p], shapes.ramp[p]);
    if (shapes.sends[p] > 0 && sends.lanes.first) sends.lanes.shape[sends.lanes.first[pe] + outputs[program.classOf[pe]]] = shapes.sends[p];
    intervals.parts[1].shape[pe] = shapes.spans[p];
    moves.lanes.begin[pe] = begin;
    checkSeam(trace, pe, begin);
  }
  hostOut.lanes.shape[chain.sink] = shapes.received;
  hostOut.lanes.begin[chain.sink] = begin;
}

/** The parts of a PE's spans must not touch as one span: the recorder would have joined them. */
function checkSeam({ intervals: { shapes, parts } }: SharedTrace, pe: number, begin: number): void {
  const [head, tail] = [parts[0].shape[pe], parts[1].shape[pe]];
  const last = shapes.first(head + 1) - 1;
  const first = shapes.first(tail);
  if (last < shapes.first(head) || first === shapes.first(tail + 1)) return;
  if (shapes.extent(last) !== shapes.begin(first) + begin) return;
  if (shapes.what(last) === shapes.what(first) && shapes.extra(last) === shapes.extra(first)) {
    throw new Declined('routes', 'results are sent under the mark of what came before');
  }
}
