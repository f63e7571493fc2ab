/**
 * All-reduce by a ring, as on a cluster: the vector is cut in P chunks of B / P words. In each of 2 (P - 1) rounds every PE sends a
 * chunk to the next one and receives another; in the first half it adds its own part to what it receives, in the second it
 * keeps the sums. From the last PE the ring returns to PE 0 through the routers of the row.
 *
 * Model (S6): C = 2 (P - 1) B / P; E = 4 (P - 1)^2 B / P; N = L = 2 (P - 1); D = 2 (P - 1). It lets a PE receive and send at
 * once, which takes two operations that share one issue slot here: C is 4 (P - 1) B / P then.
 */
import { WeftError } from '../../base/error.ts';
import { each, toEnd } from '../../base/pieces.ts';
import { fabricIn, fabricOut, mem, vector } from '../../machine/builder.ts';
import { Port } from '../../machine/fabric.ts';
import type { Instruction, RouteClass, Task, VectorInstruction } from '../../machine/program.ts';
import type { Measured } from '../measured/measured.ts';
import { buildingRow, type RowLayout, type RowPe, route, rowLayout } from '../measured/row.ts';
import { loadDescriptors, tracedStamp } from '../measured/stamps.ts';
import { type AllReduce, endOfWindow, type Row, reduceStartUp, streamNames } from './collective.ts';

const { E, W, RAMP } = Port;

/** Color of the way back; two others alternate along the row. */
const BACK = 2;
/** The thread that receives while main sends. */
const RECEIVES = 0;
/** The task that ends the window. */
const DONE = 1;

/** First word and length of chunk `k`, taken modulo P. */
function chunkOf({ pes, wavelets }: Pick<Row, 'pes' | 'wavelets'>, k: number): { readonly from: number; readonly length: number } {
  const place = ((k % pes) + pes) % pes;
  const from = Math.floor((place * wavelets) / pes);
  return { from, length: Math.floor(((place + 1) * wavelets) / pes) - from };
}

function routesAt({ pes }: Row, x: number): RouteClass {
  const [isFirst, isLast] = [x === 0, x === pes - 1];
  const out = isLast ? route(BACK, [RAMP, W]) : route(x % 2, [RAMP, E]);
  const into = isFirst ? route(BACK, [E, RAMP]) : route((x - 1) % 2, [W, RAMP]);
  return [out, into, ...(isFirst || isLast ? [] : [route(BACK, [E, W])])];
}

/**
 * The ops of a round. The thread is given its next one when it has ended the last: then there is a chunk to send. A chunk
 * cannot stream through a PE on its way, for everybody would have to send before anybody receives.
 */
function roundOps(row: Row, layout: RowLayout, x: number, round: number): VectorInstruction[] {
  const [sent, received] = [chunkOf(row, x - round), chunkOf(row, x - round - 1)];
  const to = mem(layout.vector + 4 * received.from);
  const from = mem(layout.vector + 4 * sent.from);
  const receive =
    round < row.pes - 1
      ? vector('receive', 'f32_add', received.length, { to, a: to, b: fabricIn(0) })
      : vector('receive', 'mov32', received.length, { to, a: fabricIn(0) });
  const isLast = round === roundsOf(row) - 1;
  return [
    { ...receive, thread: RECEIVES, ...(isLast && { activates: DONE }) },
    vector('send', 'mov32', sent.length, { to: fabricOut(0, { advance: false }), a: from }),
  ];
}

const roundsOf = ({ pes }: Pick<Row, 'pes'>): number => 2 * (pes - 1);

function peAt(row: Row, layout: RowLayout, x: number): RowPe {
  const { machine, pes } = row;
  const begin = tracedStamp(layout.begin);
  if (pes === 1) return { name: 'alone', tasks: [{ name: 'main', code: [...begin, ...endOfWindow(layout)], active: true, blocked: false }], routes: [] };
  const rounds = Array.from({ length: roundsOf(row) }, (_, round) => roundOps(row, layout, x, round)).flat();
  // The queues' descriptors stay; each op has another part of the vector.
  const code = rounds.flatMap((op): Instruction[] => [...loadDescriptors(machine, 1, layout.vector), op]);
  const tasks: Task[] = [
    { name: 'main', code: [...begin, ...code], active: true, blocked: false },
    { name: 'done', code: endOfWindow(layout), active: false, blocked: false },
  ];
  return { name: 'member', tasks, receives: x === 0 ? BACK : (x - 1) % 2, sends: x === pes - 1 ? BACK : x % 2, routes: routesAt(row, x) };
}

/** @throws WeftError (`wavelets`) for a chunk without a word. */
function checkChunks({ pes, wavelets }: Row): void {
  if (wavelets >= pes) return;
  throw new WeftError('wavelets', `a ring cuts the vector in a chunk for each of its ${pes} PEs; ${wavelets} words are too few`, [`use at least ${pes}`]);
}

function* building(row: Row, vectors: Float32Array): Generator<void, Measured> {
  checkChunks(row);
  const layout = rowLayout(row.machine, row.wavelets);
  const pes: RowPe[] = [];
  yield* each(row.pes, (x) => void pes.push(peAt(row, layout, x)), 1);
  const program = yield* buildingRow({ machine: row.machine, layout, pes, vectors, streams: streamNames(3, 'chunks') });
  const values = ring.result(row, vectors);
  return {
    program,
    begin: { pe: 0, address: layout.begin },
    end: { pe: 0, address: layout.end },
    outside: 0,
    expected: pes.map((_, pe) => ({ pe, address: layout.vector, values })),
  };
}

export const ring: AllReduce = {
  id: 'ring',
  idea: 'The vector in as many chunks as PEs; in each round every PE sends one to the next and receives another.',
  descriptors: 'registers',
  build: (row, vectors) => toEnd(building(row, vectors)),
  building,
  demands(row) {
    const [rounds, chunk] = [roundsOf(row), row.wavelets / row.pes];
    return [{ contention: rounds * chunk, energy: rounds * rounds * chunk, links: rounds, distance: rounds, depth: rounds }];
  },
  result(row, vectors) {
    const { pes, wavelets } = row;
    const sums = new Float32Array(wavelets);
    for (let k = 0; k < pes; k++) {
      const { from, length } = chunkOf(row, k);
      for (let i = from; i < from + length; i++) {
        let sum = vectors[k * wavelets + i];
        for (let step = 1; step < pes; step++) sum = Math.fround(vectors[((k + step) % pes) * wavelets + i] + sum);
        sums[i] = sum;
      }
    }
    return sums;
  },
  startUp: (row) => reduceStartUp(row, rowLayout(row.machine, row.wavelets)),
};
