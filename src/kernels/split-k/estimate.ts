/**
 * Closed form and lower bound of `split-k`, from the rules of docs/tick.md.
 *
 * Row code. The PEs of a fabric column take one stream, y hops down from its source, and all but those of the last band run
 * the same code: they end it at E(x, y), by the formula of the row kernels (rows/arrival.ts) with d = y. Beyond 44 columns
 * the wavelets of a lane are P > 1 cycles apart, and what PEs wait for them comes on top: slow-lane.ts.
 *
 * Reduction. With h and T_R the hop and ramp latency, s the set-up of an op, V = R N words of a PE and the children of a PE
 * as in collectives/pattern.ts, element 0 of PE x's j-th op is issued at
 *
 *     first(x, j) = max(first(x, j - 1) + V + s,  out(c) + 1 + 2 T_R + (c - x) h)        c: the j-th child
 *     first(x, 0) likewise with E(x, y) in place of first(x, j - 1) + V                  out: the last op's, which sends
 *
 * because an op issues an element a cycle once it has the first: words wait in front of a late PE in its queue, the link and
 * the output queue behind, and those hold more than what passes until a word can follow (depths in + out + D >= h + 4), and
 * a switch has turned before the stream behind it is wanted. For a chain the recurrence is
 *
 *     out(0) = max over x of E(x, y) + s(x) + x (1 + 2 T_R + h)
 *
 * and exact. In a tree or in two phases words of a stream that waits for a switch may take turns with another stream on a
 * link: at most D a stream, which is left out. The result is complete at out(0) + V + 1 + T_R, at the west edge.
 */
import { assemble, type Code, timeOf } from '../../machine/builder.ts';
import { priceCode, priceTotal, setupCycles } from '../../machine/price.ts';
import type { MachineSpec } from '../../machine/spec.ts';
import type { PatternPe } from '../collectives/pattern.ts';
import { periodOf } from '../host-share.ts';
import { endOfRowCode, type Listeners, receptionOf } from '../rows/arrival.ts';
import { blocksOf, wordsOfBlock } from '../rows/mapping.ts';
import type { Estimate, Term } from '../types.ts';
import { ACTIVATIONS_QUEUE } from './fabric.ts';
import { laneRate } from './host.ts';
import { jobAt, layout, type Mapping, rowsIn } from './layout.ts';
import { BEFORE_REDUCTION, reduction, rowCode } from './pe.ts';
import { waitingFor } from './slow-lane.ts';

/** What PEs with the same slice run: a full one and one of the last band, and what a slow lane adds. */
interface Column extends Listeners {
  readonly slow: number;
}

/** When element 0 of a PE's sums leaves it, and the PE whose row code decides that. */
interface Out {
  readonly cycle: number;
  readonly cause: number;
}

export function estimate(mapping: Mapping): Estimate {
  const columns = columnsOf(mapping);
  const ends = lastRows(mapping).map((y) => endOfRow(mapping, columns, y));
  const end = ends.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  return { closedForm: { cycles: end.cycles, terms: terms(mapping, columns, end) }, lowerBound: lowerBound(mapping, columns) };
}

/** One entry for each fabric column, one object for all with equal slices. */
function columnsOf(mapping: Mapping): Column[] {
  const { split, job, pattern } = mapping;
  const { machine } = job;
  const bySlice = new Map<number, Column>();
  return pattern.map((pe, x) => {
    const { k } = jobAt(mapping, x, 1);
    const known = bySlice.get(k);
    if (known) return known;
    const codes = [split.rowsPerPe, split.rowsOfLast].map((rows) =>
      rowCode(mapping, jobAt(mapping, x, rows), layout(mapping.inner, jobAt(mapping, x, rows), pe)),
    );
    const [full, last] = codes.map((code) => timeOf(code, machine));
    const column = { machine, full, last, ...receptionOf(assemble(codes[0]), machine), slow: slowLane(codes[0], split.rectangle.width, machine) };
    bySlice.set(k, column);
    return column;
  });
}

/** Cycles that a lane of less than one wavelet a cycle adds to a PE's row code. */
function slowLane(code: Code, lanes: number, machine: MachineSpec): number {
  const period = periodOf(laneRate(lanes, machine));
  if (period <= 1) return 0;
  const room = machine.inputQueues[ACTIVATIONS_QUEUE] + machine.ramp + machine.fifoDepth;
  return waitingFor({ machine, period, room, restart: 3 + machine.hop + machine.ramp }, code);
}

/** The fabric rows that can be last: a full one is later than the full ones north of it. */
const lastRows = ({ split: { usedHeight } }: Mapping): number[] => (usedHeight > 1 ? [usedHeight - 2, usedHeight - 1] : [0]);

const isShort = ({ split: s }: Mapping, y: number): boolean => y === s.usedHeight - 1 && s.rowsOfLast < s.rowsPerPe;

