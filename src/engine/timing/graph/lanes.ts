/** The lanes of a graph's trace, one for each kind of queue: what a kind of agents has, at every member in the same order. */
import type { Alike, Kinds } from './alike.ts';
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

export function lanesOf(wires: Wires, { routers, elements }: Alike): Lanes {
  const { channels, fifoFirst, fifoTo } = wires;
  const { count, inputCount, inputFirst, outputCount, outputFirst } = channels;
  const fifos = number(
    routers,
    count,
    (slot) => fifoFirst[slot],
    (slot) => fifoTo[slot],
  );
  const inputs = number(
    elements,
    inputCount,
    (pe) => inputFirst[pe],
    (pe) => inputFirst[pe + 1],
  );
  const outputs = number(
    elements,
    outputCount,
    (pe) => outputFirst[pe],
    (pe) => outputFirst[pe + 1],
  );
  return { fifoOf: fifos.of, inputOf: inputs.of, outputOf: outputs.of, fifos: fifos.lanes, inputs: inputs.lanes, outputs: outputs.lanes };
}

/** Numbers what members have, from `from` up to `to`; what belongs to nobody has a lane of its own. If all are alone lanes keep their numbers. */
function number(
  kinds: Kinds,
  count: number,
  from: (member: number) => number,
  to: (member: number) => number,
): { readonly of: Int32Array; readonly lanes: number } {
  if (kinds.count === kinds.of.length) return { of: Int32Array.from({ length: count }, (_, lane) => lane), lanes: count };
  const of = new Int32Array(count).fill(-1);
  let lanes = 0;
  for (let kind = 0; kind < kinds.count; kind++) {
    const first = kinds.order[kinds.first[kind]];
    for (let i = kinds.first[kind]; i < kinds.first[kind + 1]; i++) {
      const member = kinds.order[i];
      for (let lane = from(member); lane < to(member); lane++) of[lane] = lanes + lane - from(member);
    }
    lanes += to(first) - from(first);
  }
  for (let lane = 0; lane < count; lane++) if (of[lane] < 0) of[lane] = lanes++;
  return { of, lanes };
}
