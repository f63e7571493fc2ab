/** The lanes of a graph's trace, one for each kind of queue: what a kind of agents has, at every member in the same order. */
import { each, weighed } from '../../../base/pieces.ts';
import { type Alike, ascending, type Kinds } from './alike.ts';
import type { Wires } from './wires.ts';

export interface Lanes {
  /** By FIFO, input queue and output queue of the program (machine/channels.ts), its lane. */
  readonly fifoOf: Int32Array;
  readonly inputOf: Int32Array;
  readonly outputOf: Int32Array;
  readonly fifos: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Lanes, and members that have some, from one yield to the next. */
const BREATH = 1 << 15;

/** In pieces. */
export function* numberingLanes(wires: Wires, { routers, elements }: Alike): Generator<void, Lanes> {
  const { channels, fifoFirst, fifoTo } = wires;
  const { count, inputCount, inputFirst, outputCount, outputFirst } = channels;
  const fifos = yield* number(
    routers,
    count,
    (slot) => fifoFirst[slot],
    (slot) => fifoTo[slot],
  );
  const inputs = yield* number(
    elements,
    inputCount,
    (pe) => inputFirst[pe],
    (pe) => inputFirst[pe + 1],
  );
  const outputs = yield* number(
    elements,
    outputCount,
    (pe) => outputFirst[pe],
    (pe) => outputFirst[pe + 1],
  );
  return { fifoOf: fifos.of, inputOf: inputs.of, outputOf: outputs.of, fifos: fifos.lanes, inputs: inputs.lanes, outputs: outputs.lanes };
}

/** Numbers what members have, from `from` up to `to`; what belongs to nobody has a lane of its own. If all are alone lanes keep their numbers. */
function* number(
  kinds: Kinds,
  count: number,
  from: (member: number) => number,
  to: (member: number) => number,
): Generator<void, { readonly of: Int32Array; readonly lanes: number }> {
  if (kinds.count === kinds.of.length) return { of: ascending(count), lanes: count };
  const of = new Int32Array(count).fill(-1);
  let lanes = 0;
  const numberKind = (kind: number): number => {
    const first = kinds.order[kinds.first[kind]];
    for (let i = kinds.first[kind]; i < kinds.first[kind + 1]; i++) {
      const member = kinds.order[i];
      for (let lane = from(member); lane < to(member); lane++) of[lane] = lanes + lane - from(member);
    }
    lanes += to(first) - from(first);
    return kinds.first[kind + 1] - kinds.first[kind];
  };
  yield* weighed(kinds.count, numberKind, BREATH);
  const numberOther = (lane: number): void => {
    if (of[lane] < 0) of[lane] = lanes++;
  };
  yield* each(count, numberOther, BREATH);
  return { of, lanes };
}