/** E(x, y). */
const rowCodeEnd = (mapping: Mapping, column: Column, y: number): number => endOfRowCode(column, y, isShort(mapping, y)) + column.slow;

interface RowEnd {
  readonly cycles: number;
  readonly out: Out;
  readonly y: number;
}

function endOfRow(mapping: Mapping, columns: readonly Column[], y: number): RowEnd {
  const { machine } = mapping.job;
  const before = priceTotal(
    priceCode(
      BEFORE_REDUCTION.filter((piece) => piece.kind !== 'repeat'),
      machine,
    ),
  );
  const out = reduce(mapping, y, (x) => rowCodeEnd(mapping, columns[x], y) + before, setupCycles);
  return { cycles: out.cycle + rowsIn(mapping.split, y) * mapping.job.n + 1 + machine.ramp, out, y };
}

/** out(0): the recurrence, from east to west. */
function reduce(mapping: Mapping, y: number, start: (x: number) => number, setup: typeof setupCycles): Out {
  const { pattern, job } = mapping;
  const { hop, ramp } = job.machine;
  const own = { ...job, rows: rowsIn(mapping.split, y) };
  const sums = own.rows * own.n;
  const outs: Out[] = [];
  for (let x = pattern.length - 1; x >= 0; x--) {
    const [pe, memory] = [pattern[x], layout(mapping.inner, own, pattern[x])];
    let [free, out]: [number, Out] = [start(x), { cycle: 0, cause: x }];
    for (const [j, op] of reduction({ ...pe, control: undefined }, own, memory).entries()) {
      const ready = free + setup(op, job.machine);
      const child = pe.children[j];
      const arrival = op.b === undefined ? ready : outs[child].cycle + 1 + 2 * ramp + (child - x) * hop;
      out = arrival > ready ? { cycle: arrival, cause: outs[child].cause } : { cycle: ready, cause: out.cause };
      free = out.cycle + sums;
    }
    outs[x] = out;
  }
  return outs[0];
}

/** The cycles of the deciding PE's row code, named, and of the reduction from there on; they sum up to the closed form. */
function terms(mapping: Mapping, columns: readonly Column[], { cycles, out, y }: RowEnd): Term[] {
  const { job, split } = mapping;
  const column = columns[out.cause];
  const { total, byActivity } = isShort(mapping, y) ? column.last : column.full;
  const end = rowCodeEnd(mapping, column, y);
  const sums = rowsIn(split, y) * job.n;
  const list: Term[] = [
    { name: 'dequantising', cycles: byActivity.dequantise },
    { name: 'receiving activations into memory', cycles: byActivity.receive },
    { name: 'row dots and loops', cycles: byActivity.compute },
    { name: `waiting for activations, PE ${out.cause},${y}`, cycles: end - total },
    { name: `reducing the first sum of ${split.rectangle.width} PEs`, cycles: out.cycle - end },
    { name: `${sums} sums leave`, cycles: sums },
    { name: 'issue and ramp of the last', cycles: cycles - out.cycle - sums },
  ];
  return list.filter((term) => term.cycles > 0);
}

/**
 * Issue slot of the fullest PE; words on the busiest link, at a lane's rate for activations; the first activation to the last
 * fabric row's PEs, one issue there, and the sums through the reduction without any set-up.
 */
function lowerBound(mapping: Mapping, columns: readonly Column[]): Estimate['lowerBound'] {
  const { job, split, pattern } = mapping;
  const { machine, n, rows } = job;
  const { hop, ramp } = machine;
  const issues = pattern.map((pe, x) => {
    const own = jobAt(mapping, x, rows);
    return columns[x].full.total + priceTotal(priceCode(reduction(pe, own, layout(mapping.inner, own, pe)), machine));
  });
  const rate = laneRate(split.rectangle.width, machine);
  const words = job.n * blocksOf(job) * wordsOfBlock(job);
  const lane = rate ? Math.floor(((words - 1) * rate.cycles) / rate.words) + 1 : words;
  const y = split.usedHeight - 1;
  const used = (y + 1) * hop + ramp + 1;
  const path =
    reduce(
      mapping,
      y,
      () => used,
      () => 0,
    ).cycle +
    rowsIn(split, y) * n +
    1 +
    ramp;
  const bound = { issue: Math.max(...issues), link: Math.max(lane, busiest(pattern) * rows * n), path };
  return { cycles: Math.max(bound.issue, bound.link, bound.path), ...bound };
}

/** Most streams of sums that cross one link, the west edge included. */
function busiest(pattern: readonly PatternPe[]): number {
  const crossing = new Array<number>(pattern.length).fill(0);
  crossing[0] = 1;
  for (const [x, { children }] of pattern.entries()) {
    for (const child of children) for (let link = x + 1; link <= child; link++) crossing[link]++;
  }
  return Math.max(...crossing);
}
