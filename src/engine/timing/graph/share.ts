/** The trace of a graph's kinds as the trace of all their members: a lane has the rows of its kind, and its own ports. */
import { each, weighed } from '../../../base/pieces.ts';
import { MAIN_THREAD } from '../../../machine/program.ts';
import type { Intervals, Runs, Trace } from '../../../trace/schema.ts';
import { Shapes } from '../../../trace/shapes.ts';
import { type ShapeNumbers, type SharedLanes, type SharedRuns, type SharedSpans, type SharedTrace, shapeNumbers } from '../../../trace/shared.ts';
import type { Alike } from './alike.ts';
import type { Lanes } from './lanes.ts';
import type { Wires } from './wires.ts';

/** Rows, lanes or routers from one yield to the next. */
const BREATH = 1 << 16;

/** In pieces. */
export function* shareTrace(wires: Wires, alike: Alike, lanes: Lanes, trace: Trace): Generator<void, SharedTrace> {
  const { version, width, height, cycles, hostSteps } = trace;
  const { first, inputFirst, outputFirst } = wires.channels;
  const begin = new Int32Array(width * height);
  return {
    ...{ version, width, height, cycles, hostSteps },
    intervals: yield* shareSpans(trace.intervals, alike.elements.of, begin),
    moves: yield* shareMoves(wires, alike, lanes, trace.moves, { first, begin }),
    uses: yield* shareRuns(trace.uses, lanes.inputOf, { first: inputFirst, begin }),
    sends: yield* shareRuns(trace.sends, lanes.outputOf, { first: outputFirst, begin }),
    hostIn: yield* ownRuns(trace.hostIn, wires.program.sources.length),
    hostOut: yield* ownRuns(trace.hostOut, wires.program.sinks.length),
  };
}

/** By thread that does anything, the shape of every PE. */
function* shareSpans({ pe, thread, kind, mark, begin, end }: Intervals, kindOf: Int32Array, zeros: Int32Array): Generator<void, SharedTrace['intervals']> {
  const shapes = new Shapes();
  const shapeOf = new Map<number, Int32Array>();
  for (let row = 0, next = BREATH; row < pe.length; ) {
    if (row >= next) {
      next = row + BREATH;
      yield;
    }
    const [lane, t] = [pe[row], thread[row]];
    for (; row < pe.length && pe[row] === lane && thread[row] === t; row++) shapes.row(kind[row], begin[row], end[row], mark[row]);
    const ofKinds = shapeOf.get(t) ?? new Int32Array(kindOf.length);
    shapeOf.set(t, ofKinds);
    ofKinds[lane] = shapes.close(false);
  }
  const threads = [...new Set([...shapeOf.keys(), MAIN_THREAD])].sort((a, b) => a - b);
  const parts: SharedSpans[] = [];
  for (const t of threads) parts.push({ thread: t, begin: zeros, shape: yield* spread(shapes, shapeOf.get(t), kindOf) });
  return { shapes, parts };
}

/** The shapes of lanes, by those of their kinds. */
function* spread(shapes: Shapes, ofKinds: Int32Array | undefined, kindOf: Int32Array): Generator<void, ShapeNumbers> {
  const numbers = shapeNumbers(shapes, kindOf.length);
  const put = (i: number): void => {
    if (ofKinds) numbers[i] = ofKinds[kindOf[i]];
  };
  yield* each(kindOf.length, put, BREATH);
  return numbers;
}

/** Rows as shapes, by lane of the graph; `what` gives what is left out of a row's ports. */
function* shapesOf({ lane, begin, count, period }: Runs, lanes: number, shapes: Shapes, what: (row: number) => number): Generator<void, Int32Array> {
  const shapeOf = new Int32Array(lanes);
  for (let row = 0, next = BREATH; row < lane.length; ) {
    if (row >= next) {
      next = row + BREATH;
      yield;
    }
    const one = lane[row];
    for (; row < lane.length && lane[row] === one; row++) shapes.row(what(row), begin[row], count[row], period[row]);
    shapeOf[one] = shapes.close(false);
  }
  return shapeOf;
}

function* shareRuns(runs: Runs, laneOf: Int32Array, owners: Pick<SharedLanes, 'first' | 'begin'>): Generator<void, SharedRuns> {
  const shapes = new Shapes();
  const ofLanes = yield* shapesOf(runs, laneOf.length, shapes, () => 0);
  return { shapes, lanes: { ...owners, shape: yield* spread(shapes, ofLanes, laneOf) } };
}

function* ownRuns(runs: Runs, lanes: number): Generator<void, SharedRuns> {
  const shapes = new Shapes();
  return { shapes, lanes: { begin: new Int32Array(lanes), shape: yield* shapesOf(runs, lanes, shapes, () => 0) } };
}

/** Of a router that is turned all members have the ports of their kind; the others have their own. */
function* shareMoves(wires: Wires, { routers }: Alike, lanes: Lanes, moves: Runs, owners: Pick<SharedLanes, 'first' | 'begin'>): Generator<void, SharedRuns> {
  const ports = new Uint8Array(lanes.fifos);
  const open = (row: number): void => {
    ports[moves.lane[row]] |= moves.tx[row];
  };
  yield* each(moves.lane.length, open, BREATH);
  const tx = new Uint8Array(lanes.fifoOf.length);
  const put = (fifo: number): void => {
    tx[fifo] = ports[lanes.fifoOf[fifo]];
  };
  yield* each(tx.length, put, BREATH);
  const own = (kind: number): number => {
    const members = routers.order.subarray(routers.first[kind], routers.first[kind + 1]);
    const { positions } = wires.route(members[0]);
    if (positions.length > 1 || members.length === 1) return 0;
    for (const slot of members) {
      for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) tx[fifo] = wires.route(slot).positions[0].tx;
    }
    for (let fifo = wires.fifoFirst[members[0]]; fifo < wires.fifoTo[members[0]]; fifo++) ports[lanes.fifoOf[fifo]] = positions[0].tx;
    return members.length;
  };
  yield* weighed(routers.count, own, BREATH);
  const shapes = new Shapes();
  const ofLanes = yield* shapesOf(moves, lanes.fifos, shapes, (row) => ports[moves.lane[row]] & ~moves.tx[row]);
  return { shapes, lanes: { ...owners, tx, shape: yield* spread(shapes, ofLanes, lanes.fifoOf) } };
}
