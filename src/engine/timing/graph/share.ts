/** The trace of a graph's kinds as the trace of all their members: a lane has the rows of its kind, and its own ports. */
import { MAIN_THREAD } from '../../../machine/program.ts';
import type { Intervals, Runs, Trace } from '../../../trace/schema.ts';
import { type ShapeNumbers, Shapes, type SharedLanes, type SharedRuns, type SharedTrace, shapeNumbers } from '../../../trace/shared.ts';
import type { Alike } from './alike.ts';
import type { Lanes } from './lanes.ts';
import type { Wires } from './wires.ts';

/** Yields now and then. */
export function* shareTrace(wires: Wires, alike: Alike, lanes: Lanes, trace: Trace): Generator<void, SharedTrace> {
  const { version, width, height, cycles, hostSteps } = trace;
  const { first, inputFirst, outputFirst } = wires.channels;
  const begin = new Int32Array(width * height);
  const intervals = shareSpans(trace.intervals, alike.elements.of, begin);
  yield;
  const moves = shareMoves(wires, alike, lanes, trace.moves, { first, begin });
  yield;
  return {
    ...{ version, width, height, cycles, hostSteps, intervals, moves },
    uses: shareRuns(trace.uses, lanes.inputOf, { first: inputFirst, begin }),
    sends: shareRuns(trace.sends, lanes.outputOf, { first: outputFirst, begin }),
    hostIn: ownRuns(trace.hostIn, wires.program.sources.length),
    hostOut: ownRuns(trace.hostOut, wires.program.sinks.length),
  };
}

/** By thread that does anything, the shape of every PE. */
function shareSpans({ pe, thread, kind, mark, begin, end }: Intervals, kindOf: Int32Array, zeros: Int32Array): SharedTrace['intervals'] {
  const shapes = new Shapes();
  const shapeOf = new Map<number, Int32Array>();
  for (let row = 0; row < pe.length; ) {
    const [lane, t] = [pe[row], thread[row]];
    for (; row < pe.length && pe[row] === lane && thread[row] === t; row++) shapes.row(kind[row], begin[row], end[row], mark[row]);
    const ofKinds = shapeOf.get(t) ?? new Int32Array(kindOf.length);
    shapeOf.set(t, ofKinds);
    ofKinds[lane] = shapes.close(false);
  }
  const threads = [...new Set([...shapeOf.keys(), MAIN_THREAD])].sort((a, b) => a - b);
  const parts = threads.map((t) => ({ thread: t, begin: zeros, shape: spread(shapes, shapeOf.get(t), kindOf) }));
  return { shapes, parts };
}

/** The shapes of lanes, by those of their kinds. */
function spread(shapes: Shapes, ofKinds: Int32Array | undefined, kindOf: Int32Array): ShapeNumbers {
  const numbers = shapeNumbers(shapes, kindOf.length);
  if (ofKinds) for (let i = 0; i < kindOf.length; i++) numbers[i] = ofKinds[kindOf[i]];
  return numbers;
}

/** Rows as shapes, by lane of the graph; `what` gives what is left out of a row's ports. */
function shapesOf({ lane, begin, count, period }: Runs, lanes: number, shapes: Shapes, what: (row: number) => number): Int32Array {
  const shapeOf = new Int32Array(lanes);
  for (let row = 0; row < lane.length; ) {
    const one = lane[row];
    for (; row < lane.length && lane[row] === one; row++) shapes.row(what(row), begin[row], count[row], period[row]);
    shapeOf[one] = shapes.close(false);
  }
  return shapeOf;
}

function shareRuns(runs: Runs, laneOf: Int32Array, owners: Pick<SharedLanes, 'first' | 'begin'>): SharedRuns {
  const shapes = new Shapes();
  const ofLanes = shapesOf(runs, laneOf.length, shapes, () => 0);
  return { shapes, lanes: { ...owners, shape: spread(shapes, ofLanes, laneOf) } };
}

function ownRuns(runs: Runs, lanes: number): SharedRuns {
  const shapes = new Shapes();
  return { shapes, lanes: { begin: new Int32Array(lanes), shape: shapesOf(runs, lanes, shapes, () => 0) } };
}

/** Of a router that is turned all members have the ports of their kind; the others have their own. */
function shareMoves(wires: Wires, { routers }: Alike, lanes: Lanes, moves: Runs, owners: Pick<SharedLanes, 'first' | 'begin'>): SharedRuns {
  const ports = new Uint8Array(lanes.fifos);
  for (let row = 0; row < moves.lane.length; row++) ports[moves.lane[row]] |= moves.tx[row];
  const tx = Uint8Array.from(lanes.fifoOf, (lane) => ports[lane]);
  for (let kind = 0; kind < routers.count; kind++) {
    const members = routers.order.subarray(routers.first[kind], routers.first[kind + 1]);
    const { positions } = wires.route(members[0]);
    if (positions.length > 1 || members.length === 1) continue;
    for (const slot of members) {
      for (let fifo = wires.fifoFirst[slot]; fifo < wires.fifoTo[slot]; fifo++) tx[fifo] = wires.route(slot).positions[0].tx;
    }
    for (let fifo = wires.fifoFirst[members[0]]; fifo < wires.fifoTo[members[0]]; fifo++) ports[lanes.fifoOf[fifo]] = positions[0].tx;
  }
  const shapes = new Shapes();
  const ofLanes = shapesOf(moves, lanes.fifos, shapes, (row) => ports[moves.lane[row]] & ~moves.tx[row]);
  return { shapes, lanes: { ...owners, tx, shape: spread(shapes, ofLanes, lanes.fifoOf) } };
}
